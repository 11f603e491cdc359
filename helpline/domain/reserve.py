"""The line's reserve: people who could still take a critical chat, with a seat or one more.

Where surge seats are allowed, ability is treated as a scarce skill. An elevated or routine chat
takes nobody's last seat unless four others, or that person, could still take a critical chat after
it; a high chat leaves three others, or goes to somebody who could not have taken one more anyway.
In a small team each leaves one fewer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from . import queue, routing
from .routing import Candidate, Listener
from .urgency import Level

# How many others are to be left who could take a critical chat, in a large team.
LEAVES = {Level.CRITICAL: 0, Level.HIGH: 3, Level.ELEVATED: 4, Level.ROUTINE: 4}
# For how long: until its promise is due, and never as long as nobody may be overtaken for.
WAITS = {
    level: min(within, queue.ANSWERED_WITHIN[Level.ROUTINE] - queue.ANSWERED_WITHIN[Level.HIGH])
    for level, within in queue.ANSWERED_WITHIN.items()
}
SMALLEST_TEAM = 8  # seats of all who are about; in a smaller one others would pay too much
LARGE_TEAM = 16  # seats; in a smaller one one person fewer is left


class Reserve:
    """Who could still take a critical chat, while one pass gives seats away.

    `free` are the seats of each person that are free now, as the pass counts them; `seats` those
    of all who are about, taken ones too.
    """

    def __init__(
        self, there: Sequence[Listener], free: Mapping[str, int], seats: int, now: datetime
    ) -> None:
        self._now = now
        self._fewer = int(seats < LARGE_TEAM)
        self._free = free
        self._heavy = set[str]()  # asked about a high or critical chat in this pass
        self._able = {each.id for each in there if self._is_able(each)}

    def keeps(self, each: Listener, chat: Candidate) -> bool:
        """Whether this person's last seat is kept from this chat: not from one that somebody had
        already, and from none for longer than `WAITS`."""
        if self._free[each.id] > 1 or chat.returned:
            return False
        if self._now - chat.arrived_at >= WAITS[chat.level]:
            return False
        others = len(self._able) - (each.id in self._able)
        would_cost = self._could_take_one_more(each) == (chat.level is Level.HIGH)
        return would_cost and others < self._leaves(chat)

    def _leaves(self, chat: Candidate) -> int:
        """How many others are to be left who could take a critical chat."""
        return LEAVES[chat.level] - self._fewer

    def _could_take_one_more(self, each: Listener) -> bool:
        """Whether they could be asked for a surge seat now, or once their seats are taken."""
        return each.id not in self._heavy and routing.takes_one_more(each)

    def keeps_all(self, seated: Iterable[Listener], chat: Candidate) -> bool:
        """Whether all seats that are left are kept from this chat and from all that come after it
        in line: a high one, to which that may not apply, is due sooner."""
        due = queue.deadline(chat.level, chat.arrived_at)
        if due <= self._now + queue.ANSWERED_WITHIN[Level.HIGH]:
            return False
        if len(self._able) > self._leaves(chat):
            return False
        return all(self.keeps(each, chat) for each in seated if self._free[each.id])

    def count(self, each: Listener, chat: Candidate) -> None:
        """They are asked about this chat from now on."""
        if chat.level >= Level.HIGH:
            self._heavy.add(each.id)
        if not self._is_able(each):
            self._able.discard(each.id)

    def _is_able(self, each: Listener) -> bool:
        if each.had_enough:
            return False
        return self._free[each.id] > 0 or self._could_take_one_more(each)
