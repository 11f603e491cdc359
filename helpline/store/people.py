"""Volunteers and coordinators, and who of them is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlmodel import SQLModel, col

from helpline.domain import errors
from helpline.domain.access import Who
from helpline.domain.urgency import Level
from helpline.store.secrets import new_id
from helpline.store.tables import Chat, Offer, Person, Presence
from helpline.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Load:
    """Held chats and pending offers of a person, and the gravest of them."""

    used: int = 0
    gravest: Level = Level.ROUTINE
    on_surge: bool = False


def person(tx: Transaction, person_id: str) -> Person:
    """Refused: `not_found`."""
    found = tx.session.get(Person, person_id, populate_existing=True)
    if found is None:
        raise errors.NotFound
    return found


def by_email(tx: Transaction, email: str) -> Person | None:
    query = select(Person).where(col(Person.email) == email.strip().lower())
    return tx.session.scalar(query)


def everyone(tx: Transaction) -> list[Person]:
    query = select(Person).where(col(Person.active).is_(True)).order_by(col(Person.name))
    return list(tx.session.scalars(query))


def add(
    tx: Transaction,
    *,
    email: str,
    name: str,
    roles: list[str],
    languages: list[str],
    skills: list[str],
    seats: int,
    password_hash: str | None,
    now: datetime,
    takes_surge: bool = False,
) -> Person:
    made = Person(
        id=new_id(),
        email=email.strip().lower(),
        name=name,
        roles=roles,
        languages=languages,
        skills=skills,
        seats=seats,
        takes_surge=takes_surge,
        password_hash=password_hash,
        created_at=now,
    )
    tx.session.add(made)
    tx.session.flush()
    return made


def who(row: Person) -> Who:
    """The person as the permission table knows them."""
    return Who(row.id, row.name, frozenset(row.roles), row.language)


def names(tx: Transaction) -> dict[str, str]:
    return {row[0]: row[1] for row in tx.session.execute(select(col(Person.id), col(Person.name)))}


_NAME = select(SQLModel.metadata.tables["people"].c.name).where(
    SQLModel.metadata.tables["people"].c.id == bindparam("person")
)


def name_of(tx: Transaction, person_id: str | None) -> str | None:
    found: str | None = tx.run(_NAME, person=person_id).scalar() if person_id else None
    return found


def with_role(tx: Transaction, role: str) -> list[Person]:
    return [each for each in everyone(tx) if role in each.roles]


# -- presence ---------------------------------------------------------------------------------


def presence(tx: Transaction, person_id: str, now: datetime) -> Presence:
    """The person's presence row, made at first sight."""
    found = tx.session.get(Presence, person_id, populate_existing=True)
    if found is None:
        found = Presence(person_id=person_id, changed_at=now)
        tx.session.add(found)
        tx.session.flush()
    return found


def presences(tx: Transaction) -> dict[str, Presence]:
    return {row.person_id: row for row in tx.session.scalars(select(Presence))}


def renew_lease(tx: Transaction, person_id: str, now: datetime, until: datetime) -> bool:
    """Moves the lease on. True when it had run out, so that others see them come back."""
    found = presence(tx, person_id, now)
    was_lost = found.lease_until is None or found.lease_until < now
    tx.session.execute(
        update(Presence)
        .where(col(Presence.person_id) == person_id)
        .values(lease_until=until)
        .execution_options(synchronize_session=False)
    )
    return was_lost


def loads(tx: Transaction) -> dict[str, Load]:
    """What each person holds or is being asked about."""
    counted: dict[str, Load] = {}
    takes_a_seat = or_(col(Chat.parked_at).is_(None), col(Chat.level) >= Level.CRITICAL)
    held = (
        select(col(Chat.holder_id), func.count(), func.max(col(Chat.level)))
        .where(col(Chat.state) == "active", takes_a_seat)
        .group_by(col(Chat.holder_id))
    )
    asked = (
        select(col(Offer.person_id), func.count(), func.max(col(Chat.level)))
        .join(Chat, col(Chat.id) == col(Offer.chat_id))
        .where(col(Offer.state) == "pending")
        .group_by(col(Offer.person_id))
    )
    for query in (held, asked):
        for person_id, count, gravest in tx.session.execute(query):
            before = counted.get(person_id, Load())
            counted[person_id] = Load(before.used + count, max(before.gravest, Level(gravest)))
    for person_id in _on_surge(tx):
        counted[person_id] = replace(counted.get(person_id, Load()), on_surge=True)
    return counted


def _on_surge(tx: Transaction) -> list[str]:
    """Who holds a chat on a surge seat, or is being asked to."""
    holds = and_(
        col(Offer.state) == "accepted",
        col(Chat.state) == "active",
        col(Chat.parked_at).is_(None),
        col(Chat.holder_id) == col(Offer.person_id),
    )
    query = (
        select(col(Offer.person_id))
        .join(Chat, col(Chat.id) == col(Offer.chat_id))
        .where(col(Offer.surge).is_(True), or_(col(Offer.state) == "pending", holds))
    )
    return list(tx.session.scalars(query))


def is_here(tx: Transaction, person_id: str, now: datetime) -> bool:
    """Whether this person's lease still runs."""
    found = tx.session.get(Presence, person_id, populate_existing=True)
    return found is not None and found.lease_until is not None and found.lease_until > now


def mark_offered(tx: Transaction, person_id: str, now: datetime) -> None:
    """The rotation: this person was asked last."""
    tx.session.execute(
        update(Presence)
        .where(col(Presence.person_id) == person_id)
        .values(last_offered_at=now)
        .execution_options(synchronize_session=False)
    )
