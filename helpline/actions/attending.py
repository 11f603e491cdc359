"""What a shift lead does beside a chat of somebody else: reads along, whispers, joins, takes over.

The listener sees at once who is there and why. A visitor hears of whoever writes to them, by name.
"""

from __future__ import annotations

from datetime import datetime

from helpline.actions import directing, ending, listening, parting, settling
from helpline.domain import access, errors, events, routing, supervision
from helpline.domain import chat as rules
from helpline.domain.access import Subject, Who
from helpline.domain.chat import ChatState
from helpline.domain.urgency import Level
from helpline.store import alerts, beside, chats, floor, journal, line, notes, offers, people
from helpline.store.chats import Said
from helpline.store.lead_tables import ReadAlong
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction

WHISPER = "whisper"  # the kind of note that it is kept as


def watch(
    store: Store, who: Who, chat_id: str, reason: str | None, *, now: datetime
) -> tuple[list[Said], bool]:
    """Reads along from now on, and again as long when it is said anew: (messages, more).
    Without words of their own the reason is what the chat shows.

    Refused: `not_found`, `chat_closed`, `not_on_shift`, `bad_request` for one's own chat or without
    a reason, `not_allowed` for a chat in line or kept apart, or where the line wants a call first.
    """
    with store.transaction() as tx:
        access.require(who, "watch")
        _stand_beside(tx, who, chat_id, reason, now)
        return chats.messages_after(tx, chat_id, 0)


def _stand_beside(
    tx: Transaction,
    who: Who,
    chat_id: str,
    reason: str | None,
    now: datetime,
    *,
    joins: bool = False,
) -> ReadAlong:
    """The lead's place beside this chat, new or renewed."""
    chat = _somebody_elses(tx, who, chat_id, now)
    why = _why(tx, chat, reason, joins=joins)
    until = now + supervision.READS_ALONG_FOR
    for row in beside.open_rows(tx, chat_id=chat_id, person_id=who.id):
        if row.until > now:
            row.until = until
            tx.session.add(row)
            beside.moved(tx, chat_id)
            tx.announce(events.ChatChanged(chat_id))
            return row
        parting.part(tx, row, "time", now)
    row = beside.begin(tx, chat_id, who.id, why, reason, now, until)
    journal.write(tx, "watch", now=now, chat_id=chat_id, person_id=who.id, why=why)
    _own_the_call(tx, who, chat_id, now)
    tx.announce(events.ChatChanged(chat_id))
    return row


def _why(tx: Transaction, chat: Chat, reason: str | None, *, joins: bool) -> str:
    return supervision.require_reason(
        Level(chat.level),
        said=bool(reason),
        joins=joins,
        asked=alerts.was_raised(tx, f"help_asked:{chat.id}", chat.arrived_at),
        policies=line.line(tx).policies,
    )


def _somebody_elses(tx: Transaction, who: Who, chat_id: str, now: datetime) -> Chat:
    """A chat that somebody else holds, for a lead who is here."""
    chat = chats.chat(tx, chat_id)
    if ChatState(chat.state) in rules.IN_LINE:
        raise errors.NobodyHolds
    if ChatState(chat.state) not in rules.HELD:
        raise errors.ChatClosed
    if chat.holder_id == who.id:
        raise errors.BadRequest(field="chat")
    if who.id in offers.never_asked(tx, chat_id):
        raise errors.KeptApart
    if who.id not in floor.on_shift(tx, now):
        raise errors.NotOnShift
    people.renew_lease(tx, who.id, now, now + routing.LEASE_LASTS)
    return chat


def _own_the_call(tx: Transaction, who: Who, chat_id: str, now: datetime) -> None:
    """Who comes because a listener asked is on it."""
    for alert in alerts.still_open(tx):
        if alert.kind == "help_asked" and alert.chat_id == chat_id:
            directing.own(tx, alert, who, now)


def unwatch(store: Store, who: Who, chat_id: str, *, now: datetime) -> None:
    """Reads along no longer; twice is as good as once."""
    with store.transaction() as tx:
        access.require(who, "watch")
        parting.part_from(tx, chat_id, who.id, "left", now)


def whisper(store: Store, who: Who, chat_id: str, text: str, *, now: datetime) -> None:
    """Words between the listener and the leads, kept with the chat like a note, never shown to its
    visitor. The holder's go to whoever reads along; a lead's to the holder.

    Refused: as `watch`.
    """
    with store.transaction() as tx:
        found = chats.find(tx, chat_id)
        holder_id = found.holder_id if found else None
        access.require(who, "whisper", Subject(holder_id=holder_id))
        if holder_id == who.id:
            listening.talking(tx, who, chat_id, "whisper")
        else:
            _somebody_elses(tx, who, chat_id, now)
        note_id = notes.add(tx, chat_id, who.id, WHISPER, text, now)
        beside.moved(tx, chat_id)
        journal.write(tx, WHISPER, now=now, chat_id=chat_id, person_id=who.id)
        tx.announce(events.Whispered(chat_id, note_id, who.id))


def join(
    store: Store, who: Who, chat_id: str, reason: str | None = None, *, now: datetime
) -> tuple[list[Said], bool]:
    """Reads along and writes too, which the visitor is told by name; the holder stays the holder.

    Refused: as `watch`, but that no reason need be given: it is not done in silence.
    """
    with store.transaction() as tx:
        access.require(who, "join")
        row = _stand_beside(tx, who, chat_id, reason, now, joins=True)
        if row.joined_at is None:
            row.joined_at = now
            tx.session.add(row)
            journal.write(tx, "joined", now=now, chat_id=chat_id, person_id=who.id)
            ending.line_says(tx, chats.chat(tx, chat_id), "lead_joined", now, name=who.name)
        return chats.messages_after(tx, chat_id, 0)


def take_over(store: Store, who: Who, chat_id: str, *, now: datetime) -> tuple[list[Said], bool]:
    """The lead holds the chat from now on: (messages, more). Who holds it already: ok again.

    Over the seats it is allowed, and counts: a life may hang on it, and nobody asks a lead to.
    Refused: as `watch`; `offer_taken` when it changed hands at this moment.
    """
    with store.transaction() as tx:
        access.require(who, "take_over")
        before = chats.chat(tx, chat_id).holder_id
        if before == who.id:
            listening.talking(tx, who, chat_id, "read")
            return chats.messages_after(tx, chat_id, 0)
        chat = _somebody_elses(tx, who, chat_id, now)
        _why(tx, chat, None, joins=True)

        if before is None or not chats.claim(tx, chat_id, who.id, now, from_id=before):
            raise errors.OfferTaken
        _taken(tx, chats.chat(tx, chat_id), who, before, now)
        return chats.messages_after(tx, chat_id, 0)


def _taken(tx: Transaction, chat: Chat, who: Who, before: str, now: datetime) -> None:
    parting.part_from(tx, chat.id, who.id, "holds", now)
    ending.withdraw_offers(tx, chat.id, now, why="taken")
    if chat.level >= Level.CRITICAL:
        listening.pass_on_the_rest(tx, who.id, now)
    ending.rest(tx, before, chat, now)
    _own_the_call(tx, who, chat.id, now)
    settling.settle_what_is_over(tx, now, chat_id=chat.id)
    journal.write(
        tx, "taken_over", now=now, chat_id=chat.id, person_id=who.id, level=chat.level, of=before
    )
    ending.line_says(tx, chat, "taken_over", now, name=who.name)
    tx.announce(events.ChatTakenOver(chat.id, before), events.PresenceChanged(who.id))
