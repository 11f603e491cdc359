"""A concern about a child or an adult at risk: a lead looks after it by a due time, and signs it
off. Nothing is sent anywhere by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from helpline.actions import directing
from helpline.actions.listening import holding
from helpline.actions.summoning import call_for_sign_off, leads
from helpline.domain import access, emergency, errors, events, safeguarding, shifts
from helpline.domain.access import Role, Subject, Who
from helpline.domain.safeguarding import Words
from helpline.store import chats, concerns, journal
from helpline.store.hand_off_tables import Concern
from helpline.store.secrets import new_id
from helpline.store.shifts import plan
from helpline.store.transaction import Store, Transaction


@dataclass(frozen=True, slots=True)
class Raised:
    """A concern as somebody brings it; without a lead one is found, without hours it is a day."""

    about: str
    words: Words
    lead_id: str | None = None
    due_hours: int | None = None


def raise_concern(store: Store, who: Who, chat_id: str, raised: Raised, *, now: datetime) -> str:
    """Keeps a concern, and tells the leads at once; gives its id. Also after the chat has ended.

    Refused: `not_found`, `stale`, `bad_request`, `empty`.
    """
    with store.transaction() as tx:
        holding(tx, who, chat_id, "raise_concern")
        if raised.about not in safeguarding.ABOUT:
            raise errors.BadRequest(field="about")
        if not raised.words.concern:
            raise errors.Empty(field="concern")
        row = Concern(
            id=new_id(),
            chat_id=chat_id,
            raised_by=who.id,
            raised_at=now,
            about=raised.about,
            told_at=now if raised.words.told else None,
            lead_id=_lead(tx, raised.lead_id, who, now),
            due_at=safeguarding.due_at(raised.due_hours, now),
        )
        concerns.keep(tx, row, raised.words)
        directing.tell_leads(
            tx, "concern_raised", row.id, now=now, chat_id=chat_id, person_id=row.lead_id
        )
        journal.write(
            tx, "concern_raised", now=now, chat_id=chat_id, person_id=who.id, about=raised.about
        )
        tx.announce(events.ChatChanged(chat_id))
        return row.id


def _lead(tx: Transaction, named: str | None, who: Who, now: datetime) -> str:
    """The lead who is named, else one who leads now, else any; on a line without any, whoever
    brought it. Refused: `not_found` for somebody who leads nobody."""
    everyone = leads(tx)
    if named is not None:
        if named not in everyone:
            raise errors.NotFound(field="lead")
        return named
    leading = [
        each.booked.person_id
        for each in shifts.on_shift(plan(tx), now)
        if each.booked.role == Role.LEAD and each.booked.person_id in everyone
    ]
    return next(iter([*leading, *everyone]), who.id)


def tell_whom(store: Store, who: Who, concern_id: str, whom: str, *, now: datetime) -> None:
    """Whom outside was told, and that it was now: who brought it, who holds the chat, or the lead
    who looks after it. Refused: `not_found`, `offer_gone` once it is signed off."""
    with store.transaction() as tx:
        row = concerns.one(tx, concern_id)
        chat = chats.chat(tx, row.chat_id)
        holder = who.id if who.id in (row.raised_by, row.lead_id) else chat.holder_id
        access.require(who, "raise_concern", Subject(holder_id=holder))
        if row.signed_at is not None:
            raise errors.HandOffOver
        row.told_at = now
        concerns.keep(tx, row, Words(told=whom))
        journal.write(tx, "concern_told", now=now, chat_id=row.chat_id, person_id=who.id)
        tx.announce(events.ChatChanged(row.chat_id))


def read(store: Store, who: Who, concern_id: str, *, now: datetime) -> None:
    """A lead opens the words of a concern; the journal says so."""
    with store.transaction() as tx:
        access.require(who, "sign_off")
        row = concerns.one(tx, concern_id)
        journal.write(
            tx, "concern_read", now=now, chat_id=row.chat_id, person_id=who.id, concern=row.id
        )


def sign_off(store: Store, who: Who, concern_id: str, *, now: datetime) -> None:
    """A lead has seen to it; the first stays. Refused: `not_allowed` for one's own concern while
    there is another lead, `not_found`."""
    with store.transaction() as tx:
        access.require(who, "sign_off")
        row = concerns.one(tx, concern_id)
        if row.signed_at is not None:
            return
        row.signed_alone = emergency.require_signer(who.id, {row.raised_by}, leads(tx))
        row.signed_by, row.signed_at = who.id, now
        tx.session.add(row)
        for kind in ("concern_raised", "concern_due"):
            directing.settle(tx, kind, row.id, now)
        journal.write(
            tx, "concern_signed", now=now, chat_id=row.chat_id, person_id=who.id,
            alone=row.signed_alone,
        )  # fmt: skip
        tx.announce(events.ChatChanged(row.chat_id))


def look(store: Store, *, now: datetime) -> None:
    """What is due and nobody has signed off pages until somebody has."""
    with store.transaction() as tx:
        for row in concerns.unsigned(tx):
            if row.due_at <= now:
                call_for_sign_off(tx, "concern_due", row.id, row.chat_id, row.lead_id, now)
