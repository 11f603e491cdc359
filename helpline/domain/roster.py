"""What was planned, as facts: recurring patterns and the layers over them, days out of the
ordinary, and what the people bring along.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from .access import Role

Date = date  # where a field of that name stands in the way
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
LAST = -1  # the last such weekday of a month
EACH_MONTH = (1, 2, 3, 4, LAST)


class Change(StrEnum):
    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A shift that recurs on `weekday` (Monday 0), in local wall time: every `every_weeks` weeks,
    or as the `nth` such weekday of each month (1 to 4, or the last).

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
    nth: int | None = None
    off_on_holidays: bool = False

    def __post_init__(self) -> None:
        if self.weekday not in range(7) or self.every_weeks < 1:
            raise ValueError("a pattern needs a weekday from 0 to 6 and a step of whole weeks")
        if self.nth is not None and (self.nth not in EACH_MONTH or self.every_weeks != 1):
            raise ValueError("a pattern of each month is the first to fourth or the last weekday")


@dataclass(frozen=True, slots=True)
class Booking:
    """A standing booking: on every occurrence of the pattern between two dates, both included."""

    pattern_id: str
    person_id: str
    role: Role
    first_date: date
    last_date: date | None = None


@dataclass(frozen=True, slots=True)
class Rotation:
    """Who follows whom on a pattern: each group serves `shifts_each` of its shifts, then the next.

    Every day of the pattern counts, one that is cancelled too: whose turn it is on one day never
    depends on what becomes of another. `served` is how many had been served before `first_date`.
    """

    pattern_id: str
    groups: tuple[tuple[str, ...], ...]
    first_date: date
    last_date: date | None = None
    shifts_each: int = 1
    role: Role = Role.LISTENER
    served: int = 0

    def __post_init__(self) -> None:
        if not self.groups or self.shifts_each < 1 or self.served < 0:
            raise ValueError("a rotation needs groups, and each a shift or more")


@dataclass(frozen=True, slots=True)
class Override:
    """A layer over the occurrences of one day, or of every day until `until_date`; without a
    pattern over those of all patterns.

    `replace` puts a person in place of `in_place_of`, in that one's role. `cancel` names nobody
    and takes the shift away for everybody. Time off is a `remove` over all patterns.
    """

    pattern_id: str | None
    date: date
    person_id: str | None
    kind: Change
    role: Role = Role.LISTENER
    until_date: Date | None = None
    in_place_of: str | None = None

    def __post_init__(self) -> None:
        if (self.person_id is None) != (self.kind == Change.CANCEL):
            raise ValueError("a cancellation names nobody, every other override a person")
        if (self.in_place_of is None) != (self.kind != Change.REPLACE):
            raise ValueError("a replacement says in whose place, and nothing else does")

    def days(self) -> Iterator[Date]:
        return days(self.date, self.until_date or self.date)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A holiday, or a local day on which the line is `closed`: no shift starts on it, and nobody
    is needed, so that nobody is missed.
    """

    date: date
    name: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Brings:
    """What a person brings to a shift. Trainees serve, but beside others: they are no cover."""

    languages: frozenset[str] = frozenset()
    minors: bool = False  # trained to talk with minors,
    minors_until: date | None = None  # and until which day that holds, if it ends
    in_training: bool = False

    def is_for_minors(self, day: date) -> bool:
        return self.minors and day <= (self.minors_until or day)


@dataclass(frozen=True)
class Plan:
    """The whole plan of the line. Overrides stand in the order in which they were made.

    `drain` is how long before their end people take no new chat.
    """

    zone: str
    patterns: Sequence[Pattern] = ()
    bookings: Sequence[Booking] = ()
    overrides: Sequence[Override] = ()
    rotations: Sequence[Rotation] = ()
    special_days: Mapping[date, SpecialDay] = field(default_factory=dict)
    people: Mapping[str, Brings] = field(default_factory=dict)
    drain: timedelta = timedelta(0)

    @cached_property
    def by_weekday(self) -> Mapping[int, list[Pattern]]:
        found = defaultdict(list)
        for pattern in self.patterns:
            found[pattern.weekday].append(pattern)
        return found

    @cached_property
    def bookings_of(self) -> Mapping[str, list[Booking]]:
        found = defaultdict(list)
        for booking in self.bookings:
            found[booking.pattern_id].append(booking)
        return found

    @cached_property
    def rotations_of(self) -> Mapping[str, list[Rotation]]:
        found = defaultdict(list)
        for rotation in self.rotations:
            found[rotation.pattern_id].append(rotation)
        return found

    @cached_property
    def _overrides_on(self) -> Mapping[tuple[str | None, date], list[int]]:
        found = defaultdict(list)
        for place, override in enumerate(self.overrides):
            for day in override.days():
                found[override.pattern_id, day].append(place)
        return found

    @cached_property
    def worked_out(self) -> dict[object, Any]:
        """What `shifts` and `cover` read out of it: a plan never changes, so they do it once."""
        return {}

    def overrides_of(self, pattern_id: str, day: date) -> list[Override]:
        """The layers over one occurrence, in the order in which they were made."""
        on = self._overrides_on
        places = [*on.get((pattern_id, day), ()), *on.get((None, day), ())]
        return [self.overrides[place] for place in sorted(places)]

    def is_closed(self, day: date) -> bool:
        return day in self.special_days and self.special_days[day].closed


def days(first: date, last: date) -> Iterator[date]:
    """Every date from the first to the last, both included."""
    while first <= last:
        yield first
        first += DAY


def falls_on(pattern: Pattern, day: date) -> bool:
    """Whether the pattern starts on this local date."""
    if day.weekday() != pattern.weekday or day < pattern.first_date:
        return False
    if pattern.last_date is not None and day > pattern.last_date:
        return False
    if pattern.nth == LAST:
        return (day + WEEK).month != day.month
    if pattern.nth is not None:
        return (day.day - 1) // 7 + 1 == pattern.nth
    return (day - pattern.first_date).days // 7 % pattern.every_weeks == 0


def dates(pattern: Pattern, first: date, last: date) -> Iterator[date]:
    """The local dates from `first` to `last`, both included, on which the pattern starts."""
    day = max(first, pattern.first_date)
    day += (pattern.weekday - day.weekday()) % 7 * DAY
    until = min(last, pattern.last_date or last)
    while day <= until:
        if falls_on(pattern, day):
            yield day
        day += WEEK


def turn(pattern: Pattern, rotation: Rotation, day: date) -> tuple[str, ...]:
    """Whose turn it is on a day on which the pattern starts; nobody's outside of the rotation."""
    if not rotation.first_date <= day <= (rotation.last_date or day):
        return ()
    place = served_until(pattern, rotation, day) // rotation.shifts_each
    return rotation.groups[place % len(rotation.groups)]


def served_until(pattern: Pattern, rotation: Rotation, day: date) -> int:
    """How many shifts of the rotation come before that of this day."""
    first = next(dates(pattern, rotation.first_date, day), day)
    if pattern.nth is not None:
        return rotation.served + (day.year - first.year) * 12 + day.month - first.month
    return rotation.served + (day - first).days // 7 // pattern.every_weeks


def starts_at(patterns: Iterable[Pattern], wall: datetime) -> bool:
    """Whether a shift starts at this naive wall time."""
    return any(each.starts == wall.time() and falls_on(each, wall.date()) for each in patterns)
