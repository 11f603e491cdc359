"""Who is asked about whom, for everybody in line at once: one pass over the queue.

The live line and the simulator run this same code.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from . import routing
from .reserve import SMALLEST_TEAM, Reserve
from .routing import Candidate, Listener
from .urgency import Level

RING_LASTS = timedelta(seconds=15)
RING_TO = 3  # people at once: one in two hundred such calls stays unanswered for a minute
RING_WIDENS_AFTER = timedelta(seconds=30)  # then everybody who may is rung
EVERYBODY = 10_000
WHY_WAITING = (
    "nobody_ready", "kept_for_critical", "no_one_fitting", "spared", "all_busy", "asked_everyone",
)  # fmt: skip
LAST_RESORT = "last_resort"  # the note of an offer to somebody who should be spared


@dataclass(frozen=True, slots=True)
class Policy:
    """What the organisation allows. A surge seat is one more, for a critical chat only; with it
    comes the `reserve` of people who could take one."""

    surge: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom to ask now, or why nobody. `note` says on the offer what was relaxed, in codes."""

    person_ids: tuple[str, ...]
    why_waiting: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """These people are asked about this chat; the first who accepts has it."""

    chat_id: str
    person_ids: tuple[str, ...]
    lasts: timedelta
    note: str = ""
    ring: bool = False
    surge: bool = False
    last_resort: bool = False  # of people who should be spared, and nobody else may be asked


_Wish: TypeAlias = tuple[str, frozenset[str], frozenset[str], bool, bool]
_Turn: TypeAlias = tuple[bool, int, int, int, bool, float, int, str]


def plan(
    waiting: Iterable[Candidate],
    listeners: Sequence[Listener],
    now: datetime,
    policy: Policy | None = None,
) -> Iterator[Asking]:
    """What to ask now. `waiting` comes in the queue's order; whoever is asked has a seat less."""
    one_pass = Pass(listeners, now, policy)
    for chat in waiting:
        if one_pass.is_over_for(chat):
            return
        asking = one_pass.ask(chat)
        if asking:
            yield asking


def choose(
    chat: Candidate, listeners: Sequence[Listener], now: datetime, policy: Policy | None = None
) -> Choice:
    """Whom to ask about one chat, or why nobody."""
    asking = Pass(listeners, now, policy).ask(chat)
    if asking:
        return Choice(asking.person_ids, note=asking.note)
    there = [each for each in listeners if routing.is_there(each, now)]
    if not there:
        return Choice((), why_waiting="nobody_ready")
    may = [each for each in there if routing.may_be_offered(each, chat, now)]
    if any(routing.fits(each, chat) for each in may):
        return Choice((), why_waiting="kept_for_critical")
    if may:
        return Choice((), why_waiting="no_one_fitting")
    if any(routing.free_seats(each) and routing.is_spared(each, chat) for each in there):
        return Choice((), why_waiting="spared")
    full = all(routing.free_seats(each) == 0 for each in there)
    return Choice((), why_waiting="all_busy" if full else "asked_everyone")


def may_still_ask(chat: Candidate, now: datetime) -> int:
    """How many more people may be asked about this chat at the same time.

    A ring that goes on is topped up: who becomes ready joins it.
    """
    if chat.level is not Level.CRITICAL:
        return 0 if chat.ringing else 1
    if now - chat.arrived_at >= RING_WIDENS_AFTER:
        return EVERYBODY
    return max(0, RING_TO - len(chat.ringing))


