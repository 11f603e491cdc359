"""Rosters that were asked for, and the facts that each rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlmodel import col

from helpline.domain import errors, walltime
from helpline.domain.proposals import UNDER_WAY, State
from helpline.domain.roster import DAY
from helpline.domain.rostering import Question
from helpline.store import eligible, line, shifts
from helpline.store.secrets import new_id
from helpline.store.shift_tables import Attendance, RosterProposal
from helpline.store.tables import ShiftOverride
from helpline.store.transaction import Transaction


def add(
    tx: Transaction, first: date, last: date, *, may_move: bool, made_by: str, now: datetime
) -> RosterProposal:
    made = RosterProposal(
        id=new_id(),
        first_date=first,
        last_date=last,
        state=State.ASKED,
        progress={"may_move": may_move},
        roster_version=line.line(tx).roster_version,
        made_by=made_by,
        made_at=now,
    )
    tx.session.add(made)
    return made


def proposal(tx: Transaction, proposal_id: str) -> RosterProposal:
    """Refused: `not_found`."""
    found = tx.session.get(RosterProposal, proposal_id, populate_existing=True)
    if found is None:
        raise errors.NotFound
    return found


def latest(tx: Transaction, most: int) -> list[RosterProposal]:
    query = select(RosterProposal).order_by(col(RosterProposal.made_at).desc()).limit(most)
    return list(tx.session.scalars(query))


def in_state(tx: Transaction, *states: State) -> list[RosterProposal]:
    query = select(RosterProposal).where(col(RosterProposal.state).in_(states))
    return list(tx.session.scalars(query.order_by(col(RosterProposal.made_at))))


def is_under_way(tx: Transaction) -> bool:
    return bool(in_state(tx, *UNDER_WAY))


def question(tx: Transaction, row: RosterProposal, now: datetime) -> Question:
    """Everything that a suggestion for these days rests on, as it is now."""
    plan = shifts.plan(tx)
    start = walltime.midnight(plan.zone, row.first_date)
    end = walltime.midnight(plan.zone, row.last_date + DAY)
    return Question(
        plan=plan,
        needs=shifts.needs(tx),
        crew=eligible.crew(tx, now, until=end),
        start=start,
        end=end,
        now=now,
        may_move=bool(row.progress.get("may_move")),
        kept=_kept(tx, row.first_date - DAY, row.last_date + DAY),
    )


def _kept(tx: Transaction, first: date, last: date) -> frozenset[tuple[str, date, str]]:
    """Who said that they come, and what people agreed among themselves."""
    said = select(Attendance).where(
        col(Attendance.on_date) >= first,
        col(Attendance.on_date) <= last,
        col(Attendance.confirmed_at).is_not(None),
    )
    agreed = select(ShiftOverride).where(
        col(ShiftOverride.request_id).is_not(None),
        col(ShiftOverride.pattern_id).is_not(None),
        col(ShiftOverride.on_date) >= first,
        col(ShiftOverride.on_date) <= last,
    )
    return frozenset(
        [(row.pattern_id, row.on_date, row.person_id) for row in tx.session.scalars(said)]
        + [
            (row.pattern_id or "", row.on_date, row.person_id or "")
            for row in tx.session.scalars(agreed)
        ]
    )


def put(
    tx: Transaction, changes: Sequence[tuple[str, str, date, str, str]], who_id: str, now: datetime
) -> None:
    """Lays these over the plan, each as kind, pattern, date, person and role, the last on top."""
    for place, (kind, pattern_id, on_date, person_id, role) in enumerate(changes):
        tx.session.add(
            ShiftOverride(
                id=new_id(),
                pattern_id=pattern_id,
                on_date=on_date,
                kind=kind,
                person_id=person_id,
                role=role,
                made_by=who_id,
                made_at=now + place * timedelta.resolution,
            )
        )


def forget_before(tx: Transaction, before: datetime) -> None:
    tx.session.execute(delete(RosterProposal).where(col(RosterProposal.made_at) < before))
