"""The layers of the plan over each other: rotations, spans of days, special days, and days of a
month."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from helpline.domain import roster, shifts
from helpline.domain.access import Role
from helpline.domain.roster import Booking, Change, Override, Pattern, Plan, Rotation, SpecialDay
from helpline.domain.shifts import Booked

BERLIN = "Europe/Berlin"
START = date(2027, 1, 4)  # a Monday
WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)
LATE = Pattern("late", "Late", 0, time(18), time(22), START)
NIGHT = Pattern("night", "Night", 1, time(22), time(2), START)


def serve(plan: Plan, day: date, pattern: Pattern = LATE) -> dict[str, str] | None:
    people = shifts.who_serves(plan, pattern, day)
    return None if people is None else {each.person_id: str(each.role) for each in people}


def plan(*overrides: Override, **more: object) -> Plan:
    books = [Booking("late", "leo", Role.LISTENER, START), Booking("late", "sol", Role.LEAD, START)]
    return Plan(BERLIN, [LATE, NIGHT], books, overrides, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "nth, expected",
    [
        (1, ["2027-02-02", "2027-03-02", "2027-04-06"]),
        (2, ["2027-01-12", "2027-02-09", "2027-03-09", "2027-04-13"]),
        (4, ["2027-01-26", "2027-02-23", "2027-03-23", "2027-04-27"]),
        (-1, ["2027-01-26", "2027-02-23", "2027-03-30", "2027-04-27"]),
    ],
)
def test_a_pattern_falls_on_the_nth_such_weekday_of_each_month(
    nth: int, expected: list[str]
) -> None:
    monthly = Pattern("a", "", 1, time(18), time(22), date(2027, 1, 6), nth=nth)

    found = roster.dates(monthly, START, date(2027, 4, 30))

    assert [day.isoformat() for day in found] == expected


@pytest.mark.parametrize("nth, every_weeks", [(0, 1), (5, 1), (-2, 1), (1, 2)])
def test_there_is_no_fifth_weekday_and_no_every_second_month(nth: int, every_weeks: int) -> None:
    with pytest.raises(ValueError):
        Pattern("a", "", 1, time(18), time(22), START, nth=nth, every_weeks=every_weeks)


GROUPS = (("ada", "ben"), ("cleo",), ("dev",))


@pytest.mark.parametrize(
    "rotation, expected",
    [
        (Rotation("late", GROUPS, START), ["ada ben", "cleo", "dev", "ada ben", "cleo"]),
        (
            Rotation("late", GROUPS, START, shifts_each=2),
            ["ada ben", "ada ben", "cleo", "cleo", "dev"],
        ),
        # from a first day on, and until a last one
        (
            Rotation("late", GROUPS, START + DAY, START + 3 * WEEK),
            ["", "ada ben", "cleo", "dev", ""],
        ),
        # it goes on in the middle where another pattern left off
        (
            Rotation("late", GROUPS, START, shifts_each=2, served=3),
            ["cleo", "dev", "dev", "ada ben", "ada ben"],
        ),
    ],
)
def test_in_a_rotation_one_group_follows_another(rotation: Rotation, expected: list[str]) -> None:
    turns = Plan(BERLIN, [LATE], rotations=[rotation])

    served = [serve(turns, START + week * WEEK) for week in range(5)]

    assert [" ".join(each or ()) for each in served] == expected


@pytest.mark.parametrize(
    "pattern, days",
    [
        (replace(LATE, every_weeks=2), ["04", "18", "01"]),
        (replace(LATE, nth=-1), ["25", "22", "29"]),
    ],
)
def test_a_rotation_counts_the_shifts_of_its_pattern(pattern: Pattern, days: list[str]) -> None:
    turns = Plan(BERLIN, [pattern], rotations=[Rotation("late", GROUPS, START)])

    found = list(roster.dates(pattern, START, START + 14 * WEEK))[:3]

    assert [f"{day:%d}" for day in found] == days
    assert [" ".join(serve(turns, day, pattern) or ()) for day in found] == [
        "ada ben", "cleo", "dev",
    ]  # fmt: skip


def test_a_cancelled_day_does_not_move_the_turns_of_the_others() -> None:
    off = Override("late", START, None, Change.CANCEL)
    turns = Plan(BERLIN, [LATE], rotations=[Rotation("late", GROUPS, START)])

    covered = replace(turns, overrides=[off])

    assert serve(covered, START) is None
    assert serve(covered, START + WEEK) == serve(turns, START + WEEK) == {"cleo": "listener"}


def test_rotations_lie_over_bookings_and_under_overrides() -> None:
    leading = Rotation("late", (("leo",), ("ada",)), START, role=Role.LEAD)

    assert serve(plan(rotations=[leading]), START) == {"leo": "lead", "sol": "lead"}
    off = Override("late", START, "leo", Change.REMOVE)
    assert serve(plan(off, rotations=[leading]), START) == {"sol": "lead"}


def put(person: str, other: str, **more: object) -> Override:
    return Override("late", START, person, Change.REPLACE, in_place_of=other, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "overrides, expected",
    [
        ([put("ada", "leo")], {"ada": "listener", "sol": "lead"}),
        ([put("ada", "sol")], {"leo": "listener", "ada": "lead"}),  # in that one's role
        ([put("ada", "ben")], {"leo": "listener", "sol": "lead"}),  # Ben does not serve
        # a swap of roles ends with whom it ends; who leads already goes on leading
        ([put("leo", "sol")], {"leo": "lead"}),
        ([put("sol", "leo")], {"sol": "lead"}),
        # a chain, and the second in place of somebody who has gone already
        ([put("ada", "leo"), put("ben", "ada")], {"ben": "listener", "sol": "lead"}),
        ([put("ada", "leo"), put("ben", "leo")], {"ada": "listener", "sol": "lead"}),
        ([put("ada", "leo"), Override("late", START, None, Change.CANCEL)], None),
    ],
)
def test_one_comes_in_place_of_another(
    overrides: list[Override], expected: dict[str, str] | None
) -> None:
    assert serve(plan(*overrides), START) == expected


def test_a_layer_over_a_span_of_days_covers_all_of_them_and_no_other() -> None:
    covered = plan(replace(put("ada", "leo"), date=START + WEEK, until_date=START + 2 * WEEK))

    served = [sorted(serve(covered, START + week * WEEK) or ()) for week in range(4)]

    assert served == [["leo", "sol"], ["ada", "sol"], ["ada", "sol"], ["leo", "sol"]]


def test_time_off_lies_over_every_pattern_and_a_later_layer_over_it() -> None:
    both = [*plan().bookings, Booking("night", "leo", Role.LISTENER, START)]
    off = Override(None, START, "leo", Change.REMOVE, until_date=START + WEEK)
    back = Override("night", START + DAY, "leo", Change.ADD)

    away, helping = (
        replace(plan(*layers), bookings=both) for layers in ([off], [off, back])
    )  # fmt: skip

    assert [serve(away, START), serve(away, START + DAY, NIGHT)] == [{"sol": "lead"}, {}]
    assert serve(away, START + WEEK + DAY, NIGHT) == {"leo": "listener"}
    assert serve(helping, START + DAY, NIGHT) == {"leo": "listener"}
    earlier = replace(plan(back, off), bookings=both)
    assert serve(earlier, START + DAY, NIGHT) == {}


def test_lifting_a_layer_shows_what_it_covered_whatever_lies_beside_it() -> None:
    layers = [
        put("ada", "leo"),
        Override(None, START, "sol", Change.REMOVE, until_date=START + WEEK),
        Override("late", START, "ben", Change.ADD),
    ]
    turns = Rotation("late", (("dev",),), START)

    for number in range(len(layers)):
        lifted = [each for place, each in enumerate(layers) if place != number]
        found = serve(plan(*lifted, rotations=[turns]), START) or {}
        assert set(found) == {
            "dev",
            "leo" if number == 0 else "ada",
            *(["sol"] if number == 1 else []),
            *(["ben"] if number != 2 else []),
        }


@pytest.mark.parametrize(
    "day, off_on_holidays, expected",
    [
        (SpecialDay(START, "Feast"), False, {"leo", "sol"}),
        (SpecialDay(START, "Feast"), True, None),
        (SpecialDay(START, "Away day", closed=True), False, None),
    ],
)
def test_special_days_take_shifts_away(
    day: SpecialDay, off_on_holidays: bool, expected: set[str] | None
) -> None:
    pattern = replace(LATE, off_on_holidays=off_on_holidays)
    added = Override("late", START, "ada", Change.ADD)
    special = replace(plan(), patterns=[pattern], special_days={START: day})

    found = shifts.who_serves(special, pattern, START)

    assert (found and {each.person_id for each in found}) == expected
    assert serve(replace(special, overrides=[added]), START + WEEK, pattern) is not None
    if expected is None:  # nobody can be added to a shift that is off
        assert shifts.who_serves(replace(special, overrides=[added]), pattern, START) is None


def test_a_night_that_began_before_a_closed_day_goes_on_into_it() -> None:
    closed = START + 2 * DAY
    books = [Booking("night", "leo", Role.LISTENER, START)]
    special = Plan(
        BERLIN, [NIGHT], books, special_days={closed: SpecialDay(closed, "Away", closed=True)}
    )

    (span,) = shifts.spans(
        special, datetime(2027, 1, 4, tzinfo=UTC), datetime(2027, 1, 8, tzinfo=UTC)
    )

    assert (span.date, span.people) == (START + DAY, (Booked("leo", Role.LISTENER),))


@pytest.mark.parametrize(
    "kind, person, in_place_of",
    [(Change.REPLACE, "ada", None), (Change.ADD, "ada", "leo"), (Change.CANCEL, None, "leo")],
)
def test_only_a_replacement_says_in_whose_place(
    kind: Change, person: str | None, in_place_of: str | None
) -> None:
    with pytest.raises(ValueError):
        Override("late", START, person, kind, in_place_of=in_place_of)


def test_a_rotation_needs_somebody_to_follow() -> None:
    for wrong in ({"groups": ()}, {"shifts_each": 0}, {"served": -1}):
        with pytest.raises(ValueError):
            replace(Rotation("late", GROUPS, START), **wrong)
