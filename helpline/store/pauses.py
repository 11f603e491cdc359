"""The pause that is offered to a listener after a hard chat."""

from __future__ import annotations

from helpline.domain import care
from helpline.domain.chat import ChatState
from helpline.domain.urgency import Level
from helpline.store import emergencies, journal
from helpline.store.tables import Chat
from helpline.store.transaction import Transaction

ANSWERED = "after_hard"  # in the journal, without what was answered or by whom


def was_answered(tx: Transaction, chat: Chat) -> bool:
    """Whether whoever had this chat has answered the offer since it ended."""
    said = [each.at for each in journal.of_chat(tx, chat.id) if each.kind == ANSWERED]
    return any(chat.ended_at is None or at >= chat.ended_at for at in said)


def is_offered(tx: Transaction, chat: Chat) -> bool:
    """It was hard, has just ended, and nobody answered."""
    if chat.state != ChatState.WRAPPING_UP:
        return False
    called = emergencies.latest_of(tx, chat.id) is not None
    hard = care.was_hard(Level(chat.level), Level(chat.urgency), called=called)
    return hard and not was_answered(tx, chat)
