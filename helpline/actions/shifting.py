"""Shifts as they happen: laid out ahead of time, opened and closed once, and who came to them.

Level-triggered: each look reads the plan and the rows, and does what is missing. What passed while
nobody looked is marked as missed; nothing of it is made up for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from helpline.domain import attendance, news, roster, shifts
from helpline.domain.attendance import State
from helpline.domain.news import Key, Place
from helpline.domain.roster import DAY
from helpline.domain.shifts import Span
from helpline.store import journal, line, notices, occurrences, people, places
from helpline.store.shift_tables import ShiftRow
from helpline.store.shifts import plan
from helpline.store.transaction import Store, Transaction

AHEAD = 8 * DAY  # the digest looks seven days ahead
SPARE = timedelta(hours=12)  # laid out further, so that it is not done at every look
LOOKS_BACK = 31 * DAY  # after a downtime that was longer, what lies before is not even missed
MOMENTS = {
    State.OPEN: "shift_opened",
    State.CLOSED: "shift_closed",
    State.MISSED: "shift_missed",
}
STAMPS: dict[State, tuple[str, ...]] = {
    State.OPEN: ("opened_at",),
    State.CLOSED: ("closed_at",),
    State.MISSED: (),
}


def look(store: Store, *, now: datetime) -> None:
    with store.reading() as tx:
        to_lay, due = not _is_laid(tx, now), occurrences.is_any_due(tx, now)
        seen = _seen(tx, now)
    if to_lay:
        with store.transaction() as tx:
            _lay_out(tx, now)
    if to_lay or due:
        with store.transaction() as tx:
            _move_on(tx, now)
            seen = _seen(tx, now)
    if seen:
        with store.transaction() as tx:
            for field, key, those in _seen(tx, now):
                occurrences.note(tx, key, those, field, now)


# -- laid out -------------------------------------------------------------------------------------


def _is_laid(tx: Transaction, now: datetime) -> bool:
    """Whether the rows follow the plan as it is, far enough ahead; remembered by this process."""
    row = line.line(tx)
    known = tx.known.get("laid_out")
    return (
        known is not None and known[0] == (row.roster_version, row.zone) and now + AHEAD <= known[1]
    )


def _lay_out(tx: Transaction, now: datetime) -> None:
    row, known = line.line(tx), plan(tx)
    until = now + AHEAD + SPARE
    latest = occurrences.latest_start(tx)
    since = now if latest is None else max(now - LOOKS_BACK, min(now, latest))
    planned = {(each.pattern_id, each.date): each for each in shifts.spans(known, since, until)}
    near = occurrences.around(tx, since, until + DAY)
    rows = {(each.pattern_id, each.on_date): each for each in near}
    for key, each in planned.items():
        if key not in rows:
            occurrences.lay(tx, each)
        else:
            _follow(tx, rows[key], each, now)
    gone = [
        each
        for key, each in rows.items()
        if key not in planned and each.starts_at < until and now < each.ends_at
    ]
    told = _cancel(tx, known, gone, now)
    if latest is not None:
        _tell_the_news(tx, planned.values(), latest, told, now)
    places.know(tx, _places(planned.values(), now))
    tx.known["laid_out"] = ((row.roster_version, row.zone), until)


def _follow(tx: Transaction, row: ShiftRow, span: Span, now: datetime) -> None:
    """What has not begun moves with the plan; what was cancelled may be planned again."""
    if row.state not in (State.UPCOMING, State.CANCELLED) or span.ends_at <= now:
        return
    edges = (span.starts_at, span.ends_at)
    if row.state == State.CANCELLED or edges != (row.starts_at, row.ends_at):
        occurrences.move_on(tx, row, State.UPCOMING, starts_at=span.starts_at, ends_at=span.ends_at)


def _places(planned: Iterable[Span], now: datetime) -> list[Place]:
    """Who has a place on what is still to come."""
    return [
        Place(each.person_id, span.pattern_id, span.date, span.starts_at, span.ends_at)
        for span in planned
        if span.starts_at > now
        for each in span.people
    ]


def _tell_the_news(
    tx: Transaction,
    planned: Iterable[Span],
    latest: datetime,
    told: Collection[Key],
    now: datetime,
) -> None:
    """Whoever has a new shift, one that moved or one less hears of it, whoever changed the plan.

    What was not told before the next change is not told at all: only what holds is.
    """
    version = line.line(tx).roster_version
    found = news.news(
        places.known(tx, now),
        _places(planned, now),
        known_until=latest,
        told=told,
        asked_for=places.asked_for(tx, now.date() - DAY),
    )
    for kind, each in found:
        about = f"news:{each.pattern_id}:{each.date.isoformat()}:{each.person_id}:"
        notices.withdraw(tx, about, now)
        notices.add(
            tx,
            key=f"{about}{version}",
            person_id=each.person_id,
            kind=str(kind),
            detail={
                "pattern": each.pattern_id,
                "date": each.date.isoformat(),
                "starts_at": each.starts_at.isoformat(),
                "ends_at": each.ends_at.isoformat(),
            },
            due_at=now,
            valid_until=each.starts_at,
            now=now,
        )


def _cancel(
    tx: Transaction, known: roster.Plan, gone: Iterable[ShiftRow], now: datetime
) -> set[Key]:
    """Whoever was booked hears of it; a shift that runs ends. Gives who was told of which."""
    told: set[Key] = set()
    kept = [each for each in known.overrides if each.kind != roster.Change.CANCEL]
    below = replace(known, overrides=kept, special_days={})
    for row in gone:
        if row.state == State.OPEN:
            occurrences.move_on(tx, row, State.CLOSED, closed_at=now)
        elif row.state != State.UPCOMING or not occurrences.move_on(tx, row, State.CANCELLED):
            continue
        journal.write(tx, "shift_cancelled", now=now, pattern=row.pattern_id)
        for span in shifts.spans(below, row.starts_at, row.starts_at + shifts.INSTANT):
            if (span.pattern_id, span.date) != (row.pattern_id, row.on_date):
                continue
            for each in span.people:
                notices.add(
                    tx,
                    key=f"shift_cancelled:{occurrences.about_key(span)}:{each.person_id}",
                    person_id=each.person_id,
                    kind="shift_cancelled",
                    detail=occurrences.about(span),
                    due_at=now,
                    valid_until=row.ends_at,
                    now=now,
                )
                told.add((each.person_id, row.pattern_id, row.on_date))
    return told


# -- opened, closed, missed -----------------------------------------------------------------------


def _move_on(tx: Transaction, now: datetime) -> None:
    for row in occurrences.due(tx, now):
        state = attendance.next_state(State(row.state), row.starts_at, row.ends_at, now)
        stamps = {name: now for name in STAMPS[state]}
        if occurrences.move_on(tx, row, state, **stamps):
            journal.write(tx, MOMENTS[state], now=now, pattern=row.pattern_id)


# -- who came -------------------------------------------------------------------------------------


def _seen(tx: Transaction, now: datetime) -> list[tuple[str, occurrences.Key, list[str]]]:
    """What is new of the shifts that run: who is expected there from now on, and who is there."""
    rows = {(each.pattern_id, each.on_date) for each in occurrences.running(tx)}
    if not rows:
        return []
    here = {
        each.person_id
        for each in people.presences(tx).values()
        if each.lease_until is not None and each.lease_until > now
    }
    came = occurrences.who_came(tx, rows)
    found = []
    for span in shifts.spans(plan(tx), now, now + shifts.INSTANT):
        key = (span.pattern_id, span.date)
        known = {
            each.person_id: came.get((*key, each.person_id), attendance.NOTHING)
            for each in span.people
        }
        new = {
            "expected_from": [p for p, each in known.items() if each.expected_from is None],
            "checked_in_at": [
                p for p, each in known.items() if p in here and each.checked_in_at is None
            ],
        }
        if key in rows:
            found += [(field, key, those) for field, those in new.items() if those]
    return found
