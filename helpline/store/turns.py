"""Whose word is awaited in a chat, since when, and how far that silence has been looked after.

Every message sets it in the statement that counts the message: no step can be taken for a silence
that was broken a moment ago.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, case, func, literal, select, update
from sqlmodel import col

from helpline.domain import silence
from helpline.domain.chat import ChatState
from helpline.domain.silence import Quiet, Rung, Turn
from helpline.domain.urgency import Level
from helpline.store.tables import Chat, Utc
from helpline.store.transaction import Transaction

# Who has written -> whose word is awaited then.
NEXT = {"visitor": Turn.LISTENER, "listener": Turn.VISITOR}


def after(author: str, moment: Any) -> dict[str, Any]:
    """What a message at this `moment`, an expression, changes: another silence begins. Writing
    again to somebody who has not answered yet begins none."""
    if author not in NEXT:
        return {}
    awaited = NEXT[author]
    anew = {"turn_of": str(awaited), "turn_since": moment, "turn_step": 0, **_still_away(moment)}
    if awaited is Turn.VISITOR:
        return anew
    goes_on = col(Chat.turn_of) == str(awaited)
    return anew | {
        "turn_since": case((goes_on, col(Chat.turn_since)), else_=moment),
        "turn_step": case((goes_on, col(Chat.turn_step)), else_=0),
    }


def with_a_new_holder(now: datetime) -> dict[str, Any]:
    """Whoever gets the chat has time of their own. Nobody has written yet: it is for them to."""
    moment = literal(now, Utc())
    return {
        "turn_of": func.coalesce(col(Chat.turn_of), str(Turn.LISTENER)),
        "turn_since": moment,
        "turn_step": 0,
        **_still_away(moment),
    }


def _still_away(moment: Any) -> dict[str, Any]:
    """A page that is out of sight stays so; only what it adds to this silence counts."""
    return {
        "away_s": 0,
        "away_since": case((col(Chat.away_since).is_not(None), moment), else_=None),
    }


def of(chat: Chat, now: datetime) -> Quiet | None:
    """The silence of a conversation that goes on; None for any other chat."""
    if chat.state != ChatState.ACTIVE or chat.turn_of is None or chat.turn_since is None:
        return None
    away = timedelta(seconds=chat.away_s)
    if chat.away_since is not None:
        away += max(timedelta(0), now - chat.away_since)
    level, turn = Level(chat.level), Turn(chat.turn_of)
    return Quiet(level, turn, chat.turn_since, chat.turn_step, away, chat.parked_at)


def take(tx: Transaction, chat_id: str, quiet: Quiet, rung: Rung) -> bool:
    """True for whoever may take this step. One that comes late makes the next ones late."""
    return take_step(tx, chat_id, quiet, rung.number, quiet.since + rung.late)


def take_step(
    tx: Transaction, chat_id: str, quiet: Quiet, number: int, since: datetime | None = None
) -> bool:
    taken = tx.session.execute(
        update(Chat)
        .where(
            col(Chat.id) == chat_id,
            col(Chat.state) == ChatState.ACTIVE,
            col(Chat.turn_of) == str(quiet.turn),
            col(Chat.turn_since) == quiet.since,
            col(Chat.turn_step) == quiet.taken,
        )
        .values(turn_step=number, turn_since=since or quiet.since)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], taken).rowcount == 1


def begin_anew(tx: Transaction, chat_id: str, now: datetime) -> None:
    """It counts from now on; the steps that were taken are not taken again."""
    tx.session.execute(
        update(Chat)
        .where(col(Chat.id) == chat_id)
        .values(turn_since=now, **_still_away(literal(now, Utc())))
        .execution_options(synchronize_session=False)
    )


def stirs(tx: Transaction, chat_id: str, now: datetime) -> None:
    """The visitor types: they are there, and need time."""
    tx.session.execute(
        update(Chat)
        .where(
            col(Chat.id) == chat_id,
            col(Chat.turn_of) == str(Turn.VISITOR),
            col(Chat.turn_since) < now - silence.STIRS_AT_MOST_EVERY,
        )
        .values(turn_since=now, **_still_away(literal(now, Utc())))
        .execution_options(synchronize_session=False)
    )


def look_away(tx: Transaction, chat: Chat, now: datetime) -> None:
    """The page is out of the visitor's sight, or gone."""
    if chat.away_since is None:
        chat.away_since = now
        tx.session.add(chat)


def look_back(tx: Transaction, chat: Chat, now: datetime) -> None:
    if chat.away_since is None:
        return
    chat.away_s += max(0, int((now - chat.away_since).total_seconds()))
    chat.away_since = None
    tx.session.add(chat)


def look_back_at(tx: Transaction, chat_ids: Sequence[str], now: datetime) -> None:
    """Likewise for those of these chats that were out of sight."""
    if chat_ids:
        query = select(Chat).where(col(Chat.id).in_(chat_ids), col(Chat.away_since).is_not(None))
        for chat in tx.session.scalars(query.execution_options(populate_existing=True)):
            look_back(tx, chat, now)
