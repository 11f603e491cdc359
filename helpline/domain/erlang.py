"""How many listeners an hour needs: Erlang-A with two chats to a listener, solved exactly.

A birth-death chain counts the chats in talk and in line. Chats come at random, talks have the
length that they have for a listener with one chat; with two chats each goes at `together` of that
speed. Whoever waits leaves at random, after `patience` minutes on the mean. The order of the queue
changes who waits, hardly how many. docs/decisions/0019 says what this leaves out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count

LATE_AFTER = 1.0  # minutes
SHRINKAGE = 0.15  # of those planned are not there, or rest: no-shows and breaks
AT_LEAST = 2  # nobody serves alone
HEADS_AT_MOST = 99
NEGLIGIBLE = 1e-10  # of the chance of the likeliest state


@dataclass(frozen=True, slots=True)
class Talks:
    """What one chat asks of a listener: minutes of talk beside no other, the minutes after it in
    which nothing is offered, the speed of each of two at once; minutes that people wait on the
    mean before they leave. `undivided` is the share of all talk in which the listener takes no
    second chat, because somebody is in danger."""

    minutes: float = 44.8
    wrap_up: float = 5.0
    together: float = 0.7
    patience: float = 20.0
    undivided: float = 0.0
    seats: int = 2

    def __post_init__(self) -> None:
        if self.minutes <= 0 or self.patience <= 0 or self.wrap_up < 0:
            raise ValueError("a talk has a length, and people have some patience")
        if not 0.5 <= self.together <= 1 or self.seats not in (1, 2):
            raise ValueError("a listener has one or two chats, and two are no slower than in turn")

    @property
    def alone(self) -> float:
        """Minutes that a chat takes of a listener who has no other."""
        return self.minutes + self.wrap_up

    @property
    def full(self) -> float:
        """Minutes between two ends of one seat when every seat is taken."""
        if self.seats == 1:
            return self.alone
        shared = self.minutes / self.together + self.wrap_up
        return shared + self.undivided * (2 * self.alone - shared)


@dataclass(frozen=True, slots=True)
class Service:
    """What comes of it, as shares of those who come: who must wait, who leaves before anybody
    came, and who leaves or waits longer than a minute."""

    waits: float
    gone: float
    late: float


def service(chats_an_hour: float, listeners: int, talks: Talks) -> Service:
    """Exact for random arrivals, lengths and patience; `listeners` may take chats all the time."""
    if chats_an_hour <= 0:
        return Service(0.0, 0.0, 0.0)
    if listeners <= 0:
        return Service(1.0, 1.0, 1.0)
    arrives, leaves = chats_an_hour / 60, 1 / talks.patience
    seats = listeners * talks.seats
    flat_out = seats / talks.full  # chats that end in a minute with every seat taken
    states = _states(arrives, leaves, listeners, talks, flat_out)

    waiting = sum(p * n for n, p in enumerate(states[seats:]))
    in_time = _answered_in_time(states[seats:], flat_out, leaves)
    waits = sum(states[seats:])
    return Service(waits, leaves * waiting / arrives, max(0.0, waits - in_time))


def required(chats_an_hour: float, talks: Talks, late_at_most: float) -> int:
    """The fewest listeners at work with at most this share late. At least one where any come."""
    if chats_an_hour <= 0:
        return 0
    return next(
        (
            heads
            for heads in range(1, HEADS_AT_MOST)
            if _service(round(chats_an_hour, 3), heads, talks).late <= late_at_most
        ),
        HEADS_AT_MOST,
    )


def planned(at_work: int) -> int:
    """How many to plan so that so many are there: never fewer than two."""
    return max(AT_LEAST, math.ceil(at_work / (1 - SHRINKAGE) - 1e-9)) if at_work else AT_LEAST


def lagged(chats_by_hour: Sequence[float], minutes: float) -> list[float]:
    """Chats an hour to plan each hour of a round of hours for, since a talk outlasts the hour in
    which it began (modified offered load): the largest number in talk within the hour, with
    endless seats, over the length of a talk. Of hours that are all alike it changes nothing.
    """
    stays = math.exp(-60 / minutes)  # the share of talks under way that outlast an hour
    level = 0.0
    for _ in range(2):  # the second round starts from where the first ended
        found = []
        for rate in chats_by_hour:
            at_end = rate + (level - rate) * stays
            found.append(max(level, at_end))
            level = at_end
    return found


_service = lru_cache(maxsize=4096)(service)


def _states(
    arrives: float, leaves: float, listeners: int, talks: Talks, flat_out: float
) -> list[float]:
    """The chance of each number of chats in talk and in line, as far as it is worth a thought."""
    seats = listeners * talks.seats
    weights, peak = [1.0], 1.0
    for n in count(1):
        if n <= listeners:
            ends = n / talks.alone
        elif n <= seats:
            twos = n - listeners  # of the listeners have two chats, the others one
            ends = (listeners - twos) / talks.alone + 2 * twos / talks.full
        else:
            ends = flat_out + (n - seats) * leaves
        weights.append(weights[-1] * arrives / ends)
        peak = max(peak, weights[-1])
        if n > seats and ends > arrives and weights[-1] < peak * NEGLIGIBLE:
            break
    total = sum(weights)
    return [each / total for each in weights]


def _answered_in_time(full: Sequence[float], flat_out: float, leaves: float) -> float:
    """The share of all who come that finds every seat taken and is answered within the minute.

    With `ahead` people before them, in the order of arrival, e^(-leaves * wait) is distributed as
    Beta(a, ahead + 1), where a = flat_out / leaves: the chances to be still there add up exactly.
    """
    a, x = flat_out / leaves, math.exp(-leaves * LATE_AFTER)
    found, term, below = 0.0, x ** (a + 1), 0.0
    for ahead, chance in enumerate(full):
        below += term  # P(Beta(a + 1, ahead + 1) < x)
        term *= (1 - x) * (a + 1 + ahead) / (ahead + 1)
        found += chance * a / (a + ahead + 1) * (1 - min(1.0, below))
    return found
