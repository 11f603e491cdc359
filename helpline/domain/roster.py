"""What was planned, as facts: recurring patterns, standing bookings, and overrides over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from .access import Role

DAY = timedelta(days=1)


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

    pattern_id: str | None
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


def dates(pattern: Pattern, first: date, last: date) -> Iterator[date]:
    """The local dates from `first` to `last`, both included, on which the pattern starts."""
    step = timedelta(weeks=pattern.every_weeks)
    anchor = pattern.first_date + (pattern.weekday - pattern.first_date.weekday()) % 7 * DAY
    day = anchor + max(0, -((anchor - first) // step)) * step
    until = min(last, pattern.last_date or last)
    while day <= until:
        yield day
        day += step


def starts_at(patterns: Iterable[Pattern], wall: datetime) -> bool:
    """Whether a shift starts at this naive wall time."""
    day = wall.date()
    return any(each.starts == wall.time() and any(dates(each, day, day)) for each in patterns)
