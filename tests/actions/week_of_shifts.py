"""A line whose shifts come and go: a clock moved by hand, and the sweeps about shifts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from helpline.actions import (
    entering,
    furnishing,
    laddering,
    listening,
    notifying,
    planning,
    reminding,
    shifting,
)
from helpline.domain.access import Role, Who
from helpline.store import alerts, people
from helpline.store.shift_tables import Attendance, Notice, Rung, ShiftRow
from helpline.store.transaction import Store

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


class Shifts:
    """Cora plans, nobody is booked yet. Notices go to the mailbox unless `outside` is set."""

    def __init__(self, store: Store, now: datetime, zone: str = "Europe/Dublin") -> None:
        self.store, self.now = store, now
        furnishing.set_up_line(
            store, name="Line", zone=zone, country="IE", languages=["en"], now=now
        )
        self.cora = self.person("cora", Role.COORDINATOR)

    def person(self, name: str, *roles: Role, **how: Any) -> Who:
        made = entering.add_person(
            self.store, email=f"{name}@example.org", name=name.title(),
            roles=[str(each) for each in roles or (Role.LISTENER,)], languages=["en"], skills=["mentor"],
            seats=2, password=None, now=self.now,
        )  # fmt: skip
        return Who(made.id, made.name, frozenset(made.roles))

    def pattern(self, weekday: int, starts: str, ends: str, since: date) -> str:
        return planning.add_pattern(
            self.store, self.cora, f"{starts}", weekday, time.fromisoformat(starts),
            time.fromisoformat(ends), since, now=self.now,
        )  # fmt: skip

    def book(self, pattern: str, who: Who, since: date, role: str = "listener") -> str:
        return planning.book(self.store, self.cora, pattern, who.id, role, since, now=self.now)

    def on_day(self, pattern: str, day: date, kind: str, who: Who | None = None) -> str:
        return planning.override(
            self.store, self.cora, pattern, day, kind, who.id if who else None, now=self.now
        )

    def need(self, weekday: int, first: int, last: int, listeners: int) -> None:
        planning.set_need(self.store, self.cora, weekday, first, last, listeners, now=self.now)

    # -- time -----------------------------------------------------------------------------------

    def look(self) -> None:
        for sweep in (shifting.look, laddering.watch_minimum, reminding.look, laddering.look):
            sweep(self.store, now=self.now)
        self.deliver()

    def deliver(self) -> None:
        notifying.send_due(
            self.store, lambda _: False, reaches=lambda _: False, clock=lambda: self.now
        )

    def at(self, moment: datetime, *here: Who) -> None:
        """The clock leaps there, and one looks."""
        self.now = moment.astimezone(UTC)
        self.beat(*here)
        self.look()

    def beat(self, *here: Who) -> None:
        for each in here:
            listening.be_here(self.store, each, now=self.now)

    def goes_on(self, span: timedelta, *here: Who, every: timedelta = MINUTE) -> None:
        until = self.now + span
        while self.now < until:
            self.at(min(until, self.now + every), *here)

    # -- what came of it ------------------------------------------------------------------------

    def rows(self, table: Any) -> Sequence[Any]:
        with self.store.reading() as tx:
            return list(tx.session.scalars(select(table)))

    def states(self) -> dict[str, str]:
        return {each.on_date.isoformat(): each.state for each in self.rows(ShiftRow)}

    def said(self, kind: str | None = None, sent: bool = True) -> list[str]:
        """Who was told this, in order of their names."""
        with self.store.reading() as tx:
            names = people.names(tx)
        return sorted(
            names[each.person_id]
            for each in self.rows(Notice)
            if kind in (None, each.kind) and (each.sent_at is not None) == sent
        )

    def rungs(self) -> list[tuple[str, int]]:
        """In the order in which they were climbed."""
        climbed = sorted(self.rows(Rung), key=lambda each: each.climbed_at)
        return [(each.rung, each.epoch) for each in climbed]

    def came(self, who: Who) -> Attendance | None:
        return next((each for each in self.rows(Attendance) if each.person_id == who.id), None)

    def alarms(self) -> set[str]:
        with self.store.reading() as tx:
            return {each.kind for each in alerts.still_open(tx)}
