"""How chats end, and how they come back: always said, never silent."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import hearing, parting, reviewing
from helpline.domain import care, errors, events, incidents, retention, routing
from helpline.domain import chat as rules
from helpline.domain import follow_ups as check_ins
from helpline.domain.chat import ChatState
from helpline.domain.urgency import Level
from helpline.store import (
    chats,
    floor,
    follow_ups,
    hand_offs,
    journal,
    offers,
    people,
    tickets,
    turns,
)
from helpline.store.tables import Chat
from helpline.store.transaction import Transaction


def visitor_leaves(tx: Transaction, chat: Chat, *, quick: bool, now: datetime) -> None:
    """The visitor ends it. From the line it is `left`, from a conversation it is closed."""
    if ChatState(chat.state) in rules.IN_LINE:
        leave_the_line(tx, chat, why="quick" if quick else "visitor_left", now=now)
    elif chat.state == ChatState.ACTIVE:
        line_says(tx, chat, "visitor_left_quickly" if quick else "visitor_left", now)
        end(tx, chat, "visitor_left", now, gone=quick and chat.level >= Level.HIGH)
    if quick:
        chat.left_quickly = True
        chat.visitor_here = False
        tx.session.add(chat)
        chats.void_tokens(tx, chat.id, now)
        tickets.void_of_chat(tx, chat.id)
        tx.announce(events.TokenVoided(chat.id, now), events.ChatChanged(chat.id))


def leave_the_line(tx: Transaction, chat: Chat, *, why: str, now: datetime) -> None:
    """`why` is visitor_left, quick, or lost; only after `lost` does coming back wait again.

    At high and critical somebody looks at it afterwards: the leads are told.
    """
    rules.require_move(ChatState(chat.state), ChatState.LEFT)
    withdraw_offers(tx, chat.id, now)
    _end_what_it_led_to(tx, chat, now)
    chat.state = ChatState.LEFT
    chat.outcome = why
    chat.ended_at = now
    chat.visitor_here = False
    tx.session.add(chat)
    if why == "visitor_left":
        keep_page(tx, chat, now)
    if chat.level >= Level.HIGH:
        reviewing.contact_lost(tx, chat, "left_unanswered", now)
    journal.write(tx, "left", now=now, chat_id=chat.id, why=why, level=chat.level)
    parting.part_all(tx, chat.id, "over", now)
    _weigh_its_likes(tx, chat, now)
    tx.announce(events.ChatEnded(chat.id, None, why))


def _is_lost(chat: Chat, now: datetime) -> bool:
    return incidents.is_contact_lost(
        Level(chat.level),
        awaited=chat.turn_of,
        since=chat.turn_since,
        is_here=chat.visitor_here,
        now=now,
    )


def keep_page(tx: Transaction, chat: Chat, now: datetime) -> None:
    """How long the visitor's own page opens once the chat is over: 15 minutes, and longer for a
    check-in that they agreed to. What was written is not on it any more then."""
    if chat.ended_at is None:
        return
    until = chat.ended_at + retention.TOKEN_LIVES_AFTER_CLOSE
    row = follow_ups.own(tx, chat.id) if chat.follow_up else None
    if row is not None and row.state in check_ins.KEEPS_THE_PAGE:
        written_at = row.over_at if row.state == check_ins.State.WRITTEN else None
        until = max(until, check_ins.page_opens_until(row.ends_at, written_at))
    chats.keep_tokens(tx, chat.id, now)
    chats.void_tokens(tx, chat.id, until)


# Why a chat went back to the line -> how its holder is remembered: `stepped_out` is never asked
# about it again, `handed_to_queue` not at once. Who was lost, or kept it aside, may be asked.
GIVEN_BACK_AS = {
    "stepped_out": "stepped_out",
    "handed_to_queue": "handed_to_queue",
    "put_back": "handed_to_queue",
}


def end(
    tx: Transaction, chat: Chat, outcome: str, now: datetime, *, gone: bool | None = None
) -> None:
    """An answered chat ends: the holder wraps up, the visitor's token lives 15 minutes more.

    One that was set aside took no seat, and is followed by no rest. At high and critical somebody
    looks at it afterwards when its visitor was `gone`; nobody says so: their silence does.
    """
    rules.require_move(ChatState(chat.state), ChatState.WRAPPING_UP)
    if _is_lost(chat, now) if gone is None else gone:
        reviewing.contact_lost(tx, chat, "contact_lost", now)
    withdraw_offers(tx, chat.id, now)
    _end_what_it_led_to(tx, chat, now)
    chats.end_holding(tx, chat.id, now)
    chat.state = ChatState.WRAPPING_UP
    chat.outcome = outcome
    chat.ended_at = now
    tx.session.add(chat)
    keep_page(tx, chat, now)
    if chat.holder_id and chat.parked_at is None:
        rest(tx, chat.holder_id, chat, now)
    journal.write(tx, "closed", now=now, chat_id=chat.id, person_id=chat.holder_id, outcome=outcome)
    parting.part_all(tx, chat.id, "over", now)
    _weigh_its_likes(tx, chat, now)
    tx.announce(events.ChatEnded(chat.id, chat.holder_id, outcome))


def end_in_line(tx: Transaction, chat: Chat, outcome: str, person_id: str, now: datetime) -> None:
    """Somebody closes a chat that waits: recorded with who did it. Its token lives 15 minutes more,
    in which the visitor is back in their place by writing."""
    rules.require_move(ChatState(chat.state), ChatState.CLOSED)
    withdraw_offers(tx, chat.id, now)
    _end_what_it_led_to(tx, chat, now)
    chat.state = ChatState.CLOSED
    chat.outcome = outcome
    chat.ended_at = now
    tx.session.add(chat)
    keep_page(tx, chat, now)
    journal.write(tx, "closed", now=now, chat_id=chat.id, person_id=person_id, outcome=outcome)
    parting.part_all(tx, chat.id, "over", now)
    _weigh_its_likes(tx, chat, now)
    tx.announce(events.ChatEnded(chat.id, None, outcome))


def rest(
    tx: Transaction, person_id: str, chat: Chat, now: datetime, *, stepped_out: bool = False
) -> None:
    """Five minutes without offers after a chat; after a critical one, also if it calmed down, a
    longer pause follows. A new rest cuts no pause."""
    presence = people.presence(tx, person_id, now)
    until = presence.resting_until
    rest = care.rest_after(
        floor.care(tx),
        was_critical=max(chat.level, chat.urgency) >= Level.CRITICAL,
        stepped_out=stepped_out,
        finishes=now + rules.WRAP_UP_LASTS,
        before=care.Rest(until, presence.recovers_from) if until else None,
        now=now,
    )
    presence.resting_until, presence.recovers_from = rest.until, rest.recovers_from
    tx.session.add(presence)
    tx.announce(events.PresenceChanged(person_id))


def reopen_for_visitor(tx: Transaction, chat: Chat, now: datetime) -> None:
    """They write again within 15 minutes: back to the same listener if that one is there, has a
    seat for it and is not to be kept apart, or else first in line.

    Refused: `chat_closed`.
    """
    if chat.state == ChatState.LEFT and chat.outcome != "visitor_left":
        back_in_line(tx, chat, now)
        return
    if not rules.may_reopen(chat.ended_at, now):
        raise errors.ChatClosed
    if chat.state == ChatState.LEFT:
        back_in_line(tx, chat, now)
        return
    before = next((each for each in floor.listeners(tx, now) if each.id == chat.holder_id), None)
    apart = before is not None and offers.is_apart(tx, chat.id, before.id)
    if before is not None and not apart and routing.may_go_on(before):
        reopen_with(tx, chat, before.id, now)
    else:
        back_in_line(tx, chat, now)


def reopen_with(tx: Transaction, chat: Chat, person_id: str, now: datetime) -> None:
    """The same listener goes on."""
    rules.require_move(ChatState(chat.state), ChatState.ACTIVE)
    _wake(tx, chat, ChatState.WAITING, now)
    chat.holder_id = None
    tx.session.add(chat)
    tx.session.flush()
    if not chats.claim(tx, chat.id, person_id, now):
        raise errors.TryAgain
    line_says(tx, chats.chat(tx, chat.id), "reopened", now)
    tx.announce(events.ChatChanged(chat.id))


def come_back(tx: Transaction, chat: Chat, now: datetime) -> None:
    """The visitor's page is here again: after a lost connection they wait again, in their place."""
    if chat.state == ChatState.LEFT and chat.outcome == "lost":
        back_in_line(tx, chat, now)
    if not chat.visitor_here:
        tx.announce(events.ChatChanged(chat.id))
    turns.look_back(tx, chat, now)
    chats.mark_here(tx, [chat.id], now)


