"""Canaries: when one was sent and came through, and taking each away without a trace."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlmodel import col

from helpline.domain.chat import ChatState
from helpline.store.tables import Canary, Chat, FlagRow, Message, Moment, ViewTicket, VisitorToken
from helpline.store.transaction import Transaction

OF_A_CHAT = (Message, FlagRow, VisitorToken, ViewTicket, Moment)


def find(tx: Transaction) -> Canary | None:
    return tx.session.get(Canary, 1, populate_existing=True)


def begin(tx: Transaction, now: datetime) -> None:
    """They count from now on: whatever was before is no reason for an alarm."""
    tx.session.merge(Canary(id=1, since=now, sent_at=now, through_at=None))
    tx.session.flush()


def send(tx: Transaction, sent_before: datetime, now: datetime) -> bool:
    """True for whoever may send the next one."""
    sent = tx.session.execute(
        update(Canary)
        .where(col(Canary.sent_at) == sent_before)
        .values(sent_at=now)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], sent).rowcount == 1


def came_through(tx: Transaction, now: datetime) -> None:
    tx.session.execute(
        update(Canary).values(through_at=now).execution_options(synchronize_session=False)
    )


def left_over(tx: Transaction, before: datetime) -> list[str]:
    query = select(col(Chat.id)).where(
        col(Chat.state) == str(ChatState.CANARY), col(Chat.arrived_at) <= before
    )
    return list(tx.session.scalars(query))


def take_away(tx: Transaction, chat_id: str) -> None:
    """The key first, then every row. Only of a canary: nothing a person wrote goes this way."""
    chat = tx.session.get(Chat, chat_id, populate_existing=True)
    if chat is None or chat.state != ChatState.CANARY:
        return
    tx.vault.destroy(chat_id)
    for table in OF_A_CHAT:
        tx.session.execute(delete(table).where(col(table.chat_id) == chat_id))
    tx.session.delete(chat)
    tx.session.flush()
