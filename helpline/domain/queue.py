"""The queue's policy: who is next, whose place is which, and how long it will honestly take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop
from math import ceil, floor, sqrt

from .urgency import Level

ANSWERED_WITHIN = {
    Level.CRITICAL: timedelta(minutes=1),
    Level.HIGH: timedelta(minutes=5),
    Level.ELEVATED: timedelta(minutes=20),
    Level.ROUTINE: timedelta(minutes=45),
}

CHAT_TAKES = timedelta(minutes=45)  # published mean of chat lines, until the line has its own
ROUNDED_TO = 5  # minutes
RECENT_CHATS = 50
FEW_CHATS = 5
LEAVE_PER_MINUTE = 1 / 20  # of those before one: published patience of about twenty minutes
# What is shown, in standard deviations: one in ten is answered sooner than its lower end, two in
# three before its upper end, which is then rounded up. `flask simulate` shows how often it holds.
LOWER_END, UPPER_END = -1.2816, 0.42


@dataclass(frozen=True, slots=True)
class Waiting:
    """A chat as the queue sees it. `arrived_at` never changes, whatever happens to the chat."""

    id: str
    level: Level
    arrived_at: datetime
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the line answers: seats of the people who are there, and how long a chat takes
    one, the rest after it included."""

    seats: int
    free_seats: int
    chat_minutes: float = CHAT_TAKES / timedelta(minutes=1)


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


def in_turn(waiting: Iterable[Waiting]) -> Iterator[Waiting]:
    """As `order`, one after the other, for who stops early: the rest is never sorted."""
    heap = [(key(chat), chat) for chat in waiting]
    heapify(heap)
    while heap:
        yield heappop(heap)[1]


def usual_length(minutes: Sequence[float]) -> float:
    """The mean length of recent chats, mixed with the published one while they are few."""
    published = CHAT_TAKES / timedelta(minutes=1)
    return (sum(minutes) + FEW_CHATS * published) / (len(minutes) + FEW_CHATS)


def wait_range(ahead: int, pace: Pace) -> WaitRange | None:
    """The wait for somebody with `ahead` people before them; None when nobody is there to answer.

    With a free seat for them it is a matter of minutes. Else they wait for as many seats to be
    given up as people are before them and one more, while some of those before them leave: a sum
    of exponential waits, whose quantiles are Wilson and Hilferty's for a gamma distribution.
    """
    if pace.seats == 0:
        return None
    if ahead < pace.free_seats:
        return WaitRange(0, ROUNDED_TO)

    mean, shape = _until_a_seat(ahead, pace)
    low = floor(mean * _gamma_quantile(shape, LOWER_END) / ROUNDED_TO) * ROUNDED_TO
    high = ceil(mean * _gamma_quantile(shape, UPPER_END) / ROUNDED_TO) * ROUNDED_TO
    return WaitRange(low, max(high, low + ROUNDED_TO))


def middle_wait(ahead: int, pace: Pace) -> float | None:
    """The minutes that half of those with `ahead` people before them wait longer than; None when
    nobody is there to answer."""
    if pace.seats == 0:
        return None
    if ahead < pace.free_seats:
        return 0.0
    mean, shape = _until_a_seat(ahead, pace)
    return mean * _gamma_quantile(shape, 0.0)


def _until_a_seat(ahead: int, pace: Pace) -> tuple[float, float]:
    """The mean in minutes, and the shape of the gamma distribution that comes near it."""
    per_minute = pace.seats / pace.chat_minutes
    steps = [per_minute + i * LEAVE_PER_MINUTE for i in range(ahead - pace.free_seats + 1)]
    mean = sum(1 / step for step in steps)
    return mean, mean**2 / sum(1 / step**2 for step in steps)


def _gamma_quantile(shape: float, normal: float) -> float:
    """Relative to the mean, at so many standard deviations of the normal distribution."""
    return max(0.0, 1 - 1 / (9 * shape) + normal / (3 * sqrt(shape))) ** 3
