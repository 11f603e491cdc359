"""Chats that a lead holds to be of the same person: pairs of ids, and nothing that was written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlmodel import col

from helpline.domain.chat import HELD, IN_LINE, ChatState
from helpline.store.tables import Chat, SamePerson
from helpline.store.transaction import Transaction


def add(tx: Transaction, chat_id: str, other_id: str, by_id: str, now: datetime) -> bool:
    """True when the two were not linked before."""
    one, other = sorted((chat_id, other_id))
    if tx.session.get(SamePerson, (one, other), populate_existing=True) is not None:
        return False
    tx.session.add(SamePerson(one_id=one, other_id=other, by_id=by_id, at=now))
    tx.session.flush()
    _mark(tx, chat_id, other_id)
    return True


def remove(tx: Transaction, chat_id: str, other_id: str) -> bool:
    """True when the two were linked until now."""
    one, other = sorted((chat_id, other_id))
    found = tx.session.get(SamePerson, (one, other), populate_existing=True)
    if found is None:
        return False
    tx.session.delete(found)
    tx.session.flush()
    _mark(tx, chat_id, other_id)
    return True


def forget(tx: Transaction, chat_id: str) -> None:
    """No trace of whom this chat was held to be."""
    others = [each.id for each in of(tx, chat_id)]
    tx.session.execute(
        delete(SamePerson).where(
            or_(col(SamePerson.one_id) == chat_id, col(SamePerson.other_id) == chat_id)
        )
    )
    _mark(tx, chat_id, *others)


def _mark(tx: Transaction, *chat_ids: str) -> None:
    """So that a message in a chat without any asks nothing here."""
    for each in chat_ids:
        tx.session.execute(
            update(Chat)
            .where(col(Chat.id) == each)
            .values(has_likes=bool(of(tx, each)))
            .execution_options(synchronize_session=False)
        )


def of(tx: Transaction, chat_id: str) -> list[Chat]:
    """The other chats, in the order they came."""
    first = select(col(SamePerson.other_id)).where(col(SamePerson.one_id) == chat_id)
    second = select(col(SamePerson.one_id)).where(col(SamePerson.other_id) == chat_id)
    query = (
        select(Chat)
        .where(or_(col(Chat.id).in_(first), col(Chat.id).in_(second)))
        .order_by(col(Chat.arrived_at), col(Chat.id))
        .execution_options(populate_existing=True)
    )
    return list(tx.session.scalars(query))


def goes_on(chat: Chat) -> bool:
    return ChatState(chat.state) in IN_LINE | HELD


def going_on(tx: Transaction, chat: Chat) -> list[Chat]:
    """Those of them that go on, while this one does: whose level counts for it."""
    if not chat.has_likes or not goes_on(chat):
        return []
    return [each for each in of(tx, chat.id) if goes_on(each)]
