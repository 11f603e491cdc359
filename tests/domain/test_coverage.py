"""Need against cover: pieces, gaps with their reasons, and the map of the week."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest

from helpline.domain import cover, coverage, walltime, weekmap
from helpline.domain.access import Role
from helpline.domain.cover import Heads
from helpline.domain.coverage import DateNeed, Gap, Kind, Need, Shortfall
from helpline.domain.roster import Booking, Brings, Change, Override, Pattern, Plan, SpecialDay
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


def speaks(*languages: str, **more: object) -> Brings:
    return Brings(frozenset(languages), **more)  # type: ignore[arg-type]


BRINGS = {
    "leo": speaks("en", minors=True),
    "lin": speaks("en", "es"),
    "max": speaks("en", "es", minors=True, in_training=True),
    "sol": speaks("en", "fr", minors=True, minors_until=MONDAY),
}


@pytest.mark.parametrize(
    "people, need, reason",
    [
        (["leo", "lin"], Need(0, 18, 22, 2, 0, 1, ("en", "es")), None),
        (["leo"], Need(0, 18, 22, 2, 0, 0, ("es",)), (Kind.TOO_FEW, 1, 0, 0, ("es",))),
        (
            ["leo"],
            Need(0, 18, 22, 1, 0, 1, ("es", "de")),
            (Kind.NO_LANGUAGE, 0, 0, 0, ("de", "es")),
        ),
        (["lin"], Need(0, 18, 22, 1, 0, 1, ("es",)), (Kind.NO_MINORS, 0, 0, 1)),
        (["leo", "lin"], Need(0, 18, 22, 2, 0, 2), (Kind.NO_MINORS, 0, 0, 1)),
        # a trainee serves and is no cover, whatever they bring
        (["leo", "max"], Need(0, 18, 22, 2, 0, 0, ("es",)), (Kind.TOO_FEW, 1, 0, 0, ("es",))),
        (["max"], Need(0, 18, 22, 1), (Kind.NOBODY, 1, 0)),
        # what only a lead brings is there; a training counts on its last day still
        (["leo", "sol"], Need(0, 18, 22, 1, 1, 2, ("fr",)), None),
        (["lin"], Need(0, 18, 22, 1, 1, 1), (Kind.NO_LEAD, 0, 1, 1)),
        # a need of nobody but a language is a need
        (["leo"], Need(0, 18, 22, 0, 0, 0, ("es",)), (Kind.NO_LANGUAGE, 0, 0, 0, ("es",))),
    ],
)
def test_a_gap_says_which_training_and_language_is_missing(
    people: list[str], need: Need, reason: tuple[object, ...] | None
) -> None:
    plan = replace(shift("a", "18:00", "22:00", *people), people=BRINGS)

    found = coverage.gaps(plan, [need], utc("2027-01-04"), utc("2027-01-05"))

    assert [each.reason for each in found] == ([Shortfall(*reason)] if reason else [])  # type: ignore[arg-type]


def test_a_training_that_lapsed_is_missing_from_the_next_shift_on() -> None:
    plan = replace(shift("a", "18:00", "22:00", "sol"), people=BRINGS)
    needs = [Need(0, 18, 22, 0, 1, 1)]

    found = coverage.gaps(plan, needs, utc("2027-01-04"), utc("2027-01-12"))

    assert [(each.starts_at, each.reason.minors) for each in found] == [(utc("2027-01-11T17"), 1)]


def test_what_nobody_asks_for_parts_no_gap() -> None:
    plan = together(shift("a", "18:00", "20:00", "leo"), shift("b", "20:00", "22:00", "lin"))
    needs = [Need(0, 18, 22, 2)]

    (found,) = coverage.gaps(
        replace(plan, people=BRINGS), needs, utc("2027-01-04"), utc("2027-01-05")
    )

    assert (found.starts_at, found.ends_at) == (utc("2027-01-04T17"), utc("2027-01-04T21"))
    assert found.cover == Heads(1, 0)


def test_a_date_replaces_what_its_weekday_needs_in_its_hours() -> None:
    needs = [
        Need(0, 18, 22, listeners=2),
        DateNeed(MONDAY, 17, 19, listeners=1),
        DateNeed(MONDAY, 18, 20, listeners=0, leads=1),  # of two that meet the larger counts
        DateNeed(MONDAY, 21, 22, listeners=0),
    ]

    found = coverage.gaps(together(), needs, utc("2027-01-04"), utc("2027-01-12"))

    assert [(each.starts_at, each.ends_at, each.need) for each in found] == [
        (utc("2027-01-04T16"), utc("2027-01-04T17"), Heads(1, 0)),
        (utc("2027-01-04T17"), utc("2027-01-04T18"), Heads(1, 1)),
        (utc("2027-01-04T18"), utc("2027-01-04T19"), Heads(0, 1)),
        (utc("2027-01-04T19"), utc("2027-01-04T20"), Heads(2, 0)),
        (utc("2027-01-11T17"), utc("2027-01-11T21"), Heads(2, 0)),
    ]


def test_nobody_is_missed_on_a_day_that_is_declared_closed() -> None:
    needs = [Need(weekday, 0, 24, listeners=1) for weekday in range(7)]
    holiday, closed = MONDAY, MONDAY + timedelta(days=1)
    special = {
        holiday: SpecialDay(holiday, "Feast"),
        closed: SpecialDay(closed, "Away day", closed=True),
    }

    found = coverage.gaps(
        replace(together(), special_days=special), needs, utc("2027-01-03T23"), utc("2027-01-06T23")
    )

    assert [(each.starts_at, each.ends_at) for each in found] == [
        (utc("2027-01-03T23"), utc("2027-01-04T23")),
        (utc("2027-01-05T23"), utc("2027-01-06T23")),
    ]


def test_the_drain_of_the_plan_counts_where_no_other_is_said() -> None:
    plan = together(shift("a", "18:00", "20:00", "leo"), shift("b", "20:00", "22:00", "lin"))
    needs = [Need(0, 18, 21, listeners=1)]
    window = utc("2027-01-04"), utc("2027-01-05")

    draining = coverage.gaps(replace(plan, drain=HALF_HOUR), needs, *window)

    assert [(each.starts_at, each.ends_at) for each in draining] == [
        (utc("2027-01-04T18:30"), utc("2027-01-04T19"))
    ]
    assert coverage.gaps(plan, needs, *window) == []


@pytest.mark.parametrize(
    "zone, day, hours",
    [
        # an hour that is needed is needed as often, and as long, as the clocks show it
        ("Europe/Berlin", "2027-10-31", 2),
        ("Europe/Berlin", "2027-03-28", 0),
        ("Antarctica/Troll", "2027-10-31", 2),
        ("Australia/Lord_Howe", "2027-10-03", 0.5),
        ("Asia/Kolkata", "2027-10-31", 1),
    ],
)
def test_the_need_follows_the_clocks_through_their_change(
    zone: str, day: str, hours: float
) -> None:
    needs = [Need(6, 2, 3, listeners=1)]
    begins = walltime.midnight(zone, date.fromisoformat(day))

    found = coverage.gaps(Plan(zone), needs, begins, begins + timedelta(hours=20))

    length = sum((each.ends_at - each.starts_at for each in found), timedelta())
    assert length == timedelta(hours=hours)


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


def test_day_by_day_a_plan_reads_as_it_does_in_one_look() -> None:
    """What was worked out for one window is right for every other, whatever lies at its edge."""
    every_day = [
        Pattern(f"{weekday}-{starts}", "", weekday, time(starts), time(ends), MONDAY)
        for weekday in range(7)
        for starts, ends in ((0, 8), (8, 16), (16, 0), (20, 20))
    ]
    people = {0: "leo", 8: "lin", 16: "leo", 20: "sol"}
    plan = Plan(
        BERLIN,
        every_day,
        [
            Booking(each.id, people[each.starts.hour], Role.LISTENER, MONDAY)
            for each in every_day
            if each.weekday % 3 or each.starts.hour != 20
        ],
        drain=HALF_HOUR,
    )
    needs = [Need(weekday, 0, 24, listeners=2) for weekday in range(7)]
    start, days = utc("2027-03-22"), [timedelta(days=number) for number in range(14)]
    whole = coverage.measured(replace(plan), needs, start, start + timedelta(days=14))

    by_day = [
        piece
        for day in days
        for piece, _ in coverage.measured(plan, needs, start + day, start + day + timedelta(days=1))
    ]

    def heads_at(pieces: list[cover.Piece], at: datetime) -> Heads:
        return next(each.heads for each in pieces if each.starts_at <= at < each.ends_at)

    read = [piece for piece, _ in whole]
    for quarter in range(14 * 24 * 4):
        at = start + quarter * timedelta(minutes=15)
        assert heads_at(by_day, at) == heads_at(read, at), at
    assert len({each.heads for each in read}) > 2
