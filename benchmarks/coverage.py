"""One coverage sweep: the gaps of a year of shifts, its CPU, and how it grows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from benchmarks.timing import side_by_side
from helpline.domain import coverage
from helpline.domain.access import Role
from helpline.domain.coverage import Need
from helpline.domain.roster import Booking, Brings, Change, Override, Pattern, Plan, Rotation

FIRST = date(2026, 12, 28)
START = datetime(2027, 1, 1, tzinfo=UTC)
YEAR, QUARTER = timedelta(days=365), timedelta(days=91)
STARTS = range(0, 24, 3)


def run() -> None:
    fresh_year, known_year = side_by_side(
        lambda: _sweep(replace(HUNDREDS), YEAR), lambda: _sweep(HUNDREDS, YEAR)
    )
    print(f"500 volunteers, a year: plan new {_ms(fresh_year)}, plan known {_ms(known_year)}")
    for people, length, words in (
        (500, QUARTER, "a quarter"),
        (250, YEAR, "half the people"),
        (1000, YEAR, "twice the people"),
    ):
        plan = _plan(people)
        other, whole = side_by_side(
            lambda plan=plan, length=length: _sweep(plan, length), lambda: _sweep(HUNDREDS, YEAR)
        )
        print(f"{words}: {_ms(other)}, ratio {other / whole:.2f}")


def _sweep(plan: Plan, length: timedelta) -> list[coverage.Gap]:
    return coverage.gaps(plan, NEEDS, START, START + length)


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.1f} ms CPU"


def _plan(people: int) -> Plan:
    """Eight shifts a day of three hours; everybody once a week, every seventh leads, every ninth
    takes turns; one day in two somebody is off and another comes.
    """
    patterns = [
        Pattern(f"{weekday}-{hour}", "", weekday, time(hour), time((hour + 3) % 24), FIRST)
        for weekday in range(7)
        for hour in STARTS
    ]
    by_id = {each.id: each for each in patterns}
    bookings, groups = [], {each.id: [] for each in patterns}
    for number in range(people):
        pattern = patterns[number % len(patterns)]
        role = Role.LEAD if number // len(patterns) % 7 == 0 else Role.LISTENER
        if number % 9:
            bookings.append(Booking(pattern.id, f"p{number}", role, FIRST))
        else:
            groups[pattern.id].append((f"p{number}",))
    rotations = [Rotation(id, tuple(each), FIRST) for id, each in groups.items() if each]
    overrides = []
    for number in range(0, 365, 2):
        booking = bookings[number * 7 % len(bookings)]
        weeks = timedelta(weeks=number // 7)
        day = FIRST + timedelta(days=by_id[booking.pattern_id].weekday) + weeks
        other = f"p{number * 11 % people}"
        overrides += [
            Override(booking.pattern_id, day, booking.person_id, Change.REMOVE),
            Override(booking.pattern_id, day, other, Change.ADD),
        ]
    brings = {
        f"p{number}": Brings(
            frozenset({"en", "es"} if number % 3 == 0 else {"en"}),
            minors=number % 2 == 0,
            minors_until=date(2027, 3 + number % 10, 1) if number % 5 == 0 else None,
            in_training=number % 25 == 0,
        )
        for number in range(people)
    }
    return Plan(
        "Europe/Berlin", patterns, bookings, overrides, rotations,
        people=brings, drain=timedelta(minutes=30),
    )  # fmt: skip


NEEDS = [
    Need(weekday, start, end, listeners, 1, 1, ("es",))
    for weekday in range(7)
    for start, end, listeners in ((0, 6, 4), (6, 15, 5), (15, 19, 6), (19, 23, 8), (23, 24, 5))
]
HUNDREDS = _plan(500)
