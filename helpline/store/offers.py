"""Offers: leases on a chat, found by a loop and ended by a conditional UPDATE."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, union, update
from sqlmodel import col

from helpline.domain import errors
from helpline.store.secrets import new_id
from helpline.store.tables import KeptApart, Offer
from helpline.store.transaction import Transaction


def offer(tx: Transaction, offer_id: str) -> Offer:
    """Refused: `not_found`."""
    found = tx.session.get(Offer, offer_id, populate_existing=True)
    if found is None:
        raise errors.NotFound
    return found


def add(
    tx: Transaction,
    chat_id: str,
    person_id: str,
    *,
    now: datetime,
    expires_at: datetime,
    from_id: str | None = None,
    kind: str = "",
    note: str = "",
    ring: bool = False,
    surge: bool = False,
    words_sealed: bytes | None = None,
    offer_id: str | None = None,
) -> Offer:
    made = Offer(
        id=offer_id or new_id(),
        chat_id=chat_id,
        person_id=person_id,
        from_id=from_id,
        kind=kind,
        note=note,
        ring=ring,
        surge=surge,
        words_sealed=words_sealed,
        offered_at=now,
        expires_at=expires_at,
    )
    tx.session.add(made)
    tx.session.flush()
    return made


def end(tx: Transaction, offer_id: str, state: str, now: datetime) -> bool:
    """Moves a pending offer on. False if it was no longer pending."""
    ended = tx.session.execute(
        update(Offer)
        .where(col(Offer.id) == offer_id, col(Offer.state) == "pending")
        .values(state=state, ended_at=now)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], ended).rowcount == 1


def pending(tx: Transaction) -> list[Offer]:
    return list(tx.session.scalars(select(Offer).where(col(Offer.state) == "pending")))


def pending_of_chat(tx: Transaction, chat_id: str) -> list[Offer]:
    query = select(Offer).where(col(Offer.chat_id) == chat_id, col(Offer.state) == "pending")
    return list(tx.session.scalars(query))


def pending_of_person(tx: Transaction, person_id: str) -> list[Offer]:
    query = (
        select(Offer)
        .where(col(Offer.person_id) == person_id, col(Offer.state) == "pending")
        .order_by(col(Offer.offered_at), col(Offer.id))
    )
    return list(tx.session.scalars(query))


def being_asked(tx: Transaction, chat_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """chat -> who is asked to take it from the queue at this moment."""
    query = select(col(Offer.chat_id), col(Offer.person_id)).where(
        col(Offer.chat_id).in_(chat_ids),
        col(Offer.state) == "pending",
        col(Offer.from_id).is_(None),
    )
    found: dict[str, frozenset[str]] = {}
    for chat_id, person_id in tx.session.execute(query):
        found[chat_id] = found.get(chat_id, frozenset()) | {person_id}
    return found


def hand_off_of(tx: Transaction, chat_id: str) -> Offer | None:
    """The hand-off of this chat that nobody has answered yet."""
    query = select(Offer).where(
        col(Offer.chat_id) == chat_id,
        col(Offer.from_id).is_not(None),
        col(Offer.state) == "pending",
    )
    return tx.session.scalars(query).first()


def taken_over_by(tx: Transaction, chat_id: str, person_id: str) -> Offer | None:
    """The last hand-off of this chat that this person has accepted."""
    query = (
        select(Offer)
        .where(
            col(Offer.chat_id) == chat_id,
            col(Offer.person_id) == person_id,
            col(Offer.from_id).is_not(None),
            col(Offer.state) == "accepted",
        )
        .order_by(col(Offer.ended_at).desc())
    )
    return tx.session.scalars(query.limit(1)).first()


def lapsed(tx: Transaction, now: datetime) -> list[Offer]:
    query = select(Offer).where(col(Offer.state) == "pending", col(Offer.expires_at) <= now)
    return list(tx.session.scalars(query))


def asked_in_vain(tx: Transaction, chat_ids: Sequence[str]) -> dict[str, dict[str, datetime]]:
    """chat -> person -> when they were last asked and did not take it, or gave it back."""
    query = select(col(Offer.chat_id), col(Offer.person_id), col(Offer.ended_at)).where(
        col(Offer.chat_id).in_(chat_ids),
        col(Offer.state).in_(["declined", "lapsed", "handed_to_queue"]),
    )
    asked: dict[str, dict[str, datetime]] = {}
    for chat_id, person_id, ended_at in tx.session.execute(query):
        before = asked.setdefault(chat_id, {}).get(person_id)
        if ended_at and (before is None or ended_at > before):
            asked[chat_id][person_id] = ended_at
    return asked


def give_back(tx: Transaction, chat_id: str, person_id: str, why: str, now: datetime) -> None:
    """What this person had accepted went back: `handed_to_queue` or `stepped_out`."""
    tx.session.execute(
        update(Offer)
        .where(
            col(Offer.chat_id) == chat_id,
            col(Offer.person_id) == person_id,
            col(Offer.state) == "accepted",
        )
        .values(state=why, ended_at=now)
        .execution_options(synchronize_session=False)
    )


def never_asked(tx: Transaction, chat_id: str) -> frozenset[str]:
    """Everybody who is not asked about this chat again."""
    return not_asked_again(tx, [chat_id]).get(chat_id, frozenset())


def not_asked_again(tx: Transaction, chat_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """chat -> who stepped out of it, and who is kept apart from its visitor."""
    stepped_out = select(col(Offer.chat_id), col(Offer.person_id)).where(
        col(Offer.chat_id).in_(chat_ids), col(Offer.state) == "stepped_out"
    )
    apart = select(col(KeptApart.chat_id), col(KeptApart.person_id)).where(
        col(KeptApart.chat_id).in_(chat_ids)
    )
    found: dict[str, frozenset[str]] = {}
    for chat_id, person_id in tx.session.execute(union(stepped_out, apart)):
        found[chat_id] = found.get(chat_id, frozenset()) | {person_id}
    return found


# -- not with this person again -----------------------------------------------------------------


def is_apart(tx: Transaction, chat_id: str, person_id: str) -> bool:
    return tx.session.get(KeptApart, (chat_id, person_id), populate_existing=True) is not None


def kept_apart(tx: Transaction, chat_ids: Sequence[str]) -> dict[str, list[str]]:
    """chat -> who is kept apart from its visitor, by their id."""
    query = select(col(KeptApart.chat_id), col(KeptApart.person_id)).where(
        col(KeptApart.chat_id).in_(chat_ids)
    )
    found: dict[str, list[str]] = {}
    for chat_id, person_id in tx.session.execute(query):
        found.setdefault(chat_id, []).append(person_id)
    return found


def keep_apart(tx: Transaction, chat_id: str, person_id: str, by_id: str, now: datetime) -> None:
    tx.session.merge(KeptApart(chat_id=chat_id, person_id=person_id, by_id=by_id, at=now))


def bring_together(tx: Transaction, chat_id: str, person_id: str) -> None:
    tx.session.execute(
        delete(KeptApart).where(
            col(KeptApart.chat_id) == chat_id, col(KeptApart.person_id) == person_id
        )
    )