def back_in_line(tx: Transaction, chat: Chat, now: datetime) -> None:
    """In line again with the arrival unchanged; whoever was answered before comes first."""
    rules.require_move(ChatState(chat.state), ChatState.WAITING)
    chat.returned = chat.accepted_at is not None
    chat.holder_id = chat.parked_at = None
    _count_anew(chat, now)
    _wake(tx, chat, ChatState.WAITING, now)
    tx.announce(events.ChatArrived(chat.id))


def _wake(tx: Transaction, chat: Chat, state: ChatState, now: datetime) -> None:
    chat.state = state
    chat.outcome = None
    chat.ended_at = None
    chat.left_quickly = False
    chat.visitor_here = True
    chat.visitor_seen_at = now
    tx.session.add(chat)
    tx.session.flush()
    chats.keep_tokens(tx, chat.id, now)
    reviewing.came_back(tx, chat.id, now)
    _weigh_its_likes(tx, chat, now)
    journal.write(tx, "reopened", now=now, chat_id=chat.id)


def _weigh_its_likes(tx: Transaction, chat: Chat, now: datetime) -> None:
    """It ended or goes on again: what counts for those that may be of the same person changes."""
    if chat.has_likes:
        hearing.set_level(tx, chat, now)


def _count_anew(chat: Chat, now: datetime) -> None:
    """A critical chat that was answered before is unanswered from now on, not since long ago."""
    if chat.critical_since is not None and chat.accepted_at is not None:
        chat.critical_since = now


