"""Leads beside a chat that somebody else holds: who reads along now, and until when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import col

from helpline.domain.access import Role
from helpline.domain.chat import HELD, IN_LINE
from helpline.store import chats, floor, people
from helpline.store.lead_tables import ReadAlong
from helpline.store.secrets import new_id
from helpline.store.tables import Chat, Presence
from helpline.store.transaction import Transaction

GOES_ON = [str(each) for each in IN_LINE | HELD]


def begin(
    tx: Transaction,
    chat_id: str,
    person_id: str,
    why: str,
    reason: str | None,
    now: datetime,
    until: datetime,
) -> ReadAlong:
    made = ReadAlong(
        id=new_id(), chat_id=chat_id, person_id=person_id, why=why, since=now, until=until
    )
    made.reason_sealed = chats.seal(tx, chat_id, _place(made.id), reason)
    tx.session.add(made)
    tx.session.flush()
    moved(tx, chat_id)
    return made


def end(tx: Transaction, row: ReadAlong, now: datetime) -> None:
    row.ended_at = now
    tx.session.add(row)
    tx.session.flush()
    moved(tx, row.chat_id)


def moved(tx: Transaction, chat_id: str) -> None:
    """Whoever is shown this chat is to see that something beside it changed."""
    tx.session.execute(
        update(Chat)
        .where(col(Chat.id) == chat_id)
        .values(beside=Chat.beside + 1)
        .execution_options(synchronize_session=False)
    )


def open_rows(
    tx: Transaction, *, chat_id: str | None = None, person_id: str | None = None
) -> list[ReadAlong]:
    """Those that were not ended yet, in this chat or of this person: also what is about to be."""
    query = select(ReadAlong).where(col(ReadAlong.ended_at).is_(None))
    if chat_id is not None:
        query = query.where(col(ReadAlong.chat_id) == chat_id)
    if person_id is not None:
        query = query.where(col(ReadAlong.person_id) == person_id)
    query = query.order_by(col(ReadAlong.since), col(ReadAlong.id))
    return list(tx.session.scalars(query.execution_options(populate_existing=True)))


def of_chat(tx: Transaction, chat_id: str, now: datetime) -> list[ReadAlong]:
    """Who may hear this chat now beside its holder: leads on shift who are there, while it goes on.

    State is the truth, to the second: no sweep has to have run.
    """
    return _hearing(tx, col(ReadAlong.chat_id) == chat_id, now)


def of_person(tx: Transaction, person_id: str, now: datetime) -> list[ReadAlong]:
    """Where this lead may read along now, the longest first."""
    return _hearing(tx, col(ReadAlong.person_id) == person_id, now)


def of(tx: Transaction, chat_id: str, person_id: str, now: datetime) -> ReadAlong | None:
    return next((each for each in of_chat(tx, chat_id, now) if each.person_id == person_id), None)


def _hearing(tx: Transaction, where: Any, now: datetime) -> list[ReadAlong]:
    query = (
        select(ReadAlong)
        .join(Chat, col(Chat.id) == col(ReadAlong.chat_id))
        .join(Presence, col(Presence.person_id) == col(ReadAlong.person_id))
        .where(
            where,
            col(ReadAlong.ended_at).is_(None),
            col(ReadAlong.until) > now,
            col(Presence.lease_until) > now,
            col(Chat.state).in_(GOES_ON),
            col(Chat.holder_id).is_distinct_from(col(ReadAlong.person_id)),
        )
        .order_by(col(ReadAlong.since), col(ReadAlong.id))
        .execution_options(populate_existing=True)
    )
    found = list(tx.session.scalars(query))
    if not found:
        return []
    leads = {each.id for each in people.with_role(tx, Role.LEAD)}
    there = leads & floor.on_shift(tx, now)
    return [each for each in found if each.person_id in there]


def over(tx: Transaction, now: datetime) -> list[ReadAlong]:
    """Those that nobody has ended, and that are at an end."""
    rows = open_rows(tx)
    heard = {
        each.id for chat_id in {row.chat_id for row in rows} for each in of_chat(tx, chat_id, now)
    }
    return [each for each in rows if each.id not in heard]


def reason(tx: Transaction, row: ReadAlong) -> str:
    return chats.unseal(tx, row.chat_id, _place(row.id), row.reason_sealed)


def forget(tx: Transaction, chat_id: str) -> None:
    tx.session.execute(delete(ReadAlong).where(col(ReadAlong.chat_id) == chat_id))


def _place(row_id: str) -> str:
    return f"read_along:{row_id}"
