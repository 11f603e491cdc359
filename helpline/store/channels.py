"""Where people are reached: sealed at rest, opened only to send or to show it to them."""

from __future__ import annotations

from helpline.store.tables import Person
from helpline.store.transaction import Transaction
from helpline.store.vault import KeyIsGone

OWNER = "staff"


def of(tx: Transaction, person: Person) -> str | None:
    """As `domain.channels.clean` made it; None without one, or when its key is gone."""
    if person.page_url_sealed is None:
        return None
    try:
        return tx.vault.unseal(OWNER, f"page:{person.id}", person.page_url_sealed)
    except KeyIsGone:
        return None


def keep(tx: Transaction, person: Person, channel: str | None) -> None:
    person.page_url_sealed = None
    if channel is not None:
        tx.vault.make_key(OWNER)
        person.page_url_sealed = tx.vault.seal(OWNER, f"page:{person.id}", channel)
    tx.session.add(person)
