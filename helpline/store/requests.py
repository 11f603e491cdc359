"""Requests about shifts, row by row; each step is a claim that only one can win."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlmodel import col

from helpline.domain import errors
from helpline.domain.requests import OPEN, Kind, State
from helpline.store.secrets import new_id
from helpline.store.shift_tables import ShiftRequest
from helpline.store.transaction import Transaction


def request(tx: Transaction, request_id: str) -> ShiftRequest:
    """Refused: `not_found`."""
    found = tx.session.get(ShiftRequest, request_id, populate_existing=True)
    if found is None:
        raise errors.NotFound
    return found


def add(
    tx: Transaction,
    kind: Kind,
    by_id: str,
    pattern_id: str | None,
    on_date: date,
    *,
    until_date: date | None = None,
    to_id: str | None = None,
    return_pattern_id: str | None = None,
    return_date: date | None = None,
    state: State = State.ASKED,
    now: datetime,
) -> ShiftRequest:
    made = ShiftRequest(
        id=new_id(),
        kind=kind,
        by_id=by_id,
        pattern_id=pattern_id,
        on_date=on_date,
        until_date=until_date,
        to_id=to_id,
        return_pattern_id=return_pattern_id,
        return_date=return_date,
        state=state,
        made_at=now,
    )
    tx.session.add(made)
    tx.session.flush()
    return made


def move(tx: Transaction, request_id: str, was: State, to: State, **values: Any) -> bool:
    """True for the one who finds it as it was."""
    moved = tx.session.execute(
        update(ShiftRequest)
        .where(col(ShiftRequest.id) == request_id, col(ShiftRequest.state) == was)
        .values(state=to, **values)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], moved).rowcount == 1


def is_asked(tx: Transaction, by_id: str, pattern_id: str, on_date: date) -> bool:
    """Whether this person waits for an answer about this shift already."""
    query = select(col(ShiftRequest.id)).where(
        col(ShiftRequest.by_id) == by_id,
        col(ShiftRequest.pattern_id) == pattern_id,
        col(ShiftRequest.on_date) == on_date,
        col(ShiftRequest.state).in_(OPEN),
    )
    return tx.session.scalar(query) is not None


def of_person(tx: Transaction, person_id: str, since: date) -> list[ShiftRequest]:
    """What they asked, in the order of the days that are still to come."""
    last_day = col(ShiftRequest.until_date)
    query = (
        select(ShiftRequest)
        .where(
            col(ShiftRequest.by_id) == person_id,
            col(ShiftRequest.kind) != Kind.TAKE,
            or_(col(ShiftRequest.on_date) >= since, last_day >= since),
        )
        .order_by(col(ShiftRequest.on_date), col(ShiftRequest.made_at))
    )
    return list(tx.session.scalars(query))


def to_answer(tx: Transaction, person_id: str, since: date) -> list[ShiftRequest]:
    """What this person, or whoever may, is asked by others, and what they agreed to."""
    query = (
        select(ShiftRequest)
        .where(
            col(ShiftRequest.state).in_(OPEN),
            col(ShiftRequest.kind).in_((Kind.SWAP, Kind.COVER)),
            col(ShiftRequest.on_date) >= since,
            col(ShiftRequest.by_id) != person_id,
            or_(col(ShiftRequest.to_id) == person_id, col(ShiftRequest.to_id).is_(None)),
        )
        .order_by(col(ShiftRequest.on_date), col(ShiftRequest.made_at))
    )
    return list(tx.session.scalars(query))


def in_states(tx: Transaction, states: Sequence[State], since: date) -> list[ShiftRequest]:
    last_day = col(ShiftRequest.until_date)
    query = (
        select(ShiftRequest)
        .where(
            col(ShiftRequest.state).in_(states),
            or_(col(ShiftRequest.on_date) >= since, last_day >= since),
        )
        .order_by(col(ShiftRequest.on_date), col(ShiftRequest.made_at))
    )
    return list(tx.session.scalars(query))


def still_open(tx: Transaction) -> list[ShiftRequest]:
    query = select(ShiftRequest).where(col(ShiftRequest.state).in_(OPEN))
    return list(tx.session.scalars(query))


def close_of(tx: Transaction, person_id: str, now: datetime) -> None:
    """Somebody left: what they asked, and what they were asked, is over."""
    mine = or_(col(ShiftRequest.by_id) == person_id, col(ShiftRequest.to_id) == person_id)
    tx.session.execute(
        update(ShiftRequest)
        .where(mine, col(ShiftRequest.state).in_(OPEN))
        .values(state=State.EXPIRED, decided_at=now)
        .execution_options(synchronize_session=False)
    )


def forget_before(tx: Transaction, day: date) -> None:
    """Requests about shifts before that day; what came of them stands in the plan."""
    last_day = col(ShiftRequest.until_date)
    tx.session.execute(
        delete(ShiftRequest)
        .where(col(ShiftRequest.on_date) < day, or_(last_day.is_(None), last_day < day))
        .execution_options(synchronize_session=False)
    )
