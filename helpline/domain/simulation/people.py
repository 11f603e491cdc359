"""Who is there: somebody who waits, and a listener with the chats in their hands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from .. import care, queue, routing
from ..urgency import Level

THIRD_SLOWS = 0.95  # each chat beyond two slows everything a little more


@dataclass(slots=True, eq=False)
class Chat:
    """`work` in minutes, `patience` in minutes from `arrived`; `pending` are being asked."""

    id: str
    level: Level
    arrived: float
    work: float
    patience: float
    candidate: routing.Candidate
    asked: dict[str, datetime] = field(default_factory=dict)
    promise: queue.WaitRange | None = None
    pending: set[str] = field(default_factory=set)
    answered: bool = False
    gone: bool = False


@dataclass(slots=True, eq=False)
class Listener:
    """Somebody at work: each of two chats goes at `together` of the speed of one."""

    id: str
    number: int
    opted_in: bool
    together: float
    left: dict[Chat, float] = field(default_factory=dict)  # minutes of work
    began: dict[Chat, float] = field(default_factory=dict)
    surge: Chat | None = None
    pending: int = 0
    since: float = 0.0
    rest: care.Rest | None = None
    shift: int = -1  # whose heavy chats are counted
    heavy: Counter[Level] = field(default_factory=Counter)
    last_offered: datetime | None = None
    turn: int = 0  # of the next end, so that an older one is known as void

    def take(self, chat: Chat, now: float, *, surge: bool, shift: int) -> None:
        self.work(now)
        self.heavy = self.heavy_on(shift)
        self.shift = shift
        if chat.level >= Level.HIGH:
            self.heavy[chat.level] += 1
        self.left[chat] = chat.work
        self.began[chat] = now
        if surge:
            self.surge = chat

    def end_one(self, now: float) -> tuple[Chat, float]:
        """The chat that is over, and the minutes it took."""
        self.work(now)
        over = min(self.left, key=lambda chat: self.left[chat])
        del self.left[over]
        if self.surge is over:
            self.surge = None
        return over, now - self.began.pop(over)

    def heavy_on(self, shift: int) -> Counter[Level]:
        """The high and critical chats taken on this shift."""
        return self.heavy if self.shift == shift else Counter()

    def work(self, now: float) -> None:
        done = (now - self.since) * self._speed()
        for chat in self.left:
            self.left[chat] -= done
        self.since = now

    def next_end(self) -> float | None:
        """Minutes until one of the chats is over, if nothing comes between."""
        if not self.left:
            return None
        return max(0.0, min(self.left.values())) / self._speed()

    def _speed(self) -> float:
        """Of each chat."""
        at_once = len(self.left)
        if at_once < 2:
            return 1.0
        return self.together * 2 * THIRD_SLOWS ** (at_once - 2) / at_once

    def levels(self) -> list[Level]:
        return [chat.level for chat in self.left]
