"""Who is booked when: patterns, bookings and overrides, expanded to spans of UTC.

`spans` is the one reading of the plan: routing, coverage, opening hours and alerts all use it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from . import walltime
from .access import Role

DAY = timedelta(days=1)
MARGIN = 2 * DAY  # a shift lasts 24 hours at most; the rest is for zones that leap over a day
STINT_LOOKS = timedelta(days=3)  # how far a stint is followed each way; nobody serves longer


class Change(StrEnum):
    ADD = "add"
    REMOVE = "remove"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A shift that recurs: every `every_weeks` weeks on `weekday` (Monday 0), in local wall time.

    `ends` at or before `starts` means the next day. The weeks are counted from the first such
    weekday on or after `first_date`; `last_date` is the last day on which it may start.
    """

    id: str
    title: str
    weekday: int
    starts: time
    ends: time
    first_date: date
    last_date: date | None = None
    every_weeks: int = 1

    def __post_init__(self) -> None:
        if self.weekday not in range(7) or self.every_weeks < 1:
            raise ValueError("a pattern needs a weekday from 0 to 6 and a step of whole weeks")


@dataclass(frozen=True, slots=True)
class Booking:
    """A standing booking: on every occurrence of the pattern between two dates, both included."""

    pattern_id: str
    person_id: str
    role: Role
    first_date: date
    last_date: date | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """A layer over one occurrence. Swap, cover and time off are made of `add` and `remove`;
    `cancel` names no person and takes the shift away for everybody.
    """

    pattern_id: str
    date: date
    person_id: str | None
    kind: Change
    role: Role = Role.LISTENER

    def __post_init__(self) -> None:
        if (self.person_id is None) != (self.kind == Change.CANCEL):
            raise ValueError("a cancellation names nobody, every other override a person")


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole plan of the line. Overrides stand in the order in which they were made."""

    zone: str
    patterns: Sequence[Pattern] = ()
    bookings: Sequence[Booking] = ()
    overrides: Sequence[Override] = ()


@dataclass(frozen=True, slots=True)
class Booked:
    person_id: str
    role: Role


@dataclass(frozen=True, slots=True)
class Span:
    """One occurrence: its local date, its edges in UTC and who is booked (perhaps nobody)."""

    pattern_id: str
    date: date
    title: str
    starts_at: datetime
    ends_at: datetime
    people: tuple[Booked, ...]


class OnShift(NamedTuple):
    booked: Booked
    span: Span


class Stint(NamedTuple):
    """A person's time without a break, over one or more shifts."""

    starts_at: datetime
    ends_at: datetime


def spans(plan: Plan, start: datetime, end: datetime) -> list[Span]:
    """Every shift that overlaps [start, end), in order of start, without the cancelled ones."""
    bookings, overrides = defaultdict(list), defaultdict(list)
    for booking in plan.bookings:
        bookings[booking.pattern_id].append(booking)
    for override in plan.overrides:
        overrides[override.pattern_id, override.date].append(override)

    first = walltime.local(plan.zone, start).date() - MARGIN
    last = walltime.local(plan.zone, end).date() + DAY
    found = []
    for pattern in plan.patterns:
        for day in dates(pattern, first, last):
            starts_at, ends_at = edges(plan, pattern, day)
            people = who_serves(day, bookings[pattern.id], overrides[pattern.id, day])
            # A shift that lies wholly within skipped wall time has no length and is no shift.
            if people is not None and max(start, starts_at) < min(end, ends_at):
                found.append(Span(pattern.id, day, pattern.title, starts_at, ends_at, people))
    return sorted(found, key=lambda span: (span.starts_at, span.ends_at, span.pattern_id))


def dates(pattern: Pattern, first: date, last: date) -> Iterator[date]:
    """The local dates from `first` to `last`, both included, on which the pattern starts."""
    step = timedelta(weeks=pattern.every_weeks)
    anchor = pattern.first_date + (pattern.weekday - pattern.first_date.weekday()) % 7 * DAY
    day = anchor + max(0, -((anchor - first) // step)) * step
    until = min(last, pattern.last_date or last)
    while day <= until:
        yield day
        day += step


def edges(plan: Plan, pattern: Pattern, day: date) -> tuple[datetime, datetime]:
    """When the occurrence of that date starts and ends, in UTC.

    A start that the clocks show twice is the first. So is such an end where another shift
    starts at that wall time, so that the two share one edge (cancelled or not: nobody's hours
    depend on what happens to a neighbour); an end with nobody following is the last.
    """
    starts = datetime.combine(day, pattern.starts)
    ends = datetime.combine(day + DAY if pattern.ends <= pattern.starts else day, pattern.ends)
    stays = walltime.is_repeated(plan.zone, ends) and not _starts_at(plan.patterns, ends)
    resolve = walltime.last_instant if stays else walltime.first_instant
    return walltime.first_instant(plan.zone, starts), resolve(plan.zone, ends)


def who_serves(
    day: date, bookings: Iterable[Booking], overrides: Iterable[Override]
) -> tuple[Booked, ...] | None:
    """Who is on one occurrence of a pattern, or None when it is cancelled: the one precedence.

    1. A cancellation beats everything; only lifting it brings the shift back.
    2. At the bottom lie the standing bookings that hold on that day.
    3. Over them the overrides in the order in which they were made: `add` books a person in
       its role, `remove` takes the person off, and of two about one person the later wins.

    No layer changes another: lifting an override shows what it covered.
    """
    roles = {
        booking.person_id: booking.role
        for booking in bookings
        if booking.first_date <= day <= (booking.last_date or day)
    }
    for override in overrides:
        if override.person_id is None:
            return None
        if override.kind == Change.ADD:
            roles[override.person_id] = override.role
        else:
            roles.pop(override.person_id, None)
    return tuple(Booked(person_id, role) for person_id, role in roles.items())


def _starts_at(patterns: Iterable[Pattern], wall: datetime) -> bool:
    return any(
        pattern.starts == wall.time() and any(dates(pattern, wall.date(), wall.date()))
        for pattern in patterns
    )
