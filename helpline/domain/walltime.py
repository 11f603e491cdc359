"""Wall time and instants: the one rule by which a time on the wall becomes a moment in UTC.

Plans speak wall time in a named zone; everything else speaks aware UTC. Calendar arithmetic is
done on naive wall times, then resolved here once; durations are subtracted in UTC only, because
Python subtracts two times of the same zone as if its clocks had never been changed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
REMEMBERED = 8192  # resolved wall times: more than a year of three-hour shifts, so sweeps are cheap


@dataclass(frozen=True, slots=True)
class Hour:
    """One clock hour of a local day, or what a change of the clocks leaves of it.

    `again` is true where the clocks show this hour for the second time that day.
    """

    hour: int
    again: bool
    starts_at: datetime
    ends_at: datetime


@lru_cache(maxsize=REMEMBERED)
def first_instant(zone: str, wall: datetime) -> datetime:
    """The UTC instant of a naive wall time: of a repeated one the first, of a skipped one the
    first after the clocks leapt.

    Later wall times never come out earlier, so shifts that share an edge on the wall share it
    in UTC, on every night of the year.
    """
    first, second = _readings(zone, wall)
    return _leap(zone, second, first) if second < first else first


@lru_cache(maxsize=REMEMBERED)
def last_instant(zone: str, wall: datetime) -> datetime:
    """As `first_instant`, but of a repeated wall time the last."""
    return _readings(zone, wall)[1] if is_repeated(zone, wall) else first_instant(zone, wall)


@lru_cache(maxsize=REMEMBERED)
def is_repeated(zone: str, wall: datetime) -> bool:
    """Whether the clocks show this naive wall time twice."""
    first, second = _readings(zone, wall)
    return first < second


def midnight(zone: str, day: date) -> datetime:
    """When a local day begins: at midnight, or where the clocks leapt over it."""
    return first_instant(zone, datetime.combine(day, time.min))


def local(zone: str, instant: datetime) -> datetime:
    """The instant on the wall, for planning and showing. ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return instant.astimezone(ZoneInfo(zone))


def hours(zone: str, start: datetime, end: datetime) -> Iterator[Hour]:
    """The clock hours from `start` to `end` without a hole; the first and the last may be cut."""
    at, end = start.astimezone(UTC), end.astimezone(UTC)
    while at < end:
        wall = local(zone, at)
        into = timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)
        until = min(at + HOUR - into, end)
        yield Hour(wall.hour, bool(wall.fold), at, until)
        at = until


def hours_of(zone: str, day: date) -> Iterator[Hour]:
    """The clock hours of a local day: 23, 24 or 25, some shorter where clocks move by less."""
    return hours(zone, midnight(zone, day), midnight(zone, day + timedelta(days=1)))


def _readings(zone: str, wall: datetime) -> tuple[datetime, datetime]:
    """Both readings of a wall time: alike as a rule, in order if repeated, crossed if skipped."""
    here = wall.replace(tzinfo=ZoneInfo(zone))
    return here.replace(fold=0).astimezone(UTC), here.replace(fold=1).astimezone(UTC)


def _leap(zone: str, before: datetime, after: datetime) -> datetime:
    """The instant between the two at which the clocks leapt, to the second."""
    before = before.replace(microsecond=0)
    settled = local(zone, after).utcoffset()

    def is_past(seconds: int) -> bool:
        return local(zone, before + timedelta(seconds=seconds)).utcoffset() == settled

    within = range(int((after - before).total_seconds()))
    return before + timedelta(seconds=bisect_left(within, True, key=is_past))
