"""Messages left while the line is closed: questions and saves. Words are sealed, each message
with its answers under a key of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, or_, select, update
from sqlmodel import col

from helpline.domain import errors, leaving
from helpline.domain.access import Role
from helpline.store import chats, people
from helpline.store.return_tables import LeftAnswer, LeftMessage
from helpline.store.secrets import new_id
from helpline.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Answer:
    person_id: str
    text: str
    answered_at: datetime


def somebody_on_call(tx: Transaction, now: datetime, *, calls: bool) -> bool:
    """Whether a shift lead or coordinator would hear of something urgent: a page can leave the
    building (`calls`), or one of them is at their desk."""
    answering = {
        each.id for role in (Role.LEAD, Role.COORDINATOR) for each in people.with_role(tx, role)
    }
    return bool(answering) and (calls or any(people.is_here(tx, each, now) for each in answering))


def add(
    tx: Transaction,
    *,
    client_id: str,
    code_hash: str,
    language: str,
    level: int,
    words: str,
    now: datetime,
) -> LeftMessage:
    left_id = new_id()
    tx.vault.make_key(owner(left_id))
    row = LeftMessage(
        id=left_id,
        client_id=client_id,
        code_hash=code_hash,
        language=language,
        level=level,
        words_sealed=tx.vault.seal(owner(left_id), "words", words),
        left_at=now,
    )
    tx.session.add(row)
    tx.session.flush()
    return row


def words_of(tx: Transaction, row: LeftMessage) -> str:
    return chats.unseal(tx, owner(row.id), "words", row.words_sealed)


def left(tx: Transaction, left_id: str) -> LeftMessage:
    """Refused: `not_found`."""
    found = find_by_id(tx, left_id)
    if found is None:
        raise errors.NotFound
    return found


def find_by_id(tx: Transaction, left_id: str) -> LeftMessage | None:
    return tx.session.get(LeftMessage, left_id, populate_existing=True)


def left_with(tx: Transaction, client_id: str) -> LeftMessage | None:
    return tx.session.scalar(select(LeftMessage).where(col(LeftMessage.client_id) == client_id))


def find(tx: Transaction, code_hash: str) -> LeftMessage | None:
    """What this code opens; none for wrong, deleted and forgotten alike, nor for what is kept
    although its visitor wants it deleted."""
    query = select(LeftMessage).where(
        col(LeftMessage.code_hash) == code_hash, col(LeftMessage.erase_asked_at).is_(None)
    )
    return tx.session.scalar(query.execution_options(populate_existing=True))


def unanswered(tx: Transaction) -> list[LeftMessage]:
    """The gravest first, then the oldest."""
    query = (
        select(LeftMessage)
        .where(col(LeftMessage.answered_at).is_(None), col(LeftMessage.erase_asked_at).is_(None))
        .order_by(col(LeftMessage.level).desc(), col(LeftMessage.left_at), col(LeftMessage.id))
    )
    return list(tx.session.scalars(query))


def answered_by(tx: Transaction, person_id: str, since: datetime) -> list[LeftMessage]:
    """What this person answered since then, the newest first."""
    query = (
        select(LeftMessage)
        .where(
            col(LeftMessage.taken_by) == person_id,
            col(LeftMessage.answered_at) >= since,
            col(LeftMessage.erase_asked_at).is_(None),
        )
        .order_by(col(LeftMessage.answered_at).desc(), col(LeftMessage.id))
    )
    return list(tx.session.scalars(query))


def to_do(tx: Transaction, person_id: str, now: datetime) -> int:
    """How many wait for an answer that this person has, or may take."""
    return sum(
        leaving.may_take(each.taken_by, each.taken_at, person_id, now) for each in unanswered(tx)
    )


def take(tx: Transaction, left_id: str, person_id: str, now: datetime) -> bool:
    """Gives it to this person if it is to be had; the row count is the verdict."""
    lapsed = col(LeftMessage.taken_at) <= now - leaving.TAKEN_FOR
    mine = col(LeftMessage.taken_by) == person_id
    taken = tx.session.execute(
        update(LeftMessage)
        .where(
            col(LeftMessage.id) == left_id,
            col(LeftMessage.answered_at).is_(None),
            or_(col(LeftMessage.taken_by).is_(None), mine, lapsed),
        )
        .values(taken_by=person_id, taken_at=now)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], taken).rowcount == 1


def answer(tx: Transaction, row: LeftMessage, person_id: str, words: str, now: datetime) -> None:
    answer_id = new_id()
    tx.session.add(
        LeftAnswer(
            id=answer_id,
            left_id=row.id,
            person_id=person_id,
            words_sealed=tx.vault.seal(owner(row.id), f"answer:{answer_id}", words),
            answered_at=now,
        )
    )
    row.answered_at = row.answered_at or now
    tx.session.add(row)
    tx.session.flush()


def answers(tx: Transaction, row: LeftMessage) -> list[Answer]:
    """In the order in which they were given."""
    query = (
        select(LeftAnswer)
        .where(col(LeftAnswer.left_id) == row.id)
        .order_by(col(LeftAnswer.answered_at), col(LeftAnswer.id))
    )
    return [
        Answer(
            each.person_id,
            chats.unseal(tx, owner(row.id), f"answer:{each.id}", each.words_sealed),
            each.answered_at,
        )
        for each in tx.session.scalars(query)
    ]


def see_open(tx: Transaction, now: datetime) -> None:
    """The line is open: what waits was first seen by an open line now, if not before."""
    tx.session.execute(
        update(LeftMessage)
        .where(col(LeftMessage.open_since).is_(None), col(LeftMessage.answered_at).is_(None))
        .values(open_since=now)
        .execution_options(synchronize_session=False)
    )


def people_in(tx: Transaction, left_id: str) -> set[str]:
    """Who has it to answer, or answered it."""
    row = find_by_id(tx, left_id)
    query = select(col(LeftAnswer.person_id)).where(col(LeftAnswer.left_id) == left_id)
    had = {row.taken_by} if row is not None and row.taken_by else set()
    return had | set(tx.session.scalars(query))


def between(tx: Transaction, since: datetime, until: datetime) -> list[LeftMessage]:
    """What was left in this time, the first first."""
    query = (
        select(LeftMessage)
        .where(col(LeftMessage.left_at) >= since, col(LeftMessage.left_at) < until)
        .order_by(col(LeftMessage.left_at), col(LeftMessage.id))
    )
    return list(tx.session.scalars(query))


def forget(tx: Transaction, row: LeftMessage) -> None:
    """The key first: the words are gone whatever follows."""
    tx.vault.destroy(owner(row.id))
    tx.session.execute(delete(LeftAnswer).where(col(LeftAnswer.left_id) == row.id))
    tx.session.execute(delete(LeftMessage).where(col(LeftMessage.id) == row.id))


def forget_before(tx: Transaction, moment: datetime, *, but: Collection[str]) -> None:
    """What was answered, or else left, before then, or is to be deleted; none of `but`, which is
    held."""
    last = func.coalesce(col(LeftMessage.answered_at), col(LeftMessage.left_at))
    due = or_(last < moment, col(LeftMessage.erase_asked_at).is_not(None))
    for row in list(tx.session.scalars(select(LeftMessage).where(due))):
        if row.id not in but:
            forget(tx, row)


def owner(left_id: str) -> str:
    """Whose key seals it."""
    return f"left-{left_id}"
