"""What a life of chats is played on: a fresh line, its people, and who has come so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import RowMapping, text

from helpline import jobs
from helpline.actions import listening, offering, visiting
from helpline.domain import errors
from helpline.domain.access import Who
from helpline.store.transaction import Store
from tests.cast import Cast
from tests.promises import vows
from tests.promises.moment import Moment

SWEEPS = {each.name: each.action for each in jobs.SWEEPS}

WRITTEN_DOWN = (
    "CREATE TABLE moves (chat TEXT, was TEXT, is_now TEXT, level INT, holder TEXT, outcome TEXT,"
    " arrived INT)",
    "CREATE TRIGGER a_move AFTER UPDATE ON chats"
    " WHEN old.state <> new.state OR old.arrived_at <> new.arrived_at"
    " BEGIN INSERT INTO moves VALUES (new.id, old.state, new.state, new.level, new.holder_id,"
    " new.outcome, old.arrived_at <> new.arrived_at); END",
)


@dataclass
class Line:
    """What an example plays on."""

    store: Store
    cast: Cast
    now: datetime


@dataclass
class Seen:
    """A visitor and what they know. `stirred_at` is when they wrote or typed last."""

    opened: visiting.Opened
    seen_at: datetime
    stirred_at: datetime
    here: bool = True
    hidden: bool = False
    said: dict[int, str] = field(default_factory=dict)
    goodbye: bool = False


def write_down(store: Store) -> None:
    """From here on the database keeps every move of a chat."""
    with store.transaction() as tx:
        for statement in WRITTEN_DOWN:
            tx.session.execute(text(statement))


class Stage(RuleBasedStateMachine):
    """Subclassed with a `line` that opens a fresh one."""

    @staticmethod
    def line() -> Line:
        raise NotImplementedError

    def enter(self) -> None:
        made = self.line()
        self.store, self.cast, self.now = made.store, made.cast, made.now
        self.people = [made.cast.leo, made.cast.lin, made.cast.sol]
        self.there: set[str] = set()
        self.visitors: dict[str, Seen] = {}
        self.step, self.judged, self.answered = "", "", ""
        self.swept: list[str] = []  # what was swept since time moved, in order
        self.beyond: set[str] = set()  # over their seats by a hand, not by the queue
        self.levels: dict[str, tuple[int, int]] = {}
        self.loads: Counter[str] = Counter()
        self.offers: set[str] = set()
        self.out: set[tuple[str, str]] = set()  # who stepped out of which chat
        self.links: set[tuple[str, str]] = set()  # chats of perhaps the same person
        self.look = Moment(self.store, self.now)

    def does(self, step: str, deed: Callable[..., Any], *facts: Any, **how: Any) -> Any:
        """A deed, or its refusal; either is fine, what stands afterwards is looked at."""
        self.step, self.judged, self.answered, self.swept = step, "", "", []
        return self.tries(deed, *facts, **how)

    def tries(self, deed: Callable[..., Any], *facts: Any, **how: Any) -> Any:
        self.refused = False
        try:
            return deed(self.store, *facts, now=self.now, **how)
        except errors.Refused:
            self.refused = True
            return None

    # -- who and what a number means ----------------------------------------------------------------

    def visitor(self, number: int) -> Seen:
        return list(self.visitors.values())[number % len(self.visitors)]

    def person(self, number: int) -> Who:
        return self.people[number % len(self.people)]

    def who(self, person_id: str) -> Who:
        return next(each for each in self.people if each.id == person_id)

    def offer(self, number: int) -> RowMapping | None:
        """Something that somebody is asked; the router looks first if there is nothing."""
        if not self.look.pending:
            self.does("sweep", offering.sweep)
            self.swept = ["routing"]
            self.all_is_well()
        pending = self.look.pending
        return pending[number % len(pending)] if pending else None

    def talk(self, number: int) -> RowMapping | None:
        """A conversation; somebody accepts first if there is none."""
        offer = None if self.look.active else self.offer(number)
        if offer is not None:
            self.does("accept", listening.accept, self.who(offer["person_id"]), offer["id"])
            self.all_is_well()
        held = self.look.active + self.look.ended
        return held[number % len(held)] if held else None

    # -- time ---------------------------------------------------------------------------------------

    def passes(self, seconds: float, sweeps: list[str]) -> None:
        """Time moves, everybody who is there beats, and these sweeps run."""
        self.step, self.judged, self.answered, self.swept = "time", "", "", []
        self.now += timedelta(seconds=seconds)
        self._beat()
        for each in sweeps:
            self.step = "sweep"
            self.tries(SWEEPS[each])
            self.swept.append(each)

    def _beat(self) -> None:
        here = {chat: each for chat, each in self.visitors.items() if each.here}
        for each in here.values():
            each.seen_at = self.now
        seen = [chat for chat, each in here.items() if not each.hidden]
        visiting.still_here(self.store, list(here), now=self.now, in_sight=seen)
        for who in self.people:
            if who.id in self.there:
                listening.be_here(self.store, who, now=self.now)

    # -- what must hold -----------------------------------------------------------------------------

    @invariant()
    def all_is_well(self) -> None:
        if not self.step:
            return
        looked = self.look = Moment(self.store, self.now, self.look.seen)
        for vow in vows.ALL:
            broken = vow(self, looked)
            assert not broken, f"{vow.__name__}: {broken} after {self.step}"
        self.levels = {each["id"]: (each["level"], each["urgency"]) for each in looked.chats}
        self.loads = looked.loads
        self.offers = {each["id"] for each in looked.offers}
        self.beyond = {each for each in self.beyond if looked.loads[each] > looked.seats[each]}
