"""Chats and their messages: questions and saves. Words pass through the vault here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    CursorResult,
    Executable,
    Row,
    and_,
    bindparam,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)
from sqlmodel import SQLModel, col

from helpline.domain import errors, queue
from helpline.domain.chat import IN_LINE, ChatState
from helpline.domain.urgency import Level
from helpline.store import turns
from helpline.store.lead_tables import ReadAlong
from helpline.store.secrets import new_id
from helpline.store.tables import Chat, Holding, Offer, Utc, VisitorToken
from helpline.store.transaction import Transaction
from helpline.store.vault import KeyIsGone

PAGE = 200  # messages in one answer


@dataclass(frozen=True, slots=True)
class Said:
    """A message with its words, as somebody who may read it sees it."""

    chat_id: str
    seq: int
    author: str
    person_id: str | None
    client_id: str | None
    text: str
    line_code: str | None
    line_name: str | None
    resource_id: str | None
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Parties:
    """Who speaks in a chat and how its messages are worded: all that telling one needs."""

    id: str
    holder_id: str | None
    language: str
    nickname_sealed: bytes | None
    beside: int


def chat(tx: Transaction, chat_id: str) -> Chat:
    """The chat as it stands in the database now. Refused: `not_found`."""
    found = tx.session.get(Chat, chat_id, populate_existing=True)
    if found is None:
        raise errors.NotFound
    return found


def find(tx: Transaction, chat_id: str) -> Chat | None:
    return tx.session.get(Chat, chat_id, populate_existing=True)


def opened_with(tx: Transaction, client_id: str) -> Chat | None:
    return tx.session.scalar(select(Chat).where(col(Chat.open_client_id) == client_id))


def waiting(tx: Transaction) -> list[queue.Waiting]:
    """Everybody in line about whom people may be asked, in no order: nobody is asked so far, or a
    critical chat rings. Who was chosen to be asked about a critical chat is asked alone."""
    chosen = exists().where(
        col(Offer.chat_id) == col(Chat.id),
        col(Offer.state) == "pending",
        col(Offer.ring).is_(False),
        col(Offer.offered_at) >= col(Chat.critical_since),
    )
    rings = and_(
        col(Chat.state) == ChatState.OFFERED, col(Chat.level) == Level.CRITICAL, not_(chosen)
    )
    query = select(col(Chat.id), col(Chat.level), col(Chat.arrived_at), col(Chat.returned)).where(
        or_(col(Chat.state) == ChatState.WAITING, rings)
    )
    return [
        queue.Waiting(chat_id, Level(level), arrived_at, returned)
        for chat_id, level, arrived_at, returned in tx.session.execute(query)
    ]


def with_ids(tx: Transaction, chat_ids: Sequence[str]) -> list[Chat]:
    """These chats, in this order."""
    found = {
        chat.id: chat for chat in tx.session.scalars(select(Chat).where(col(Chat.id).in_(chat_ids)))
    }
    return [found[each] for each in chat_ids if each in found]


def in_line(tx: Transaction) -> list[Chat]:
    """Everybody who waits, in no order: the order is the queue's business."""
    waiting = select(Chat).where(col(Chat.state).in_([str(each) for each in IN_LINE]))
    return list(tx.session.scalars(waiting))


def anybody_waits_at(tx: Transaction, level: Level) -> bool:
    """Whether somebody in line is at this level or above."""
    states = [str(each) for each in IN_LINE]
    query = select(col(Chat.id)).where(col(Chat.state).in_(states), col(Chat.level) >= level)
    return tx.session.scalars(query.limit(1)).first() is not None


def in_line_since(tx: Transaction, since: datetime) -> int:
    """How many wait who came then or later."""
    return sum(each.arrived_at >= since for each in in_line(tx))


def held_by(tx: Transaction, person_id: str) -> list[Chat]:
    """Chats this person holds, and those they are wrapping up."""
    states = (ChatState.ACTIVE, ChatState.WRAPPING_UP)
    held = (
        select(Chat)
        .where(col(Chat.holder_id) == person_id, col(Chat.state).in_(states))
        .order_by(col(Chat.accepted_at), col(Chat.id))
    )
    return list(tx.session.scalars(held))


def reopenable_by(tx: Transaction, person_id: str, since: datetime) -> list[Chat]:
    """Chats this person ended after `since`, newest first."""
    ended = (
        select(Chat)
        .where(
            col(Chat.holder_id) == person_id,
            col(Chat.state) == ChatState.CLOSED,
            col(Chat.ended_at) > since,
            col(Chat.erased_at).is_(None),
        )
        .order_by(col(Chat.ended_at).desc())
    )
    return list(tx.session.scalars(ended))


