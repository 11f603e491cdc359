"""The line on a virtual clock: arrivals, listeners and patience in, waits and goodbyes out.

The order of the queue and the choice of listeners are the live ones (`queue`, `assigning`).
A chat is so many minutes of work; each of two held at once goes at `together` of the speed of one.
Minutes are floats since the start. What it says holds for its assumptions: it ranks policies and
foretells no real line.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from . import assigning, queue, routing
from .urgency import Level

_START = datetime(2026, 1, 5, tzinfo=UTC)
_DAY = 24 * 60
LATE_AFTER = 1.0  # minutes
LANGUAGE = "en"

# Shares and mean minutes of work by level: published chats are long, and few are acute.
MIX: Mapping[Level, tuple[float, float]] = {
    Level.CRITICAL: (0.08, 60.0),
    Level.HIGH: (0.22, 50.0),
    Level.ELEVATED: (0.45, 45.0),
    Level.ROUTINE: (0.25, 35.0),
}
EVEN = (1.0,) * 24


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is assumed. `load` is the share of all seats that would be in use if nobody gave up."""

    load: float = 1.0
    listeners: int = 8
    seats: int = 2
    days: int = 30
    by_hour: Sequence[float] = EVEN  # how arrivals spread over the day, any 24 weights
    staff_by_hour: Sequence[int] | None = None  # instead of `listeners`, the same number all day
    mix: Mapping[Level, tuple[float, float]] = field(default_factory=lambda: dict(MIX))
    spread: float | None = 0.7  # of the log-normal lengths, over their mean; None: exponential
    patience: float | None = 20.0  # mean minutes until somebody waiting leaves; None: never
    together: float = 0.7  # speed of each of two chats held at once
    wrap_up: float = 5.0
    surge: bool = False
    opted_in: float = 1.0  # share of listeners who take a surge seat
    accepts_after: float | None = None  # mean seconds until an offer is answered; None: at once
    accepts: float = 1.0  # share of offers that are accepted and not passed on
    first_come: bool = False  # the comparison: no order by level, one offer at a time
    seed: int = 1

    @property
    def most_staff(self) -> int:
        return max(self.staff_by_hour) if self.staff_by_hour else self.listeners

    def staff_at(self, minute: float) -> int:
        if not self.staff_by_hour:
            return self.listeners
        return self.staff_by_hour[int(minute // 60) % 24]

    @property
    def arrivals_per_hour(self) -> float:
        """Such that `load` comes out, on the average of a day."""
        work = sum(share * minutes for share, minutes in self.mix.values())
        speed = self.together if self.seats > 1 else 1.0
        staffed = sum(map(self.staff_at, range(0, _DAY, 60))) / 24
        return self.load * staffed * self.seats * 60 / (work / speed + self.wrap_up)


@dataclass(slots=True)
class Outcome:
    """What happened to the chats of one level: waits of the answered in minutes, how many gave
    up. Late is who waited longer than `LATE_AFTER`, or left before anyone came."""

    waits: list[float] = field(default_factory=list)
    gone: int = 0

    @property
    def arrived(self) -> int:
        return len(self.waits) + self.gone

    @property
    def late_share(self) -> float:
        late = sum(wait > LATE_AFTER for wait in self.waits) + self.gone
        return late / self.arrived if self.arrived else 0.0

    @property
    def gone_share(self) -> float:
        return self.gone / self.arrived if self.arrived else 0.0

    @property
    def mean_wait(self) -> float:
        return sum(self.waits) / len(self.waits) if self.waits else 0.0

    def within(self, share: float) -> float:
        """The wait that this share of the answered stayed below."""
        if not self.waits:
            return 0.0
        return sorted(self.waits)[min(len(self.waits) - 1, int(share * len(self.waits)))]


@dataclass(frozen=True, slots=True)
class Shown:
    """The range that somebody was shown on arriving, how long they waited, and whether they
    were answered in the end."""

    low: int
    high: int
    waited: float
    answered: bool

    @property
    def came_true(self) -> bool | None:
        """None when they left before it could show."""
        if self.answered:
            return self.low <= self.waited <= self.high
        return None if self.waited <= self.high else False


@dataclass(slots=True)
class Report:
    """Everything that a run found. `surges` are chats taken on a surge seat."""

    scenario: Scenario
    levels: dict[Level, Outcome]
    surges: int = 0
    shown: list[Shown] = field(default_factory=list)

    @property
    def gone_share(self) -> float:
        arrived = sum(each.arrived for each in self.levels.values())
        return sum(each.gone for each in self.levels.values()) / arrived if arrived else 0.0


def simulate(scenario: Scenario) -> Report:
    """One run, the same for the same seed."""
    return _Run(scenario).report()


def compared(base: Scenario) -> dict[str, Scenario]:
    """The policies that are worth setting side by side, the same people under each."""
    surge = replace(base, surge=True)
    return {
        "first come, first served": replace(base, first_come=True),
        "by level, no surge": base,
        "by level, surge": surge,
        "... one in three opted in": replace(surge, opted_in=1 / 3),
        "... and with time to accept": replace(surge, accepts_after=8.0, accepts=0.75),
    }


def as_text(name: str, report: Report) -> str:
    """One policy in a few lines: per level how many came, were late, left, and how long it took."""
    known = [each.came_true for each in report.shown if each.came_true is not None]
    held = sum(known) / len(known) if known else 1.0
    rows = [
        f"  {level.word:9} {outcome.arrived:6d} came  {outcome.late_share:6.1%} late"
        f"  {outcome.gone_share:6.1%} left  mean {outcome.mean_wait:5.1f} min"
        f"  19 of 20 within {outcome.within(0.95):5.1f} min"
        for level, outcome in sorted(report.levels.items(), reverse=True)
    ]
    tail = f"  {report.surges} on a surge seat; the wait that was shown held for {held:.0%}"
    return "\n".join([name, *rows, tail])


@dataclass(slots=True, eq=False)
class _Chat:
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
class _Listener:
    id: str
    number: int
    opted_in: bool
    chats: dict[_Chat, float] = field(default_factory=dict)  # work that is left
    chats_since: dict[_Chat, float] = field(default_factory=dict)
    surge: _Chat | None = None
    pending: int = 0
    since: float = 0.0
    resting_until: float = -1.0
    last_offered: datetime | None = None
    turn: int = 0  # of its next end, so that an older one is known as void


class _Run:
    """The events of one run in the order of their time."""

    def __init__(self, scenario: Scenario) -> None:
        self._is = scenario
        # A stream for each kind of chance: what arrives is the same under every policy.
        self._arriving = random.Random(f"arriving {scenario.seed}")
        self._answering = random.Random(f"answering {scenario.seed}")
        self._now = 0.0
        self._events: list[tuple[float, int, str, object]] = []
        self._order = count()
        self._waiting: dict[str, _Chat] = {}
        self._rung: dict[str, _Chat] = {}  # critical chats that several people are asked about
        self._took: deque[float] = deque(maxlen=queue.RECENT_CHATS)
        able = round(scenario.opted_in * scenario.most_staff)
        self._listeners = {
            f"l{n:03}": _Listener(f"l{n:03}", n, n < able) for n in range(scenario.most_staff)
        }
        self._report = Report(scenario, {level: Outcome() for level in Level})
        self._policy = assigning.Policy(surge=scenario.surge)

    def report(self) -> Report:
        end = self._is.days * _DAY
        for chat in self._arrivals(end):
            self._at(chat.arrived, "arrived", chat)
        for minute in range(0, end, 60) if self._is.staff_by_hour else ():
            self._at(float(minute), "look_again", None)
        while self._events:
            self._now, _, kind, about = heapq.heappop(self._events)
            getattr(self, f"_{kind}")(about)
        return self._report

    def _at(self, minute: float, kind: str, about: object) -> None:
        heapq.heappush(self._events, (minute, next(self._order), kind, about))

    # -- what comes ----------------------------------------------------------------------------

    def _arrivals(self, end: float) -> Iterator[_Chat]:
        """A Poisson stream, thinned to the hours of the day."""
        chance = self._arriving
        weights = [each * 24 / sum(self._is.by_hour) for each in self._is.by_hour]
        peak = max(weights)
        per_minute = self._is.arrivals_per_hour * peak / 60
        levels, shares = list(self._is.mix), [share for share, _ in self._is.mix.values()]
        minute = 0.0
        for number in count():
            minute += chance.expovariate(per_minute)
            if minute >= end:
                return
            level = chance.choices(levels, shares)[0]
            work, patience = self._length(self._is.mix[level][1]), self._patience()
            if chance.random() * peak > weights[int(minute // 60) % 24]:
                continue
            arrived_at = _START + timedelta(minutes=minute)
            candidate = routing.Candidate(f"c{number}", level, LANGUAGE, arrived_at)
            yield _Chat(candidate.id, level, minute, work, patience, candidate)

    def _length(self, mean: float) -> float:
        if self._is.spread is None:
            return self._arriving.expovariate(1 / mean)
        sigma = math.sqrt(math.log(1 + self._is.spread**2))
        return self._arriving.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)

    def _patience(self) -> float:
        if self._is.patience is None:
            return math.inf
        return self._arriving.expovariate(1 / self._is.patience)

    # -- what happens --------------------------------------------------------------------------

    def _arrived(self, chat: _Chat) -> None:
        self._waiting[chat.id] = chat
        chat.promise = self._promise(chat)
        self._route()
        if not chat.answered and chat.patience < math.inf:
            self._at(chat.arrived + chat.patience, "gave_up", chat)

    def _gave_up(self, chat: _Chat) -> None:
        if chat.answered:
            return
        chat.gone = True
        self._waiting.pop(chat.id, None)
        outcome = self._report.levels[chat.level]
        outcome.gone += 1
        self._note(chat)
        for person_id in chat.pending:
            self._listeners[person_id].pending -= 1
        chat.pending.clear()
        self._route()

    def _answered(self, about: tuple[_Chat, str, bool, bool]) -> None:
        """A listener accepts or passes an offer; who comes second finds it taken."""
        chat, person_id, accepts, surge = about
        if person_id not in chat.pending:
            return
        chat.pending.discard(person_id)
        listener = self._listeners[person_id]
        listener.pending -= 1
        if accepts:
            self._take(chat, listener, surge)
        else:
            chat.asked[person_id] = self._time()
            chat.candidate = replace(chat.candidate, asked=dict(chat.asked))
            if not chat.pending and not chat.gone:
                self._waiting[chat.id] = chat
            again = routing.asked_again_after(chat.level) / timedelta(minutes=1)
            self._at(self._now + again, "look_again", None)
        self._route()

    def _ended(self, about: tuple[_Listener, int]) -> None:
        listener, turn = about
        if turn != listener.turn:
            return
        self._work(listener)
        over = min(listener.chats, key=lambda chat: listener.chats[chat])
        self._took.append(self._now - listener.chats_since.pop(over) + self._is.wrap_up)
        del listener.chats[over]
        if listener.surge is over:
            listener.surge = None
        listener.resting_until = self._now + self._is.wrap_up
        if self._is.wrap_up:
            self._at(listener.resting_until, "look_again", None)
        self._next_end(listener)
        self._route()

    def _look_again(self, _: object) -> None:
        """Somebody's rest is over, or people came and went with the hour."""
        self._route()

    # -- who is asked --------------------------------------------------------------------------

    def _route(self) -> None:
        self._rung = {each.id: each for each in self._rung.values() if each.pending}
        if not self._waiting and not self._rung:
            return
        now = self._time()
        listeners = [self._as_listener(each, now) for each in self._listeners.values()]
        if self._is.first_come:
            self._first_come(listeners, now)
            return
        chats = self._rung | self._waiting
        keys = [
            queue.Waiting(each.id, each.level, each.candidate.arrived_at) for each in chats.values()
        ]
        in_order = [
            replace(chats[each.id].candidate, ringing=frozenset(chats[each.id].pending))
            for each in queue.order(keys)
        ]
        for asking in list(assigning.plan(in_order, listeners, now, self._policy)):
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

    def _as_listener(self, each: _Listener, now: datetime) -> routing.Listener:
        levels = [chat.level for chat in each.chats]
        rests = each.resting_until > self._now
        return routing.Listener(
            id=each.id,
            on_shift=each.number < self._is.staff_at(self._now),
            ready=True,
            here=True,
            seats=self._is.seats,
            used=len(each.chats) + each.pending,
            languages=frozenset((LANGUAGE,)),
            resting_until=_START + timedelta(minutes=each.resting_until) if rests else None,
            holds_critical=Level.CRITICAL in levels,
            last_offered_at=each.last_offered,
            takes_surge=each.opted_in,
            holds_at_risk=any(level >= Level.HIGH for level in levels),
            on_surge=each.surge is not None,
        )

    def _ask(self, chat: _Chat, people: Sequence[str], surge: bool, now: datetime) -> None:
        if self._is.accepts_after is None:
            self._listeners[people[0]].last_offered = now
            del self._waiting[chat.id]
            self._take(chat, self._listeners[people[0]], surge)
            return
        self._waiting.pop(chat.id, None)
        ring = chat.level is Level.CRITICAL and not self._is.first_come
        if ring:
            self._rung[chat.id] = chat
        lasts = assigning.RING_LASTS if ring else routing.OFFER_LASTS
        for person_id in people:
            listener = self._listeners[person_id]
            listener.pending += 1
            listener.last_offered = now
            chat.pending.add(person_id)
            after = self._answering.expovariate(1 / self._is.accepts_after) / 60
            accepts = self._answering.random() < self._is.accepts
            if after > lasts / timedelta(minutes=1):
                after, accepts = lasts / timedelta(minutes=1), False
            self._at(self._now + after, "answered", (chat, person_id, accepts, surge))

    def _take(self, chat: _Chat, listener: _Listener, surge: bool) -> None:
        chat.answered = True
        self._waiting.pop(chat.id, None)
        for other in chat.pending:
            self._listeners[other].pending -= 1
        chat.pending.clear()
        waited = self._now - chat.arrived
        self._report.levels[chat.level].waits.append(waited)
        self._report.surges += surge
        self._note(chat)
        self._work(listener)
        listener.chats[chat] = chat.work
        listener.chats_since[chat] = self._now
        if surge:
            listener.surge = chat
        self._next_end(listener)

    # -- talking -------------------------------------------------------------------------------

    def _speed(self, listener: _Listener) -> float:
        """Of each chat; a third one slows everything a little more."""
        at_once = len(listener.chats)
        if at_once < 2:
            return 1.0
        return self._is.together * 2 * 0.95 ** (at_once - 2) / at_once

    def _work(self, listener: _Listener) -> None:
        done = (self._now - listener.since) * self._speed(listener)
        for chat in listener.chats:
            listener.chats[chat] -= done
        listener.since = self._now

    def _next_end(self, listener: _Listener) -> None:
        listener.turn += 1
        if listener.chats:
            left = max(0.0, min(listener.chats.values())) / self._speed(listener)
            self._at(self._now + left, "ended", (listener, listener.turn))

    # -- what was promised ---------------------------------------------------------------------

    def _promise(self, chat: _Chat) -> queue.WaitRange | None:
        """The range that the page of this visitor shows on arrival."""
        now = self._time()
        listeners = [self._as_listener(each, now) for each in self._listeners.values()]
        there = [each for each in listeners if each.on_shift]
        pace = queue.Pace(
            seats=sum(routing.working_seats(each) for each in there),
            free_seats=sum(
                routing.free_seats(each) for each in there if routing.is_there(each, now)
            ),
            chat_minutes=queue.usual_length(self._took),
        )
        keys = [
            queue.Waiting(each.id, each.level, each.candidate.arrived_at)
            for each in self._waiting.values()
        ]
        place = [each.id for each in queue.order(keys)].index(chat.id)
        return queue.wait_range(place, pace)

    def _note(self, chat: _Chat) -> None:
        if chat.promise is not None:
            low, high = chat.promise.low_minutes, chat.promise.high_minutes
            waited = self._now - chat.arrived
            self._report.shown.append(Shown(low, high, waited, chat.answered))

    def _time(self) -> datetime:
        return _START + timedelta(minutes=self._now)
