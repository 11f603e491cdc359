"""Return codes at rest: questions and saves."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlmodel import col

from helpline.store.return_tables import ReturnCode
from helpline.store.transaction import Transaction


def keep(tx: Transaction, chat_id: str, code_hash: str, now: datetime) -> None:
    """The chat's code from now on; the one before is void."""
    forget(tx, chat_id)
    tx.session.add(ReturnCode(code_hash=code_hash, chat_id=chat_id, made_at=now))
    tx.session.flush()


def find(tx: Transaction, code_hash: str) -> ReturnCode | None:
    """The code, also a used one; none for wrong, expired and erased alike."""
    return tx.session.get(ReturnCode, code_hash, populate_existing=True)


def is_kept(tx: Transaction, chat_id: str) -> bool:
    """Whether this chat has a code that is good."""
    query = select(col(ReturnCode.code_hash)).where(
        col(ReturnCode.chat_id) == chat_id, col(ReturnCode.used_at).is_(None)
    )
    return tx.session.scalars(query).first() is not None


def is_of(tx: Transaction, chat_id: str, code_hash: str) -> bool:
    """Whether this is the chat's own code."""
    query = select(col(ReturnCode.code_hash)).where(col(ReturnCode.chat_id) == chat_id)
    known = tx.session.scalar(query)
    return known is not None and hmac.compare_digest(known, code_hash)


def use(tx: Transaction, code_hash: str, client_id: str, now: datetime) -> bool:
    """Voids the code if it is still good; the row count is the verdict."""
    used = tx.session.execute(
        update(ReturnCode)
        .where(col(ReturnCode.code_hash) == code_hash, col(ReturnCode.used_at).is_(None))
        .values(used_at=now, used_with=client_id)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], used).rowcount == 1


def forget(tx: Transaction, chat_id: str) -> None:
    tx.session.execute(delete(ReturnCode).where(col(ReturnCode.chat_id) == chat_id))


def forget_used_before(tx: Transaction, before: datetime) -> None:
    """What was used leads from one chat to the next, and is kept no longer than it must be."""
    tx.session.execute(delete(ReturnCode).where(col(ReturnCode.used_at) < before))