def active(tx: Transaction) -> list[Chat]:
    return list(tx.session.scalars(select(Chat).where(col(Chat.state) == ChatState.ACTIVE)))


def parked(tx: Transaction) -> list[Chat]:
    """Conversations that are kept without a seat, the longest first."""
    query = (
        select(Chat)
        .where(col(Chat.state) == ChatState.ACTIVE, col(Chat.parked_at).is_not(None))
        .order_by(col(Chat.parked_at), col(Chat.id))
    )
    return list(tx.session.scalars(query))


def in_state_before(tx: Transaction, state: ChatState, ended_before: datetime) -> list[Chat]:
    query = select(Chat).where(col(Chat.state) == state, col(Chat.ended_at) <= ended_before)
    return list(tx.session.scalars(query))


def arrived_between(tx: Transaction, since: datetime, until: datetime, most: int) -> list[Chat]:
    """Chats of people that began then and are not forgotten, the newest first."""
    query = (
        select(Chat)
        .where(
            col(Chat.arrived_at) >= since,
            col(Chat.arrived_at) < until,
            col(Chat.erased_at).is_(None),
            col(Chat.state) != ChatState.CANARY,
        )
        .order_by(col(Chat.arrived_at).desc(), col(Chat.id))
    )
    return list(tx.session.scalars(query.limit(most)))


def recent_talks(tx: Transaction, most: int) -> list[tuple[datetime, datetime]]:
    """When the last chats that ended were answered and ended, newest first."""
    left_the_seat = func.coalesce(col(Chat.parked_at), col(Chat.ended_at))
    query = (
        select(col(Chat.accepted_at), left_the_seat)
        .where(col(Chat.accepted_at).is_not(None), col(Chat.ended_at).is_not(None))
        .order_by(col(Chat.ended_at).desc())
        .limit(most)
    )
    return [(accepted, ended) for accepted, ended in tx.session.execute(query) if ended > accepted]


# -- who holds it -----------------------------------------------------------------------------


def claim(
    tx: Transaction, chat_id: str, person_id: str, now: datetime, *, from_id: str | None = None
) -> bool:
    """Gives the chat to this person if it is still to be had; the row count is the verdict.

    From the queue, or from `from_id` who hands it off. The partial unique index on holdings
    says again that a chat has one holder.
    """
    still_free = (
        (col(Chat.state) == ChatState.ACTIVE, col(Chat.holder_id) == from_id)
        if from_id
        else (col(Chat.state).in_([str(each) for each in IN_LINE]), col(Chat.holder_id).is_(None))
    )
    claimed = tx.session.execute(
        update(Chat)
        .where(col(Chat.id) == chat_id, *still_free)
        .values(
            state=str(ChatState.ACTIVE),
            holder_id=person_id,
            epoch=Chat.epoch + 1,
            accepted_at=func.coalesce(Chat.accepted_at, now),
            returned=False,
            parked_at=None,
            **turns.with_a_new_holder(now),
        )
        .execution_options(synchronize_session=False)
    )
    if cast(CursorResult[Any], claimed).rowcount != 1:
        return False
    if from_id:
        end_holding(tx, chat_id, now)
    holding = Holding(
        id=new_id(), chat_id=chat_id, person_id=person_id, epoch=chat(tx, chat_id).epoch, since=now
    )
    tx.session.add(holding)
    tx.session.flush()
    return True


def end_holding(tx: Transaction, chat_id: str, now: datetime) -> None:
    tx.session.execute(
        update(Holding)
        .where(col(Holding.chat_id) == chat_id, col(Holding.until).is_(None))
        .values(until=now)
        .execution_options(synchronize_session=False)
    )


def has_held(tx: Transaction, chat_id: str, person_id: str) -> bool:
    query = select(col(Holding.id)).where(
        col(Holding.chat_id) == chat_id, col(Holding.person_id) == person_id
    )
    return tx.session.scalars(query).first() is not None


def people_in(tx: Transaction, chat_id: str) -> set[str]:
    """Everybody who holds or held this chat, and the leads who joined it."""
    held = select(col(Holding.person_id)).where(col(Holding.chat_id) == chat_id)
    joined = select(col(ReadAlong.person_id)).where(
        col(ReadAlong.chat_id) == chat_id, col(ReadAlong.joined_at).is_not(None)
    )
    return {*tx.session.scalars(held), *tx.session.scalars(joined)}


