"""Which crisis resources fit a person, and which are open: also on the nights the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from helpline.domain import resources, schedules
from helpline.domain.resources import Resource, Way
from helpline.domain.schedules import Schedule

EVERY_DAY = frozenset(range(7))
SECOND = timedelta(seconds=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NOW = utc("2026-11-18T20:00")  # a Wednesday


def helps(
    id: str, country: str = "IE", languages: str = "en", *hours: Schedule, **more: bool
) -> Resource:
    ways = (Way("call", "112"),)
    return Resource(id, id, country, frozenset(languages.split()), ways, hours=hours, **more)


def hours(
    opens: str, closes: str, zone: str = "Europe/Dublin", days: frozenset[int] = EVERY_DAY
) -> Schedule:
    return schedules.weekly(zone, days, time.fromisoformat(opens), time.fromisoformat(closes))


# -- which fit ----------------------------------------------------------------------------------

EMERGENCY = helps("112", emergency=True)
ALWAYS = helps("always")
EVENINGS = helps("evenings", "IE", "en", hours("18:00", "22:00"))
MORNINGS = helps("mornings", "IE", "en", hours("08:00", "12:00"))
IRISH = helps("irish", "IE", "ga")
FRENCH = helps("french", "FR", "fr")
FRENCH_112 = helps("112-fr", "FR", "fr", emergency=True)
EVERYTHING = [MORNINGS, EVENINGS, IRISH, ALWAYS, EMERGENCY, FRENCH, FRENCH_112]


@pytest.mark.parametrize(
    "known, country, language, expected",
    [
        # the emergency number, then what is open, understood and always there
        (EVERYTHING, "IE", "en", "112 always evenings irish mornings"),
        (EVERYTHING, "IE", "ga", "112 irish always evenings mornings"),
        (EVERYTHING, "FR", "en", "112-fr french"),
        # a country we know nothing of: every emergency number, and what they understand
        (EVERYTHING, "FI", "fr", "112-fr 112 french"),
        (EVERYTHING, "FI", "fi", "112 112-fr"),
        # never nothing while there is anything
        ([MORNINGS], "FI", "fi", "mornings"),
        ([FRENCH, IRISH], "FI", "fi", "french irish"),
        ([], "IE", "en", ""),
    ],
)
def test_what_fits_a_person(
    known: list[Resource], country: str, language: str, expected: str
) -> None:
    found = resources.fitting(known, country=country, language=language, now=NOW)

    assert " ".join(each.resource.id for each in found) == expected


def test_what_is_shown_says_whether_it_is_open_and_when_it_opens() -> None:
    found = resources.fitting([MORNINGS, EVENINGS], country="IE", language="en", now=NOW)

    assert [(each.resource.id, each.open_now, each.opens_at) for each in found] == [
        ("evenings", True, None),
        ("mornings", False, utc("2026-11-19T08:00")),
    ]


# -- which are open -----------------------------------------------------------------------------

WEEKDAYS = frozenset(range(5))
MONDAYS = frozenset({0})

OPENINGS = [
    # hours, instant, open, opens next
    ([], "2026-11-18T03:00", True, None),
    ([hours("18:00", "22:00")], "2026-11-18T17:59:59", False, "2026-11-18T18:00"),
    ([hours("18:00", "22:00")], "2026-11-18T18:00", True, "2026-11-19T18:00"),
    ([hours("18:00", "22:00")], "2026-11-18T21:59:59", True, "2026-11-19T18:00"),
    ([hours("18:00", "22:00")], "2026-11-18T22:00", False, "2026-11-19T18:00"),
    # over midnight, into a day of its own
    ([hours("22:00", "06:00", days=MONDAYS)], "2026-11-17T05:59:59", True, "2026-11-23T22:00"),
    ([hours("22:00", "06:00", days=MONDAYS)], "2026-11-17T06:00", False, "2026-11-23T22:00"),
    ([hours("22:00", "06:00", days=MONDAYS)], "2026-11-18T01:00", False, "2026-11-23T22:00"),
    # once a week: the next one is a week away
    ([hours("10:00", "12:00", days=MONDAYS)], "2026-11-16T12:00", False, "2026-11-23T10:00"),
    # a whole day
    ([hours("00:00", "00:00", days=WEEKDAYS)], "2026-11-20T23:59:59", True, "2026-11-23T00:00"),
    ([hours("00:00", "00:00", days=WEEKDAYS)], "2026-11-21T00:00", False, "2026-11-23T00:00"),
    # two openings a day
    (
        [hours("08:00", "12:00"), hours("14:00", "18:00")],
        "2026-11-18T13:00",
        False,
        "2026-11-18T14:00",
    ),
    # their clock, not ours
    ([hours("09:00", "17:00", "Asia/Kolkata")], "2026-11-18T03:30", True, "2026-11-19T03:30"),
    ([hours("09:00", "17:00", "Asia/Kolkata")], "2026-11-18T11:30", False, "2026-11-19T03:30"),
    (
        [hours("09:00", "17:00", "Pacific/Auckland", WEEKDAYS)],
        "2026-11-20T20:00",  # there it is Saturday
        False,
        "2026-11-22T20:00",
    ),
    # -- the night on which Dublin's clocks leap from 01:00 to 02:00
    ([hours("00:00", "02:00")], "2027-03-28T00:59:59", True, "2027-03-28T23:00"),
    ([hours("00:00", "02:00")], "2027-03-28T01:00", False, "2027-03-28T23:00"),
    ([hours("01:30", "06:00")], "2027-03-28T00:59:59", False, "2027-03-28T01:00"),
    ([hours("01:30", "06:00")], "2027-03-28T01:00", True, "2027-03-29T00:30"),
    ([hours("22:00", "06:00")], "2027-03-28T04:59:59", True, "2027-03-28T21:00"),
    ([hours("22:00", "06:00")], "2027-03-28T05:00", False, "2027-03-28T21:00"),
    # -- and the one on which they show 01:00 to 02:00 twice
    ([hours("22:00", "01:30")], "2027-10-31T00:30", True, "2027-10-31T22:00"),
    ([hours("22:00", "01:30")], "2027-10-31T01:29:59", True, "2027-10-31T22:00"),
    ([hours("22:00", "01:30")], "2027-10-31T01:30", False, "2027-10-31T22:00"),
    ([hours("01:30", "06:00")], "2027-10-31T00:30", True, "2027-11-01T01:30"),
    # -- the hours after a change are those on the wall
    ([hours("18:00", "22:00")], "2027-03-28T17:00", True, "2027-03-29T17:00"),
    ([hours("18:00", "22:00")], "2027-03-27T17:00", False, "2027-03-27T18:00"),
]


@pytest.mark.parametrize("opening, instant, is_open, opens_next", OPENINGS)
def test_when_a_resource_is_open(
    opening: list[Schedule], instant: str, is_open: bool, opens_next: str | None
) -> None:
    line, at = helps("line", "IE", "en", *opening), utc(instant)

    assert resources.is_open_at(line, at) == is_open
    assert resources.opens_next(line, at) == (opens_next and utc(opens_next))
    assert resources.shown(line, at).opens_at == (
        None if is_open or opens_next is None else utc(opens_next)
    )


def test_a_line_around_the_clock_in_two_halves_is_open_through_both_changes() -> None:
    halves = helps("halves", "IE", "en", hours("01:30", "13:30"), hours("13:30", "01:30"))

    for night in ("2027-03-27T22:00", "2027-10-30T22:00"):
        closed = [
            minutes
            for minutes in range(0, 8 * 60, 5)
            if not resources.is_open_at(halves, utc(night) + timedelta(minutes=minutes))
        ]
        assert closed == []
