"""One run: the events in the order of their time, and the live rules asked at each."""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from .. import assigning, care, door, queue, routing
from ..care import Care
from ..opening import Opening, Why
from ..urgency import Level
from .arrivals import LANGUAGE, START, arrivals
from .outcome import Outcome, Report, Shown
from .people import Chat, Listener
from .scenario import DAY, Scenario

MINUTE = timedelta(minutes=1)
OPEN = Opening(True, Why.OPEN)
NO_CARE = Care(timedelta(0), 0, 0, 0)


def simulate(scenario: Scenario) -> Report:
    """One run, the same for the same seed."""
    return _Run(scenario).report()


def repeated(scenario: Scenario, runs: int) -> list[Report]:
    """So many runs, each of other people: of the seed, the next one and so on."""
    return [simulate(replace(scenario, seed=scenario.seed + n)) for n in range(runs)]


class _Run:
    def __init__(self, scenario: Scenario) -> None:
        self._is = scenario
        self._answering = random.Random(f"answering {scenario.seed}")
        self._now = 0.0
        self._events: list[tuple[float, int, str, object]] = []
        self._order = count()
        self._waiting: dict[str, Chat] = {}
        self._rung: dict[str, Chat] = {}  # critical chats that several people are asked about
        self._took: deque[float] = deque(maxlen=queue.RECENT_CHATS)
        able = round(scenario.opted_in * scenario.most_staff)
        self._listeners = {
            f"l{n:03}": Listener(f"l{n:03}", n, n < able, scenario.together)
            for n in range(scenario.most_staff)
        }
        self._report = Report(scenario, {level: Outcome() for level in Level})
        self._policy = assigning.Policy(surge=scenario.surge)
        self._care = scenario.care or NO_CARE
        self._full = False
        self._seen: dict[str, routing.Listener] = {}  # until something about them changes
        self._hour = 0.0

    def report(self) -> Report:
        end = self._is.days * DAY
        for chat in arrivals(self._is, end):
            self._at(chat.arrived, "arrived", chat)
        for minute in range(0, end, 60) if self._is.staff_by_hour else ():
            self._at(float(minute), "look_again", None)
        while self._events:
            self._now, _, kind, about = heapq.heappop(self._events)
            getattr(self, f"_{kind}")(about)
        return self._report

    def _at(self, minute: float, kind: str, about: object) -> None:
        heapq.heappush(self._events, (minute, next(self._order), kind, about))

    # -- what happens --------------------------------------------------------------------------

    def _arrived(self, chat: Chat) -> None:
        if not door.admits(OPEN, self._door(), chat.level):
            self._report.levels[chat.level].told += 1
            return
        self._waiting[chat.id] = chat
        chat.promise = self._promise(chat)
        self._route()
        if not chat.answered and chat.patience < math.inf:
            self._at(chat.arrived + chat.patience, "gave_up", chat)

    def _gave_up(self, chat: Chat) -> None:
        if chat.answered:
            return
        chat.gone = True
        self._waiting.pop(chat.id, None)
        self._report.levels[chat.level].gone += 1
        self._note(chat)
        self._withdraw(chat)
        self._route()

    def _answered(self, about: tuple[Chat, str, bool, bool]) -> None:
        """A listener accepts or passes an offer; who comes second finds it taken."""
        chat, person_id, accepts, surge = about
        if person_id not in chat.pending:
            return
        chat.pending.discard(person_id)
        listener = self._listeners[person_id]
        listener.pending -= 1
        self._changed(listener)
        if accepts:
            self._take(chat, listener, surge)
        else:
            chat.asked[person_id] = self._time()
            chat.candidate = replace(chat.candidate, asked=dict(chat.asked))
            if not chat.pending and not chat.gone:
                self._waiting[chat.id] = chat
            again = routing.asked_again_after(chat.level) / MINUTE
            self._at(self._now + again, "look_again", None)
        self._route()

    def _ended(self, about: tuple[Listener, int]) -> None:
        listener, turn = about
        if turn != listener.turn:
            return
        over, minutes = listener.end_one(self._now)
        self._took.append(minutes + self._is.wrap_up)
        self._rests(listener, over)
        self._next_end(listener)
        self._route()

    def _rests(self, listener: Listener, over: Chat) -> None:
        self._changed(listener)
        listener.rest = care.rest_after(
            self._care,
            was_critical=over.level is Level.CRITICAL,
            finishes=_moment(self._now + self._is.wrap_up),
            before=listener.rest,
            now=self._time(),
        )
        for moment in (listener.rest.recovers_from, listener.rest.until):
            if moment is not None and moment > self._time():
                self._at((moment - START) / MINUTE, "look_again", None)

    def _look_again(self, _: object) -> None:
        """Somebody's rest is over, or people came and went with the hour."""
        self._route()

    # -- who is asked --------------------------------------------------------------------------

    def _route(self) -> None:
        if self._full:  # it lets in again as soon as the wait is well below the limit
            self._door()
        self._rung = {each.id: each for each in self._rung.values() if each.pending}
        if not self._waiting and not self._rung:
            return
        now = self._time()
        listeners = self._as_listeners()
        if self._is.first_come:
            self._first_come(listeners, now)
            return
        chats = self._rung | self._waiting
        in_order = [
            replace(chats[each.id].candidate, ringing=frozenset(chats[each.id].pending))
            for each in queue.order(_as_waiting(each) for each in chats.values())
        ]
        for asking in list(assigning.plan(in_order, listeners, now, self._policy)):
            self._report.last_resorts += asking.last_resort
            self._ask(chats[asking.chat_id], asking.person_ids, asking.surge, now)

    def _first_come(self, listeners: Sequence[routing.Listener], now: datetime) -> None:
        """What a shared inbox does: whoever is free takes the oldest, whatever it is."""
        free = {
            each.id: each.seats - each.used
            for each in listeners
            if routing.is_there(each, now) and each.used < each.seats
        }
        for chat in sorted(self._waiting.values(), key=lambda each: each.arrived):
            person_id = max(free, key=lambda each: free[each], default=None)
            if person_id is None:
                return
            free[person_id] -= 1
            if not free[person_id]:
                del free[person_id]
            self._ask(chat, (person_id,), False, now)

    def _as_listeners(self) -> list[routing.Listener]:
        """Everybody as routing sees them; who did nothing within this hour looks as before."""
        if self._hour != self._now // 60:
            self._hour = self._now // 60
            self._seen.clear()
        for each in self._listeners.values():
            if each.id not in self._seen:
                self._seen[each.id] = self._as_listener(each)
        return [self._seen[each] for each in self._listeners]

    def _as_listener(self, each: Listener) -> routing.Listener:
        levels = each.levels()
        heavy, rest = each.heavy_on(self._shift()), each.rest
        return routing.Listener(
            id=each.id,
            on_shift=each.number < self._is.staff_at(self._now),
            ready=True,
            here=True,
            seats=self._is.seats,
            used=len(levels) + each.pending,
            languages=frozenset((LANGUAGE,)),
            resting_until=rest.until if rest else None,
            holds_critical=self._is.critical_fills and Level.CRITICAL in levels,
            last_offered_at=each.last_offered,
            takes_surge=each.opted_in,
            holds_at_risk=not self._is.surge_beside_at_risk
            and any(level >= Level.HIGH for level in levels),
            on_surge=each.surge is not None,
            recovers_from=rest.recovers_from if rest else None,
            heavy_taken=heavy.total(),
            had_enough=self._care.is_enough(heavy[Level.CRITICAL]),
        )

    def _ask(self, chat: Chat, people: Sequence[str], surge: bool, now: datetime) -> None:
        if self._is.accepts_after is None:
            self._listeners[people[0]].last_offered = now
            del self._waiting[chat.id]
            self._take(chat, self._listeners[people[0]], surge)
            return
        self._waiting.pop(chat.id, None)
        ring = chat.level is Level.CRITICAL and not self._is.first_come
        if ring:
            self._rung[chat.id] = chat
        lasts = (assigning.RING_LASTS if ring else routing.OFFER_LASTS) / MINUTE
        for person_id in people:
            listener = self._listeners[person_id]
            listener.pending += 1
            listener.last_offered = now
            self._changed(listener)
            chat.pending.add(person_id)
            after = self._answering.expovariate(1 / self._is.accepts_after) / 60
            accepts = self._answering.random() < self._is.accepts
            if after > lasts:
                after, accepts = lasts, False
            self._at(self._now + after, "answered", (chat, person_id, accepts, surge))

    def _take(self, chat: Chat, listener: Listener, surge: bool) -> None:
        chat.answered = True
        self._waiting.pop(chat.id, None)
        self._withdraw(chat)
        self._report.levels[chat.level].waits.append(self._now - chat.arrived)
        self._report.surges += surge
        self._note(chat)
        listener.take(chat, self._now, surge=surge, shift=self._shift())
        self._changed(listener)
        self._next_end(listener)

    def _withdraw(self, chat: Chat) -> None:
        for person_id in chat.pending:
            self._listeners[person_id].pending -= 1
            self._changed(self._listeners[person_id])
        chat.pending.clear()

    def _changed(self, listener: Listener) -> None:
        self._seen.pop(listener.id, None)

    def _next_end(self, listener: Listener) -> None:
        listener.turn += 1
        ends_in = listener.next_end()
        if ends_in is not None:
            self._at(self._now + ends_in, "ended", (listener, listener.turn))

    # -- what was promised ---------------------------------------------------------------------

    def _promise(self, chat: Chat) -> queue.WaitRange | None:
        """The range that the page of this visitor shows on arrival."""
        in_order = queue.order(_as_waiting(each) for each in self._waiting.values())
        place = [each.id for each in in_order].index(chat.id)
        return queue.wait_range(place, self._pace())

    def _pace(self) -> queue.Pace:
        now = self._time()
        listeners = self._as_listeners()
        there = [each for each in listeners if each.on_shift]
        return queue.Pace(
            seats=sum(routing.working_seats(each) for each in there),
            free_seats=sum(
                routing.free_seats(each) for each in there if routing.is_there(each, now)
            ),
            chat_minutes=queue.usual_length(self._took),
        )

    def _door(self) -> door.Door:
        """As somebody finds it who comes now."""
        limit = self._is.door_limit
        if limit:
            wait = queue.middle_wait(len(self._waiting), self._pace())
            self._full = door.is_full(wait, limit, was_full=self._full)
        return door.Door(self._full, limit)

    def _shift(self) -> int:
        return int(self._now // (self._is.shift_hours * 60))

    def _note(self, chat: Chat) -> None:
        if chat.promise is not None:
            low, high = chat.promise.low_minutes, chat.promise.high_minutes
            waited = self._now - chat.arrived
            self._report.shown.append(Shown(low, high, waited, chat.answered))

    def _time(self) -> datetime:
        return _moment(self._now)


def _moment(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def _as_waiting(chat: Chat) -> queue.Waiting:
    return queue.Waiting(chat.id, chat.level, chat.candidate.arrived_at)