def was_in(tx: Transaction, chat_id: str, person_id: str) -> bool:
    return person_id in people_in(tx, chat_id)


# -- what was said ----------------------------------------------------------------------------


MESSAGE: Any = SQLModel.metadata.tables["messages"]
_CHAT: Any = SQLModel.metadata.tables["chats"]


def _counting(author: str) -> Executable:
    """Gives a message of this author the next number of its chat."""
    return (
        update(_CHAT)
        .where(_CHAT.c.id == bindparam("chat"))
        .values(
            last_seq=_CHAT.c.last_seq + 1, **turns.after(author, bindparam("moment", type_=Utc()))
        )
        .returning(_CHAT.c.last_seq)
    )


# Made once: what every message asks and keeps must not be put together for each of them.
_PARTIES = select(
    _CHAT.c.id, _CHAT.c.holder_id, _CHAT.c.language, _CHAT.c.nickname_sealed, _CHAT.c.beside
).where(_CHAT.c.id == bindparam("chat"))
_COUNT = {author: _counting(author) for author in ("visitor", "listener", "line")}
_ADD = insert(MESSAGE)
_SAID_WITH = select(MESSAGE).where(
    MESSAGE.c.chat_id == bindparam("chat"), MESSAGE.c.client_id == bindparam("client")
)
_AFTER = (
    select(MESSAGE)
    .where(MESSAGE.c.chat_id == bindparam("chat"), MESSAGE.c.seq > bindparam("after"))
    .order_by(MESSAGE.c.seq)
    .limit(bindparam("most"))
)
_LAST_WORDS = (
    select(MESSAGE)
    .where(
        MESSAGE.c.chat_id == bindparam("chat"),
        MESSAGE.c.author == bindparam("author"),
        MESSAGE.c.seq < bindparam("before"),
        MESSAGE.c.sent_at >= bindparam("since"),
    )
    .order_by(MESSAGE.c.seq.desc())
    .limit(bindparam("most"))
)


def add_message(
    tx: Transaction,
    chat_id: str,
    *,
    author: str,
    text: str | None = None,
    client_id: str | None = None,
    person_id: str | None = None,
    line_code: str | None = None,
    line_name: str | None = None,
    resource_id: str | None = None,
    now: datetime,
) -> int:
    """Appends a message under the chat's next sequence number and gives that number."""
    seq = int(tx.run(_COUNT[author], chat=chat_id, moment=now).scalar_one())
    tx.run(
        _ADD,
        id=new_id(),
        chat_id=chat_id,
        seq=seq,
        author=author,
        person_id=person_id,
        client_id=client_id,
        text_sealed=seal(tx, chat_id, _message_place(seq), text),
        line_code=line_code,
        line_name=line_name,
        resource_id=resource_id,
        sent_at=now,
    )
    return seq


def everything_said(tx: Transaction, chat_id: str) -> list[Said]:
    """The whole chat, ascending: only for those who may read it afterwards."""
    found: list[Said] = []
    more = True
    while more:
        said, more = messages_after(tx, chat_id, found[-1].seq if found else 0)
        found += said
    return found


def said_with(tx: Transaction, chat_id: str, client_id: str) -> Said | None:
    """The message that this client id already stands for."""
    row = tx.run(_SAID_WITH, chat=chat_id, client=client_id).first()
    return None if row is None else _read(tx, row)


def messages_after(
    tx: Transaction, chat_id: str, after: int, *, limit: int = PAGE
) -> tuple[list[Said], bool]:
    """Messages with a larger sequence number, ascending, and whether there are more."""
    rows = tx.run(_AFTER, chat=chat_id, after=after, most=limit + 1).all()
    return [_read(tx, row) for row in rows[:limit]], len(rows) > limit


def last_words(
    tx: Transaction, chat_id: str, author: str, *, before: int, count: int, since: datetime
) -> list[str]:
    """The last texts of one author before a message, oldest first: what triage reads together."""
    asked = {"chat": chat_id, "author": author, "before": before, "since": since, "most": count}
    return [_read(tx, row).text for row in reversed(tx.run(_LAST_WORDS, **asked).all())]


def parties(tx: Transaction, chat_id: str) -> Parties:
    """Refused: `not_found`."""
    found = tx.run(_PARTIES, chat=chat_id).first()
    if found is None:
        raise errors.NotFound
    return Parties(found.id, found.holder_id, found.language, found.nickname_sealed, found.beside)


