"""Perhaps the same person: a lead links two chats, so that neither is judged by half of it.

Both chats stay as they are. No words cross over, and no visitor learns of it.
"""

from __future__ import annotations

from datetime import datetime

from helpline.actions import hearing
from helpline.domain import access, errors, events
from helpline.domain.access import Who
from helpline.store import chats, journal, likes, plans
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction


def link(store: Store, who: Who, chat_id: str, other_id: str, *, now: datetime) -> None:
    """While both go on, the higher level counts for both.

    Refused: `not_found`, `bad_request` for one chat twice, `chat_closed` when neither goes on.
    """
    with store.transaction() as tx:
        access.require(who, "link_chats")
        both = _both(tx, chat_id, other_id)
        if not any(likes.goes_on(each) for each in both):
            raise errors.ChatClosed

        if likes.add(tx, chat_id, other_id, who.id, now):
            if not plans.carry(tx, chat_id, other_id, now):
                plans.carry(tx, other_id, chat_id, now)
            _weigh_anew(tx, who, chat_id, other_id, "linked", now)


def unlink(store: Store, who: Who, chat_id: str, other_id: str, *, now: datetime) -> None:
    """They are two people after all: each counts for itself again."""
    with store.transaction() as tx:
        access.require(who, "link_chats")
        _both(tx, chat_id, other_id)

        if likes.remove(tx, chat_id, other_id):
            plans.part(tx, chat_id, other_id)
            _weigh_anew(tx, who, chat_id, other_id, "unlinked", now)


def _both(tx: Transaction, chat_id: str, other_id: str) -> list[Chat]:
    if chat_id == other_id:
        raise errors.BadRequest(field="other")
    both = [chats.chat(tx, each) for each in (chat_id, other_id)]
    if any(each.erased_at for each in both):
        raise errors.NotFound
    return both


def _weigh_anew(
    tx: Transaction, who: Who, chat_id: str, other_id: str, kind: str, now: datetime
) -> None:
    """The journal of each tells that it happened, and not which the other is."""
    for each in (chat_id, other_id):
        chat = chats.chat(tx, each)
        if likes.goes_on(chat):
            hearing.set_level(tx, chat, now)
        journal.write(tx, kind, now=now, chat_id=each, person_id=who.id)
        tx.announce(events.ChatChanged(each))
