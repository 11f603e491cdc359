"""Agreeing to what others ask, and the coordinator's last word where the line wants it.

Between asking and agreeing anything may have happened, so each step looks again: the request is
still open, both still serve where they did, neither shift has begun, and both may still.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from helpline.actions import asking, layering, telling
from helpline.domain import access, changes, eligibility, errors, requests, walltime
from helpline.domain.access import Role, Subject, Who
from helpline.domain.requests import AWAITS_APPROVAL, Kind, RequestIsOver, State
from helpline.domain.roster import Plan
from helpline.domain.shifts import Span
from helpline.store import eligible, journal, line
from helpline.store import requests as rows
from helpline.store.shift_tables import ShiftRequest
from helpline.store.shifts import plan
from helpline.store.transaction import Store, Transaction


class Deal(NamedTuple):
    """Which shift goes to the other, and in a swap which comes back."""

    span: Span
    back: Span | None = None


def agree(store: Store, who: Who, request_id: str, *, now: datetime) -> State:
    """They take the shift: at once, or once a coordinator approves. Agreeing twice is once.

    Refused: `stale` when it is over, `bad_request` with what stands in the way.
    """
    with store.transaction() as tx:
        row = rows.request(tx, request_id)
        access.require(who, "answer_request", Subject(asked_id=row.to_id or who.id))
        if row.to_id == who.id and row.state in (State.AGREED, State.DONE):
            return State(row.state)
        if row.state != State.ASKED or row.kind not in (Kind.SWAP, Kind.COVER):
            raise RequestIsOver
        deal = _deal(tx, row, who.id, now)
        approved = not eligibility.is_on(line.line(tx).policies, "swaps_approved")

        state = State.DONE if approved else State.AGREED
        if not rows.move(tx, row.id, State.ASKED, state, to_id=who.id, answered_at=now):
            raise RequestIsOver
        telling.settled(tx, row, now)
        if approved:
            _carry_out(tx, row, who.id, deal, by=who, now=now)
        else:
            telling.to_decide(tx, row, now)
        telling.answered(tx, row, state, now)
        layering.record(tx, "request_agreed", who, now, request=row.id, state=state)
        return state


def decline(store: Store, who: Who, request_id: str, *, now: datetime) -> None:
    """Not this time; also after agreeing, as long as no coordinator approved. Refused: `stale`."""
    with store.transaction() as tx:
        row = rows.request(tx, request_id)
        access.require(who, "answer_request", Subject(asked_id=row.to_id))
        if row.state not in requests.OPEN or not rows.move(
            tx, row.id, State(row.state), State.DECLINED, answered_at=now
        ):
            raise RequestIsOver

        telling.settled(tx, row, now)
        telling.answered(tx, row, State.DECLINED, now)
        journal.write(tx, "request_declined", now=now, person_id=who.id, request=row.id)


def decide(store: Store, who: Who, request_id: str, approve: bool, *, now: datetime) -> State:
    """The coordinator's word. Refused: `stale` when it waits for none any more."""
    with store.transaction() as tx:
        access.require(who, "plan")
        row = rows.request(tx, request_id)
        waits = AWAITS_APPROVAL.get(Kind(row.kind))
        if row.state != waits:
            raise RequestIsOver
        known = plan(tx)
        deal = _deal(tx, row, row.to_id or "", now) if approve and row.kind in _TRADES else None

        state = State.DONE if approve else State.REFUSED
        if not rows.move(tx, row.id, State(waits), state, decided_by=who.id, decided_at=now):
            raise RequestIsOver
        telling.settled(tx, row, now)
        if deal is not None:
            _carry_out(tx, row, row.to_id or "", deal, by=who, now=now)
        elif approve:
            _grant_time_off(tx, known, row, by=who, now=now)
        telling.decided(tx, row, state, now)
        layering.record(tx, "request_decided", who, now, request=row.id, state=state)
        return state


def let_lapse(store: Store, *, now: datetime) -> int:
    """What nobody answered before the shift began, or what the plan has overtaken, is over."""
    with store.reading() as tx:
        lapsed = [row.id for row in rows.still_open(tx) if _is_over(plan(tx), row, now)]
    if not lapsed:
        return 0
    with store.transaction() as tx:
        known, count = plan(tx), 0
        for request_id in lapsed:
            row = rows.request(tx, request_id)
            if row.state not in requests.OPEN or not _is_over(known, row, now):
                continue
            if rows.move(tx, row.id, State(row.state), State.EXPIRED, decided_at=now):
                telling.settled(tx, row, now)
                journal.write(tx, "request_lapsed", now=now, request=row.id)
                count += 1
        return count


_TRADES = (Kind.SWAP, Kind.COVER)


def _deal(tx: Transaction, row: ShiftRequest, taker_id: str, now: datetime) -> Deal:
    """What the request comes to if this person agrees now. Refused as `agree` says."""
    known, crew = plan(tx), eligible.crew(tx, now)
    taker, asker = crew.people.get(taker_id), crew.people.get(row.by_id)
    if taker is None or asker is None:
        raise RequestIsOver
    span = _still(known, row.pattern_id, row.on_date, now)
    role = _role(span, row.by_id)
    if row.kind == Kind.COVER:
        requests.require_none(
            eligibility.obstacles(crew, taker, span, role, now, in_place_of=row.by_id)
        )
        return Deal(span)
    back = _still(known, row.return_pattern_id, row.return_date or row.on_date, now)
    back_role = requests.role_on(back, taker_id)
    requests.require_none(
        eligibility.obstacles(crew, taker, span, role, now, in_place_of=row.by_id, gives=back)
    )
    if eligibility.obstacles(crew, asker, back, back_role, now, in_place_of=taker_id, gives=span):
        raise requests.AskSomebodyElse(field="back")
    return Deal(span, back)


def _still(known: Plan, pattern_id: str | None, day: date, now: datetime) -> Span:
    try:
        return requests.coming(known, pattern_id or "", day, now)
    except errors.NotFound:
        raise RequestIsOver from None


def _role(span: Span, person_id: str) -> Role:
    try:
        return requests.role_on(span, person_id)
    except changes.NotBooked:
        raise RequestIsOver from None


def _carry_out(
    tx: Transaction, row: ShiftRequest, taker_id: str, deal: Deal, *, by: Who, now: datetime
) -> None:
    layering.hand_over(tx, deal.span, row.by_id, taker_id, by=by, request_id=row.id, now=now)
    if deal.back is not None:
        layering.hand_over(tx, deal.back, taker_id, row.by_id, by=by, request_id=row.id, now=now)


def _grant_time_off(
    tx: Transaction, known: Plan, row: ShiftRequest, *, by: Who, now: datetime
) -> None:
    if row.pattern_id is None:
        asking.take_days_off(tx, known, row, by=by, now=now)
        return
    span = _still(known, row.pattern_id, row.on_date, now)
    _role(span, row.by_id)
    layering.take_off(tx, span, row.by_id, by=by, request_id=row.id, now=now)


def _is_over(known: Plan, row: ShiftRequest, now: datetime) -> bool:
    """Whether its shift began, went, or is not theirs any more; time off with its last day."""
    if row.pattern_id is None:
        return (row.until_date or row.on_date) < walltime.local(known.zone, now).date()
    try:
        span = requests.coming(known, row.pattern_id, row.on_date, now)
        if row.return_pattern_id is not None and row.return_date is not None:
            requests.coming(known, row.return_pattern_id, row.return_date, now)
    except (errors.NotFound, changes.DayIsOver):
        return True
    return not requests.serves_on(span, row.by_id)
