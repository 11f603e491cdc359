"""Telling people what became of a request: each notice once, none about the past."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from helpline.domain import errors, requests
from helpline.domain.access import Role
from helpline.domain.requests import State
from helpline.domain.shifts import Span
from helpline.store import notices, people
from helpline.store.shift_tables import ShiftRequest
from helpline.store.shifts import plan
from helpline.store.transaction import Transaction

OF_INTEREST = timedelta(days=7)  # of what is about no single shift

ANSWERS = {
    State.AGREED: "request_waits",
    State.DONE: "request_agreed",
    State.DECLINED: "request_declined",
}
DECISIONS = {State.DONE: "request_granted", State.REFUSED: "request_refused"}


def asked(tx: Transaction, row: ShiftRequest, whom: Iterable[str], now: datetime) -> None:
    for person_id in whom:
        _tell(tx, row, f"request:{row.id}:asked", "request_asked", person_id, now)


def to_decide(tx: Transaction, row: ShiftRequest, now: datetime) -> None:
    for each in people.with_role(tx, Role.COORDINATOR):
        _tell(tx, row, f"request:{row.id}:decide", "request_to_decide", each.id, now)


def not_coming(tx: Transaction, row: ShiftRequest, now: datetime) -> None:
    for each in people.with_role(tx, Role.COORDINATOR):
        _tell(tx, row, f"off:{row.id}", "not_coming", each.id, now)


def settled(tx: Transaction, row: ShiftRequest, now: datetime) -> None:
    """Nobody is asked about it any more: what has not left yet does not leave."""
    notices.withdraw(tx, f"request:{row.id}:", now)


def answered(tx: Transaction, row: ShiftRequest, state: State, now: datetime) -> None:
    _tell(tx, row, f"answer:{row.id}:{state}", ANSWERS[state], row.by_id, now)


def decided(tx: Transaction, row: ShiftRequest, state: State, now: datetime) -> None:
    for person_id in filter(None, (row.by_id, row.to_id)):
        _tell(tx, row, f"decision:{row.id}", DECISIONS[state], person_id, now)


def _tell(
    tx: Transaction, row: ShiftRequest, key: str, kind: str, person_id: str, now: datetime
) -> None:
    span = _span(tx, row)
    detail = (
        {"starts_at": span.starts_at.isoformat(), "ends_at": span.ends_at.isoformat()}
        if span
        else {}
    )
    notices.add(
        tx,
        key=f"{key}:{person_id}",
        person_id=person_id,
        kind=kind,
        detail=detail,
        due_at=now,
        valid_until=span.starts_at if span else now + OF_INTEREST,
        now=now,
    )


def _span(tx: Transaction, row: ShiftRequest) -> Span | None:
    try:
        return requests.occurrence(plan(tx), row.pattern_id or "", row.on_date)
    except errors.NotFound:
        return None
