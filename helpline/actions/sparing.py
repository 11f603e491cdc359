"""What a listener is spared: topics for the rest of a shift, and a person for good."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from helpline.actions import offering, parting
from helpline.domain import access, errors, events, topics
from helpline.domain.access import Subject, Who
from helpline.store import chats, floor, journal, offers, people
from helpline.store.transaction import Store, Transaction


def choose_not_today(store: Store, who: Who, chosen: Iterable[str], *, now: datetime) -> None:
    """These topics not on this shift; none takes the wish back. What is being offered stays open.

    Refused: `bad_request` for an unknown topic, `not_on_shift`.
    """
    with store.transaction() as tx:
        access.require(who, "be_present")
        known = topics.require_known(chosen)
        if who.id not in {each.id for each in floor.listeners(tx, now) if each.on_shift}:
            raise errors.NotOnShift

        presence = people.presence(tx, who.id, now)
        presence.not_today, presence.not_today_since = known, now
        tx.session.add(presence)
        journal.write(tx, "not_today", now=now, person_id=who.id, count=len(known))
        tx.announce(events.PresenceChanged(who.id))


def lift_cap(store: Store, who: Who, person_id: str, *, now: datetime) -> None:
    """A lead lets somebody take more critical chats on this shift than one may ask of a person.

    Refused: `not_on_shift`.
    """
    with store.transaction() as tx:
        access.require(who, "lift_cap")
        if person_id not in {each.id for each in floor.listeners(tx, now) if each.on_shift}:
            raise errors.NotOnShift

        presence = people.presence(tx, person_id, now)
        presence.cap_lifted_at = now
        tx.session.add(presence)
        journal.write(tx, "cap_lifted", now=now, person_id=who.id, of=person_id)
        tx.announce(events.PresenceChanged(person_id))


def keep_apart(store: Store, who: Who, chat_id: str, *, apart: bool, now: datetime) -> None:
    """Not with this person again, says who holds or held the chat; or takes it back.

    A conversation that goes on stays as it is: `step_out` is the way out of it.
    """
    with store.transaction() as tx:
        chat = chats.chat(tx, chat_id)
        has_held = chats.has_held(tx, chat_id, who.id)
        access.require(who, "keep_apart", Subject(holder_id=who.id if has_held else chat.holder_id))

        _keep_apart(tx, who, chat_id, who.id, apart, now)


def keep_others_apart(
    store: Store, who: Who, chat_id: str, person_id: str, *, apart: bool, now: datetime
) -> None:
    """Likewise a lead about somebody else. Refused besides: `not_found` for who is unknown."""
    with store.transaction() as tx:
        access.require(who, "keep_others_apart")
        chats.chat(tx, chat_id)
        people.person(tx, person_id)

        _keep_apart(tx, who, chat_id, person_id, apart, now)


def _keep_apart(
    tx: Transaction, who: Who, chat_id: str, person_id: str, apart: bool, now: datetime
) -> None:
    if not apart:
        offers.bring_together(tx, chat_id, person_id)
    else:
        offers.keep_apart(tx, chat_id, person_id, who.id, now)
        for each in offers.pending_of_chat(tx, chat_id):
            if each.person_id == person_id and offers.end(tx, each.id, "withdrawn", now):
                offering.after_offer_ended(tx, each, "withdrawn", now)
        parting.part_from(tx, chat_id, person_id, "apart", now)
    kind = "kept_apart" if apart else "brought_together"
    journal.write(tx, kind, now=now, chat_id=chat_id, person_id=who.id)
    tx.announce(events.ChatChanged(chat_id))
