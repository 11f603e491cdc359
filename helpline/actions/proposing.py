"""Rosters that are suggested: asked for, thought out elsewhere, then published whole or dropped.

Who thinks it out is `rosterer`, in a process of its own; here each step is kept, so that a crash of
any process leaves a proposal that says it failed, and nobody has to wait for what is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from helpline.domain import access, changes, events, proposals, rostering
from helpline.domain.access import Role, Who
from helpline.domain.proposals import State
from helpline.domain.roster import DAY, Change
from helpline.domain.rostering import Assigned, Question
from helpline.store import journal, line, shifts
from helpline.store import proposals as rows
from helpline.store.shift_tables import RosterProposal
from helpline.store.transaction import Store, Transaction

Place = tuple[str, date, str, Role]  # pattern, date, person, role


def ask(
    store: Store, who: Who, first: date, weeks: int, *, may_move: bool = False, now: datetime
) -> str:
    """Asks for a roster of one to four weeks from that day on; its id. Refused: `bad_request`."""
    with store.transaction() as tx:
        access.require(who, "plan")
        plan = shifts.plan(tx)
        changes.require_plannable(plan, first, "first_date", now)
        changes.require_number(weeks, "weeks", least=1, most=proposals.WEEKS_AT_MOST)
        if rows.is_under_way(tx):
            raise proposals.UnderWay

        last = first + weeks * 7 * DAY - DAY
        made = rows.add(tx, first, last, may_move=may_move, made_by=who.id, now=now)
        journal.write(tx, "roster_asked", now=now, person_id=who.id, proposal=made.id)
        return made.id


def drop(store: Store, who: Who, proposal_id: str, *, now: datetime) -> None:
    """Nobody wants it any more; who still thinks about it stops."""
    with store.transaction() as tx:
        access.require(who, "plan")
        row = rows.proposal(tx, proposal_id)
        if row.state not in proposals.MAY_DROP:
            raise proposals.NotReady

        _decide(tx, row, State.DROPPED, who, now)
        journal.write(tx, "roster_dropped", now=now, person_id=who.id, proposal=row.id)


def publish(store: Store, who: Who, proposal_id: str, *, now: datetime) -> int:
    """All of it becomes the plan, in one act; how many bookings that changes.

    Refused, with nothing changed, when any of it can no longer be: somebody booked elsewhere by
    now, a shift cancelled or begun, a limit reached.
    """
    with store.transaction() as tx:
        access.require(who, "plan")
        row = rows.proposal(tx, proposal_id)
        if row.state != State.READY:
            raise proposals.NotReady
        added, removed = _places(row.result["added"]), _places(row.result["removed"])
        _require_still_so(rows.question(tx, row, now), added, removed)

        layers = [(str(Change.REMOVE), *place) for place in removed]
        layers += [(str(Change.ADD), *place) for place in added]
        rows.put(tx, layers, who.id, now)
        _decide(tx, row, State.PUBLISHED, who, now)
        journal.write(
            tx, "roster_published", now=now, person_id=who.id, proposal=row.id, changes=len(layers)
        )
        tx.announce(events.RosterChanged())
        return len(layers)


def _require_still_so(question: Question, added: list[Place], removed: list[Place]) -> None:
    """As if they were made now, one after the other, by the rules that hold for everybody."""
    found = rostering.problem(question)
    numbers = {(each.pattern_id, each.date): n for n, each in enumerate(found.slots)}
    if any((pattern, day) not in numbers for pattern, day, _, _ in added + removed):
        raise proposals.RosterMoved
    gone = {Assigned(numbers[p, day], person, role) for p, day, person, role in removed}
    if not gone <= set(found.movable):
        raise proposals.RosterMoved
    fresh = [Assigned(numbers[p, day], person, role) for p, day, person, role in added]
    if any(each.person_id not in found.crew.people for each in fresh):
        raise proposals.RosterMoved
    stay = [each for each in found.movable if each not in gone]
    _, refused = rostering.replayed(found, [*stay, *fresh])
    if refused:
        raise proposals.RosterMoved


def _places(result: list[list[str]]) -> list[Place]:
    return [(p, date.fromisoformat(day), person, Role(role)) for p, day, person, role in result]


def _decide(tx: Transaction, row: RosterProposal, state: State, who: Who, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at = state, who.id, now
    tx.session.add(row)


# -- while it is thought out ----------------------------------------------------------------------


def begin_next(store: Store, *, now: datetime) -> tuple[str, Question] | None:
    """The next that was asked for, taken on by whoever calls: who else looks finds it running."""
    with store.transaction() as tx:
        asked = rows.in_state(tx, State.ASKED)
        if not asked:
            return None
        row = asked[0]

        row.state, row.beat_at, row.roster_version = (
            State.RUNNING, now, line.line(tx).roster_version
        )  # fmt: skip
        tx.session.add(row)
        return row.id, rows.question(tx, row, now)


def beat(store: Store, proposal_id: str, progress: Mapping[str, Any], *, now: datetime) -> bool:
    """Still at it, and how far; False when nobody wants it any more."""
    with store.transaction() as tx:
        row = rows.proposal(tx, proposal_id)
        if row.state != State.RUNNING:
            return False
        row.beat_at, row.progress = now, {**row.progress, **progress}
        tx.session.add(row)
        return True


def end(store: Store, proposal_id: str, result: Mapping[str, Any], *, now: datetime) -> None:
    """It is ready, unless somebody dropped it meanwhile."""
    with store.transaction() as tx:
        row = rows.proposal(tx, proposal_id)
        if row.state != State.RUNNING:
            return
        row.state, row.method, row.result, row.ended_at = (
            State.READY, str(result["method"]), dict(result), now
        )  # fmt: skip
        tx.session.add(row)


def fail(store: Store, proposal_id: str, why: str, *, now: datetime) -> None:
    """`why` is died, late or lost."""
    with store.transaction() as tx:
        row = rows.proposal(tx, proposal_id)
        if row.state in proposals.UNDER_WAY:
            _fail(tx, row, why, now)


def fail_lost(store: Store, *, now: datetime) -> int:
    """What nobody works on any more, since its server stopped, has failed; how many."""
    with store.reading() as tx:
        if not rows.in_state(tx, State.RUNNING):
            return 0
    with store.transaction() as tx:
        lost = [
            row
            for row in rows.in_state(tx, State.RUNNING)
            if now - (row.beat_at or row.made_at) > proposals.LOST_AFTER
        ]
        for row in lost:
            _fail(tx, row, "lost", now)
        return len(lost)


def _fail(tx: Transaction, row: RosterProposal, why: str, now: datetime) -> None:
    row.state, row.progress, row.ended_at = State.FAILED, {**row.progress, "why": why}, now
    tx.session.add(row)
    journal.write(tx, "roster_failed", now=now, proposal=row.id, why=why)
