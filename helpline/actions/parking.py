"""Setting a quiet chat aside: it keeps its place and its listener, and takes no seat meanwhile."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import ending, offering
from helpline.domain import errors, events, routing
from helpline.domain.chat import ChatState
from helpline.domain.urgency import Level
from helpline.store import chats, floor, journal, offers, people, turns
from helpline.store.tables import Chat
from helpline.store.transaction import Transaction


def set_aside(tx: Transaction, chat: Chat, now: datetime, *, by: str) -> None:
    """Its seat is free for somebody else; `by` is `listener` or `ladder`."""
    chat.parked_at = now
    tx.session.add(chat)
    tx.session.flush()
    journal.write(tx, "parked", now=now, chat_id=chat.id, person_id=chat.holder_id, by=by)
    _seats_changed(tx, chat)


def take_up(tx: Transaction, chat: Chat, now: datetime) -> None:
    """Its listener goes on with it, and gives the visitor all their time again. Refused:
    `no_free_seat`."""
    if chat.parked_at is None:
        return
    if not floor.has_a_seat(tx, chat.holder_id, now):
        raise errors.NoFreeSeat
    chat.parked_at = None
    tx.session.add(chat)
    tx.session.flush()
    turns.begin_anew(tx, chat.id, now)
    journal.write(tx, "taken_up", now=now, chat_id=chat.id, person_id=chat.holder_id)
    _seats_changed(tx, chat)


def _seats_changed(tx: Transaction, chat: Chat) -> None:
    tx.announce(events.ChatChanged(chat.id))
    if chat.holder_id:
        tx.announce(events.PresenceChanged(chat.holder_id))


def bring_back(tx: Transaction, chat: Chat, now: datetime) -> str | None:
    """The visitor writes again: first in line, the arrival unchanged. Gives who had kept it."""
    before = chat.holder_id
    ending.release(tx, chat, why="parked", now=now)
    ending.line_says(tx, chat, "back_from_hold", now, name=people.names(tx).get(before or ""))
    return before


def ask_the_one_before(tx: Transaction, chat_id: str, before: str | None, now: datetime) -> None:
    """Who knows this chat is asked first, for as long as one offer lasts, if they are there and
    free; the sweep asks anybody else. About a critical chat nobody is asked alone."""
    chat = chats.chat(tx, chat_id)
    if before is None or chat.state != ChatState.WAITING or chat.level >= Level.CRITICAL:
        return
    listener = next((each for each in floor.listeners(tx, now) if each.id == before), None)
    if listener is None or offers.is_apart(tx, chat_id, before):
        return
    if routing.can_take(listener, now):
        offering.ask_one(tx, chat, before, now=now)
