"""Reminding people of their shifts: asked the day before whether they come, told shortly before.

Due is whatever is near enough and was not said: who is booked late is told late, and who is booked
twice in a row is told of the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpline.domain import ladder, shifts
from helpline.domain.ladder import Times
from helpline.domain.shifts import Span
from helpline.store import line, notices, occurrences
from helpline.store.shifts import plan
from helpline.store.transaction import Store, Transaction

IN_ONE_COMMIT = 50  # what was done is kept, whenever this process may end; the rest comes next


@dataclass(frozen=True, slots=True)
class Reminder:
    """Said from `before` the start on, and not later than `until` before it."""

    kind: str
    before: Callable[[Times], timedelta]
    until: timedelta


REMINDERS = (
    Reminder("confirm", lambda times: times.confirm, ladder.NOTHING_TO_CONFIRM),
    Reminder("reminder", lambda times: times.remind, timedelta(0)),
)


@dataclass(frozen=True, slots=True)
class Due:
    key: str
    kind: str
    person_id: str
    span: Span
    valid_until: datetime


def look(store: Store, *, now: datetime) -> None:
    with store.reading() as tx:
        if not _missing(tx, now):
            return
    with store.transaction() as tx:
        for each in _missing(tx, now)[:IN_ONE_COMMIT]:
            notices.add(
                tx,
                key=each.key,
                person_id=each.person_id,
                kind=each.kind,
                detail=occurrences.about(each.span),
                due_at=now,
                valid_until=each.valid_until,
                now=now,
            )


def _missing(tx: Transaction, now: datetime) -> list[Due]:
    wanted = list(_due(tx, now))
    known = notices.keys(tx, (each.key for each in wanted))
    return [each for each in wanted if each.key not in known]


def _due(tx: Transaction, now: datetime) -> Iterator[Due]:
    times = ladder.times(line.line(tx).policies)
    ahead = max(each.before(times) for each in REMINDERS)
    spans = shifts.spans(plan(tx), now, now + ahead + shifts.INSTANT)
    ends = {(each.person_id, span.ends_at) for span in spans for each in span.people}
    for span in spans:
        for each in REMINDERS:
            if not span.starts_at - each.before(times) <= now < span.starts_at - each.until:
                continue
            for person in span.people:
                if (person.person_id, span.starts_at) not in ends:
                    key = f"{each.kind}:{occurrences.about_key(span)}:{person.person_id}"
                    valid_until = span.starts_at - each.until
                    yield Due(key, each.kind, person.person_id, span, valid_until)
