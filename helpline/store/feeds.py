"""The secret addresses of calendar feeds: kept as hashes, one for each person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlmodel import col

from helpline.store.secrets import digest, new_token
from helpline.store.shift_tables import ShiftFeed
from helpline.store.tables import Person
from helpline.store.transaction import Transaction


def make(tx: Transaction, person_id: str, now: datetime) -> str:
    """A new secret; the one before opens nothing any more."""
    revoke(tx, person_id, now)
    secret = new_token()
    tx.session.add(ShiftFeed(token_hash=digest(secret), person_id=person_id, made_at=now))
    return secret


def revoke(tx: Transaction, person_id: str, now: datetime) -> None:
    tx.session.execute(
        update(ShiftFeed)
        .where(col(ShiftFeed.person_id) == person_id, col(ShiftFeed.revoked_at).is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


def since(tx: Transaction, person_id: str) -> datetime | None:
    """Since when this person has a feed, if they have one."""
    query = select(col(ShiftFeed.made_at)).where(
        col(ShiftFeed.person_id) == person_id, col(ShiftFeed.revoked_at).is_(None)
    )
    return tx.session.scalars(query).first()


def whose(tx: Transaction, secret: str) -> Person | None:
    """Whose feed this secret opens; nobody's once it is revoked or they are off the list."""
    feed = tx.session.get(ShiftFeed, digest(secret), populate_existing=True)
    if feed is None or feed.revoked_at is not None:
        return None
    person = tx.session.get(Person, feed.person_id)
    return person if person is not None and person.active else None


def forget_before(tx: Transaction, moment: datetime) -> None:
    """What was revoked before then."""
    tx.session.execute(
        delete(ShiftFeed)
        .where(col(ShiftFeed.revoked_at) < moment)
        .execution_options(synchronize_session=False)
    )
