"""What was agreed becomes a layer of the plan: routing, feeds and cover see it at once."""

from __future__ import annotations

from datetime import date, datetime

from helpline.domain import events
from helpline.domain.access import Role, Who
from helpline.domain.roster import Change
from helpline.domain.shifts import Span
from helpline.store import journal, planned, wishes
from helpline.store.secrets import new_id
from helpline.store.tables import ShiftOverride
from helpline.store.transaction import Transaction


def put(
    tx: Transaction,
    span: Span,
    kind: Change,
    person_id: str,
    role: Role,
    *,
    by: Who,
    request_id: str,
    now: datetime,
    in_place_of: str | None = None,
) -> None:
    """One layer over one shift, later than every other of that day."""
    tx.session.add(
        ShiftOverride(
            id=new_id(),
            pattern_id=span.pattern_id,
            on_date=span.date,
            kind=kind,
            person_id=person_id,
            role=role if kind == Change.ADD else Role.LISTENER,
            in_place_of=in_place_of,
            request_id=request_id,
            made_by=by.id,
            made_at=_after_others(tx, span.pattern_id, span.date, now),
        )
    )
    tx.session.flush()


def hand_over(
    tx: Transaction,
    span: Span,
    from_id: str,
    to_id: str,
    *,
    by: Who,
    request_id: str,
    now: datetime,
) -> None:
    """The other comes in the one's place and role."""
    put(
        tx, span, Change.REPLACE, to_id, Role.LISTENER,
        in_place_of=from_id, by=by, request_id=request_id, now=now,
    )  # fmt: skip
    wishes.unconfirm(tx, span.pattern_id, span.date, from_id)


def take_off(
    tx: Transaction, span: Span, person_id: str, *, by: Who, request_id: str, now: datetime
) -> None:
    """They do not come; the gap shows."""
    put(tx, span, Change.REMOVE, person_id, Role.LISTENER, by=by, request_id=request_id, now=now)
    wishes.unconfirm(tx, span.pattern_id, span.date, person_id)


def take_days_off(
    tx: Transaction,
    person_id: str,
    first: date,
    last: date,
    *,
    by: Who,
    request_id: str,
    now: datetime,
) -> None:
    """One layer over all that they are booked for on these days, and will be."""
    tx.session.add(
        ShiftOverride(
            id=new_id(),
            on_date=first,
            until_date=last,
            kind=Change.REMOVE,
            person_id=person_id,
            request_id=request_id,
            made_by=by.id,
            made_at=now,
        )
    )


def record(tx: Transaction, kind: str, who: Who, now: datetime, **detail: str | None) -> None:
    journal.write(tx, kind, now=now, person_id=who.id, **detail)
    tx.announce(events.RosterChanged())


def _after_others(tx: Transaction, pattern_id: str, on_date: date, now: datetime) -> datetime:
    """The later of two layers wins, so no two of one day may bear the same time."""
    others = planned.overrides_since(tx, on_date, pattern_id=pattern_id)
    latest = [each.made_at for each in others if each.on_date == on_date and each.made_at >= now]
    return max(latest) + datetime.resolution if latest else now
