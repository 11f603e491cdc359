"""Hand-offs back to the line and to a resource: rows found by a loop, ended by a conditional
UPDATE. Those to a person are in `offers`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlmodel import col

from helpline.domain import errors
from helpline.domain.handoffs import OUTCOMES
from helpline.store import chats, offers
from helpline.store.hand_off_tables import HandOff
from helpline.store.secrets import new_id
from helpline.store.tables import Offer
from helpline.store.transaction import Transaction


def add(
    tx: Transaction,
    chat_id: str,
    *,
    kind: str,
    from_id: str,
    state: str,
    now: datetime,
    expires_at: datetime,
    resource_id: str | None = None,
    words: str | None = None,
) -> HandOff:
    hand_off_id = new_id()
    made = HandOff(
        id=hand_off_id,
        chat_id=chat_id,
        kind=kind,
        from_id=from_id,
        resource_id=resource_id,
        state=state,
        words_sealed=chats.seal(tx, chat_id, _place(hand_off_id), words),
        at=now,
        expires_at=expires_at,
    )
    tx.session.add(made)
    tx.session.flush()
    return made


def words(tx: Transaction, row: HandOff) -> str:
    """The note for whoever takes it; nothing when the chat was erased."""
    return chats.unseal(tx, row.chat_id, _place(row.id), row.words_sealed)


def find(tx: Transaction, hand_off_id: str) -> HandOff | None:
    return tx.session.get(HandOff, hand_off_id, populate_existing=True)


def any_kind(tx: Transaction, hand_off_id: str) -> HandOff | Offer:
    """A hand-off of whatever kind, also one to a person. Refused: `not_found`."""
    found = find(tx, hand_off_id)
    if found is not None:
        return found
    offer = offers.offer(tx, hand_off_id)
    if offer.from_id is None:
        raise errors.NotFound
    return offer


def open_of(tx: Transaction, chat_id: str, kind: str) -> HandOff | None:
    query = select(HandOff).where(
        col(HandOff.chat_id) == chat_id, col(HandOff.kind) == kind, col(HandOff.ended_at).is_(None)
    )
    return tx.session.scalars(query).first()


def last_of(tx: Transaction, chat_id: str, kind: str) -> HandOff | None:
    query = (
        select(HandOff)
        .where(col(HandOff.chat_id) == chat_id, col(HandOff.kind) == kind)
        .order_by(col(HandOff.at).desc(), col(HandOff.id))
    )
    return tx.session.scalars(query).first()


def tried(tx: Transaction, chat_id: str) -> set[str]:
    """The resources that were offered warmly in this chat."""
    query = select(col(HandOff.resource_id)).where(
        col(HandOff.chat_id) == chat_id, col(HandOff.kind) == "resource"
    )
    return {each for each in tx.session.scalars(query) if each}


def all_open(tx: Transaction) -> list[HandOff]:
    return list(tx.session.scalars(select(HandOff).where(col(HandOff.ended_at).is_(None))))


def move(tx: Transaction, row: HandOff, state: str, now: datetime, *, ends: bool = True) -> bool:
    """Moves an open one on. False if it had ended, or stands elsewhere by now."""
    moved = tx.session.execute(
        update(HandOff)
        .where(
            col(HandOff.id) == row.id,
            col(HandOff.state) == row.state,
            col(HandOff.ended_at).is_(None),
        )
        .values(state=state, ended_at=now if ends else None)
        .execution_options(synchronize_session=False)
    )
    tx.session.expire(row)
    return cast(CursorResult[Any], moved).rowcount == 1


def counts(tx: Transaction, since: datetime) -> dict[str, dict[str, int]]:
    """resource -> what became of it -> how often; nobody is in it."""
    query = select(col(HandOff.resource_id), col(HandOff.state)).where(
        col(HandOff.kind) == "resource",
        col(HandOff.at) >= since,
        col(HandOff.state).in_(OUTCOMES),
    )
    found: dict[str, dict[str, int]] = {}
    rows: Sequence[Any] = tx.session.execute(query).all()
    for resource_id, state in rows:
        of = found.setdefault(resource_id, {})
        of[state] = of.get(state, 0) + 1
    return found


def _place(hand_off_id: str) -> str:
    return f"hand_off:{hand_off_id}"
