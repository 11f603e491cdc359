"""The line opens and closes by itself, says why, and promises only what is booked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from helpline.domain import opening
from helpline.domain.access import Role
from helpline.domain.opening import ByHand, Opening, Why
from helpline.domain.roster import Booking, Change, Override, Pattern, Plan

MONDAY = date(2027, 1, 4)
NONE = timedelta(0)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NOW = utc("2027-01-04T20:00")
NEXT = utc("2027-01-05T17:00")
IN_AN_HOUR, IN_TEN_MINUTES = utc("2027-01-04T21:00"), utc("2027-01-04T20:10")


@pytest.mark.parametrize(
    "by_hand, cover_ends, ready, lead, why",
    [
        (None, IN_AN_HOUR, 2, True, Why.OPEN),
        (None, IN_AN_HOUR, 1, True, Why.NOBODY_READY),
        (None, IN_AN_HOUR, 0, True, Why.NOBODY_READY),
        (None, IN_AN_HOUR, 2, False, Why.NO_LEAD),
        (None, IN_AN_HOUR, 1, False, Why.NOBODY_READY),
        (None, IN_TEN_MINUTES, 2, True, Why.LAST_ENTRY),
        (None, NOW + timedelta(minutes=15), 2, True, Why.LAST_ENTRY),
        (None, NOW + timedelta(minutes=15, seconds=1), 2, True, Why.OPEN),
        (None, None, 2, True, Why.OUTSIDE_HOURS),
        (None, NOW, 2, True, Why.OUTSIDE_HOURS),
        # a hand lifts the calendar and the need for people: whoever holds it open answers for it
        (ByHand.OPEN, None, 2, True, Why.OPEN),
        (ByHand.OPEN, IN_TEN_MINUTES, 2, True, Why.OPEN),
        (ByHand.OPEN, None, 0, True, Why.OPEN),
        (ByHand.OPEN, None, 2, False, Why.OPEN),
        (ByHand.CLOSED, IN_AN_HOUR, 2, True, Why.CLOSED_BY_HAND),
    ],
)
def test_the_line_says_whether_it_is_open_and_why(
    by_hand: ByHand | None, cover_ends: datetime | None, ready: int, lead: bool, why: Why
) -> None:
    found = opening.line_is_open(
        by_hand=by_hand,
        cover_ends=cover_ends,
        last_entry=timedelta(minutes=15),
        ready=ready,
        min_ready=2,
        lead_reachable=lead,
        opens_at=NEXT,
        now=NOW,
    )

    promises = why not in (Why.OPEN, Why.CLOSED_BY_HAND)
    assert found == Opening(why == Why.OPEN, why, NEXT if promises else None)


def test_a_line_without_anyone_is_never_open_even_if_nobody_is_required() -> None:
    assert opening.may_open(ready=0, min_ready=0, lead_reachable=True) == Why.NOBODY_READY


def pattern(id: str, weekday: int, starts: str, ends: str) -> Pattern:
    hours = time.fromisoformat(starts), time.fromisoformat(ends)
    return Pattern(id, id, weekday, *hours, MONDAY)


EVENINGS = Plan(
    "Europe/Berlin",
    [
        pattern("mon-early", 0, "14:00", "18:00"),
        pattern("mon-late", 0, "18:00", "22:00"),
        pattern("mon-help", 0, "21:45", "22:00"),
        pattern("tue", 1, "18:00", "22:00"),
        pattern("wed", 2, "18:00", "22:00"),
    ],
    [
        Booking("mon-early", "leo", Role.LISTENER, MONDAY),
        Booking("mon-late", "lin", Role.LISTENER, MONDAY),
        Booking("mon-help", "leo", Role.LISTENER, MONDAY),
        Booking("wed", "sol", Role.LEAD, MONDAY),
        Booking("wed", "leo", Role.LISTENER, MONDAY),
    ],
    [Override("wed", date(2027, 1, 13), None, Change.CANCEL)],
)


@pytest.mark.parametrize(
    "now, at_least, ends_at",
    [
        ("2027-01-04T12:59", 1, None),
        ("2027-01-04T13:00", 1, "2027-01-04T21:00"),  # another shift follows
        ("2027-01-04T20:59", 1, "2027-01-04T21:00"),
        ("2027-01-04T21:00", 1, None),
        ("2027-01-04T20:00", 2, None),
        ("2027-01-05T18:00", 1, None),  # a shift, but nobody is booked
        ("2027-01-06T18:00", 2, "2027-01-06T21:00"),
        ("2027-01-13T18:00", 1, None),  # cancelled
    ],
)
def test_cover_ends_when_nobody_follows(now: str, at_least: int, ends_at: str | None) -> None:
    found = opening.cover_ends(EVENINGS, utc(now), at_least=at_least)

    assert found == (ends_at and utc(ends_at))


@pytest.mark.parametrize(
    "now, at_least, last_entry, opens_at",
    [
        ("2027-01-04T10:00", 1, 0, "2027-01-04T13:00"),
        ("2027-01-04T13:00", 1, 0, "2027-01-04T17:00"),  # the next shift's people
        ("2027-01-04T17:00", 1, 0, "2027-01-04T20:45"),
        ("2027-01-04T17:00", 1, 30, "2027-01-06T17:00"),  # a start after the last entry is none
        ("2027-01-04T21:00", 1, 0, "2027-01-06T17:00"),  # Tuesday has nobody
        ("2027-01-04T10:00", 2, 30, "2027-01-06T17:00"),
        ("2027-01-06T18:00", 1, 0, "2027-01-11T13:00"),
        ("2027-01-07T10:00", 2, 30, "2027-01-20T17:00"),  # Wednesday the 13th is cancelled
        ("2027-01-04T10:00", 3, 0, None),
    ],
)
def test_the_line_promises_to_open_only_when_somebody_is_booked(
    now: str, at_least: int, last_entry: int, opens_at: str | None
) -> None:
    minutes = timedelta(minutes=last_entry)

    found = opening.next_opening(EVENINGS, utc(now), at_least=at_least, last_entry=minutes)

    assert found == (opens_at and utc(opens_at))


def test_a_line_with_no_plan_promises_nothing() -> None:
    assert opening.next_opening(Plan("Europe/Berlin"), NOW) is None
    assert opening.cover_ends(Plan("Europe/Berlin"), NOW) is None
