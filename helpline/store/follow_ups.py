"""Check-ins at rest: questions and saves. What was written is sealed with the key of its chat."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlmodel import col

from helpline.domain import errors
from helpline.domain.follow_ups import PENDING, TO_WRITE, State
from helpline.store import chats
from helpline.store.return_tables import FollowUp
from helpline.store.secrets import new_id
from helpline.store.transaction import Transaction


def add(
    tx: Transaction,
    chat_id: str,
    by_id: str,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> FollowUp:
    """The chat's check-in from now on, in place of one that is over."""
    tx.session.execute(delete(FollowUp).where(col(FollowUp.chat_id) == chat_id))
    row = FollowUp(
        id=new_id(),
        chat_id=chat_id,
        by_id=by_id,
        state=State.ASKED,
        starts_at=starts_at,
        ends_at=ends_at,
        offered_at=now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def follow_up(tx: Transaction, follow_up_id: str) -> FollowUp:
    """Refused: `not_found`."""
    found = find(tx, follow_up_id)
    if found is None:
        raise errors.NotFound
    return found


def find(tx: Transaction, follow_up_id: str) -> FollowUp | None:
    return tx.session.get(FollowUp, follow_up_id, populate_existing=True)


def all_of(tx: Transaction, chat_id: str) -> list[FollowUp]:
    """What was proposed in this chat, and before it what its visitor brought along; the last one
    that was brought first."""
    query = (
        select(FollowUp)
        .where(or_(col(FollowUp.chat_id) == chat_id, col(FollowUp.came_as) == chat_id))
        .order_by((col(FollowUp.chat_id) == chat_id).desc(), col(FollowUp.starts_at).desc())
    )
    return list(tx.session.scalars(query.execution_options(populate_existing=True)))


def of_chat(tx: Transaction, chat_id: str) -> FollowUp | None:
    """The chat's own, or else the one that its visitor brought along with a code."""
    return next(iter(all_of(tx, chat_id)), None)


def own(tx: Transaction, chat_id: str) -> FollowUp | None:
    """What was proposed in this chat itself."""
    query = select(FollowUp).where(col(FollowUp.chat_id) == chat_id)
    return tx.session.scalar(query.execution_options(populate_existing=True))


def move(tx: Transaction, row: FollowUp, new: State, **values: Any) -> bool:
    """False when somebody else moved it meanwhile; the row count is the verdict."""
    moved = tx.session.execute(
        update(FollowUp)
        .where(col(FollowUp.id) == row.id, col(FollowUp.state) == row.state)
        .values(state=new, **values)
        .execution_options(synchronize_session=False)
    )
    if cast(CursorResult[Any], moved).rowcount != 1:
        return False
    tx.session.refresh(row)
    return True


def begun(tx: Transaction, now: datetime) -> list[str]:
    """Those whose window has begun and that are not over, or were missed by somebody who is back;
    the oldest first."""
    back = (col(FollowUp.state) == State.MISSED) & col(FollowUp.came_as).is_not(None)
    query = (
        select(col(FollowUp.id))
        .where(or_(col(FollowUp.state).in_(PENDING), back), col(FollowUp.starts_at) <= now)
        .order_by(col(FollowUp.starts_at), col(FollowUp.id))
    )
    return list(tx.session.scalars(query))


def to_write(tx: Transaction) -> list[FollowUp]:
    """What was agreed and is not written, the first window first."""
    query = (
        select(FollowUp)
        .where(col(FollowUp.state).in_(TO_WRITE))
        .order_by(col(FollowUp.starts_at), col(FollowUp.id))
    )
    return list(tx.session.scalars(query))


def written_by(tx: Transaction, person_id: str, since: datetime) -> list[FollowUp]:
    """What this person wrote since then, the newest first."""
    query = (
        select(FollowUp)
        .where(col(FollowUp.written_by) == person_id, col(FollowUp.over_at) >= since)
        .order_by(col(FollowUp.over_at).desc(), col(FollowUp.id))
    )
    return list(tx.session.scalars(query))


def seal(tx: Transaction, row: FollowUp, words: str) -> bytes | None:
    return chats.seal(tx, row.chat_id, _place(row), words)


def words_of(tx: Transaction, row: FollowUp) -> str:
    """What was written; nothing before it, and nothing once the chat was erased."""
    return chats.unseal(tx, row.chat_id, _place(row), row.words_sealed)


def forget(tx: Transaction, chat_id: str) -> None:
    """The chat's own goes; one that was brought along stays with the chat that it is of."""
    tx.session.execute(delete(FollowUp).where(col(FollowUp.chat_id) == chat_id))
    tx.session.execute(
        update(FollowUp)
        .where(col(FollowUp.came_as) == chat_id)
        .values(came_as=None)
        .execution_options(synchronize_session=False)
    )


def _place(row: FollowUp) -> str:
    return f"follow_up:{row.id}"
