"""A year of shifts in steps of a quarter of an hour: people who come or do not, gaps that open and
are filled, sweeps that are late, doubled or skipped, and hours in which we are down.

What should have been is worked out beside it, from the plan of each moment and by no code of the
sweeps'.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from sqlalchemy import func, select, update

from helpline.actions import laddering, reminding, shifting, waking
from helpline.domain import ladder, shifts
from helpline.domain.access import Who
from helpline.store import people
from helpline.store.shift_tables import Notice, Rung, ShiftRow
from helpline.store.shifts import plan
from helpline.store.tables import Moment, Presence, SweepRun
from helpline.store.transaction import Store
from tests.actions.week_of_shifts import DAY, HOUR, MINUTE, Shifts

STEP = 15 * MINUTE
EDGES = ("00:00", "06:00", "12:00", "18:00", "00:00")
VOLUNTEERS = 8
ORDER = ["digest", "ask", "coordinator", "backup", "lead"]


class Year(Shifts):
    """`mood` is how the sweeps run: "calm" once a step, "doubled" each twice and in the other
    order, "wild" late, doubled and skipped, with downtimes of hours."""

    def __init__(
        self, store: Store, zone: str, start: datetime, days: int, mood: str, seed: int = 1
    ) -> None:
        super().__init__(store, start - 3 * DAY, zone)
        self.random, self.mood = Random(seed), mood  # what happens is the same in every mood
        self.luck = Random(seed + 1)
        self.start, self.end = start, start + days * DAY
        self.ada = [self.person(f"v{number}") for number in range(VOLUNTEERS)]
        self.looks: list[datetime] = []
        self.reminded: set[str] = set()
        self.alarmed_late: list[datetime] = []
        self._plan_week()
        self._decide_events()

    def _plan_week(self) -> None:
        since = (self.start - 2 * DAY).date()
        self.patterns = []
        for weekday in range(7):
            for place, (starts, ends) in enumerate(pairwise(EDGES)):
                made = self.pattern(weekday, starts, ends, since)
                self.patterns.append(made)
                for turn in (0, 1):
                    who = self.ada[(weekday * 3 + place * 2 + turn) % VOLUNTEERS]
                    self.book(made, who, since)
            self.need(weekday, 0, 24, 2)

    def _decide_events(self) -> None:
        """What people will do, the same in every mood: some days off, some covers, cancellations,
        and who does not come to what."""
        with self.store.reading() as tx:
            spans = shifts.spans(plan(tx), self.start + DAY, self.end)
        self.events: dict[datetime, list[tuple[str, Any]]] = defaultdict(list)
        self.absent: set[tuple[str, Any, str]] = set()
        for span in spans:
            chance = self.random.random()
            off = self._grid(span.starts_at - self.random.choice((1, 5, 20, 30, 80)) * HOUR)
            if chance < 0.03:
                self.events[off].append(("cancel", span))
            elif chance < 0.12 and span.people:
                self.events[off].append(("off", span))
                if self.random.random() < 0.5:
                    later = off + self.random.choice((1, 3, 9)) * HOUR
                    self.events[self._grid(later)].append(("cover", span))
            elif chance < 0.17 and span.people:
                self.absent.add((span.pattern_id, span.date, span.people[0].person_id))

    def _grid(self, at: datetime) -> datetime:
        return self.start + (at - self.start) // STEP * STEP

    # -- time -----------------------------------------------------------------------------------

    def run(self) -> None:
        self.now, down_until = self.start, None
        while self.now < self.end:
            self._people_act()
            self._people_come()
            if self.mood == "wild" and down_until is None and self.luck.random() < 0.001:
                down_until = self.now + self.luck.choice((4, 7, 11)) * HOUR
                with self.store.transaction() as tx:
                    tx.session.merge(SweepRun(name="shifts", ok_at=self.now))
            if down_until is not None and self.now >= down_until:
                waking.wake_up(self.store, now=self.now)
                down_until = None
            if down_until is None:
                self._sweep()
            self.now += STEP

    def _sweep(self) -> None:
        sweeps = [shifting.look, laddering.watch_minimum, reminding.look, laddering.look]
        if self.mood == "doubled":
            sweeps = [*reversed(sweeps), *sweeps]
        elif self.mood == "wild":
            if self.luck.random() < 0.1:
                return  # skipped altogether
            sweeps = [each for each in sweeps for _ in range(self.luck.choice((1, 1, 2)))]
        self.looks.append(self.now)
        self._remember_whom_to_remind()
        for sweep in sweeps:
            sweep(self.store, now=self.now)
        self.deliver()

    def _people_act(self) -> None:
        for what, span in self.events.pop(self.now, ()):
            if span.starts_at <= self.now:
                continue
            key = (span.pattern_id, span.date)
            if what == "cancel":
                self.on_day(*key, "cancel")
            elif what == "off":
                self.on_day(*key, "remove", Who(span.people[0].person_id, "", frozenset()))
            else:
                booked = {each.person_id for each in span.people}
                free = next(each for each in self.ada if each.id not in booked)
                self.on_day(*key, "add", free)

    def _people_come(self) -> None:
        """Leases as the consoles of those who came would renew them until the next step."""
        with self.store.reading() as tx:
            here = {
                each.person_id
                for span in shifts.spans(plan(tx), self.now, self.now + shifts.INSTANT)
                for each in span.people
                if (span.pattern_id, span.date, each.person_id) not in self.absent
            }
        with self.store.transaction() as tx:
            known = people.presences(tx)
            for each in here - set(known):
                tx.session.add(Presence(person_id=each, changed_at=self.now))
            tx.session.flush()
            leases = tx.session.execute(
                update(Presence)
                .where(Presence.person_id.in_(here))
                .values(lease_until=self.now + STEP - timedelta(seconds=1), ready=True)
            )
            assert leases.rowcount == len(here)

    # -- what should have been ------------------------------------------------------------------

    def _remember_whom_to_remind(self) -> None:
        with self.store.reading() as tx:
            known = plan(tx)
            near = shifts.spans(known, self.now, self.now + 24 * HOUR + shifts.INSTANT)
        serves_until = {(each.person_id, span.ends_at) for span in near for each in span.people}
        for span in near:
            left = span.starts_at - self.now
            for each in span.people:
                if (each.person_id, span.starts_at) in serves_until:
                    continue
                about = f"{span.pattern_id}:{span.date}:{each.person_id}"
                if 2 * HOUR < left <= 24 * HOUR:
                    self.reminded.add(f"confirm:{about}")
                if timedelta(0) < left <= HOUR:
                    self.reminded.add(f"reminder:{about}")

    # -- what came of it ------------------------------------------------------------------------

    def faults(self) -> list[str]:
        return [
            *self._faults_of_shifts(),
            *self._faults_of_notices(),
            *self._faults_of_rungs(),
        ]

    def _faults_of_shifts(self) -> list[str]:
        found, rows = [], self.rows(ShiftRow)
        with self.store.reading() as tx:
            planned = shifts.spans(plan(tx), self.start, self.end)
            opened, closed = (
                tx.session.scalar(select(func.count()).where(Moment.kind == kind))
                for kind in ("shift_opened", "shift_closed")
            )
        by_key = {(each.pattern_id, each.on_date): each for each in rows}
        if len(by_key) != len(rows):
            found.append("a shift has two rows")
        last = self.looks[-1]
        for span in planned:
            row = by_key.get((span.pattern_id, span.date))
            if row is None or span.ends_at > last:
                found += [] if row is not None or span.starts_at > last else [f"no row: {span}"]
                continue
            looked = self._looks_in(span.starts_at, span.ends_at)
            expected = "closed" if looked else "missed"
            if row.state != expected:
                found.append(f"{row.state}, not {expected}: {span.starts_at}")
            elif looked and (row.opened_at != looked[0] or row.closed_at < span.ends_at):
                found.append(f"opened {row.opened_at}, closed {row.closed_at}: {span.starts_at}")
        if opened != sum(each.opened_at is not None for each in rows):
            found.append("a shift was opened twice")
        if closed != sum(each.closed_at is not None for each in rows):
            found.append("a shift was closed twice")
        self.counts = Counter(each.state for each in rows)
        return found

    def _looks_in(self, start: datetime, end: datetime) -> list[datetime]:
        return self.looks[bisect_left(self.looks, start) : bisect_left(self.looks, end)]

    def _faults_of_notices(self) -> list[str]:
        rows = self.rows(Notice)
        keys = [each.key for each in rows]
        found = [f"twice: {key}" for key, many in Counter(keys).items() if many > 1]
        found += [
            f"late: {each.key}"
            for each in rows
            if each.sent_at is not None and each.sent_at >= each.valid_until
        ]
        said = {each.key for each in rows if each.kind in ("confirm", "reminder")}
        found += [f"not said: {key}" for key in self.reminded - said]
        found += [f"said in vain: {key}" for key in said - self.reminded]
        lost = [each.key for each in rows if each.sent_at is None and each.key in self.reminded]
        found += [f"never left: {key}" for key in lost]
        self.sent = Counter(each.kind for each in rows if each.sent_at is not None)
        return found

    def _faults_of_rungs(self) -> list[str]:
        found, by_gap = [], defaultdict(list)
        ends = {(each.pattern_id, each.on_date): each.ends_at for each in self.rows(ShiftRow)}
        for row in self.rows(Rung):
            key = (row.pattern_id, row.on_date)
            by_gap[*key, row.epoch].append(row)
            if row.climbed_at >= ends[key]:
                found.append(f"{row.rung} of the past: {key}")
        self.gaps = len(by_gap)
        for gap, rows in by_gap.items():
            names = [(each.rung, each.climbed_at) for each in rows]
            if len({name for name, _ in names}) != len(names):
                found.append(f"a rung twice: {gap}")
            first = {}
            for name, at in sorted(names, key=lambda each: each[1]):
                first.setdefault(ladder.rung_of(name), at)
            steps = [first[each] for each in ORDER if each in first]
            if steps != sorted(steps):
                found.append(f"out of order: {gap} {names}")
        return found

    def end_state(self) -> tuple[Any, ...]:
        """What every mood of the sweeps must come to: which shift became what, who was told."""
        states = {
            (each.starts_at, self.patterns.index(each.pattern_id)): each.state
            for each in self.rows(ShiftRow)
            if each.starts_at < self.end
        }
        names = {each.id: each.name for each in self.ada} | {self.cora.id: "Cora"}
        said = Counter(
            (each.kind, names[each.person_id], each.detail.get("starts_at"))
            for each in self.rows(Notice)
            if each.kind != "digest"
        )
        climbed = Counter(
            (each.on_date, self.patterns.index(each.pattern_id), each.rung, each.epoch)
            for each in self.rows(Rung)
        )
        return states, said, climbed


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
