"""An evening on which help is short: people at home, who may be asked to come."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from sqlalchemy import select

from helpline.actions import answering, calling, paging, planning
from helpline.actions.paging import Call
from helpline.domain.access import Who
from helpline.store import callouts, chats, floor, people
from helpline.store.tables import Ask, CallOut, Moment
from tests.actions.evening import Evening

SWEEPS = ("routing", "watching", "line", "shift_ends", "call_outs")
STEP = 5  # seconds


class Short(Evening):
    """A line on which nobody is ready, and people at home."""

    def home(self, *names: str, when: str = "any_time", **how: Any) -> list[Who]:
        """Volunteers on no shift, who say this of being asked."""
        found = [self.hires(each, booked=False, **how) for each in names]
        for each in found:
            answering.choose_when(self.store, each, when, now=self.now)
        return found

    def goes_by(self, **span: float) -> None:
        """Every sweep that matters here, each five seconds."""
        self.passes(timedelta(**span).total_seconds(), every=STEP, sweeps=SWEEPS)

    def later(self, **span: float) -> None:
        """One look at call-outs after that time, in which those who are here stay here."""
        self.now += timedelta(**span)
        self.beat()
        self.sweep("call_outs")

    def running(self) -> CallOut | None:
        with self.store.reading() as tx:
            return callouts.running(tx)

    def asks(self) -> list[Ask]:
        with self.store.reading() as tx:
            return list(tx.session.scalars(select(Ask).order_by(Ask.asked_at, Ask.wave)))

    def waves(self) -> dict[int, list[str]]:
        """Who was asked, by the wave."""
        with self.store.reading() as tx:
            names = people.names(tx)
        found: dict[int, list[str]] = {}
        for each in self.asks():
            found.setdefault(each.wave, []).append(names[each.person_id])
        return {wave: sorted(asked) for wave, asked in found.items()}

    def answers(self, who: Who, comes: bool = True, *, here: bool = True) -> bool:
        with self.store.reading() as tx:
            (latest, *_) = callouts.since(tx, self.now - timedelta(days=1))
        if here:
            self.here.add(who)
            self.beat()
        return answering.answer(self.store, who, latest.id, comes=comes, here=here, now=self.now)

    def held_chat(self, who: Who) -> str:
        """The chat this person holds."""
        with self.store.reading() as tx:
            (held,) = chats.held_by(tx, who.id)
        return held.id

    def books_today(self, who: Who, starts: str, ends: str) -> None:
        """One shift of today's, at these hours of the line's day."""
        since, cora = self.now.date() - timedelta(days=14), self.cast.cora
        planned = self.now - timedelta(days=15)
        pattern = planning.add_pattern(
            self.store, cora, "Once", self.now.weekday(),
            time.fromisoformat(starts), time.fromisoformat(ends), since, now=planned,
        )  # fmt: skip
        planning.book(self.store, cora, pattern, who.id, "listener", since, now=planned)

    def on_shift(self) -> set[str]:
        with self.store.reading() as tx:
            return floor.on_shift(tx, self.now)

    def journal(self) -> list[str]:
        with self.store.reading() as tx:
            query = select(Moment.kind).where(Moment.kind.like("call_out%")).order_by(Moment.id)
            return list(tx.session.scalars(query))

    def starts(self) -> str:
        return calling.start(self.store, self.cast.cora, now=self.now)

    def ends(self) -> None:
        it = self.running()
        assert it is not None
        calling.end(self.store, self.cast.cora, it.id, now=self.now)

    def delivers(self, *, leaves: bool = True) -> list[Call]:
        """The pager runs once; the calls to people off shift that it took."""
        sent: list[Call] = []

        def send(call: Call) -> bool:
            sent.append(call)
            return leaves

        paging.send_due(self.store, send, clock=lambda: self.now)
        return [each for each in sent if each.kind == paging.CALL_OUT]
