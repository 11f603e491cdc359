"""A hand-off as its sender sees it, and as the visitor who may say no to it does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from helpline.boards import resources
from helpline.boards.wording import iso
from helpline.domain import handoffs
from helpline.domain.chat import ChatState
from helpline.store import chats, hand_offs, offers, people
from helpline.store import resources as directory
from helpline.store.hand_off_tables import HandOff
from helpline.store.tables import Chat, Offer
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]


def of_chat(tx: Transaction, chat: Chat, names: Mapping[str, str], now: datetime) -> Board | None:
    """What is under way: a question to a colleague or about the line first, then a call."""
    asked = _under_way(tx, chat)
    return None if asked is None else as_dict(tx, asked, chat, names, now)


def _under_way(tx: Transaction, chat: Chat) -> HandOff | Offer | None:
    offer = offers.hand_off_of(tx, chat.id)
    if offer is not None:
        return offer
    return hand_offs.open_of(tx, chat.id, "queue") or hand_offs.open_of(tx, chat.id, "resource")


def as_dict(
    tx: Transaction, asked: HandOff | Offer, chat: Chat, names: Mapping[str, str], now: datetime
) -> Board:
    """The wire's `hand_off`. `visitor` is what they say to it; `next` the card to try when nobody
    was reached; `overdue`: nobody has said what became of it."""
    row = asked if isinstance(asked, HandOff) else None
    return {
        "id": asked.id,
        "chat": asked.chat_id,
        "state": asked.state,
        "to": _to(tx, asked, names),
        "expires_at": None if row and row.state == "accepted" else iso(asked.expires_at),
        "visitor": asked.visitor_says if isinstance(asked, Offer) else None,
        "next": _next(tx, chat, now) if asked.state == "not_reached" else None,
        "overdue": row is not None and row.reminded_at is not None and row.ended_at is None,
    }


def _to(tx: Transaction, asked: HandOff | Offer, names: Mapping[str, str]) -> Board:
    if isinstance(asked, Offer):
        to_id: str | None = asked.person_id
        name = names.get(asked.person_id, "")
    else:
        to_id, name = asked.resource_id, _called(tx, asked)
    return {"kind": asked.kind, "id": to_id, "name": name}


def _called(tx: Transaction, row: HandOff) -> str:
    found = directory.find(tx, row.resource_id) if row.resource_id else None
    return found.name if found else ""


def _next(tx: Transaction, chat: Chat, now: datetime) -> Board | None:
    """The first that answers now and was not tried in this chat; the emergency number is always
    there and no second try."""
    tried = hand_offs.tried(tx, chat.id)
    cards = resources.help_for(tx, chat.country, chat.language, now)
    return next(
        (
            each
            for each in cards
            if each["open_now"] and not each["emergency"] and each["id"] not in tried
        ),
        None,
    )


def one(store: Store, hand_off_id: str, now: datetime) -> Board:
    """Refused: `not_found`."""
    with store.reading() as tx:
        asked = hand_offs.any_kind(tx, hand_off_id)
        return as_dict(tx, asked, chats.chat(tx, asked.chat_id), people.names(tx), now)


def of_visitor(tx: Transaction, chat: Chat, now: datetime) -> Board | None:
    """What the visitor is asked, or tells of: never whom a colleague is, nor that one passed. What
    a colleague took before they could answer is asked after for as long as a no counts."""
    if chat.state != ChatState.ACTIVE:
        return None
    asked = _under_way(tx, chat) or _just_taken(tx, chat, now)
    if asked is None:
        return None
    is_call = isinstance(asked, HandOff) and asked.kind == "resource"
    return {
        "id": asked.id,
        "kind": asked.kind,
        "state": asked.state,
        "to_name": _called(tx, asked) if isinstance(asked, HandOff) and is_call else None,
        "answer": asked.visitor_says if isinstance(asked, Offer) else None,
        "expires_at": iso(_until(asked)),
    }


def _just_taken(tx: Transaction, chat: Chat, now: datetime) -> Offer | None:
    taken = offers.taken_over_by(tx, chat.id, chat.holder_id or "")
    if taken is None or taken.visitor_says is not None:
        return None
    return taken if handoffs.no_still_counts(taken.ended_at, now) else None


def _until(asked: HandOff | Offer) -> datetime:
    if asked.state == "accepted" and asked.ended_at is not None:
        return asked.ended_at + handoffs.NO_COUNTS_FOR
    return asked.expires_at
