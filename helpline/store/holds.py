"""Holds on chats and on messages that were left: which stand, who asked and agreed, and the reason,
sealed with the key of what is held."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import col

from helpline.domain import errors
from helpline.domain import holds as rules
from helpline.domain.holds import Hold, Why
from helpline.store import chats, left
from helpline.store.record_tables import HoldRow
from helpline.store.secrets import new_id
from helpline.store.transaction import Transaction


def held(tx: Transaction, chat_id: str, now: datetime) -> bool:
    """Whether this chat must not be forgotten now."""
    return held_until(tx, chat_id, now) is not None


def held_until(tx: Transaction, chat_id: str, now: datetime) -> datetime | None:
    """The end of the last hold that stands."""
    return max((each.until for each in standing_on(tx, chat_id, now)), default=None)


def standing_on(tx: Transaction, chat_id: str, now: datetime) -> list[HoldRow]:
    return [each for each in of_chat(tx, chat_id) if rules.stands(as_hold(each), now)]


def held_chats(tx: Transaction, now: datetime) -> set[str]:
    """The chats that must not be forgotten now."""
    return {each.chat_id for each in standing(tx, now) if each.chat_id is not None}


def held_left(tx: Transaction, now: datetime) -> set[str]:
    """The messages left while closed that must not be forgotten now."""
    return {each.left_id for each in standing(tx, now) if each.left_id is not None}


def left_until(tx: Transaction, left_id: str, now: datetime) -> datetime | None:
    """The end of the last hold that stands on a message that was left."""
    return max((each.until for each in standing(tx, now) if each.left_id == left_id), default=None)


def was_in(tx: Transaction, row: HoldRow, person_id: str) -> bool:
    """Whether this person talked in what is held, or had it to answer."""
    if row.chat_id is not None:
        return chats.was_in(tx, row.chat_id, person_id)
    return person_id in left.people_in(tx, row.left_id or "")


def add(
    tx: Transaction,
    chat_id: str | None,
    why: Why,
    reason: str | None,
    *,
    asked_by: str | None,
    days: int,
    until: datetime,
    now: datetime,
    left_id: str | None = None,
) -> HoldRow:
    """The words of the reason open only with the key of what is held."""
    row = HoldRow(
        id=new_id(),
        chat_id=chat_id,
        left_id=left_id,
        why=why,
        asked_by=asked_by,
        asked_at=now,
        days=days,
        until=until,
    )
    row.reason_sealed = chats.seal(tx, _owner(row), _place(row.id), reason)
    tx.session.add(row)
    tx.session.flush()
    return row


def hold(tx: Transaction, hold_id: str) -> HoldRow:
    """Refused: `not_found`."""
    found = tx.session.get(HoldRow, hold_id, populate_existing=True)
    if found is None:
        raise errors.NotFound
    return found


def find(tx: Transaction, hold_id: str) -> HoldRow | None:
    return tx.session.get(HoldRow, hold_id, populate_existing=True)


def of_chat(tx: Transaction, chat_id: str) -> list[HoldRow]:
    """Every hold there was, the first first."""
    query = select(HoldRow).where(col(HoldRow.chat_id) == chat_id)
    return list(tx.session.scalars(query.order_by(col(HoldRow.asked_at), col(HoldRow.id))))


def of_left(tx: Transaction, left_id: str) -> list[HoldRow]:
    """Likewise of a message that was left."""
    query = select(HoldRow).where(col(HoldRow.left_id) == left_id)
    return list(tx.session.scalars(query.order_by(col(HoldRow.asked_at), col(HoldRow.id))))


def standing(tx: Transaction, now: datetime) -> list[HoldRow]:
    """What holds now; who waits longest for a second person first."""
    query = select(HoldRow).where(col(HoldRow.released_at).is_(None), col(HoldRow.until) > now)
    return list(tx.session.scalars(query.order_by(col(HoldRow.until), col(HoldRow.id))))


def latest_over(tx: Transaction, now: datetime, most: int) -> list[HoldRow]:
    """Those that ended, the newest first."""
    query = select(HoldRow).where(
        col(HoldRow.released_at).is_not(None) | (col(HoldRow.until) <= now)
    )
    return list(tx.session.scalars(query.order_by(col(HoldRow.asked_at).desc()).limit(most)))


def reason_of(tx: Transaction, row: HoldRow) -> str:
    """Empty once what was held is forgotten."""
    return chats.unseal(tx, _owner(row), _place(row.id), row.reason_sealed)


def as_hold(row: HoldRow) -> Hold:
    return Hold(row.asked_by, row.days, row.until, row.agreed_by, row.released_at)


def forget_before(tx: Transaction, moment: datetime) -> None:
    """Rows of holds that were over then."""
    tx.session.execute(delete(HoldRow).where(col(HoldRow.until) < moment))


def _owner(row: HoldRow) -> str:
    return row.chat_id or left.owner(row.left_id or "")


def _place(hold_id: str) -> str:
    return f"hold:{hold_id}"
