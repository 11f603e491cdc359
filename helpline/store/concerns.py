"""Concerns about somebody at risk: their words are sealed with the chat and gone with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import col

from helpline.domain import errors
from helpline.domain.safeguarding import Words
from helpline.store import chats
from helpline.store.hand_off_tables import Concern
from helpline.store.transaction import Transaction


def keep(tx: Transaction, row: Concern, words: Words) -> None:
    """Keeps a concern with the words that are given; those that are not stay as they were."""
    for name in Words.__slots__:
        text = getattr(words, name)
        if text and tx.vault.holds(row.chat_id):
            setattr(row, f"{name}_sealed", chats.seal(tx, row.chat_id, _place(row, name), text))
    tx.session.add(row)
    tx.session.flush()


def words_of(tx: Transaction, row: Concern) -> Words:
    found = {
        name: chats.unseal(tx, row.chat_id, _place(row, name), getattr(row, f"{name}_sealed"))
        for name in Words.__slots__
    }
    return Words(**found)


def one(tx: Transaction, concern_id: str) -> Concern:
    """Refused: `not_found`."""
    found = find(tx, concern_id)
    if found is None:
        raise errors.NotFound
    return found


def find(tx: Transaction, concern_id: str) -> Concern | None:
    return tx.session.get(Concern, concern_id, populate_existing=True)


def of_chat(tx: Transaction, chat_id: str) -> list[Concern]:
    query = select(Concern).where(col(Concern.chat_id) == chat_id)
    return list(tx.session.scalars(query.order_by(col(Concern.raised_at), col(Concern.id))))


def unsigned(tx: Transaction) -> list[Concern]:
    """What nobody has signed off, what is due first."""
    query = select(Concern).where(col(Concern.signed_at).is_(None))
    return list(tx.session.scalars(query.order_by(col(Concern.due_at), col(Concern.id))))


def signed(tx: Transaction, most: int) -> list[Concern]:
    query = (
        select(Concern)
        .where(col(Concern.signed_at).is_not(None))
        .order_by(col(Concern.signed_at).desc(), col(Concern.id))
    )
    return list(tx.session.scalars(query.limit(most)))


def forget_before(tx: Transaction, moment: datetime) -> None:
    """Those that were signed off before then go. What waits for it stays."""
    tx.session.execute(delete(Concern).where(col(Concern.signed_at) < moment))


def _place(row: Concern, name: str) -> str:
    return f"concern:{row.id}:{name}"
