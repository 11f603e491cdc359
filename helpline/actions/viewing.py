"""View tickets: a look at a chat for pages without JavaScript. Short-lived, one at a time."""

from __future__ import annotations

import secrets
from datetime import datetime

from helpline.actions import ending
from helpline.domain import chat as rules
from helpline.domain import errors, retention
from helpline.store import chats, tickets
from helpline.store.secrets import digest
from helpline.store.transaction import Store


def issue(
    store: Store, token: str, *, now: datetime, follows: str | None = None, still: bool = False
) -> str:
    """A ticket of 128 bits for the chat of this token. `follows` is void once this one is used.

    Where the page stands still, the way on lives longer: nothing renews it meanwhile.

    Refused: `unknown_token`.
    """
    ticket = secrets.token_urlsafe(16)
    with store.transaction() as tx:
        chat = chats.by_token(tx, digest(token), now)
        tickets.add(
            tx,
            ticket_hash=digest(ticket),
            chat_id=chat.id,
            token=token,
            follows=digest(follows) if follows else None,
            expires_at=now + (retention.STILL_TICKET_LIVES if still else retention.TICKET_LIVES),
        )
    return ticket


def look(store: Store, ticket: str, *, now: datetime, still: bool = False) -> tuple[str, str]:
    """(token, chat id) of a ticket that still shows something. Refused: `not_found`.

    Looking is being here: it renews the visitor's presence, for longer where the page is to stand
    `still`, brings back whoever was lost, and voids the ticket that this one follows.
    """
    with store.transaction() as tx:
        found = tickets.find(tx, digest(ticket))
        if found is None or found.expires_at <= now:
            raise errors.NotFound
        token = tickets.token_of(tx, found)
        try:
            chat = chats.by_token(tx, digest(token), now)
        except errors.UnknownToken as void:
            raise errors.NotFound from void
        if found.follows:
            tickets.void(tx, found.follows)
        ending.come_back(tx, chat, now)
        if still:
            chats.mark_here(tx, [chat.id], now + rules.STILL_LASTS)
        return token, chat.id
