"""Call-outs and who was asked in them: at most one runs, and nobody is asked in it twice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, update
from sqlmodel import col

from helpline.domain import errors
from helpline.store.secrets import new_id
from helpline.store.tables import Ask, CallOut, Holding, Person
from helpline.store.transaction import Transaction


def running(tx: Transaction) -> CallOut | None:
    query = select(CallOut).where(col(CallOut.over_at).is_(None))
    return tx.session.scalar(query.execution_options(populate_existing=True))


def call_out(tx: Transaction, call_out_id: str) -> CallOut:
    """Refused: `not_found`."""
    found = tx.session.get(CallOut, call_out_id, populate_existing=True)
    if found is None:
        raise errors.NotFound
    return found


def since(tx: Transaction, moment: datetime) -> list[CallOut]:
    """What runs and what was over after that moment, the newest first."""
    query = (
        select(CallOut)
        .where(col(CallOut.over_at).is_(None) | (col(CallOut.over_at) > moment))
        .order_by(col(CallOut.started_at).desc(), col(CallOut.id))
    )
    return list(tx.session.scalars(query))


def begin(tx: Transaction, why: str, by: str | None, now: datetime) -> CallOut:
    made = CallOut(id=new_id(), why=why, started_at=now, started_by=by)
    tx.session.add(made)
    tx.session.flush()
    return made


def claim_wave(tx: Transaction, call_out_id: str, after: int, now: datetime) -> bool:
    """True for the one sweep that may ask the wave after that one."""
    claimed = tx.session.execute(
        update(CallOut)
        .where(
            col(CallOut.id) == call_out_id,
            col(CallOut.wave) == after,
            col(CallOut.over_at).is_(None),
        )
        .values(wave=after + 1, wave_at=now)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], claimed).rowcount == 1


def end(tx: Transaction, call_out_id: str, by: str | None, now: datetime) -> bool:
    """False if it was over before. What has not left the building stays."""
    ended = tx.session.execute(
        update(CallOut)
        .where(col(CallOut.id) == call_out_id, col(CallOut.over_at).is_(None))
        .values(over_at=now, over_by=by)
        .execution_options(synchronize_session=False)
    )
    tx.session.execute(
        update(Ask)
        .where(
            col(Ask.call_out_id) == call_out_id,
            col(Ask.sent_at).is_(None),
            col(Ask.given_up_at).is_(None),
        )
        .values(given_up_at=now)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], ended).rowcount == 1


def ended_by_hand_at(tx: Transaction) -> datetime | None:
    """When somebody last ended one."""
    query = select(func.max(col(CallOut.over_at))).where(col(CallOut.over_by).is_not(None))
    return tx.session.scalar(query)


# -- who was asked ----------------------------------------------------------------------------


def ask(tx: Transaction, call_out_id: str, person_id: str, wave: int, now: datetime) -> Ask:
    made = Ask(id=new_id(), call_out_id=call_out_id, person_id=person_id, wave=wave, asked_at=now)
    tx.session.add(made)
    tx.session.flush()
    return made


def ask_of(tx: Transaction, call_out_id: str, person_id: str) -> Ask | None:
    query = select(Ask).where(col(Ask.call_out_id) == call_out_id, col(Ask.person_id) == person_id)
    return tx.session.scalar(query.execution_options(populate_existing=True))


def asks(tx: Transaction, call_out_id: str) -> list[Ask]:
    query = (
        select(Ask)
        .where(col(Ask.call_out_id) == call_out_id)
        .order_by(col(Ask.asked_at), col(Ask.id))
    )
    return list(tx.session.scalars(query.execution_options(populate_existing=True)))


def last_asked(tx: Transaction) -> dict[str, datetime]:
    """When each person was last asked, as far as it is remembered."""
    query = select(col(Ask.person_id), func.max(col(Ask.asked_at))).group_by(col(Ask.person_id))
    return {person_id: at for person_id, at in tx.session.execute(query)}


def helping(tx: Transaction) -> dict[str, datetime]:
    """Who answered the call-out that runs, and since when."""
    query = (
        select(col(Ask.person_id), col(Ask.answered_at))
        .join(CallOut, col(CallOut.id) == col(Ask.call_out_id))
        .where(col(CallOut.over_at).is_(None), col(Ask.answer) == "yes")
    )
    return {person_id: at for person_id, at in tx.session.execute(query)}


def helped_until(tx: Transaction, person_ids: Collection[str]) -> dict[str, datetime]:
    """When the last call-out was over that each of these people had answered."""
    query = (
        select(col(Ask.person_id), func.max(col(CallOut.over_at)))
        .join(CallOut, col(CallOut.id) == col(Ask.call_out_id))
        .where(
            col(Ask.person_id).in_(list(person_ids)),
            col(Ask.answer) == "yes",
            col(CallOut.over_at).is_not(None),
        )
        .group_by(col(Ask.person_id))
    )
    return {person_id: at for person_id, at in tx.session.execute(query)}


def waits_since(tx: Transaction, chat_ids: Collection[str]) -> dict[str, datetime]:
    """Of those chats that somebody held before: when they came back to the line."""
    query = (
        select(col(Holding.chat_id), func.max(col(Holding.until)))
        .where(col(Holding.chat_id).in_(list(chat_ids)), col(Holding.until).is_not(None))
        .group_by(col(Holding.chat_id))
    )
    return {chat_id: at for chat_id, at in tx.session.execute(query)}


# -- on their way out -------------------------------------------------------------------------


def due(tx: Transaction, now: datetime) -> list[Ask]:
    """Asks of the running call-out that have not left the building, of people on the list."""
    query = (
        select(Ask)
        .join(CallOut, col(CallOut.id) == col(Ask.call_out_id))
        .join(Person, col(Person.id) == col(Ask.person_id))
        .where(
            col(CallOut.over_at).is_(None),
            col(Person.active).is_(True),
            col(Ask.sent_at).is_(None),
            col(Ask.given_up_at).is_(None),
            col(Ask.claimed_until).is_(None) | (col(Ask.claimed_until) < now),
        )
        .order_by(col(Ask.asked_at), col(Ask.id))
    )
    return list(tx.session.scalars(query))


def claim(tx: Transaction, ask_id: str, now: datetime, until: datetime) -> bool:
    """True for the one process that may send it."""
    claimed = tx.session.execute(
        update(Ask)
        .where(
            col(Ask.id) == ask_id,
            col(Ask.sent_at).is_(None),
            col(Ask.given_up_at).is_(None),
            col(Ask.claimed_until).is_(None) | (col(Ask.claimed_until) < now),
        )
        .values(claimed_until=until, tries=Ask.tries + 1)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], claimed).rowcount == 1


def ask_with_id(tx: Transaction, ask_id: str) -> Ask:
    found = tx.session.get(Ask, ask_id, populate_existing=True)
    if found is None:
        raise errors.NotFound
    return found


def forget_before(tx: Transaction, moment: datetime) -> None:
    """Who was asked in what was over before then, and that it was."""
    over = select(col(CallOut.id)).where(col(CallOut.over_at) < moment)
    tx.session.execute(
        delete(Ask)
        .where(col(Ask.call_out_id).in_(over))
        .execution_options(synchronize_session=False)
    )
    tx.session.execute(
        delete(CallOut)
        .where(col(CallOut.over_at) < moment)
        .execution_options(synchronize_session=False)
    )
