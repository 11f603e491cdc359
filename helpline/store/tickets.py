"""View tickets at rest: the hash of the ticket, the token sealed with the chat's key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import col

from helpline.store import chats
from helpline.store.tables import ViewTicket
from helpline.store.transaction import Transaction


def add(
    tx: Transaction,
    *,
    ticket_hash: str,
    chat_id: str,
    token: str,
    follows: str | None,
    expires_at: datetime,
) -> None:
    sealed = tx.vault.seal(chat_id, f"ticket:{ticket_hash}", token)
    tx.session.add(
        ViewTicket(
            ticket_hash=ticket_hash,
            chat_id=chat_id,
            token_sealed=sealed,
            follows=follows,
            expires_at=expires_at,
        )
    )


def find(tx: Transaction, ticket_hash: str) -> ViewTicket | None:
    return tx.session.get(ViewTicket, ticket_hash, populate_existing=True)


def token_of(tx: Transaction, ticket: ViewTicket) -> str:
    """The visitor's token, or nothing when the chat was erased."""
    place = f"ticket:{ticket.ticket_hash}"
    return chats.unseal(tx, ticket.chat_id, place, ticket.token_sealed)


def void(tx: Transaction, ticket_hash: str) -> None:
    tx.session.execute(delete(ViewTicket).where(col(ViewTicket.ticket_hash) == ticket_hash))


def void_of_chat(tx: Transaction, chat_id: str) -> None:
    tx.session.execute(delete(ViewTicket).where(col(ViewTicket.chat_id) == chat_id))


def forget_before(tx: Transaction, now: datetime) -> int:
    """Deletes tickets that show nothing any more; how many."""
    old = list(
        tx.session.scalars(
            select(col(ViewTicket.ticket_hash)).where(col(ViewTicket.expires_at) <= now)
        )
    )
    for each in old:
        void(tx, each)
    return len(old)
