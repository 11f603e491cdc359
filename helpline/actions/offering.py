"""Routing as it runs: lost listeners first, lapsed offers next, then a taker for everyone in line.

Each step stands alone and may be repeated; nudges only make them sooner. A chat that fails is
set apart as an alert and never stops the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice

from helpline.actions import directing, ending
from helpline.domain import access, assigning, errors, events, queue, routing, way_back
from helpline.domain.access import Who
from helpline.domain.assigning import Asking
from helpline.domain.chat import IN_LINE, ChatState, grace
from helpline.domain.urgency import Level
from helpline.store import chats, floor, journal, offers, people, returns
from helpline.store.secrets import new_id
from helpline.store.tables import Chat, Offer, Presence
from helpline.store.transaction import Store, Transaction

log = logging.getLogger(__name__)

LOOKED_AT_ONCE = 200  # chats

# What an offer says besides, and the alert that the leads hear of it.
TOLD_OF = {
    "language": "without_language",
    "training": "without_training",
    assigning.LAST_RESORT: "last_resort",
}


def sweep(store: Store, *, now: datetime) -> None:
    """One look at everything that routing owes anybody. The loop calls it; so may anyone."""
    reclaim_lost(store, now=now)
    let_lapse(store, now=now)
    let_go(store, now=now)
    offer_waiting(store, now=now)


def reclaim_lost(store: Store, *, now: datetime) -> None:
    """Chats of listeners whose lease ended a minute ago go back to the line, their place kept;
    so does one that was set aside and has become critical, when its listener has no seat for it.
    What was offered to somebody who is gone is withdrawn at once."""
    with store.reading() as tx:
        presences = people.presences(tx)
        unheard = [
            (offer.id, offer.chat_id)
            for offer in offers.pending(tx)
            if not _is_here(presences.get(offer.person_id), now)
        ]
        forgotten = [each.person_id for each in presences.values() if _is_forgotten(each, now)]
        lost = [
            (chat.id, chat.id)
            for chat in chats.active(tx)
            if _needs_somebody(chat, presences.get(chat.holder_id or ""), now)
        ]

    _each_by_itself(store, unheard, _withdraw_unheard, now)
    if forgotten:
        with store.transaction() as tx:
            for person_id in forgotten:
                _forget_ready(tx, person_id, now)
    _each_by_itself(store, lost, _release, now)


def _is_here(presence: Presence | None, now: datetime) -> bool:
    return presence is not None and presence.lease_until is not None and presence.lease_until > now


def _is_lost(presence: Presence | None, now: datetime) -> bool:
    if presence is None or presence.lease_until is None:
        return True
    return presence.lease_until + routing.LOST_AFTER <= now


def _needs_somebody(chat: Chat, holder: Presence | None, now: datetime) -> bool:
    if chat.parked_at is not None:
        return chat.level >= Level.CRITICAL
    return _is_lost(holder, now)


def _is_forgotten(presence: Presence, now: datetime) -> bool:
    since = presence.lease_until or presence.changed_at
    return presence.ready and now - since >= routing.LOST_AFTER


def _withdraw_unheard(tx: Transaction, offer_id: str, now: datetime) -> None:
    offer = offers.offer(tx, offer_id)
    if people.is_here(tx, offer.person_id, now):
        return
    if offers.end(tx, offer.id, "withdrawn", now):
        after_offer_ended(tx, offer, "withdrawn", now)


def _forget_ready(tx: Transaction, person_id: str, now: datetime) -> None:
    presence = people.presence(tx, person_id, now)
    if not _is_forgotten(presence, now):
        return
    presence.ready = False
    tx.session.add(presence)
    tx.announce(events.PresenceChanged(person_id))


def _release(tx: Transaction, chat_id: str, now: datetime) -> None:
    chat = chats.chat(tx, chat_id)
    holder = people.presences(tx).get(chat.holder_id or "")
    if chat.state != ChatState.ACTIVE or not _needs_somebody(chat, holder, now):
        return
    name = people.names(tx).get(chat.holder_id or "")
    why, says = ("parked", "put_back") if chat.parked_at else ("lost", "listener_lost")
    ending.release(tx, chat, why=why, now=now)
    ending.line_says(tx, chat, says, now, name=name)


def let_lapse(store: Store, *, now: datetime) -> None:
    """Offers nobody answered pass on; a second one in a row pauses further ones, without blame."""
    with store.reading() as tx:
        lapsed = [(offer.id, offer.chat_id) for offer in offers.lapsed(tx, now)]
    _each_by_itself(store, lapsed, _lapse, now)


def _lapse(tx: Transaction, offer_id: str, now: datetime) -> None:
    offer = offers.offer(tx, offer_id)
    if not offers.end(tx, offer.id, "lapsed", now):
        return
    after_offer_ended(tx, offer, "lapsed", now)
    if not offer.ring and offer.from_id is None:
        _count_missed(tx, offer.person_id, now)


def _count_missed(tx: Transaction, person_id: str, now: datetime) -> None:
    others = sum(
        routing.can_take(each, now) for each in floor.listeners(tx, now) if each.id != person_id
    )
    presence = people.presence(tx, person_id, now)
    presence.missed, paused = routing.next_missed(presence.missed, others_ready=others)
    if presence.missed >= routing.MISSES_BEFORE_PAUSE and not paused:
        directing.tell(tx, "last_one_misses", person_id, now=now, person_id=person_id)
    presence.paused = presence.paused or paused
    tx.session.add(presence)
    tx.announce(events.PresenceChanged(person_id))


def let_go(store: Store, *, now: datetime) -> None:
    """Visitors whose connection was lost for longer than their grace are counted as left."""
    with store.reading() as tx:
        gone = [(chat.id, chat.id) for chat in chats.in_line(tx) if _is_gone(chat, now)]
    _each_by_itself(store, gone, _let_go, now)


def _is_gone(chat: Chat, now: datetime) -> bool:
    is_in_line = ChatState(chat.state) in IN_LINE
    return is_in_line and chat.visitor_seen_at + grace(Level(chat.level)) <= now


def _let_go(tx: Transaction, chat_id: str, now: datetime) -> None:
    chat = chats.chat(tx, chat_id)
    if _is_gone(chat, now):
        ending.leave_the_line(tx, chat, why="lost", now=now)


def offer_waiting(store: Store, *, now: datetime) -> None:
    """Offers every chat in line that nobody is being asked about, in the queue's order; a ring
    that goes on is topped up with who can be asked by now."""
    with store.reading() as tx:
        askings = list(_plan(tx, now))
    for asking in askings:
        one = partial(_offer, asking=asking)
        _each_by_itself(store, [(asking.chat_id, asking.chat_id)], one, now)


def _plan(tx: Transaction, now: datetime) -> Iterator[Asking]:
    """One pass over the queue, looked at a handful at a time: it ends with the last free seat."""
    listeners = floor.listeners(tx, now)
    one_pass = assigning.Pass(listeners, now, floor.policy(tx))
    in_turn = queue.in_turn(chats.waiting(tx))
    while batch := list(islice(in_turn, LOOKED_AT_ONCE)):
        waiting = chats.with_ids(tx, [each.id for each in batch])
        wishes = returns.wishes(tx, [each.id for each in waiting])
        for chat in floor.candidates(tx, waiting):
            if one_pass.is_over_for(chat):
                return
            if chat.id in wishes:
                chat = way_back.narrowed(chat, wishes[chat.id], listeners, now)
            yield from _ask(one_pass, chat)


def _ask(one_pass: assigning.Pass, chat: routing.Candidate) -> Iterator[Asking]:
    """What to ask about one chat. If that fails, nobody: `_offer` meets the fault once more, in a
    transaction of its own, where it becomes an alert."""
    try:
        asking = one_pass.ask(chat)
    except Exception:
        asking = Asking(chat.id, (), routing.OFFER_LASTS)
    if asking:
        yield asking


def _each_by_itself(
    store: Store,
    found: Iterable[tuple[str, str]],
    act: Callable[[Transaction, str, datetime], None],
    now: datetime,
) -> None:
    """Acts on each of (id, its chat) in a transaction of its own, in which `act` looks again:
    facts are fresh, and the fault of one chat becomes an alert and stays its own."""
    for each, chat_id in found:
        try:
            with store.transaction() as tx:
                act(tx, each, now)
        except Exception:
            log.exception("routing failed for one chat")
            with store.transaction() as tx:
                directing.tell(tx, "routing_failed", chat_id, now=now, chat_id=chat_id)


def _offer(tx: Transaction, chat_id: str, now: datetime, *, asking: Asking) -> None:
    """Asks those who may still be asked: between plan and act somebody may have taken a seat."""
    chat = chats.chat(tx, chat_id)
    if ChatState(chat.state) not in IN_LINE:
        return
    candidate = floor.candidate(tx, chat)
    most = assigning.may_still_ask(candidate, now)
    if asking.person_ids and not most:  # another router was first
        return
    listeners = {each.id: each for each in floor.listeners(tx, now)}
    if not asking.person_ids:
        assigning.choose(candidate, list(listeners.values()), now)
    may = routing.may_surge if asking.surge else routing.may_be_offered
    if asking.last_resort:
        may = routing.may_be_last_resort
    for person_id in asking.person_ids[:most]:
        if person_id in listeners and may(listeners[person_id], candidate, now):
            make_offer(tx, chat, asking, person_id, now=now)
            _tell_of_a_minor(tx, candidate, person_id, now)


def _tell_of_a_minor(
    tx: Transaction, chat: routing.Candidate, person_id: str, now: datetime
) -> None:
    """A child or young person may talk to the same listener again: the leads know of it."""
    wish = returns.wishes(tx, [chat.id]).get(chat.id)
    if wish and wish.person_id == person_id and way_back.concerns_a_minor(wish, chat):
        directing.tell_leads(
            tx, "same_listener_minor", chat.id, now=now, chat_id=chat.id, person_id=person_id
        )


def make_offer(
    tx: Transaction, chat: Chat, asking: Asking, person_id: str, *, now: datetime
) -> Offer:
    """Asks one person; the offer counts against their seats from this commit on."""
    offer = offers.add(
        tx,
        chat.id,
        person_id,
        now=now,
        expires_at=now + asking.lasts,
        note=asking.note,
        ring=asking.ring,
        surge=asking.surge,
    )
    people.mark_offered(tx, person_id, now)
    if chat.first_offered_at is None:
        chat.first_offered_at = now
        journal.write(tx, "first_offered", now=now, chat_id=chat.id, person_id=person_id)
    chat.state = ChatState.OFFERED
    tx.session.add(chat)
    for each in asking.note.split():
        directing.tell_leads(tx, TOLD_OF[each], chat.id, now=now, chat_id=chat.id)
    tx.announce(events.ChatOffered(chat.id, offer.id, person_id))
    return offer


def ask_one(tx: Transaction, chat: Chat, person_id: str, *, now: datetime) -> Offer:
    """Asks a certain person, as somebody chose."""
    asking = Asking(chat.id, (person_id,), routing.OFFER_LASTS)
    return make_offer(tx, chat, asking, person_id, now=now)


def assign(store: Store, who: Who, chat_id: str, person_id: str, *, now: datetime) -> str:
    """A coordinator or lead asks a certain person to take this chat; gives the offer's id.

    Refused: `not_found` (also who stepped out of it), `not_on_shift`, `no_free_seat`,
    `offer_taken`.
    """
    with store.transaction() as tx:
        access.require(who, "assign")
        chat = chats.chat(tx, chat_id)
        directing.require_in_line(chat.state)
        listener = require_listener(tx, chat_id, person_id, now)
        if routing.free_seats(listener) == 0:
            raise errors.NoFreeSeat

        for each in offers.pending_of_chat(tx, chat_id):
            if each.person_id == person_id:
                return each.id
        ending.withdraw_offers(tx, chat_id, now)
        offer = ask_one(tx, chat, person_id, now=now)
        journal.write(tx, "assigned", now=now, chat_id=chat_id, person_id=who.id)
        return offer.id


def require_listener(
    tx: Transaction, chat_id: str, person_id: str, now: datetime
) -> routing.Listener:
    """Somebody who is there to be asked about this chat. Refused: `not_found` (also who is not
    asked about it again), `not_on_shift`."""
    if person_id in offers.never_asked(tx, chat_id):
        raise errors.NotFound
    for each in floor.listeners(tx, now):
        if each.id == person_id:
            if not (each.on_shift and each.here):
                raise errors.NotOnShift
            return each
    raise errors.NotFound


def hand_over(
    tx: Transaction,
    chat: Chat,
    from_id: str,
    to_id: str,
    words: str | None,
    *,
    kind: str,
    note: str = "",
    now: datetime,
) -> Offer:
    """A hand-off between people: an offer; the sender keeps the chat until it is accepted."""
    offer_id = new_id()
    return offers.add(
        tx,
        chat.id,
        to_id,
        now=now,
        expires_at=now + routing.HAND_OFF_LASTS,
        from_id=from_id,
        kind=kind,
        note=note,
        words_sealed=chats.seal(tx, chat.id, f"hand_off:{offer_id}", words),
        offer_id=offer_id,
    )


def after_offer_ended(
    tx: Transaction, offer: Offer, why: str, now: datetime, *, asks_on: bool = False
) -> None:
    """An offer that ended without a taker touches the offer only: the chat stays where it was.

    A visitor who was told of a hand-off hears that it did not come about, unless its sender asks
    somebody else in the same breath.
    """
    if offer.from_id:
        if not asks_on:
            ending.stays(tx, offer.chat_id, offer.from_id, now)
        tx.announce(events.HandOffChanged(offer.chat_id, offer.id, offer.from_id))
    else:
        chat = chats.chat(tx, offer.chat_id)
        if chat.state == ChatState.OFFERED and not offers.pending_of_chat(tx, chat.id):
            chat.state = ChatState.WAITING
            tx.session.add(chat)
    journal.write(tx, "offer_" + why, now=now, chat_id=offer.chat_id, person_id=offer.person_id)
    tx.announce(events.OfferEnded(offer.chat_id, offer.id, offer.person_id, why))
