"""Return codes at rest: questions and saves."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, update
from sqlmodel import col

from helpline.domain.way_back import COUNTED_FOR, Wish
from helpline.store import chats
from helpline.store.return_tables import Comeback, ReturnCode
from helpline.store.secrets import new_id
from helpline.store.tables import Holding
from helpline.store.transaction import Transaction

NOTE = "next_note"


def keep(
    tx: Transaction, chat_id: str, code_hash: str, now: datetime, *, note: str | None = None
) -> None:
    """The chat's code from now on; the one before is void, and its note is gone."""
    forget(tx, chat_id)
    sealed = chats.seal(tx, chat_id, NOTE, note)
    tx.session.add(
        ReturnCode(code_hash=code_hash, chat_id=chat_id, made_at=now, note_sealed=sealed)
    )
    tx.session.flush()


def note_of(tx: Transaction, code: ReturnCode) -> str | None:
    """What the visitor wrote for their next listener, if anything."""
    return chats.unseal(tx, code.chat_id, NOTE, code.note_sealed) or None


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


# -- the same listener --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Repeat:
    """So many conversations of one visitor, of whom nothing else is known, with this person."""

    person_id: str
    times: int
    last_at: datetime


def last_listener(tx: Transaction, chat_id: str) -> str | None:
    """Who held this chat last."""
    query = (
        select(col(Holding.person_id))
        .where(col(Holding.chat_id) == chat_id)
        .order_by(col(Holding.since).desc())
    )
    found: str | None = tx.session.scalars(query.limit(1)).first()
    return found


def comeback(tx: Transaction, chat_id: str) -> Comeback | None:
    return tx.session.get(Comeback, chat_id)


def met(tx: Transaction, chat_id: str, person_id: str, now: datetime) -> int:
    """How often whoever wrote this chat talked with this person lately, as far as they let it be
    known; this chat among them."""
    known = comeback(tx, chat_id)
    if known is None:
        return 1
    query = (
        select(func.count(func.distinct(col(Holding.chat_id))))
        .join(Comeback, col(Comeback.chat_id) == col(Holding.chat_id))
        .where(
            col(Comeback.thread_id) == known.thread_id,
            col(Holding.person_id) == person_id,
            col(Holding.since) >= now - COUNTED_FOR,
        )
    )
    return int(tx.session.scalar(query) or 0)


def wish(tx: Transaction, chat_id: str, earlier_id: str, wanted: Wish, now: datetime) -> None:
    """This chat follows that one, and would like the same listener."""
    before = comeback(tx, earlier_id)
    if before is None:
        before = Comeback(
            chat_id=earlier_id, thread_id=new_id(), of_minor=wanted.of_minor, made_at=now
        )
        tx.session.add(before)
    tx.session.add(
        Comeback(
            chat_id=chat_id,
            thread_id=before.thread_id,
            wants_id=wanted.person_id,
            of_minor=wanted.of_minor,
            made_at=now,
        )
    )
    tx.session.flush()


def wishes(tx: Transaction, chat_ids: Sequence[str]) -> dict[str, Wish]:
    """chat -> whom its visitor would like, of those who said so."""
    query = select(Comeback).where(
        col(Comeback.chat_id).in_(chat_ids), col(Comeback.wants_id).is_not(None)
    )
    return {
        each.chat_id: Wish(each.wants_id or "", each.of_minor) for each in tx.session.scalars(query)
    }


def repeats(tx: Transaction, now: datetime) -> list[Repeat]:
    """Who talked more than once with somebody who asked for it, in the days that count."""
    times = func.count(func.distinct(col(Holding.chat_id)))
    query = (
        select(col(Holding.person_id), times, func.max(col(Holding.since)))
        .join(Comeback, col(Comeback.chat_id) == col(Holding.chat_id))
        .where(col(Holding.since) >= now - COUNTED_FOR)
        .group_by(col(Comeback.thread_id), col(Holding.person_id))
        .having(times > 1)
        .order_by(col(Holding.person_id))
    )
    return [Repeat(*row) for row in tx.session.execute(query)]


def forget_comeback(tx: Transaction, chat_id: str) -> None:
    tx.session.execute(delete(Comeback).where(col(Comeback.chat_id) == chat_id))


def forget_comebacks_before(tx: Transaction, moment: datetime) -> None:
    tx.session.execute(delete(Comeback).where(col(Comeback.made_at) < moment))
