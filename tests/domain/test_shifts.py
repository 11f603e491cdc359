"""Patterns, bookings and overrides become spans; one precedence says who serves."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from helpline.domain import roster, shifts
from helpline.domain.access import Role
from helpline.domain.roster import Booking, Change, Override, Pattern, Plan
from helpline.domain.shifts import Booked

BERLIN = "Europe/Berlin"
MON, TUE, SAT, SUN = 0, 1, 5, 6
START = date(2027, 1, 4)  # a Monday
DAY = START
LEO, LIN = Booked("leo", Role.LISTENER), Booked("lin", Role.LISTENER)
SOL = Booked("sol", Role.LEAD)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def pattern(
    id: str, weekday: int, starts: str, ends: str, first: date = START, **more: object
) -> Pattern:
    begin, end = time.fromisoformat(starts), time.fromisoformat(ends)
    return Pattern(id, id.title(), weekday, begin, end, first, **more)  # type: ignore[arg-type]


def books(who: Booked, pattern_id: str = "late", until: date | None = None) -> Booking:
    return Booking(pattern_id, who.person_id, who.role, START, until)


def change(kind: Change, who: Booked | None = None, day: date = DAY) -> Override:
    if who is None:
        return Override("late", day, None, kind)
    return Override("late", day, who.person_id, kind, who.role)


LEAD_LEO = Booked("leo", Role.LEAD)
ADD, REMOVE, CANCEL = Change.ADD, Change.REMOVE, Change.CANCEL


@pytest.mark.parametrize(
    "bookings, overrides, people",
    [
        ([], [], ()),
        ([books(LEO), books(SOL)], [], (LEO, SOL)),
        # time off, cover, swap
        ([books(LEO)], [change(REMOVE, LEO)], ()),
        ([books(LEO)], [change(ADD, LIN)], (LEO, LIN)),
        ([books(LEO)], [change(REMOVE, LEO), change(ADD, LIN)], (LIN,)),
        # of two layers about one person the later wins
        ([books(LEO)], [change(REMOVE, LEO), change(ADD, LEO)], (LEO,)),
        ([], [change(ADD, LIN), change(REMOVE, LIN)], ()),
        ([books(LEO)], [change(ADD, LEAD_LEO)], (LEAD_LEO,)),
        # taking off someone who is not on changes nothing
        ([books(LEO)], [change(REMOVE, LIN)], (LEO,)),
        # a cancellation beats what came before and what comes after
        ([books(LEO)], [change(CANCEL)], None),
        ([books(LEO)], [change(CANCEL), change(ADD, LIN)], None),
        ([books(LEO)], [change(ADD, LIN), change(CANCEL)], None),
        # a standing booking holds from its first to its last day, both included
        ([books(LEO, until=DAY)], [], (LEO,)),
        ([books(LEO, until=DAY - timedelta(days=1))], [], ()),
        ([Booking("late", "leo", Role.LISTENER, DAY + timedelta(days=1))], [], ()),
    ],
)
def test_one_precedence_says_who_serves(
    bookings: list[Booking], overrides: list[Override], people: tuple[Booked, ...] | None
) -> None:
    late = pattern("late", MON, "18:00", "22:00")

    assert shifts.who_serves(Plan(BERLIN, [late], bookings, overrides), late, DAY) == people


def test_an_override_touches_one_occurrence_and_lifting_it_brings_back_what_it_covered() -> None:
    late = pattern("late", MON, "18:00", "22:00")
    week = timedelta(weeks=1)
    covered = Plan(BERLIN, [late], [books(LEO)], [change(CANCEL, day=DAY + week)])
    lifted = Plan(BERLIN, [late], [books(LEO)])
    window = utc("2027-01-04"), utc("2027-01-25")

    dates = [span.date for span in shifts.spans(covered, *window)]

    assert dates == [DAY, DAY + 2 * week]
    assert [span.people for span in shifts.spans(lifted, *window)] == [(LEO,)] * 3


@pytest.mark.parametrize(
    "each, expected",
    [
        (pattern("a", MON, "08:00", "12:00"), ["04", "11", "18", "25"]),
        (pattern("a", TUE, "08:00", "12:00"), ["05", "12", "19", "26"]),
        (pattern("a", MON, "08:00", "12:00", every_weeks=2), ["04", "18"]),
        (pattern("a", SUN, "08:00", "12:00", every_weeks=3), ["10", "31"]),
        (pattern("a", MON, "08:00", "12:00", last_date=date(2027, 1, 18)), ["04", "11", "18"]),
        (pattern("a", MON, "08:00", "12:00", first=date(2027, 1, 5)), ["11", "18", "25"]),
        # counted from a first date long ago
        (pattern("a", MON, "08:00", "12:00", first=date(2020, 1, 6), every_weeks=2), ["11", "25"]),
    ],
)
def test_a_pattern_recurs_in_whole_weeks(each: Pattern, expected: list[str]) -> None:
    days = roster.dates(each, date(2027, 1, 1), date(2027, 1, 31))

    assert [f"{day:%d}" for day in days] == expected


@pytest.mark.parametrize(
    "zone, others, each, day, starts_at, ends_at",
    [
        # over midnight, and round the clock
        (BERLIN, [], ("22:00", "02:00"), "2027-01-09", "2027-01-09T21:00", "2027-01-10T01:00"),
        (BERLIN, [], ("09:00", "09:00"), "2027-01-09", "2027-01-09T08:00", "2027-01-10T08:00"),
        # a night of 23 hours takes an hour from the shift that lies in it, a long one adds one
        (BERLIN, [], ("22:00", "06:00"), "2027-03-27", "2027-03-27T21:00", "2027-03-28T04:00"),
        (BERLIN, [], ("22:00", "06:00"), "2027-10-30", "2027-10-30T20:00", "2027-10-31T05:00"),
        # skipped: ends and starts at the leap
        (BERLIN, [], ("22:00", "02:30"), "2027-03-27", "2027-03-27T21:00", "2027-03-28T01:00"),
        (BERLIN, [], ("02:30", "06:00"), "2027-03-28", "2027-03-28T01:00", "2027-03-28T04:00"),
        # repeated: starts at the first; ends at the last, or at the first where another follows
        (BERLIN, [], ("02:30", "06:00"), "2027-10-31", "2027-10-31T00:30", "2027-10-31T05:00"),
        (BERLIN, [], ("22:00", "02:30"), "2027-10-30", "2027-10-30T20:00", "2027-10-31T01:30"),
        (
            BERLIN,
            ["02:30"],
            ("22:00", "02:30"),
            "2027-10-30",
            "2027-10-30T20:00",
            "2027-10-31T00:30",
        ),
        (
            BERLIN,
            ["02:45"],
            ("22:00", "02:30"),
            "2027-10-30",
            "2027-10-30T20:00",
            "2027-10-31T01:30",
        ),
        (
            "Australia/Lord_Howe",
            [],
            ("22:00", "01:45"),
            "2027-04-03",
            "2027-04-03T11:00",
            "2027-04-03T15:15",
        ),
        (
            "Australia/Lord_Howe",
            ["01:45"],
            ("22:00", "01:45"),
            "2027-04-03",
            "2027-04-03T11:00",
            "2027-04-03T14:45",
        ),
    ],
)
def test_an_occurrence_has_its_edges_in_utc(
    zone: str,
    others: list[str],
    each: tuple[str, str],
    day: str,
    starts_at: str,
    ends_at: str,
) -> None:
    on = date.fromisoformat(day)
    shift = pattern("a", on.weekday(), *each)
    followers = [pattern("b", SUN, starts, "07:00") for starts in others]

    edges = shifts.edges(Plan(zone, [shift, *followers]), shift, on)

    assert edges == (utc(starts_at), utc(ends_at))


def test_an_edge_on_a_repeated_time_stays_shared_when_the_neighbour_is_cancelled() -> None:
    late = pattern("late", SAT, "22:00", "02:30")
    night = pattern("night", SUN, "02:30", "06:00")
    off = Override("night", date(2027, 10, 31), None, CANCEL)
    plan = Plan(BERLIN, [late, night], overrides=[off])

    found = shifts.spans(plan, utc("2027-10-30T20:00"), utc("2027-10-31T06:00"))

    assert [(span.pattern_id, span.ends_at) for span in found] == [
        ("late", utc("2027-10-31T00:30"))
    ]


def test_a_shift_within_skipped_time_is_no_shift() -> None:
    plan = Plan(BERLIN, [pattern("short", SUN, "02:00", "02:45")])

    found = shifts.spans(plan, utc("2027-03-20"), utc("2027-04-05"))

    assert [span.date for span in found] == [date(2027, 3, 21), date(2027, 4, 4)]


@pytest.mark.parametrize(
    "start, end, found",
    [
        ("2027-01-04T17:00", "2027-01-04T21:00", ["late"]),  # exactly the shift
        ("2027-01-04T20:59", "2027-01-04T21:00", ["late"]),
        ("2027-01-04T21:00", "2027-01-04T22:00", ["night"]),  # the end is not in the shift
        ("2027-01-04T16:00", "2027-01-04T17:00", []),  # the window's end is not in the window
        ("2027-01-04T20:00", "2027-01-04T23:30", ["late", "night"]),
        ("2027-01-05T04:59", "2027-01-05T05:00", ["night"]),  # it began the day before
        ("2027-01-05T05:00", "2027-01-11T17:00", []),
        ("2027-01-04T18:00", "2027-01-04T18:00", []),
    ],
)
def test_spans_are_those_that_overlap_the_window(start: str, end: str, found: list[str]) -> None:
    night, late = pattern("night", MON, "22:00", "06:00"), pattern("late", MON, "18:00", "22:00")

    spans = shifts.spans(Plan(BERLIN, [night, late]), utc(start), utc(end))

    assert [span.pattern_id for span in spans] == found


def test_spans_come_in_order_and_in_utc() -> None:
    late, night = pattern("late", MON, "18:00", "22:00"), pattern("night", MON, "22:00", "06:00")
    plan = Plan(BERLIN, [night, late], [books(LEO), books(SOL, "night")])

    first, second = shifts.spans(plan, utc("2027-01-04"), utc("2027-01-06"))

    assert (first.title, first.people, second.people) == ("Late", (LEO,), (SOL,))
    assert first.ends_at is second.starts_at
    assert first.ends_at.tzinfo is UTC


EVENING = Plan(
    BERLIN,
    [
        pattern("early", MON, "14:00", "18:00"),
        pattern("late", MON, "18:00", "22:00"),
        pattern("night", MON, "21:30", "02:00"),
    ],
    [
        *(books(LEO, "early"), books(LEO, "late")),
        *(books(SOL, "late"), books(Booked("sol", Role.LISTENER), "night")),
        books(LIN, "night"),
    ],
)


@pytest.mark.parametrize(
    "now, serving",
    [
        ("2027-01-04T12:59", {}),
        ("2027-01-04T13:00", {"leo": ("early", "listener")}),
        ("2027-01-04T17:00", {"leo": ("late", "listener"), "sol": ("late", "lead")}),
        # on two shifts at once: once, and as the lead
        (
            "2027-01-04T20:45",
            {"leo": ("late", "listener"), "sol": ("late", "lead"), "lin": ("night", "listener")},
        ),
        ("2027-01-04T21:00", {"sol": ("night", "listener"), "lin": ("night", "listener")}),
        ("2027-01-05T01:00", {}),
    ],
)
def test_each_person_on_shift_is_found_once(now: str, serving: dict[str, tuple[str, str]]) -> None:
    found = shifts.on_shift(EVENING, utc(now))

    assert len(found) == len(serving)
    assert {who.person_id: (span.pattern_id, who.role) for who, span in found} == serving


@pytest.mark.parametrize(
    "person, now, stint",
    [
        ("leo", "2027-01-04T12:59", None),
        ("leo", "2027-01-04T13:00", ("2027-01-04T13:00", "2027-01-04T21:00")),  # two adjacent
        ("leo", "2027-01-04T20:59", ("2027-01-04T13:00", "2027-01-04T21:00")),
        ("leo", "2027-01-04T21:00", None),
        ("sol", "2027-01-04T18:00", ("2027-01-04T17:00", "2027-01-05T01:00")),  # two overlapping
        ("lin", "2027-01-04T22:00", ("2027-01-04T20:30", "2027-01-05T01:00")),
        ("max", "2027-01-04T18:00", None),
    ],
)
def test_a_stint_is_a_persons_time_without_a_break(
    person: str, now: str, stint: tuple[str, str] | None
) -> None:
    found = shifts.stint(EVENING, person, utc(now))

    assert found == (stint and (utc(stint[0]), utc(stint[1])))


def test_the_shift_of_a_person_is_the_one_of_now() -> None:
    found = shifts.shift_of(EVENING, "leo", utc("2027-01-04T17:00"))

    assert found is not None
    assert found.pattern_id == "late"
    assert shifts.shift_of(EVENING, "max", utc("2027-01-04T17:00")) is None


@pytest.mark.parametrize("weekday, every_weeks", [(7, 1), (-1, 1), (0, 0)])
def test_a_pattern_outside_the_calendar_is_refused(weekday: int, every_weeks: int) -> None:
    with pytest.raises(ValueError):
        pattern("a", weekday, "08:00", "12:00", every_weeks=every_weeks)


@pytest.mark.parametrize("person_id, kind", [("leo", CANCEL), (None, ADD), (None, REMOVE)])
def test_an_override_names_a_person_unless_it_cancels(person_id: str | None, kind: Change) -> None:
    with pytest.raises(ValueError):
        Override("late", DAY, person_id, kind)
