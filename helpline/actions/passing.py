"""Passing a chat on: the visitor is told before it happens, in plain words, and may say no.

To a colleague it is an offer, which their no takes back until somebody has accepted it; for two
minutes after that it brings the earlier listener back, if they can come. To the line it waits a
minute for their answer, unless the risk is high: silence is no refusal.
"""

from __future__ import annotations

import logging
from datetime import datetime

from helpline.actions import ending, parting
from helpline.domain import errors, events, handoffs, routing
from helpline.domain.chat import ChatState
from helpline.domain.urgency import Level
from helpline.store import chats, floor, hand_offs, journal, notes, offers, people
from helpline.store.hand_off_tables import HandOff
from helpline.store.secrets import digest
from helpline.store.tables import Chat, Offer
from helpline.store.transaction import Store, Transaction

log = logging.getLogger(__name__)


def tell(tx: Transaction, chat: Chat, name: str, kind: str, why: str | None, now: datetime) -> None:
    """What is about to happen, why if that was said, and that they may say no."""
    code = f"pass_{kind}:{why}" if why else f"pass_{kind}"
    ending.line_says(tx, chat, code, now, name=name)


def ask_about_the_line(
    tx: Transaction, chat: Chat, from_id: str, name: str, words: str | None, why: str | None,
    now: datetime, *, at_once: bool,
) -> HandOff:  # fmt: skip
    """Back to the line, its place kept; gives the hand-off, which may have happened by then."""
    known = hand_offs.open_of(tx, chat.id, "queue")
    until = now if at_once else handoffs.asked_until(Level(chat.level), now)
    if known is not None and until > now:
        return known
    row = known or hand_offs.add(
        tx,
        chat.id,
        kind="queue",
        from_id=from_id,
        state="pending",
        words=words,
        now=now,
        expires_at=until,
    )
    journal.write(tx, "hand_off_asked", now=now, chat_id=chat.id, person_id=from_id, to="queue")
    if until > now:
        tell(tx, chat, name, "queue", why, now)
        tx.announce(events.HandOffChanged(chat.id, row.id, from_id))
        return row
    _go_to_the_line(tx, chat, row, now)
    return row


def _go_to_the_line(tx: Transaction, chat: Chat, row: HandOff, now: datetime) -> None:
    words = hand_offs.words(tx, row)
    if words:
        notes.add(tx, chat.id, row.from_id, "hand_off", words, now)
    hand_offs.move(tx, row, "accepted", now)
    ending.release(tx, chat, why="handed_to_queue", now=now)
    name = people.names(tx).get(row.from_id)
    ending.line_says(tx, chat, "handed_to_queue", now, name=name)
    tx.announce(
        events.HandOffChanged(chat.id, row.id, row.from_id), events.PresenceChanged(row.from_id)
    )


def answer(store: Store, token: str, hand_off_id: str, *, agrees: bool, now: datetime) -> None:
    """The visitor says that it is fine, or that they would rather stay: then it does not happen.

    Refused: `unknown_token`, `not_found`, `offer_gone` for what has ended by then, or happened so
    long ago that the answer does not count any more.
    """
    with store.transaction() as tx:
        chat = chats.by_token(tx, digest(token), now)
        asked = hand_offs.any_kind(tx, hand_off_id)
        if asked.chat_id != chat.id or asked.kind == "resource":
            raise errors.NotFound
        if not agrees and _was_refused(asked):
            return
        if isinstance(asked, Offer) and asked.state == "accepted":
            _require_still_counts(chat, asked, now)
        elif asked.state != "pending":
            raise errors.HandOffOver

        if not agrees and isinstance(asked, Offer) and asked.state == "accepted":
            _bring_back(tx, chat, asked, now)
        elif not agrees:
            _refuse(tx, chat, asked, now)
        elif isinstance(asked, HandOff):
            _go_to_the_line(tx, chat, asked, now)
        else:
            asked.visitor_says = handoffs.AGREES
            tx.session.add(asked)
            tx.announce(events.HandOffChanged(chat.id, asked.id, asked.from_id or ""))
        said = handoffs.AGREES if agrees else handoffs.REFUSES
        journal.write(tx, "hand_off_answered", now=now, chat_id=chat.id, visitor=said)


