"""Not alone with it: asking a lead for help, stepping out, handing a chat to somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from helpline.actions import accompanying, directing, ending, offering, passing, summoning
from helpline.actions.listening import holding, talking
from helpline.domain import access, assigning, errors, events, routing
from helpline.domain.access import Role, Subject, Who
from helpline.store import chats, floor, hand_offs, journal, notes, offers, people
from helpline.store.hand_off_tables import HandOff
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
    why: str | None = None,
    ask: bool = False,
    epoch: int | None = None,
    now: datetime,
) -> HandedOff:
    """To a listener or lead as an offer (the sender keeps the chat until then), back to the line,
    warmly to a resource, while the sender stays, or to the emergency services (`summoning`).

    The visitor is told first, with `why` if given, and may say no. To the line it goes at once,
    unless `ask` waits for their answer. Asking somebody else takes back what was asked before.

    Refused: `not_found`, `stale`, `chat_closed`, `not_on_shift`, `no_free_seat`, `bad_request`.
    """
    if kind == "emergency":
        begun = summoning.begin(store, who, chat_id, epoch=epoch, now=now)
        return HandedOff(begun.id, "begun", kind, None, None)
    with store.transaction() as tx:
        chat = talking(tx, who, chat_id, "hand_off", epoch)
        if kind == "resource":
            if to_id is None:
                raise errors.BadRequest(field="to")
            return _handed(accompanying.offer(tx, chat, who, to_id, words, now))
        if kind == "queue":
            _take_back_what_was_asked(tx, chat_id, now)
            row = passing.ask_about_the_line(
                tx, chat, who.id, who.name, words, why, now, at_once=not ask
            )
            return _handed(row)
        return _hand_to_somebody(tx, chat, who, kind, to_id, words, why, now)


def _hand_to_somebody(
    tx: Transaction,
    chat: Chat,
    who: Who,
    kind: str,
    to_id: str | None,
    words: str | None,
    why: str | None,
    now: datetime,
) -> HandedOff:
    open_one = offers.hand_off_of(tx, chat.id)
    if open_one is not None and _asks_the_same(open_one, kind, to_id):
        return _handed(open_one)

    taker, note = _taker(tx, chat, who, kind, to_id, now)
    _take_back_what_was_asked(tx, chat.id, now)
    to_line = hand_offs.open_of(tx, chat.id, "queue")
    if to_line is not None:
        hand_offs.move(tx, to_line, "withdrawn", now)
    offer = offering.hand_over(tx, chat, who.id, taker.id, words, kind=kind, note=note, now=now)
    if open_one is not None and open_one.kind == kind:  # they know already, and may have said yes
        offer.visitor_says = open_one.visitor_says
        tx.session.add(offer)
    else:
        passing.tell(tx, chat, who.name, kind, why, now)
    journal.write(tx, "hand_off_asked", now=now, chat_id=chat.id, person_id=who.id, to=taker.id)
    tx.announce(
        events.ChatOffered(chat.id, offer.id, taker.id),
        events.HandOffChanged(chat.id, offer.id, who.id),
    )
    return _handed(offer)


def _take_back_what_was_asked(tx: Transaction, chat_id: str, now: datetime) -> None:
    """Of a colleague: something else is asked now."""
    offer = offers.hand_off_of(tx, chat_id)
    if offer is not None and offers.end(tx, offer.id, "withdrawn", now):
        offering.after_offer_ended(tx, offer, "withdrawn", now, asks_on=True)


def _asks_the_same(offer: Offer, kind: str, to_id: str | None) -> bool:
    return offer.kind == kind and to_id in (None, offer.person_id)


def _handed(asked: Offer | HandOff) -> HandedOff:
    if isinstance(asked, Offer):
        return HandedOff(asked.id, asked.state, asked.kind, asked.person_id, asked.expires_at)
    until = None if asked.state == "accepted" else asked.expires_at
    return HandedOff(asked.id, asked.state, asked.kind, asked.resource_id, until)


def withdraw_hand_off(store: Store, who: Who, hand_off_id: str, *, now: datetime) -> None:
    """The sender takes back what nobody has taken yet; a card that was sent is not taken back."""
    with store.transaction() as tx:
        asked = hand_offs.any_kind(tx, hand_off_id)
        access.require(who, "hand_off", Subject(holder_id=asked.from_id))

        if isinstance(asked, HandOff):
            if asked.kind == "queue":
                passing.take_back(tx, asked, now)
        elif offers.end(tx, asked.id, "withdrawn", now):
            offering.after_offer_ended(tx, asked, "withdrawn", now)


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


def look(store: Store, *, now: datetime) -> None:
    """What the visitor said nothing about goes on; and what nobody has told of is asked after."""
    passing.carry_on(store, now=now)
    accompanying.remind(store, now=now)