def heads(tx: Transaction, chat_ids: Iterable[str]) -> dict[str, int]:
    """The highest sequence number of each chat."""
    query = select(col(Chat.id), col(Chat.last_seq)).where(col(Chat.id).in_(list(chat_ids)))
    return {row[0]: row[1] for row in tx.session.execute(query)}


def _read(tx: Transaction, row: Row[Any]) -> Said:
    return Said(
        chat_id=row.chat_id,
        seq=row.seq,
        author=row.author,
        person_id=row.person_id,
        client_id=row.client_id,
        text=unseal(tx, row.chat_id, _message_place(row.seq), row.text_sealed),
        line_code=row.line_code,
        line_name=row.line_name,
        resource_id=row.resource_id,
        sent_at=row.sent_at,
    )


def seal(tx: Transaction, chat_id: str, place: str, text: str | None) -> bytes | None:
    return None if text is None else tx.vault.seal(chat_id, place, text)


def unseal(tx: Transaction, chat_id: str, place: str, sealed: bytes | None) -> str:
    """The words, or nothing when the chat was erased."""
    if sealed is None:
        return ""
    try:
        return tx.vault.unseal(chat_id, place, sealed)
    except KeyIsGone:
        return ""


def _message_place(seq: int) -> str:
    return f"message:{seq}"


# -- the visitor ------------------------------------------------------------------------------


_BY_TOKEN = (
    select(Chat)
    .join(VisitorToken, col(VisitorToken.chat_id) == col(Chat.id))
    .where(
        col(VisitorToken.token_hash) == bindparam("token"),
        or_(
            col(VisitorToken.void_at).is_(None),
            col(VisitorToken.void_at) > bindparam("now", type_=Utc()),
        ),
        col(Chat.erased_at).is_(None),
    )
    .execution_options(populate_existing=True)
)


def by_token(tx: Transaction, token_hash: str, now: datetime) -> Chat:
    """The chat a token opens. Refused: `unknown_token`, for unknown, void and erased alike."""
    found: Chat | None = tx.session.scalar(_BY_TOKEN, {"token": token_hash, "now": now})
    if found is None:
        raise errors.UnknownToken
    return found


def void_tokens(tx: Transaction, chat_id: str, at: datetime) -> None:
    """Every token of this chat ends at `at`, or earlier where it already did."""
    tx.session.execute(
        update(VisitorToken)
        .where(
            col(VisitorToken.chat_id) == chat_id,
            col(VisitorToken.void_at).is_(None) | (col(VisitorToken.void_at) > at),
        )
        .values(void_at=at)
        .execution_options(synchronize_session=False)
    )


def keep_tokens(tx: Transaction, chat_id: str, now: datetime) -> None:
    """A reopened chat's tokens live on."""
    tx.session.execute(
        update(VisitorToken)
        .where(col(VisitorToken.chat_id) == chat_id, col(VisitorToken.void_at) > now)
        .values(void_at=None)
        .execution_options(synchronize_session=False)
    )


def mark_here(tx: Transaction, chat_ids: Sequence[str], now: datetime) -> None:
    """These visitors are connected: their grace starts anew."""
    if chat_ids:
        tx.session.execute(
            update(Chat)
            .where(col(Chat.id).in_(chat_ids))
            .values(visitor_seen_at=now, visitor_here=True)
            .execution_options(synchronize_session=False)
        )


def not_here_any_more(tx: Transaction, now: datetime, lease: timedelta) -> list[Chat]:
    """Open chats marked as here whose visitor's lease ran out."""
    query = select(Chat).where(
        col(Chat.visitor_here).is_(True),
        col(Chat.visitor_seen_at) < now - lease,
        col(Chat.state).in_([ChatState.WAITING, ChatState.OFFERED, ChatState.ACTIVE]),
    )
    return list(tx.session.scalars(query))


# -- forgetting -------------------------------------------------------------------------------


def to_forget(
    tx: Transaction, before: datetime, limit: int, *, but: Collection[str] = ()
) -> list[str]:
    """Ended chats that still have a key and ended before then, without those that are held."""
    states = (ChatState.CLOSED, ChatState.LEFT)
    query = (
        select(col(Chat.id))
        .where(
            col(Chat.state).in_(states),
            col(Chat.ended_at) < before,
            col(Chat.erased_at).is_(None),
            col(Chat.id).not_in(but),
        )
        .limit(limit)
    )
    return list(tx.session.scalars(query))


def asked_to_erase(tx: Transaction) -> list[Chat]:
    query = select(Chat).where(col(Chat.erase_asked_at).is_not(None), col(Chat.erased_at).is_(None))
    return list(tx.session.scalars(query))