class Pass:
    """The listeners during one pass, with the seats that are still free.

    Its cost grows with the seats that it gives, and not with the product of both sides: who could
    be next is kept in order for each kind of chat.
    """

    def __init__(
        self, listeners: Sequence[Listener], now: datetime, policy: Policy | None = None
    ) -> None:
        self._now = now
        self._policy = policy or Policy()
        self._there = [each for each in listeners if routing.is_there(each, now)]
        self._ready = [each for each in listeners if each.on_shift and each.here and each.ready]
        recovering = [each for each in listeners if routing.is_recovering(each, now)]
        self._to_spare = recovering + [
            each for each in self._there if each.not_today or each.had_enough
        ]
        self._free = {each.id: routing.free_seats(each) for each in self._there + recovering}
        self._given = dict.fromkeys(self._free, 0)
        self._open = sum(self._free[each.id] for each in self._there if not each.paused)
        seats = sum(each.seats for each in self._ready)
        is_kept = self._policy.surge and seats >= SMALLEST_TEAM
        self._reserve = Reserve(self._there, self._free, seats, now) if is_kept else None
        self._scarce = _scarce(self._there, recovering)
        self._for_critical = sum(self._free[each.id] for each in self._there)
        self._pools: dict[_Wish, list[tuple[_Turn, Listener]]] = {}
        self._fitting: dict[tuple[str, frozenset[str], frozenset[str]], list[Listener]] = {}
        self._unwanted = frozenset[str]().union(*(each.not_today for each in self._ready))

    def is_over_for(self, chat: Candidate) -> bool:
        """Whether no seat is left for this chat, and so for none that comes after it."""
        if chat.level is Level.CRITICAL:
            return self._for_critical == 0 and not self._policy.surge and not self._to_spare
        if self._open == 0:
            return True
        return self._reserve is not None and self._reserve.keeps_all(self._there, chat)

    def ask(self, chat: Candidate) -> Asking | None:
        """The people to ask about this chat, or None while it waits."""
        return self._ask(chat) or self._asking_the_spared(chat)

    def _ask(self, chat: Candidate) -> Asking | None:
        fitting = self._take(chat, only_fitting=True)
        if fitting:
            return self._asking(chat, fitting)
        if chat.ringing and self._waited(chat) < RING_WIDENS_AFTER:
            return None
        if self._somebody_fits(chat) and self._waited(chat) < routing.PATIENCE[chat.level]:
            return self._asking_one_more(chat, only_fitting=True)
        anybody = self._take(chat, only_fitting=False)
        if anybody:
            return self._asking(chat, anybody, routing.what_is_missing(anybody[0], chat))
        if chat.ringing:  # somebody may still say yes without one more than their seats
            return None
        return self._asking_one_more(chat, only_fitting=False)

    def _waited(self, chat: Candidate) -> timedelta:
        return self._now - chat.arrived_at

    def _asking(self, chat: Candidate, people: Sequence[Listener], note: str = "") -> Asking:
        ring = chat.level is Level.CRITICAL
        lasts = RING_LASTS if ring else routing.OFFER_LASTS
        return Asking(chat.id, tuple(each.id for each in people), lasts, note, ring)

    def _asking_one_more(self, chat: Candidate, *, only_fitting: bool) -> Asking | None:
        """Somebody whose seats are taken may be asked to take one more, for a critical chat."""
        if not self._policy.surge or chat.level is not Level.CRITICAL:
            return None
        able = [
            each
            for each in self._there
            if routing.may_surge(each, chat, self._now)
            and not self._given[each.id]
            and (routing.fits(each, chat) or not only_fitting)
        ]
        able = sorted(able, key=lambda each: self._turn(each, chat))
        able = able[: may_still_ask(chat, self._now)]
        if not able:
            return None
        for each in able:
            self._given[each.id] += 1
            if self._reserve:
                self._reserve.count(each, chat)
        note = "" if only_fitting else routing.what_is_missing(able[0], chat)
        people = tuple(each.id for each in able)
        return Asking(chat.id, people, RING_LASTS, note, ring=True, surge=True)

    def _asking_the_spared(self, chat: Candidate) -> Asking | None:
        """Nobody else may be asked about a critical chat: those who should be spared are."""
        if chat.level is not Level.CRITICAL or chat.ringing:
            return None
        able = [
            each
            for each in self._to_spare
            if not self._given[each.id] and routing.may_be_last_resort(each, chat, self._now)
        ]
        able.sort(key=lambda each: (not routing.fits(each, chat), self._turn(each, chat)))
        able = able[: may_still_ask(chat, self._now)]
        if not able:
            return None
        for each in able:
            self._occupy(each, chat)
            self._to_spare.remove(each)
        missing = "" if routing.fits(able[0], chat) else routing.what_is_missing(able[0], chat)
        note = f"{missing} {LAST_RESORT}".strip()
        return replace(self._asking(chat, able, note), last_resort=True)

    def _somebody_fits(self, chat: Candidate) -> bool:
        """Whether it is worth waiting for one who fits: busy counts, absent does not."""
        key = (chat.language, chat.needs, chat.topics & self._unwanted)
        if key not in self._fitting:
            self._fitting[key] = [
                each
                for each in self._ready
                if routing.fits(each, chat) and not routing.is_spared(each, chat)
            ]
        return any(each.id not in chat.not_for for each in self._fitting[key])

    def _take(self, chat: Candidate, *, only_fitting: bool) -> list[Listener]:
        """Takes a seat of each person to ask, in turn; nobody else has one for this chat."""
        is_critical, topics = chat.level is Level.CRITICAL, chat.topics & self._unwanted
        wish = (chat.language, chat.needs, topics, only_fitting, is_critical)
        if wish not in self._pools:
            self._pools[wish] = self._pool(chat, only_fitting)
        pool, taken, not_now = self._pools[wish], list[Listener](), list[tuple[_Turn, Listener]]()
        most = may_still_ask(chat, self._now)
        while pool and len(taken) < most:
            turn, each = heapq.heappop(pool)
            if not self._free[each.id]:
                continue
            if turn != self._turn(each, chat):
                heapq.heappush(pool, (self._turn(each, chat), each))
            elif routing.may_be_offered(each, chat, self._now) and not self._keeps(each, chat):
                taken.append(each)
            else:
                not_now.append((turn, each))
        for each in taken:
            self._occupy(each, chat)
            heapq.heappush(pool, (self._turn(each, chat), each))
        for entry in not_now:
            heapq.heappush(pool, entry)
        return taken

    def _keeps(self, each: Listener, chat: Candidate) -> bool:
        return self._reserve is not None and self._reserve.keeps(each, chat)

    def _occupy(self, listener: Listener, chat: Candidate) -> None:
        """A critical chat takes all seats of whoever is asked about it."""
        seats = self._free[listener.id] if chat.level is Level.CRITICAL else 1
        self._free[listener.id] -= seats
        self._given[listener.id] += 1
        if self._reserve:
            self._reserve.count(listener, chat)
        if not routing.is_there(listener, self._now):
            return
        self._for_critical -= seats
        self._open -= 0 if listener.paused else seats

    def _pool(self, chat: Candidate, only_fitting: bool) -> list[tuple[_Turn, Listener]]:
        pool = [
            (self._turn(each, chat), each)
            for each in self._there
            if self._free[each.id]
            and (routing.fits(each, chat) or not only_fitting)
            and not routing.is_spared(each, chat)
        ]
        heapq.heapify(pool)
        return pool

    def _turn(self, each: Listener, chat: Candidate) -> _Turn:
        """Leads last, so that they stay free to help; then who was not asked in this pass, then
        who could least be needed elsewhere, then who took the fewest heavy chats on this shift,
        then the least recently offered."""
        spare = len(self._scarce[each.id] - chat.needs - {chat.language})
        last = each.last_offered_at
        since = last.timestamp() if last else 0.0
        asked, heavy = self._given[each.id], each.heavy_taken
        return each.leads, asked, spare, heavy, last is not None, since, each.used, each.id


def _scarce(there: Sequence[Listener], recovering: Sequence[Listener]) -> dict[str, frozenset[str]]:
    """Per person the languages and skills that fewer than half of those who are there have."""
    known = Counter(word for each in there for word in each.languages | each.skills)
    scarce = frozenset(word for word, count in known.items() if 2 * count < len(there))
    return {each.id: scarce & (each.languages | each.skills) for each in (*there, *recovering)}
