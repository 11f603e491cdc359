"""Notices to people about the roster: rows under a key, so that nobody hears of a thing twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, update
from sqlmodel import col

from helpline.domain import errors
from helpline.store import once
from helpline.store.secrets import new_id
from helpline.store.shift_tables import Notice
from helpline.store.tables import Person
from helpline.store.transaction import Transaction

WAITS = (col(Notice.sent_at).is_(None), col(Notice.given_up_at).is_(None))


def add(
    tx: Transaction,
    *,
    key: str,
    person_id: str,
    kind: str,
    detail: Mapping[str, Any],
    due_at: datetime,
    valid_until: datetime,
    now: datetime,
) -> bool:
    """Puts a notice on its way, once per `key` for ever; False if it was there before.

    `kind` is one of `boards.noticing.WORDS`. `detail` holds ids, numbers and instants in ISO
    (`starts_at`, `ends_at` of the shift it is about), never anybody's words. It is sent from
    `due_at` on, and never at or after `valid_until`.
    """
    return once.add(
        tx,
        Notice,
        id=new_id(),
        key=key,
        person_id=person_id,
        kind=kind,
        detail=dict(detail),
        made_at=now,
        due_at=due_at,
        valid_until=valid_until,
        tries=0,
        via="",
    )


def keys(tx: Transaction, wanted: Iterable[str]) -> set[str]:
    """Which of these keys have a notice already."""
    query = select(col(Notice.key)).where(col(Notice.key).in_(list(wanted)))
    return set(tx.session.scalars(query))


def notice(tx: Transaction, notice_id: str) -> Notice:
    """Refused: `not_found`."""
    found = tx.session.get(Notice, notice_id, populate_existing=True)
    if found is None:
        raise errors.NotFound
    return found


# -- on their way out -----------------------------------------------------------------------------


def due(tx: Transaction, now: datetime) -> list[Notice]:
    """What may leave by its time and was not claimed, the oldest first, of people on the list."""
    query = (
        select(Notice)
        .join(Person, col(Person.id) == col(Notice.person_id))
        .where(
            *WAITS,
            col(Notice.due_at) <= now,
            col(Notice.valid_until) > now,
            col(Notice.claimed_until).is_(None) | (col(Notice.claimed_until) < now),
            col(Person.active).is_(True),
        )
        .order_by(col(Notice.due_at), col(Notice.id))
    )
    return list(tx.session.scalars(query))


def is_any_stale(tx: Transaction, now: datetime) -> bool:
    query = select(col(Notice.id)).where(col(Notice.valid_until) <= now, *WAITS)
    return tx.session.scalars(query.limit(1)).first() is not None


def claim(tx: Transaction, notice_id: str, now: datetime, until: datetime) -> bool:
    """True for the one process that may send it."""
    claimed = tx.session.execute(
        update(Notice)
        .where(
            col(Notice.id) == notice_id,
            *WAITS,
            col(Notice.claimed_until).is_(None) | (col(Notice.claimed_until) < now),
        )
        .values(claimed_until=until, tries=Notice.tries + 1)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], claimed).rowcount == 1


def sent(tx: Transaction, notice_id: str, via: str, now: datetime) -> bool:
    """It left, or lies in the mailbox; False if that was known before."""
    return _settle(tx, [col(Notice.id) == notice_id], sent_at=now, via=via) == 1


def give_up(tx: Transaction, notice_id: str, now: datetime) -> bool:
    return _settle(tx, [col(Notice.id) == notice_id], given_up_at=now) == 1


def give_up_stale(tx: Transaction, now: datetime) -> int:
    """What would speak of the past is never sent; how many that were."""
    return _settle(tx, [col(Notice.valid_until) <= now], given_up_at=now)


def withdraw(tx: Transaction, prefix: str, now: datetime) -> int:
    """What has not left of the notices whose keys begin so is not needed any more."""
    return _settle(tx, [col(Notice.key).startswith(prefix, autoescape=True)], given_up_at=now)


def _settle(tx: Transaction, where: list[Any], **values: Any) -> int:
    done = tx.session.execute(
        update(Notice)
        .where(*where, *WAITS)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], done).rowcount


# -- looking back ---------------------------------------------------------------------------------


def of_person(tx: Transaction, person_id: str, most: int) -> list[Notice]:
    """What this person was sent, the newest first."""
    query = (
        select(Notice)
        .where(col(Notice.person_id) == person_id, col(Notice.sent_at).is_not(None))
        .order_by(col(Notice.sent_at).desc(), col(Notice.id))
        .limit(most)
    )
    return list(tx.session.scalars(query))


def recent(tx: Transaction, most: int) -> list[Notice]:
    """What is due or was, the newest first."""
    query = select(Notice).order_by(col(Notice.due_at).desc(), col(Notice.id)).limit(most)
    return list(tx.session.scalars(query))


def failed_since(tx: Transaction, since: datetime) -> dict[str, datetime]:
    """Per person when the last notice was given up after tries that failed, with none that left
    after it."""
    failed = (
        select(col(Notice.person_id), func.max(col(Notice.given_up_at)))
        .where(col(Notice.given_up_at) >= since, col(Notice.tries) > 0)
        .group_by(col(Notice.person_id))
    )
    left = (
        select(col(Notice.person_id), func.max(col(Notice.sent_at)))
        .where(col(Notice.sent_at) >= since)
        .group_by(col(Notice.person_id))
    )
    reached = {person_id: at for person_id, at in tx.session.execute(left)}
    return {
        person_id: at
        for person_id, at in tx.session.execute(failed)
        if person_id not in reached or reached[person_id] < at
    }


def forget_before(tx: Transaction, moment: datetime) -> None:
    """What lost its meaning before then."""
    tx.session.execute(
        delete(Notice)
        .where(col(Notice.valid_until) < moment)
        .execution_options(synchronize_session=False)
    )
