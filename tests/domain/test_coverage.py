"""Need against cover: pieces, gaps with their reasons, and the map of the week."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest

from helpline.domain import cover, coverage, weekmap
from helpline.domain.access import Role
from helpline.domain.cover import Heads
from helpline.domain.coverage import Gap, Kind, Need, Shortfall
from helpline.domain.roster import Booking, Change, Override, Pattern, Plan
from helpline.domain.weekmap import Word

BERLIN = "Europe/Berlin"
MONDAY = date(2027, 1, 4)
HALF_HOUR = timedelta(minutes=30)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shift(id: str, starts: str, ends: str, *people: str, weekday: int = 0) -> Plan:
    """A plan of one weekly shift; Sol leads, everybody else listens."""
    hours = time.fromisoformat(starts), time.fromisoformat(ends)
    roles = {person: Role.LEAD if person == "sol" else Role.LISTENER for person in people}
    return Plan(
        BERLIN,
        [Pattern(id, id, weekday, *hours, MONDAY)],
        [Booking(id, person, role, MONDAY) for person, role in roles.items()],
    )


def together(*plans: Plan, overrides: list[Override] | None = None, zone: str = BERLIN) -> Plan:
    return Plan(
        zone,
        [pattern for plan in plans for pattern in plan.patterns],
        [booking for plan in plans for booking in plan.bookings],
        overrides or [],
    )


@pytest.mark.parametrize(
    "plan, minutes, pieces",
    [
        (together(), 0, [("17", "21", 0, 0)]),
        (shift("a", "18:00", "22:00", "leo", "lin", "sol"), 0, [("17", "21", 2, 1)]),
        # at the change of shift nobody counts while they drain, unless the next ones overlap
        (
            together(shift("a", "18:00", "20:00", "leo"), shift("b", "20:00", "23:00", "lin")),
            30,
            [("17", "18:30", 1, 0), ("18:30", "19", 0, 0), ("19", "21", 1, 0)],
        ),
        (
            together(shift("a", "18:00", "20:00", "leo"), shift("b", "19:30", "23:00", "lin")),
            30,
            [("17", "18:30", 1, 0), ("18:30", "21", 1, 0)],
        ),
        # nor does the same person drain who stays
        (
            together(shift("a", "18:00", "20:00", "leo"), shift("b", "20:00", "23:00", "leo")),
            30,
            [("17", "19", 1, 0), ("19", "21", 1, 0)],
        ),
        # the end just beyond the window drains into it
        (shift("a", "18:00", "22:15", "leo"), 30, [("17", "20:45", 1, 0), ("20:45", "21", 0, 0)]),
        # even when that shift begins beyond the window
        (
            together(shift("a", "18:00", "22:00", "leo"), shift("b", "22:00", "23:00", "leo")),
            30,
            [("17", "21", 1, 0)],
        ),
        # on two shifts at once a person is one person, and a lead
        (
            together(shift("a", "18:00", "22:00", "leo"), shift("b", "18:00", "22:00", "leo")),
            0,
            [("17", "21", 1, 0)],
        ),
    ],
)
def test_cover_counts_who_may_take_a_new_chat(
    plan: Plan, minutes: int, pieces: list[tuple[str, str, int, int]]
) -> None:
    drain = timedelta(minutes=minutes)

    found = cover.pieces(plan, utc("2027-01-04T17"), utc("2027-01-04T21"), drain=drain)

    assert [(each.starts_at, each.ends_at, each.heads) for each in found] == [
        (utc(f"2027-01-04T{start}"), utc(f"2027-01-04T{end}"), Heads(listeners, leads))
        for start, end, listeners, leads in pieces
    ]


def test_who_is_booked_as_both_counts_as_a_lead() -> None:
    plan = together(shift("a", "18:00", "22:00", "sol"), shift("b", "18:00", "22:00"))
    both = Plan(BERLIN, plan.patterns, [*plan.bookings, Booking("b", "sol", Role.LISTENER, MONDAY)])

    (piece,) = cover.pieces(both, utc("2027-01-04T17"), utc("2027-01-04T21"))

    assert piece.heads == Heads(0, 1)


EVENING_NEED = [Need(0, 18, 22, listeners=2, leads=1)]


def gap(start: str, end: str, has: tuple[int, int], kind: Kind, missing: tuple[int, int]) -> Gap:
    day = "2027-01-04T"
    reason = Shortfall(kind, *missing)
    return Gap(utc(day + start), utc(day + end), Heads(2, 1), Heads(*has), reason)


@pytest.mark.parametrize(
    "plan, found",
    [
        (shift("a", "18:00", "22:00", "leo", "lin", "sol"), []),
        (shift("a", "18:00", "22:00", "leo", "lin", "max", "sol"), []),
        (together(), [gap("17", "21", (0, 0), Kind.NOBODY, (2, 1))]),
        (shift("a", "18:00", "22:00"), [gap("17", "21", (0, 0), Kind.NOBODY, (2, 1))]),
        (
            shift("a", "18:00", "22:00", "leo", "sol"),
            [gap("17", "21", (1, 1), Kind.TOO_FEW, (1, 0))],
        ),
        (shift("a", "18:00", "22:00", "leo"), [gap("17", "21", (1, 0), Kind.TOO_FEW, (1, 1))]),
        (
            shift("a", "18:00", "22:00", "leo", "lin"),
            [gap("17", "21", (2, 0), Kind.NO_LEAD, (0, 1))],
        ),
        (shift("a", "18:00", "22:00", "sol"), [gap("17", "21", (0, 1), Kind.TOO_FEW, (2, 0))]),
        # to the minute, and apart where the reason changes
        (
            together(
                shift("a", "18:45", "22:00", "leo", "sol"), shift("b", "20:00", "21:00", "lin")
            ),
            [
                gap("17", "17:45", (0, 0), Kind.NOBODY, (2, 1)),
                gap("17:45", "19", (1, 1), Kind.TOO_FEW, (1, 0)),
                gap("20", "21", (1, 1), Kind.TOO_FEW, (1, 0)),
            ],
        ),
        # two different shifts short of the same are one gap
        (
            together(
                shift("a", "18:00", "20:00", "leo", "sol"),
                shift("b", "20:00", "22:00", "lin", "sol"),
            ),
            [gap("17", "21", (1, 1), Kind.TOO_FEW, (1, 0))],
        ),
    ],
)
def test_gaps_say_where_who_is_missing(plan: Plan, found: list[Gap]) -> None:
    window = utc("2027-01-04"), utc("2027-01-11")

    assert coverage.gaps(plan, EVENING_NEED, *window) == found


@pytest.mark.parametrize(
    "override",
    [
        Override("a", MONDAY, "leo", Change.REMOVE),
        Override("a", MONDAY, None, Change.CANCEL),
    ],
)
def test_who_is_removed_or_cancelled_does_not_count(override: Override) -> None:
    plan = together(shift("a", "18:00", "22:00", "leo"), overrides=[override])
    needs = [Need(0, 18, 22, listeners=1)]

    found = coverage.gaps(plan, needs, utc("2027-01-04"), utc("2027-01-12"))

    assert [(each.starts_at, each.reason) for each in found] == [
        (utc("2027-01-04T17"), Shortfall(Kind.NOBODY, 1, 0))
    ]


def test_a_drain_without_overlap_is_a_gap() -> None:
    plan = together(shift("a", "18:00", "20:00", "leo"), shift("b", "20:00", "23:00", "lin"))
    needs = [Need(0, 18, 22, listeners=1)]

    found = coverage.gaps(plan, needs, utc("2027-01-04"), utc("2027-01-05"), drain=HALF_HOUR)

    assert [(each.starts_at, each.ends_at) for each in found] == [
        (utc("2027-01-04T18:30"), utc("2027-01-04T19"))
    ]


def test_gaps_begin_at_the_window_and_of_overlapping_needs_the_larger_counts() -> None:
    needs = [Need(0, 0, 24, listeners=1), Need(0, 20, 24, listeners=3), Need(0, 21, 24, 0, 1)]

    found = coverage.gaps(together(), needs, utc("2027-01-04T18:20"), utc("2027-01-05T12"))

    assert [(each.starts_at, each.ends_at, each.need) for each in found] == [
        (utc("2027-01-04T18:20"), utc("2027-01-04T19"), Heads(1, 0)),
        (utc("2027-01-04T19"), utc("2027-01-04T20"), Heads(3, 0)),
        (utc("2027-01-04T20"), utc("2027-01-04T23"), Heads(3, 1)),
    ]


def test_the_map_has_a_word_for_every_hour_at_its_worst_moment() -> None:
    plan = together(
        shift("a", "08:00", "12:30", "leo", "sol"),
        shift("b", "10:00", "12:00", "lin"),
        shift("c", "11:00", "12:00", "max"),
    )
    needs = [Need(0, 7, 14, listeners=2, leads=1)]

    monday, *others = weekmap.week_map(plan, needs, MONDAY)

    assert monday.date == MONDAY
    assert {
        cell.label: (cell.need, cell.cover, cell.leads_need, cell.leads_cover, cell.word)
        for cell in monday.cells[6:15]
    } == {
        "06:00": (0, 0, 0, 0, Word.NONE_NEEDED),
        "07:00": (2, 0, 1, 0, Word.NOBODY),
        "08:00": (2, 1, 1, 1, Word.THIN),
        "09:00": (2, 1, 1, 1, Word.THIN),
        "10:00": (2, 2, 1, 1, Word.ENOUGH),
        "11:00": (2, 3, 1, 1, Word.SPARE),
        "12:00": (2, 0, 1, 0, Word.NOBODY),  # Leo and Sol leave at half past
        "13:00": (2, 0, 1, 0, Word.NOBODY),
        "14:00": (0, 0, 0, 0, Word.NONE_NEEDED),
    }
    assert {cell.word for row in others for cell in row.cells} == {Word.NONE_NEEDED}


def test_a_relieved_hour_is_thin_though_listener_and_lead_are_each_away_for_a_while() -> None:
    plan = together(shift("a", "08:00", "08:30", "leo"), shift("b", "08:30", "09:00", "sol"))
    needs = [Need(0, 8, 9, listeners=1, leads=1)]

    monday = weekmap.week_map(plan, needs, MONDAY)[0]

    assert monday.cells[8].word == Word.THIN


@pytest.mark.parametrize(
    "zone, monday, cells, odd",
    [
        ("Asia/Kolkata", "2027-03-22", [24] * 7, []),
        ("Europe/Berlin", "2027-03-22", [24] * 6 + [23], []),
        ("Europe/Berlin", "2027-10-25", [24] * 6 + [25], [("02:00", 2, "2027-10-31T01:00")]),
        ("America/New_York", "2027-03-08", [24] * 6 + [23], []),
        ("America/New_York", "2027-11-01", [24] * 6 + [25], [("01:00", 1, "2027-11-07T06:00")]),
        ("Australia/Lord_Howe", "2027-09-27", [24] * 7, []),
        ("Australia/Lord_Howe", "2027-03-29", [24] * 6 + [25], [("01:30", 1, "2027-04-03T15:00")]),
    ],
)
def test_the_map_is_right_where_the_clocks_change(
    zone: str, monday: str, cells: list[int], odd: list[tuple[str, int, str]]
) -> None:
    needs = [Need(day, 0, 24, listeners=1) for day in range(7)]

    rows = weekmap.week_map(Plan(zone), needs, date.fromisoformat(monday))

    flat = [cell for row in rows for cell in row.cells]
    assert [len(row.cells) for row in rows] == cells
    assert [(c.label, c.hour, c.starts_at) for c in flat if c.again] == [
        (label, hour, utc(at)) for label, hour, at in odd
    ]
    assert all(a.ends_at == b.starts_at for a, b in pairwise(flat))
    assert {cell.word for cell in flat} == {Word.NOBODY}
