"""Signing in and out. Passwords are argon2, second factors count once, sessions are revocable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from helpline.domain import errors, events, retention
from helpline.domain.access import Who
from helpline.store import journal, people, sessions
from helpline.store.tables import Person
from helpline.store.transaction import Store, Transaction

Offload = Callable[..., Any]

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=2)
# Checked when the name is unknown, so that an answer takes as long and tells nothing.
NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=2$wwPbOmJfkagwJTkmCXFSyA$"
    "03kKE/xVDQ6sNEPx1waBkEbXJCOqhmX20XHRJHOiQCY"
)

TOTP_STEP = 30  # seconds
TOTP_OWNER = "staff"


def hash_password(password: str) -> str:
    return HASHER.hash(password)


def sign_in(
    store: Store,
    email: str,
    password: str,
    code: str,
    *,
    offload: Offload,
    now: datetime,
) -> str:
    """A new session's secret. Refused with `not_signed_in`, whatever was wrong."""
    with store.reading() as tx:
        person = people.by_email(tx, email)
        password_hash = (person.password_hash if person else None) or NOBODYS_HASH

    matches = offload(_matches, password_hash, password)
    if person is None or not person.active or person.password_hash is None or not matches:
        raise errors.NotSignedIn

    with store.transaction() as tx:
        fresh = people.person(tx, person.id)
        if fresh.totp_sealed is not None:
            secret = tx.vault.unseal(TOTP_OWNER, f"totp:{fresh.id}", fresh.totp_sealed)
            fresh.totp_last_step = _require_code(secret, code, fresh.totp_last_step, now)
            tx.session.add(fresh)
        session = sessions.begin(tx, fresh.id, "cookie", now, retention.SESSION_LIVES)
        journal.write(tx, "signed_in", now=now, person_id=fresh.id)
        return session


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _require_code(secret: str, code: str, last_step: int, now: datetime) -> int:
    """The time step of a code that is right and newer than the last one used."""
    totp = pyotp.TOTP(secret)
    step = int(now.timestamp()) // TOTP_STEP
    for each in (step - 1, step, step + 1):
        if each > last_step and pyotp.utils.strings_equal(totp.at(each * TOTP_STEP), code.strip()):
            return each
    raise errors.NotSignedIn


def set_up_second_factor(store: Store, email: str) -> str:
    """A new TOTP secret for this person, sealed at rest; returned once, to be shown once."""
    secret = pyotp.random_base32()
    with store.transaction() as tx:
        person = _named(tx, email)
        tx.vault.make_key(TOTP_OWNER)
        person.totp_sealed = tx.vault.seal(TOTP_OWNER, f"totp:{person.id}", secret)
        person.totp_last_step = 0
        tx.session.add(person)
    return secret


def set_password(store: Store, email: str, password: str, *, now: datetime) -> None:
    """A new password; whoever was signed in with the old one is signed out."""
    hashed = hash_password(password)
    with store.transaction() as tx:
        person = _named(tx, email)
        person.password_hash = hashed
        tx.session.add(person)
        sessions.revoke_all(tx, person.id, now)
        journal.write(tx, "password_set", now=now, person_id=person.id)
        tx.announce(events.SignedOut(person.id))


def _named(tx: Transaction, email: str) -> Person:
    person = people.by_email(tx, email)
    if person is None or not person.active:
        raise errors.NotFound
    return person


def make_token(store: Store, email: str, *, now: datetime) -> str:
    """A 12-hour token for a client without a browser. Refused: `not_found`."""
    with store.transaction() as tx:
        person = _named(tx, email)
        return sessions.begin(tx, person.id, "token", now, retention.STAFF_TOKEN_LIVES)


def who_is(store: Store, secret: str, kind: str, *, now: datetime) -> Who | None:
    """Whoever holds this session now: looked up for every act, never remembered."""
    with store.reading() as tx:
        person = sessions.person_of(tx, secret, kind, now)
        return None if person is None else people.who(person)


def mark_seen(store: Store, secret: str, *, now: datetime) -> None:
    with store.transaction() as tx:
        sessions.mark_seen(tx, secret, now)


def sign_out(store: Store, secret: str, *, now: datetime) -> None:
    with store.transaction() as tx:
        person_id = sessions.revoke(tx, secret, now)
        if person_id:
            journal.write(tx, "signed_out", now=now, person_id=person_id)
            tx.announce(events.SignedOut(person_id))


def sign_out_everywhere(store: Store, person_id: str, *, now: datetime) -> None:
    with store.transaction() as tx:
        sessions.revoke_all(tx, person_id, now)
        journal.write(tx, "signed_out", now=now, person_id=person_id)
        tx.announce(events.SignedOut(person_id))


def add_person(
    store: Store,
    *,
    email: str,
    name: str,
    roles: list[str],
    languages: list[str],
    skills: list[str],
    seats: int,
    password: str | None,
    now: datetime,
    takes_surge: bool = False,
) -> Person:
    """A new volunteer or coordinator. Refused with `bad_request` for a name already in use."""
    hashed = hash_password(password) if password else None
    with store.transaction() as tx:
        if people.by_email(tx, email) is not None:
            raise errors.BadRequest(field="email")
        made = people.add(
            tx,
            email=email,
            name=name,
            roles=roles,
            languages=languages,
            skills=skills,
            seats=seats,
            takes_surge=takes_surge,
            password_hash=hashed,
            now=now,
        )
        journal.write(tx, "person_added", now=now, person_id=made.id)
        tx.announce(events.RosterChanged())
        return made
