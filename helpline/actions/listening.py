"""What a listener does: is there, takes a chat, talks, judges, asks for help, ends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from helpline.actions import (
    directing,
    ending,
    hearing,
    noticing,
    offering,
    parking,
    parting,
    settling,
    taking_along,
)
from helpline.domain import access, errors, events, routing
from helpline.domain import chat as rules
from helpline.domain.access import Subject, Who
from helpline.domain.chat import ChatState, Closing
from helpline.domain.urgency import Level
from helpline.store import beside, cards, chats, floor, journal, notes, offers, people
from helpline.store import resources as directory
from helpline.store.chats import Said
from helpline.store.tables import Chat, Offer
from helpline.store.transaction import Store, Transaction


@dataclass(frozen=True, slots=True)
class Kept:
    seq: int
    sent_at: datetime


# -- being there ------------------------------------------------------------------------------


def be_here(store: Store, who: Who, *, now: datetime) -> None:
    """Any sign of life renews the lease; coming back after a loss is told to the others."""
    with store.transaction() as tx:
        access.require(who, "be_present")

        if people.renew_lease(tx, who.id, now, now + routing.LEASE_LASTS):
            tx.announce(events.PresenceChanged(who.id))


def get_ready(store: Store, who: Who, *, fit: bool = False, now: datetime) -> None:
    """Ready for offers: ends a pause, declines the rest after a chat. Refused: `not_on_shift`.

    `fit`: they said that they are fit to take chats, and are not asked again on this shift.
    """
    with store.transaction() as tx:
        access.require(who, "be_present")
        if who.id not in floor.on_shift(tx, now):
            raise errors.NotOnShift

        stand_ready(tx, who, now, fit=fit)


def not_fit(store: Store, who: Who, *, now: datetime) -> None:
    """Not today: away, and those who answer for the shift know, so that somebody else can come.
    Refused: `not_on_shift`."""
    with store.transaction() as tx:
        access.require(who, "be_present")
        if who.id not in floor.on_shift(tx, now):
            raise errors.NotOnShift

        stand_away(tx, who, now)
        directing.tell(tx, "not_fit", who.id, now=now, person_id=who.id)


def stand_ready(tx: Transaction, who: Who, now: datetime, *, fit: bool = False) -> None:
    presence = people.presence(tx, who.id, now)
    presence.fit_at = now if fit else presence.fit_at
    presence.ready = True
    presence.paused = False
    presence.missed = 0
    presence.resting_until = presence.recovers_from = None
    presence.lease_until = now + routing.LEASE_LASTS
    presence.changed_at = now
    tx.session.add(presence)
    directing.settle(tx, "last_one_misses", who.id, now)
    finish_wrapping_up(tx, who.id, now)
    journal.write(tx, "ready", now=now, person_id=who.id)
    tx.announce(events.PresenceChanged(who.id))


def go_away(store: Store, who: Who, *, now: datetime) -> None:
    """No more offers; chats stay. What was being offered passes on."""
    with store.transaction() as tx:
        access.require(who, "be_present")

        stand_away(tx, who, now)


def stand_away(tx: Transaction, who: Who, now: datetime) -> None:
    presence = people.presence(tx, who.id, now)
    presence.ready = False
    presence.changed_at = now
    tx.session.add(presence)
    for offer in offers.pending_of_person(tx, who.id):
        if offers.end(tx, offer.id, "withdrawn", now):
            offering.after_offer_ended(tx, offer, "withdrawn", now)
    parting.go(tx, who.id, now)
    journal.write(tx, "away", now=now, person_id=who.id)
    tx.announce(events.PresenceChanged(who.id))


def finish_wrapping_up(tx: Transaction, person_id: str, now: datetime) -> None:
    for chat in chats.held_by(tx, person_id):
        if chat.state == ChatState.WRAPPING_UP:
            chat.state = ChatState.CLOSED
            tx.session.add(chat)
            tx.announce(events.ChatChanged(chat.id))


# -- taking a chat ----------------------------------------------------------------------------


def accept(store: Store, who: Who, offer_id: str, *, now: datetime) -> tuple[str, list[Said], bool]:
    """Takes the chat: (chat, its messages, more). The same listener again: the same answer.

    Refused: `not_found`, `offer_gone`, `offer_taken`.
    """
    with store.transaction() as tx:
        offer = offers.offer(tx, offer_id)
        access.require(who, "accept", Subject(asked_id=offer.person_id))
        chat = chats.chat(tx, offer.chat_id)
        if offer.state == "accepted" and chat.holder_id == who.id:
            return chat.id, *chats.messages_after(tx, chat.id, 0)
        routing.require_still_open(offer.state, offer.expires_at, now)

        if not chats.claim(tx, offer.chat_id, who.id, now, from_id=offer.from_id):
            raise errors.OfferTaken
        offers.end(tx, offer.id, "accepted", now)
        _taken(tx, offer, who, now)
        return offer.chat_id, *chats.messages_after(tx, offer.chat_id, 0)


def _taken(tx: Transaction, offer: Offer, who: Who, now: datetime) -> None:
    chat = chats.chat(tx, offer.chat_id)
    ending.withdraw_offers(tx, chat.id, now, why="taken")
    if chat.level >= Level.CRITICAL:
        pass_on_the_rest(tx, who.id, now)
    presence = people.presence(tx, who.id, now)
    presence.missed = 0
    tx.session.add(presence)
    parting.part_from(tx, chat.id, who.id, "holds", now)
    settling.settle_what_is_over(tx, now, chat_id=chat.id)
    kind = "handed_over" if offer.from_id else "accepted"
    fact = {"level": chat.level, "surge": offer.surge}
    journal.write(tx, kind, now=now, chat_id=chat.id, person_id=who.id, **fact)
    if offer.surge:
        directing.tell_leads(tx, "surge_taken", who.id, now=now, person_id=who.id)
    ending.line_says(tx, chat, "handed_over" if offer.from_id else "joined", now, name=who.name)
    tx.announce(
        events.OfferEnded(chat.id, offer.id, who.id, "accepted"), events.ChatChanged(chat.id)
    )
    if offer.from_id:
        tx.announce(
            events.HandOffChanged(chat.id, offer.id, offer.from_id),
            events.PresenceChanged(offer.from_id),
        )


def pass_on_the_rest(tx: Transaction, person_id: str, now: datetime) -> None:
    """A critical chat fills all seats: whatever else was being offered goes to others."""
    for offer in offers.pending_of_person(tx, person_id):
        if offers.end(tx, offer.id, "withdrawn", now):
            offering.after_offer_ended(tx, offer, "withdrawn", now)


def decline(store: Store, who: Who, offer_id: str, *, now: datetime) -> None:
    """Passes. It touches the offer only; the chat is offered to the next at once."""
    with store.transaction() as tx:
        offer = offers.offer(tx, offer_id)
        access.require(who, "decline", Subject(asked_id=offer.person_id))
        if offer.state == "declined":
            return
        routing.require_still_open(offer.state, offer.expires_at, now)

        if not offers.end(tx, offer.id, "declined", now):
            raise errors.OfferGone
        presence = people.presence(tx, who.id, now)
        presence.missed = 0
        tx.session.add(presence)
        offering.after_offer_ended(tx, offer, "declined", now)


# -- talking ----------------------------------------------------------------------------------


def holding(tx: Transaction, who: Who, chat_id: str, verb: str, epoch: int | None = None) -> Chat:
    """The chat, if this person holds it. Refused: `stale` to who held it before, `not_found`."""
    chat = chats.chat(tx, chat_id)
    lost = chat.holder_id != who.id or (epoch is not None and epoch != chat.epoch)
    if lost and chats.has_held(tx, chat_id, who.id):
        raise errors.Stale
    access.require(who, verb, Subject(holder_id=chat.holder_id))
    return chat


def beside_or_holding(
    tx: Transaction,
    who: Who,
    chat_id: str,
    verb: str,
    now: datetime,
    epoch: int | None = None,
) -> Chat:
    """Likewise for what a lead beside it may do too: no epoch tells of them."""
    chat = chats.chat(tx, chat_id)
    row = beside.of(tx, chat_id, who.id, now) if chat.beside else None
    if row is None:
        return holding(tx, who, chat_id, verb, epoch)
    joined = who.id if row.joined_at is not None else None
    access.require(who, verb, Subject(beside_id=who.id, joined_id=joined))
    return chat


def writing(
    tx: Transaction, who: Who, chat_id: str, verb: str, now: datetime, epoch: int | None = None
) -> Chat:
    """As `talking`, for whoever writes to the visitor: the holder, or a lead who joined."""
    chat = beside_or_holding(tx, who, chat_id, verb, now, epoch)
    if chat.state != ChatState.ACTIVE:
        raise errors.ChatClosed
    return chat


def talking(tx: Transaction, who: Who, chat_id: str, verb: str, epoch: int | None = None) -> Chat:
    """As `holding`, while the chat goes on. Refused besides: `chat_closed`."""
    chat = holding(tx, who, chat_id, verb, epoch)
    if chat.state != ChatState.ACTIVE:
        raise errors.ChatClosed
    return chat


def say(
    store: Store,
    who: Who,
    chat_id: str,
    client_id: str,
    text: str,
    *,
    epoch: int | None = None,
    now: datetime,
    via: str | None = None,
) -> Kept:
    """Keeps a listener's words.

    Refused: `not_found`, `stale`, `chat_closed`, `client_id_reused`.
    """
    kept = store.keep(_say, who, chat_id, client_id, text, epoch, now, via)
    noticing.hear_listener(store, chat_id, text, now=now)
    return kept


def _say(
    tx: Transaction,
    who: Who,
    chat_id: str,
    client_id: str,
    text: str,
    epoch: int | None,
    now: datetime,
    via: str | None,
) -> Kept:
    chat = beside_or_holding(tx, who, chat_id, "say", now, epoch)
    known = chats.said_with(tx, chat_id, client_id)
    if known is not None:
        return _the_same(known, who, text)
    parking.take_up(tx, writing(tx, who, chat_id, "say", now, epoch), now)

    seq = chats.add_message(
        tx, chat_id, author="listener", person_id=who.id, client_id=client_id, text=text, now=now
    )
    if hearing.asks_about_risk(text):
        chat.asked_about_risk_seq = seq
        tx.session.add(chat)
    tx.announce(events.MessageSaid(chat_id, seq, "listener", who.id, via))
    return Kept(seq, now)


def _the_same(known: Said, who: Who, text: str) -> Kept:
    if known.person_id != who.id or known.text != text:
        raise errors.ClientIdReused
    return Kept(known.seq, known.sent_at)


def send_resource(
    store: Store,
    who: Who,
    chat_id: str,
    resource_id: str,
    client_id: str,
    *,
    epoch: int | None = None,
    now: datetime,
    via: str | None = None,
) -> Kept:
    """A crisis resource as a card in the chat.

    Refused: as `say`; `not_found` for what no visitor is shown.
    """
    return store.keep(_send_resource, who, chat_id, resource_id, client_id, epoch, now, via)


def _send_resource(
    tx: Transaction,
    who: Who,
    chat_id: str,
    resource_id: str,
    client_id: str,
    epoch: int | None,
    now: datetime,
    via: str | None,
) -> Kept:
    beside_or_holding(tx, who, chat_id, "send_resource", now, epoch)
    known = chats.said_with(tx, chat_id, client_id)
    if known is not None:
        if known.person_id != who.id or known.resource_id != resource_id:
            raise errors.ClientIdReused
        return Kept(known.seq, known.sent_at)
    if directory.find_shown(tx, resource_id) is None:
        raise errors.NotFound(field="resource")
    parking.take_up(tx, writing(tx, who, chat_id, "send_resource", now, epoch), now)

    seq = chats.add_message(
        tx,
        chat_id,
        author="listener",
        person_id=who.id,
        client_id=client_id,
        resource_id=resource_id,
        now=now,
    )
    cards.offered(tx, resource_id, now)
    journal.write(tx, "resource", now=now, chat_id=chat_id, person_id=who.id, resource=resource_id)
    tx.announce(events.MessageSaid(chat_id, seq, "listener", who.id, via))
    return Kept(seq, now)


def read_on(
    store: Store, who: Who, chat_id: str, after: int, *, now: datetime
) -> tuple[list[Said], bool]:
    """Messages after `after`, ascending, and whether there are more."""
    with store.reading() as tx:
        beside_or_holding(tx, who, chat_id, "read", now)
        return chats.messages_after(tx, chat_id, after)


def require_writing(store: Store, who: Who, chat_id: str, *, now: datetime) -> None:
    with store.reading() as tx:
        writing(tx, who, chat_id, "say", now)


# -- ending -----------------------------------------------------------------------------------


def close(
    store: Store,
    who: Who,
    chat_id: str,
    closing: Closing,
    note: str | None,
    *,
    next_step: str | None = None,
    epoch: int | None = None,
    now: datetime,
) -> None:
    """Ends the chat with an outcome; the visitor is told and shown what else there is, and the next
    step that they agreed on, if any.

    Refused besides: `not_allowed` at high and critical without an assessment or `anyway`.
    """
    with store.transaction() as tx:
        chat = holding(tx, who, chat_id, "close", epoch)
        if chat.state == ChatState.WRAPPING_UP:
            return
        talking(tx, who, chat_id, "close")
        rules.require_closing(closing, Level(chat.level), was_assessed=chat.assessed is not None)

        if note:
            notes.add(tx, chat_id, who.id, "note", note, now)
        if closing.anyway:
            notes.add(tx, chat_id, who.id, "closed_anyway", closing.anyway, now)
        if next_step:
            taking_along.keep_step(tx, chat, next_step, by="listener", now=now)
        ending.line_says(tx, chat, "closed", now, name=who.name)
        ending.end(tx, chat, closing.outcome, now)


def reopen(store: Store, who: Who, chat_id: str, *, now: datetime) -> None:
    """The listener takes back a closing, for 15 minutes."""
    with store.transaction() as tx:
        chat = holding(tx, who, chat_id, "reopen")
        if chat.state == ChatState.ACTIVE:
            return
        if not rules.may_reopen(chat.ended_at, now) or chat.left_quickly or chat.erased_at:
            raise errors.ChatClosed
        ending.reopen_with(tx, chat, who.id, now)


def end_wrap_ups(store: Store, *, now: datetime) -> None:
    """Five minutes after a chat its wrap-up is over."""
    with store.transaction() as tx:
        since = now - rules.WRAP_UP_LASTS
        for chat in chats.in_state_before(tx, ChatState.WRAPPING_UP, since):
            chat.state = ChatState.CLOSED
            tx.session.add(chat)
            tx.announce(events.ChatChanged(chat.id))
            if chat.holder_id:
                tx.announce(events.PresenceChanged(chat.holder_id))
