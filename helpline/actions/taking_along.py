"""What a visitor takes along: one next step, in a line that they or their listener write."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import directing, hearing
from helpline.domain import events
from helpline.domain.chat import ENDED, ChatState
from helpline.domain.urgency import Level
from helpline.store import chats, journal
from helpline.store.secrets import digest
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction


def write_step(store: Store, token: str, words: str | None, *, now: datetime) -> bool:
    """The visitor writes their next step, or takes it away. True when the words call for urgent
    help. Refused: `unknown_token`."""
    with store.transaction() as tx:
        chat = chats.by_token(tx, digest(token), now)
        keep_step(tx, chat, words, by="visitor", now=now)
        if words is None:
            return False
        level = hearing.hear(tx, chat, words, source="next_step", seq=None, now=now)
        if level >= Level.HIGH and ChatState(chat.state) in ENDED | {ChatState.LEFT}:
            directing.tell_leads(tx, "words_after_end", chat.id, now=now, chat_id=chat.id)
        return level >= Level.CRITICAL


def keep_step(tx: Transaction, chat: Chat, words: str | None, *, by: str, now: datetime) -> None:
    """Sealed with the key of the chat; the last one counts."""
    chat.next_step_sealed = chats.seal(tx, chat.id, "next_step", words)
    tx.session.add(chat)
    journal.write(tx, "next_step", now=now, chat_id=chat.id, by=by)
    tx.announce(events.ChatChanged(chat.id))
