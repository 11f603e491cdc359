"""Welcoming people onto the list, and letting them go again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from helpline.actions import entering, rotating
from helpline.domain import access, changes, errors, events, roster, shifts, volunteers
from helpline.domain.access import Role, Who
from helpline.domain.callouts import When
from helpline.domain.roster import DAY, Change
from helpline.store import journal, people, planned, requests, sessions
from helpline.store.secrets import new_id
from helpline.store.shifts import pattern, pattern_of, plan
from helpline.store.tables import Person, ShiftOverride
from helpline.store.transaction import Store, Transaction

Offload = Callable[..., Any]

PLAIN = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
GROUPS, GROUP = 4, 4


class Welcomed(NamedTuple):
    """The password is told once, to be handed over; only its hash is kept."""

    person_id: str
    password: str


def welcome(
    store: Store,
    who: Who,
    *,
    email: str,
    name: str,
    roles: Sequence[str],
    languages: Sequence[str],
    skills: Sequence[str],
    seats: int,
    offload: Offload,
    now: datetime,
) -> Welcomed:
    """A new volunteer or coordinator with a first password. Refused: `bad_request`, `empty`."""
    access.require(who, "plan")
    email, name = volunteers.clean_email(email), volunteers.clean_name(name)
    roles, languages = volunteers.clean_roles(roles), volunteers.clean_languages(languages)
    skills = volunteers.clean_skills(skills)
    volunteers.require_seats(seats)
    password = first_password()
    hashed = offload(entering.hash_password, password)

    with store.transaction() as tx:
        known = people.by_email(tx, email)
        if known is not None and known.active:
            raise volunteers.AddressTaken(field="email")
        if known is None:
            known = people.add(
                tx,
                email=email,
                name=name,
                roles=roles,
                languages=languages,
                skills=skills,
                seats=seats,
                password_hash=hashed,
                now=now,
            )
        else:
            _take_back(known, name, roles, languages, skills, seats, hashed)
            tx.session.add(known)
        journal.write(tx, "person_added", now=now, person_id=who.id, added=known.id)
        tx.announce(events.RosterChanged())
        return Welcomed(known.id, password)


def _take_back(
    row: Person,
    name: str,
    roles: list[str],
    languages: list[str],
    skills: list[str],
    seats: int,
    password_hash: str,
) -> None:
    """Somebody who was here before comes back as whom they are now, with a new password."""
    row.name, row.roles, row.languages, row.skills = name, roles, languages, skills
    row.seats, row.password_hash, row.active = seats, password_hash, True
    row.totp_sealed, row.totp_last_step = None, 0
    row.may_be_asked, row.takes_surge = When.NEVER, False


def first_password() -> str:
    """About 79 bits, in groups that can be read out."""
    groups = ("".join(secrets.choice(PLAIN) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def let_go(store: Store, who: Who, person_id: str, *, now: datetime) -> None:
    """Takes a person off the list: signed out everywhere, off every shift that is not over.

    What they served stays. Chats they hold go back to the line by the usual loop, their place
    kept. Refused: `not_found`, and `bad_request` for oneself.
    """
    with store.transaction() as tx:
        access.require(who, "plan")
        if person_id == who.id:
            raise volunteers.NotYourself(field="person")
        leaving = people.person(tx, person_id)
        if not leaving.active:
            raise errors.NotFound

        leaving.active = False
        tx.session.add(leaving)
        presence = people.presence(tx, person_id, now)
        presence.ready = False
        tx.session.add(presence)
        _leave_shifts(tx, person_id, who.id, now)
        requests.close_of(tx, person_id, now)
        sessions.revoke_all(tx, person_id, now)
        journal.write(tx, "person_let_go", now=now, person_id=who.id, left=person_id)
        tx.announce(events.SignedOut(person_id), events.RosterChanged())


def sign_out(store: Store, who: Who, person_id: str, *, now: datetime) -> None:
    """Ends every sign-in of this person, as for a lost phone. Refused: `not_found`."""
    access.require(who, "plan")
    with store.reading() as tx:
        people.person(tx, person_id)

    entering.sign_out_everywhere(store, person_id, now=now)


def set_surge(store: Store, who: Who, person_id: str, on: bool, *, now: datetime) -> None:
    """Whether somebody who wants to, and is trained for it, may be asked about a critical chat
    beside full seats. Refused: `not_found`."""
    with store.transaction() as tx:
        access.require(who, "plan")
        person = people.person(tx, person_id)
        if not person.active:
            raise errors.NotFound

        person.takes_surge = on
        tx.session.add(person)
        journal.write(tx, "surge_allowed", now=now, person_id=who.id, of=person_id, on=on)
        tx.announce(events.RosterChanged())


def make_lead(store: Store, who: Who, person_id: str, *, now: datetime) -> None:
    """A listener leads shifts too from now on: reads along where asked, and signs off. Again: the
    same. Refused: `not_found`, and `bad_request` for oneself: nobody lets themselves read."""
    with store.transaction() as tx:
        access.require(who, "plan")
        if person_id == who.id:
            raise volunteers.NotYourOwnLead(field="person")
        person = people.person(tx, person_id)
        if not person.active or Role.LISTENER not in person.roles:
            raise errors.NotFound
        if Role.LEAD in person.roles:
            return

        person.roles = [*person.roles, Role.LEAD]
        tx.session.add(person)
        journal.write(tx, "lead_made", now=now, person_id=who.id, of=person_id)
        tx.announce(events.RosterChanged())


def _leave_shifts(tx: Transaction, person_id: str, made_by: str, now: datetime) -> None:
    """Off the shifts of today and last night that still run or come, then off every later one."""
    known = plan(tx)
    today = changes.today(known, now)
    for span in shifts.spans(known, now, now + 2 * DAY):
        if span.date <= today and any(each.person_id == person_id for each in span.people):
            tx.session.add(
                ShiftOverride(
                    id=new_id(),
                    pattern_id=span.pattern_id,
                    on_date=span.date,
                    kind=Change.REMOVE,
                    person_id=person_id,
                    made_by=made_by,
                    made_at=now,
                )
            )
    for booking in planned.bookings_of_person(tx, person_id):
        shift = pattern_of(pattern(tx, booking.pattern_id))
        if booking.last_date is not None and booking.last_date <= today:
            continue
        if any(roster.dates(shift, booking.first_date, today)):
            booking.last_date = today
            tx.session.add(booking)
        else:
            tx.session.delete(booking)
    for change in planned.overrides_since(tx, today + DAY, person_id=person_id):
        planned.end_override(tx, change, today)
    rotating.leave(tx, person_id, today)
