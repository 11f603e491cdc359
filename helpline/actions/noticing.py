"""Noticing contact details in a chat: a calm word to leads and listener, and nothing blocked."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import directing
from helpline.domain import contact_details, events
from helpline.domain.chat import HELD, ChatState
from helpline.domain.contact_details import Kind
from helpline.store import chats, resources
from helpline.store.secrets import digest
from helpline.store.transaction import Store, Transaction


def hear_listener(store: Store, chat_id: str, text: str, *, now: datetime) -> None:
    kind = _kind(store, text)
    if kind is None:
        return
    with store.transaction() as tx:
        _tell(tx, chat_id, kind, now, by_visitor=False)


def hear_visitor(store: Store, token: str, text: str, *, now: datetime) -> None:
    """While somebody talks with them; who only waits has told nobody yet."""
    kind = _kind(store, text)
    if kind is None:
        return
    with store.transaction() as tx:
        _tell(tx, chats.by_token(tx, digest(token), now).id, kind, now, by_visitor=True)


def _kind(store: Store, text: str) -> Kind | None:
    """The directory is read only for what looks like something."""
    if contact_details.found(text) is None:
        return None
    with store.reading() as tx:
        ours = contact_details.known_from(resources.handed_out(tx))
    return contact_details.found(text, ours)


def _tell(tx: Transaction, chat_id: str, kind: Kind, now: datetime, *, by_visitor: bool) -> None:
    chat = chats.chat(tx, chat_id)
    if chat.holder_id is None or ChatState(chat.state) not in HELD:
        return
    directing.tell_leads(
        tx, "contact_details", chat_id, now=now, chat_id=chat_id, person_id=chat.holder_id
    )
    tx.announce(events.ContactGiven(chat_id, chat.holder_id, str(kind), by_visitor))
