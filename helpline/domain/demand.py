"""How many came, clock hour by clock hour: counts only, which outlive the chats they are of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from . import walltime
from .walltime import Hour

COUNTED_AGAIN_FOR = timedelta(hours=48)  # a talk of that hour may still go on, a visitor come back
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody who opened a chat."""

    at: datetime
    was_answered: bool
    gave_up: bool


@dataclass(frozen=True, slots=True)
class Talked:
    """A listener's time with one chat; `until` is None while it goes on."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Turned:
    """The line began to take chats, or stopped."""

    at: datetime
    is_open: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """One clock hour. `talk_minutes` are of the talks that began in it; `open_minutes` how long
    the line took chats: an hour in which it took none says nothing about who would have come."""

    hour_at: datetime
    arrived: int = 0
    answered: int = 0
    gave_up: int = 0
    talk_minutes: float = 0.0
    open_minutes: int = 0


def begin_of_hour(zone: str, at: datetime) -> datetime:
    """When the clock hour began in which this instant lies."""
    wall = walltime.local(zone, at)
    return at - timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)


def count(
    hours: Sequence[Hour],
    came: Iterable[Came],
    talked: Iterable[Talked],
    turned: Sequence[Turned],
    *,
    now: datetime,
) -> list[Counted]:
    """Every one of these hours, in their order. `turned` begins with how the line was before them.

    Counted again with the same facts it comes out the same.
    """
    starts = [each.starts_at for each in hours]
    found = [Counted(each.starts_at, open_minutes=_open_minutes(each, turned)) for each in hours]
    for each in came:
        place = bisect_right(starts, each.at) - 1
        if 0 <= place < len(hours) and each.at < hours[place].ends_at:
            known = found[place]
            found[place] = replace(
                known,
                arrived=known.arrived + 1,
                answered=known.answered + each.was_answered,
                gave_up=known.gave_up + each.gave_up,
            )
    for talk in talked:
        place = bisect_right(starts, talk.since) - 1
        if 0 <= place < len(hours) and talk.since < hours[place].ends_at:
            minutes = ((talk.until or now) - talk.since) / MINUTE
            found[place] = replace(
                found[place], talk_minutes=round(found[place].talk_minutes + minutes, 1)
            )
    return found


def _open_minutes(hour: Hour, turned: Sequence[Turned]) -> int:
    total, is_open, since = timedelta(0), False, hour.starts_at
    for each in turned:
        at = min(max(each.at, hour.starts_at), hour.ends_at)
        if is_open:
            total += at - since
        is_open, since = each.is_open, at
    if is_open:
        total += hour.ends_at - since
    return round(total / MINUTE)