def _refuse(tx: Transaction, chat: Chat, asked: HandOff | Offer, now: datetime) -> None:
    from_id = asked.from_id or ""
    if isinstance(asked, HandOff):
        ended = hand_offs.move(tx, asked, "refused", now)
    else:
        ended = offers.end(tx, asked.id, "refused", now)
        asked.visitor_says = handoffs.REFUSES
        tx.session.add(asked)
        tx.announce(events.OfferEnded(chat.id, asked.id, asked.person_id, "withdrawn"))
    if not ended:
        raise errors.HandOffOver
    ending.stays(tx, chat.id, from_id, now)
    tx.announce(events.HandOffChanged(chat.id, asked.id, from_id))


def _was_refused(asked: HandOff | Offer) -> bool:
    said = asked.visitor_says if isinstance(asked, Offer) else None
    return asked.state == "refused" or said == handoffs.REFUSES


def _require_still_counts(chat: Chat, taken: Offer, now: datetime) -> None:
    """Refused: `offer_gone` when it is too late, or whoever took it holds the chat no more."""
    goes_on = chat.state == ChatState.ACTIVE and chat.holder_id == taken.person_id
    if not goes_on or not handoffs.no_still_counts(taken.ended_at, now):
        raise errors.HandOffOver


def _bring_back(tx: Transaction, chat: Chat, taken: Offer, now: datetime) -> None:
    """The visitor had no chance to say no before: who handed them on has the chat again, in one
    step. If they cannot come, whoever took it stays: nobody waits for an answer in between."""
    before = next((each for each in floor.listeners(tx, now) if each.id == taken.from_id), None)
    apart = before is None or offers.is_apart(tx, chat.id, before.id)
    taken.visitor_says = handoffs.REFUSES
    if before is None or apart or not routing.may_go_on(before):
        tx.session.add(taken)
        ending.line_says_of(tx, chat, "cannot_come_back", now)
        tx.announce(events.ChatChanged(chat.id))
        return
    if not chats.claim(tx, chat.id, before.id, now, from_id=taken.person_id):
        raise errors.TryAgain
    taken.state = "refused"
    tx.session.add(taken)
    chat = chats.chat(tx, chat.id)
    ending.withdraw_offers(tx, chat.id, now)
    parting.part_from(tx, chat.id, before.id, "holds", now)
    journal.write(
        tx, "handed_back", now=now, chat_id=chat.id, person_id=before.id, of=taken.person_id
    )
    ending.line_says_of(tx, chat, "came_back", now)
    tx.announce(
        events.ChatTakenOver(chat.id, taken.person_id),
        events.PresenceChanged(taken.person_id),
        events.HandOffChanged(chat.id, taken.id, before.id),
        events.PresenceChanged(before.id),
    )


def take_back(tx: Transaction, row: HandOff, now: datetime) -> None:
    """The sender stays after all."""
    if hand_offs.move(tx, row, "withdrawn", now):
        ending.stays(tx, row.chat_id, row.from_id, now)
        tx.announce(events.HandOffChanged(row.chat_id, row.id, row.from_id))


def carry_on(store: Store, *, now: datetime) -> None:
    """What the visitor said nothing about goes on; each by itself."""
    with store.reading() as tx:
        due = [
            each.id
            for each in hand_offs.all_open(tx)
            if each.kind == "queue" and each.expires_at <= now
        ]
    for each in due:
        try:
            with store.transaction() as tx:
                _carry_on(tx, each, now)
        except Exception:
            log.exception("a hand-off to the line failed")


def _carry_on(tx: Transaction, hand_off_id: str, now: datetime) -> None:
    row = hand_offs.find(tx, hand_off_id)
    if row is None or row.ended_at is not None:
        return
    chat = chats.chat(tx, row.chat_id)
    if chat.state == ChatState.ACTIVE and chat.holder_id == row.from_id:
        _go_to_the_line(tx, chat, row, now)
    else:
        hand_offs.move(tx, row, "withdrawn", now)
