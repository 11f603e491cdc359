"""The queue's policy: who is next, whose place is which, and how long it will honestly take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from .urgency import Level

ANSWERED_WITHIN = {
    Level.CRITICAL: timedelta(minutes=1),
    Level.HIGH: timedelta(minutes=5),
    Level.ELEVATED: timedelta(minutes=20),
    Level.ROUTINE: timedelta(minutes=45),
}

CHAT_TAKES = timedelta(minutes=45)  # published mean of chat lines, until the line has its own
ROUNDED_TO = 5  # minutes
RATE_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A chat as the queue sees it. `arrived_at` never changes, whatever happens to the chat."""

    id: str
    level: Level
    arrived_at: datetime
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the line answers: seats of the people who are there, and recent answers."""

    seats: int
    free_seats: int
    answered_last_hour: int


@dataclass(frozen=True, slots=True)
class WaitRange:
    """An honest range in whole minutes, rounded up; `high_minutes` is what we answer for."""

    low_minutes: int
    high_minutes: int


def deadline(level: Level, arrived_at: datetime) -> datetime:
    return arrived_at + ANSWERED_WITHIN[level]


def key(chat: Waiting) -> tuple[bool, bool, datetime, datetime, str]:
    """Sorts the queue: critical, then those a listener lost, then whose promise falls due first."""
    return (
        chat.level is not Level.CRITICAL,
        not chat.returned,
        deadline(chat.level, chat.arrived_at),
        chat.arrived_at,
        chat.id,
    )


def order(waiting: Iterable[Waiting]) -> list[Waiting]:
    return sorted(waiting, key=key)


def wait_range(ahead: int, pace: Pace) -> WaitRange | None:
    """The wait for somebody with `ahead` people before them; None when nobody is there to answer.

    With a free seat for them it is a matter of minutes; else the rate of answers is the larger
    of what the last hour saw and what the seats allow at the published length of a chat.
    """
    if pace.seats == 0:
        return None
    if ahead < pace.free_seats:
        return WaitRange(0, ROUNDED_TO)

    by_seats = pace.seats / (CHAT_TAKES / timedelta(minutes=1))
    by_history = pace.answered_last_hour / (RATE_WINDOW / timedelta(minutes=1))
    expected = (ahead + 1 - pace.free_seats) / max(by_seats, by_history)
    low = _round_up(expected * 0.6)
    high = _round_up(expected * 1.6)
    return WaitRange(low, max(high, low + ROUNDED_TO))


def _round_up(minutes: float) -> int:
    return max(1, ceil(minutes / ROUNDED_TO)) * ROUNDED_TO
