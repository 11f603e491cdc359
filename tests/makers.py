"""Small makers: what a test needs in one line."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from sqlalchemy import select

from helpline.actions import listening, offering, visiting
from helpline.domain.access import Who
from helpline.store import chats, offers
from helpline.store.tables import Chat, Moment, Offer
from helpline.store.transaction import Store

_ids = count(1)


def client_id() -> str:
    return f"00000000-0000-4000-8000-{next(_ids):012d}"


def open_chat(
    store: Store, text: str | None = "hello", *, now: datetime, language: str = "en"
) -> visiting.Opened:
    wish = visiting.Opening(client_id(), text=text, language=language)
    return visiting.open_chat(store, wish, now=now)


def chat_row(store: Store, chat_id: str) -> Chat:
    with store.reading() as tx:
        return chats.chat(tx, chat_id)


def pending(store: Store, chat_id: str) -> list[Offer]:
    with store.reading() as tx:
        return offers.pending_of_chat(tx, chat_id)


def offered_to(store: Store, who: Who) -> list[Offer]:
    with store.reading() as tx:
        return offers.pending_of_person(tx, who.id)


def take_next(store: Store, who: Who, *, now: datetime) -> str:
    """Sweeps, and accepts what this person is offered; the chat's id."""
    offering.sweep(store, now=now)
    offer = offered_to(store, who)[0]
    listening.accept(store, who, offer.id, now=now)
    return offer.chat_id


def transcript(store: Store, chat_id: str) -> list[str]:
    with store.reading() as tx:
        said, _ = chats.messages_after(tx, chat_id, 0)
        return [each.text or f"[{each.line_code or each.resource_id}]" for each in said]


def journal_kinds(store: Store, chat_id: str) -> list[str]:
    with store.reading() as tx:
        query = select(Moment).where(Moment.chat_id == chat_id).order_by(Moment.id)
        return [row.kind for row in tx.session.scalars(query)]
