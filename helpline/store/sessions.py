"""Staff sign-ins: server-side, hashed, revocable, looked up on every act."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import col

from helpline.domain import retention
from helpline.store.secrets import digest, new_token
from helpline.store.tables import Person, StaffSession
from helpline.store.transaction import Transaction

SEEN_EVERY = timedelta(minutes=1)  # a write per act would be dear


def begin(tx: Transaction, person_id: str, kind: str, now: datetime, lives: timedelta) -> str:
    """A new sign-in; gives the secret, of which only the hash is kept."""
    secret = new_token()
    tx.session.add(
        StaffSession(
            id_hash=digest(secret),
            person_id=person_id,
            kind=kind,
            created_at=now,
            seen_at=now,
            expires_at=now + lives,
        )
    )
    return secret


def person_of(tx: Transaction, secret: str, kind: str, now: datetime) -> Person | None:
    """Who holds this secret now; None when unknown, revoked, expired, idle or not active."""
    row = tx.session.get(StaffSession, digest(secret), populate_existing=True)
    if row is None or row.kind != kind or row.revoked_at is not None or row.expires_at <= now:
        return None
    if kind == "cookie" and now - row.seen_at > retention.SESSION_IDLES:
        return None
    found = tx.session.get(Person, row.person_id, populate_existing=True)
    return found if found is not None and found.active else None


def mark_seen(tx: Transaction, secret: str, now: datetime) -> None:
    tx.session.execute(
        update(StaffSession)
        .where(
            col(StaffSession.id_hash) == digest(secret),
            col(StaffSession.seen_at) < now - SEEN_EVERY,
        )
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


def revoke(tx: Transaction, secret: str, now: datetime) -> str | None:
    """Ends one sign-in. The person's id, if there was one."""
    row = tx.session.get(StaffSession, digest(secret), populate_existing=True)
    if row is None:
        return None
    row.revoked_at = row.revoked_at or now
    tx.session.add(row)
    return row.person_id


def revoke_all(tx: Transaction, person_id: str, now: datetime) -> None:
    tx.session.execute(
        update(StaffSession)
        .where(col(StaffSession.person_id) == person_id, col(StaffSession.revoked_at).is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )


def forget_before(tx: Transaction, before: datetime) -> int:
    """Deletes sign-ins that ended before then; how many."""
    old = list(
        tx.session.scalars(select(StaffSession).where(col(StaffSession.expires_at) < before))
    )
    for row in old:
        tx.session.delete(row)
    return len(old)