def release(tx: Transaction, chat: Chat, *, why: str, now: datetime) -> None:
    """Back to the queue from a listener who was lost, `stepped_out` or `handed_to_queue`, from whom
    a lead has `put_back` a chat, or who had it `parked` when its visitor wrote again.

    The arrival stays, the epoch rises so that late words of the old holder are refused.
    """
    rules.require_move(ChatState(chat.state), ChatState.WAITING)
    before = chat.holder_id
    withdraw_offers(tx, chat.id, now)
    chats.end_holding(tx, chat.id, now)
    if before is not None and why in GIVEN_BACK_AS:
        offers.give_back(tx, chat.id, before, GIVEN_BACK_AS[why], now)
    chat.state = ChatState.WAITING
    chat.holder_id = chat.parked_at = None
    chat.epoch += 1
    chat.returned = True
    _count_anew(chat, now)
    tx.session.add(chat)
    tx.session.flush()
    journal.write(tx, "released", now=now, chat_id=chat.id, person_id=before, why=why)
    tx.announce(events.ChatReleased(chat.id, before, why))


def withdraw_offers(
    tx: Transaction, chat_id: str, now: datetime, *, why: str = "withdrawn", but: str | None = None
) -> None:
    """Ends every open offer of this chat except `but`, and the question whether it may go back."""
    asked = hand_offs.open_of(tx, chat_id, "queue")
    if asked is not None and hand_offs.move(tx, asked, "withdrawn", now):
        tx.announce(events.HandOffChanged(chat_id, asked.id, asked.from_id))
    for each in offers.pending_of_chat(tx, chat_id):
        if each.id != but and offers.end(tx, each.id, why, now):
            tx.announce(events.OfferEnded(chat_id, each.id, each.person_id, why))
            if each.from_id:
                tx.announce(events.HandOffChanged(chat_id, each.id, each.from_id))


def _end_what_it_led_to(tx: Transaction, chat: Chat, now: datetime) -> None:
    """The chat is over, and nobody said whether a resource was reached: that is not known."""
    row = hand_offs.open_of(tx, chat.id, "resource")
    if row is not None and hand_offs.move(tx, row, "unknown", now):
        resource = row.resource_id
        journal.write(
            tx, "resource_outcome", now=now, chat_id=chat.id, resource=resource, outcome="unknown"
        )


def stays(tx: Transaction, chat_id: str, from_id: str, now: datetime) -> None:
    """A hand-off came to nothing: the visitor hears whom they keep."""
    chat = chats.chat(tx, chat_id)
    if chat.state == ChatState.ACTIVE and chat.holder_id == from_id:
        line_says_of(tx, chat, "stays", now)


def line_says_of(tx: Transaction, chat: Chat, code: str, now: datetime) -> None:
    """The line speaks of whoever holds the chat."""
    line_says(tx, chat, code, now, name=people.names(tx).get(chat.holder_id or ""))


def line_says(
    tx: Transaction, chat: Chat, code: str, now: datetime, *, name: str | None = None
) -> None:
    """The line's own voice in the transcript; worded when it is shown."""
    seq = chats.add_message(tx, chat.id, author="line", line_code=code, line_name=name, now=now)
    tx.announce(events.MessageSaid(chat.id, seq, "line"))
