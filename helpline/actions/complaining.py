"""A visitor says that something was not right: the chat is kept, and people who were not in it look
into it. Whoever was in it is not told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from helpline.actions import directing, hearing, retaining
from helpline.domain import errors, events
from helpline.domain import incidents as rules
from helpline.domain.access import Role
from helpline.domain.chat import ENDED, ChatState
from helpline.domain.holds import Why
from helpline.domain.incidents import Kind
from helpline.domain.urgency import Level
from helpline.store import chats, flags, holds, incidents
from helpline.store.secrets import digest
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction


@dataclass(frozen=True, slots=True)
class Complaint:
    """Until when the chat is kept for it, and whether its words call for urgent help."""

    held_until: datetime
    urgent: bool


def complain(store: Store, token: str, words: str | None, *, now: datetime) -> Complaint:
    """Keeps a complaint, with words or without. Pressed again without words it is the same one.

    Refused: `unknown_token`; `slow_down` for more than a few with words.
    """
    with store.transaction() as tx:
        chat = chats.by_token(tx, digest(token), now)
        made = incidents.of_chat(tx, chat.id, Kind.COMPLAINT)
        if made and words is None:
            return Complaint(_hold(tx, chat, now), urgent=False)
        if len(made) >= rules.PER_CHAT:
            raise errors.SlowDown

        row = incidents.open(tx, Kind.COMPLAINT, chat.id, what=words, now=now)
        chat.complained = True
        tx.session.add(chat)
        until = _hold(tx, chat, now)
        concerned = chats.people_in(tx, chat.id)
        directing.tell(tx, "complaint", row.id, now=now, roles=(Role.LEAD,), but=concerned)
        tx.announce(events.ChatChanged(chat.id))
        return Complaint(until, urgent=_hear(tx, chat, words, now) >= Level.CRITICAL)


def _hold(tx: Transaction, chat: Chat, now: datetime) -> datetime:
    """Placed once, by the first complaint: what was released is not held again by pressing."""
    if not any(each.asked_by is None for each in holds.of_chat(tx, chat.id)):
        retaining.place(tx, chat.id, Why.COMPLAINT, None, asked_by=None, now=now)
    return holds.held_until(tx, chat.id, now) or now


def _hear(tx: Transaction, chat: Chat, words: str | None, now: datetime) -> Level:
    if words is None:
        return Level.ROUTINE
    level = hearing.hear(tx, chat, words, source=flags.COMPLAINT, seq=None, now=now)
    if level >= Level.HIGH and ChatState(chat.state) in ENDED | {ChatState.LEFT}:
        directing.tell_leads(tx, "words_after_end", chat.id, now=now, chat_id=chat.id)
    return level
