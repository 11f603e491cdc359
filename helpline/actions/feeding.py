"""Calendar feeds: a person's own secret address, made and taken back by them."""

from __future__ import annotations

from datetime import datetime

from helpline.domain import access
from helpline.domain.access import Who
from helpline.store import feeds, journal
from helpline.store.transaction import Store


def make(store: Store, who: Who, *, now: datetime) -> str:
    """The secret of a new feed, told once; the one before opens nothing any more."""
    with store.transaction() as tx:
        access.require(who, "have_feed")
        secret = feeds.make(tx, who.id, now)
        journal.write(tx, "feed_made", now=now, person_id=who.id)
        return secret


def revoke(store: Store, who: Who, *, now: datetime) -> None:
    """The address opens nothing any more. Without one nothing changes."""
    with store.transaction() as tx:
        access.require(who, "have_feed")
        feeds.revoke(tx, who.id, now)
        journal.write(tx, "feed_revoked", now=now, person_id=who.id)
