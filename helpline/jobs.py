"""A table of sweeps: name, how often, which action. Level-triggered, in UTC intervals only.

Each is one call with `now`; a missed, doubled or late run changes nothing but the moment. Events
nudge the sweeps they concern, so that waiting for the next interval is the exception. Of several
processes one sweeps (`Turn`).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler

from helpline import clock, runtime
from helpline.actions import (
    agreeing,
    calling,
    caring,
    contacting,
    counting,
    directing,
    following_up,
    forgetting,
    handing,
    handover,
    laddering,
    leaving,
    limiting,
    listening,
    minding,
    offering,
    parting,
    proving,
    qualifying,
    quieting,
    reminding,
    safeguarding,
    shifting,
    summoning,
    verifying,
    waking,
    watching,
)
from helpline.domain import events
from helpline.store import sweeper, sweeps
from helpline.store.secrets import new_id
from helpline.store.sweeper import NotTheSweeper
from helpline.store.transaction import Store

log = logging.getLogger(__name__)
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)  # readiness names what is late

LATE_AFTER = 3  # periods without a good run, and readiness says so
AT_LEAST = timedelta(seconds=30)
MINDED_EVERY = 15  # seconds; by no scheduler, which could stand still itself
LOOKS_EVERY = 1.5  # seconds; with the lease that is how long nobody sweeps after a crash


@dataclass(frozen=True, slots=True)
class Sweep:
    name: str
    every_s: float
    action: Callable[..., object]


SWEEPS = (
    Sweep("routing", 2, offering.sweep),
    Sweep("watching", 5, watching.look),
    Sweep("silence", 5, quieting.look),
    Sweep("visitors", 5, watching.notice_visitors),
    Sweep("leases", 5, watching.notice_leases),
    Sweep("read_alongs", 5, parting.look),
    Sweep("line", 5, directing.open_or_close),
    Sweep("call_outs", 5, calling.look),
    Sweep("hand_offs", 5, handing.look),
    Sweep("emergencies", 15, summoning.look),
    Sweep("concerns", 60, safeguarding.look),
    Sweep("door", 5, limiting.limit_the_door),
    Sweep("wrap_ups", 15, listening.end_wrap_ups),
    Sweep("shift_ends", 15, watching.end_stints),
    Sweep("shifts", 15, shifting.look),
    Sweep("minimum", 15, laddering.watch_minimum),
    Sweep("reminders", 30, reminding.look),
    Sweep("ladder", 30, laddering.look),
    Sweep("care", 60, caring.look),
    Sweep("left_messages", 30, leaving.look),
    Sweep("follow_ups", 30, following_up.look),
    Sweep("hand_overs", 15, handover.look),
    Sweep("canary", 60, proving.look),
    Sweep("demand", 300, counting.count_demand),  # before what it counts is forgotten
    Sweep("requests", 60, agreeing.let_lapse),
    Sweep("checks", 300, qualifying.warn),
    Sweep("contact_plans", 300, contacting.look),
    Sweep("directory", 300, verifying.look),
    Sweep("forgetting", 60, forgetting.forget_due),
)

# What else the process that sweeps must not stop doing, and how often (seconds): others hand it in.
BESIDE = {"pager": 5.0}

# What happened -> the sweeps that should look at once. State is the truth; this is only sooner.
NUDGES: dict[type[events.Event], tuple[str, ...]] = {
    events.ChatArrived: ("routing",),
    events.UrgencyRaised: ("routing", "watching", "call_outs"),
    events.LevelChanged: ("routing", "call_outs"),
    events.OfferEnded: ("routing",),
    events.ChatReleased: ("routing", "call_outs"),
    events.ChatEnded: ("routing",),
    events.PresenceChanged: ("routing", "line", "call_outs"),
    events.RosterChanged: ("line", "routing", "shifts", "ladder"),
    events.LineChanged: ("routing",),
}


class Turn:
    """Whether this process sweeps: always if it is the only one, else while it has the lease."""

    def __init__(self, store: Store, *, alone: bool) -> None:
        self._store, self._alone = store, alone
        self._process = f"{os.getpid()}:{new_id()}"
        self._fence: int | None = None
        self.store: Store | None = None  # to sweep with; it refuses once another process sweeps

    def look(self) -> None:
        """Takes the turn, keeps it or finds it lost. Who begins to sweep wakes the line up first:
        the sweeps take absence as they find it."""
        now = clock.now()
        if self._alone:
            self._begin(self._store, now)
            return
        fence = sweeper.take_turn(self._store, self._process, now=now)
        if fence is None:
            self.lose()
        elif fence != self._fence:
            self._begin(self._store.guarded_by(partial(sweeper.require, fence=fence)), now)
            self._fence = fence

    def _begin(self, store: Store, now: datetime) -> None:
        if self.store is None:
            waking.wake_up(store, now=now)
            self.store = store

    def lose(self) -> None:
        self.store = self._fence = None

    def give_up(self) -> None:
        """Another process may begin at once."""
        if self._fence is not None:
            self.lose()
            sweeper.give_up(self._store, self._process, now=clock.now())


class Jobs:
    """The sweeps of one process, by the scheduler and by nudges; each alone at any time."""

    def __init__(self, store: Store, *, alone: bool = True) -> None:
        self._store = store
        self._turn = Turn(store, alone=alone)
        self._alone = alone
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._nudged = runtime.queue()
        self._waiting: set[str] = set()
        self._running: set[str] = set()

    def add(self, name: str, every_s: float, work: Callable[[], object]) -> None:
        """Something else to do every so often: a beat, a delivery."""
        self._scheduler.add_job(_guarded, "interval", [name, work], seconds=every_s, id=name)

    def add_for_one(self, name: str, every_s: float, work: Callable[[], object]) -> None:
        """Likewise, in the process that sweeps. Readiness names what is in `BESIDE` and late."""
        self.add(name, every_s, partial(self._run_beside, name, work))
        if name in BESIDE:  # at once, so that a start is not taken for a standstill
            self._scheduler.modify_job(name, next_run_time=clock.now())

    def _run_beside(self, name: str, work: Callable[[], object]) -> None:
        store, now = self._turn.store, clock.now()
        if store is None:
            return
        work()
        if name not in BESIDE:
            return
        try:
            sweeps.went_well(store, name, now)
        except NotTheSweeper:
            self._turn.lose()

    def start(self) -> None:
        if not self._alone:
            self.add("turn", LOOKS_EVERY, self._look)
        for sweep in SWEEPS:
            self.add(sweep.name, sweep.every_s, partial(self._run, sweep))
        _guarded("turn", self._look)
        self._scheduler.start()
        runtime.spawn(self._follow_nudges)
        runtime.spawn(self._mind)

    def _mind(self) -> None:
        """Tells when a sweep is late, from whichever process is still alive."""
        while True:
            runtime.sleep(MINDED_EVERY)
            _guarded("minding", self._mind_once)

    def _mind_once(self) -> None:
        now = clock.now()
        minding.mind(self._store, late(self._store, now), now=now)

    def _look(self) -> None:
        swept = self._turn.store is not None
        try:
            self._turn.look()
        except NotTheSweeper:
            self._turn.lose()
        if self._turn.store is not None and not swept:
            for sweep in SWEEPS:  # what happened while nobody was looking
                self._nudged.put(sweep.name)

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)
        _guarded("turn", self._turn.give_up)

    def nudge(self, happened: Sequence[events.Event]) -> None:
        for event in happened:
            for name in NUDGES.get(type(event), ()):
                if name not in self._waiting:
                    self._waiting.add(name)
                    self._nudged.put(name)

    def _follow_nudges(self) -> None:
        by_name = {sweep.name: sweep for sweep in SWEEPS}
        while True:
            name = self._nudged.get()
            self._waiting.discard(name)
            _guarded(name, partial(self._run, by_name[name]))

    def _run(self, sweep: Sweep) -> None:
        store = self._turn.store
        if store is None or sweep.name in self._running:
            self._waiting.discard(sweep.name)
            return
        self._running.add(sweep.name)
        try:
            now = clock.now()
            sweep.action(store, now=now)
            sweeps.went_well(store, sweep.name, now)
        except NotTheSweeper:
            self._turn.lose()
        finally:
            self._running.discard(sweep.name)


def late(store: Store, now: datetime) -> list[str]:
    """The sweeps that have not ended well for three periods."""
    ran, periods = sweeps.last_runs(store), {each.name: each.every_s for each in SWEEPS} | BESIDE
    return [
        f"sweep:{name}"
        for name, every_s in periods.items()
        if now - ran.get(name, now - timedelta(days=1))
        > max(AT_LEAST, LATE_AFTER * timedelta(seconds=every_s))
    ]


def _guarded(name: str, work: Callable[[], object]) -> None:
    """A sweep that fails is logged by name and runs again; the others never notice."""
    try:
        work()
    except Exception:
        log.exception("the sweep %s failed", name)
