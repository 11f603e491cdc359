"""Not alone with it: asking a lead for help, stepping out, handing a chat to somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from helpline.actions import directing, ending, offering
from helpline.actions.listening import holding, talking
from helpline.domain import access, assigning, errors, events, routing
from helpline.domain.access import Role, Subject, Who
from helpline.store import chats, floor, journal, notes, offers, people
from helpline.store.tables import Chat, Offer
from helpline.store.transaction import Store, Transaction


@dataclass(frozen=True, slots=True)
class HandedOff:
    """A hand-off as its sender sees it; no expiry when it went to the queue."""

    id: str
    state: str
    kind: str
    to_id: str | None
    expires_at: datetime | None


def ask_help(store: Store, who: Who, chat_id: str, why: str | None, *, now: datetime) -> None:
    """The leads are told at once; the words of `why` stay with the chat."""
    with store.transaction() as tx:
        holding(tx, who, chat_id, "ask_help")
        if why:
            notes.add(tx, chat_id, who.id, "help", why, now)
        directing.tell_leads(tx, "help_asked", chat_id, now=now, chat_id=chat_id, person_id=who.id)


def step_out(store: Store, who: Who, chat_id: str, why: str | None, *, now: datetime) -> None:
    """One press: the listener is out, the words are hidden from them, a lead owns it.

    The chat is first in line again and goes to a lead on shift who is there, else to the next.
    """
    with store.transaction() as tx:
        chat = talking(tx, who, chat_id, "step_out")
        if why:
            notes.add(tx, chat_id, who.id, "step_out", why, now)

        ending.release(tx, chat, why="stepped_out", now=now)
        ending.rest(tx, who.id, chat, now, stepped_out=True)
        ending.line_says(tx, chat, "stepped_out", now, name=who.name)
        directing.tell_leads(tx, "stepped_out", chat_id, now=now, chat_id=chat_id, person_id=who.id)
        been_out = offers.never_asked(tx, chat_id)
        for lead in _leads_there(tx, now):
            if lead.id not in been_out:
                offering.ask_one(tx, chats.chat(tx, chat_id), lead.id, now=now)
                break


def _leads_there(tx: Transaction, now: datetime) -> list[routing.Listener]:
    there = [each for each in floor.listeners(tx, now) if each.leads and each.here]
    return sorted(there, key=lambda each: (not each.ready, each.used, each.id))


def hand_off(
    store: Store,
    who: Who,
    chat_id: str,
    *,
    kind: str,
    to_id: str | None,
    words: str | None,
    epoch: int | None = None,
    now: datetime,
) -> HandedOff:
    """To a listener or lead as an offer (the sender keeps the chat until then), or to the queue.

    Asking somebody else, or for somebody else, takes back what was asked before.

    Refused: `not_found`, `stale`, `chat_closed`, `not_on_shift`, `no_free_seat`.
    """
    with store.transaction() as tx:
        chat = talking(tx, who, chat_id, "hand_off", epoch)
        if kind == "queue":
            return _hand_to_queue(tx, chat, who, words, now)
        open_one = offers.hand_off_of(tx, chat_id)
        if open_one is not None and _asks_the_same(open_one, kind, to_id):
            return _handed(open_one)

        taker, note = _taker(tx, chat, who, kind, to_id, now)
        if open_one is not None and offers.end(tx, open_one.id, "withdrawn", now):
            offering.after_offer_ended(tx, open_one, "withdrawn", now)
        offer = offering.hand_over(tx, chat, who.id, taker.id, words, kind=kind, note=note, now=now)
        journal.write(tx, "hand_off_asked", now=now, chat_id=chat_id, person_id=who.id, to=taker.id)
        tx.announce(
            events.ChatOffered(chat_id, offer.id, taker.id),
            events.HandOffChanged(chat_id, offer.id, who.id),
        )
        return _handed(offer)


def _asks_the_same(offer: Offer, kind: str, to_id: str | None) -> bool:
    return offer.kind == kind and to_id in (None, offer.person_id)


def _handed(offer: Offer) -> HandedOff:
    return HandedOff(offer.id, offer.state, offer.kind, offer.person_id, offer.expires_at)


def withdraw_hand_off(store: Store, who: Who, offer_id: str, *, now: datetime) -> None:
    """The sender takes back what nobody has taken yet."""
    with store.transaction() as tx:
        offer = offers.offer(tx, offer_id)
        access.require(who, "hand_off", Subject(holder_id=offer.from_id))

        if offers.end(tx, offer_id, "withdrawn", now):
            offering.after_offer_ended(tx, offer, "withdrawn", now)


def _hand_to_queue(
    tx: Transaction, chat: Chat, who: Who, words: str | None, now: datetime
) -> HandedOff:
    if words:
        notes.add(tx, chat.id, who.id, "hand_off", words, now)
    ending.release(tx, chat, why="handed_to_queue", now=now)
    ending.line_says(tx, chat, "handed_to_queue", now, name=who.name)
    tx.announce(events.PresenceChanged(who.id))
    return HandedOff(chat.id, "accepted", "queue", None, None)


def _taker(
    tx: Transaction, chat: Chat, who: Who, kind: str, to_id: str | None, now: datetime
) -> tuple[routing.Listener, str]:
    """The person named, or the best of those who are free; and what was relaxed to find them."""
    if to_id == who.id:
        raise errors.BadRequest(field="to")
    if to_id is not None:
        named = offering.require_listener(tx, chat.id, to_id, now)
        if kind == "lead" and Role.LEAD not in people.person(tx, to_id).roles:
            raise errors.NotFound(field="to")
        if kind == "listener" and routing.free_seats(named) == 0:
            raise errors.NoFreeSeat
        return named, ""
    if kind == "lead":
        not_for = offers.never_asked(tx, chat.id) | {who.id}
        leads = [each for each in _leads_there(tx, now) if each.id not in not_for]
        if not leads:
            raise errors.NotOnShift
        return leads[0], ""
    others = [each for each in floor.listeners(tx, now) if each.id != who.id]
    choice = assigning.choose(floor.candidate(tx, chat), others, now)
    if not choice.person_ids:
        raise errors.NoFreeSeat
    return next(each for each in others if each.id == choice.person_ids[0]), choice.note
