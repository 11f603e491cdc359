"""Leaving a message while the line is closed, and answering it in the next shift."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from helpline.actions import directing, visiting
from helpline.domain import access, door, errors, events, retention, text
from helpline.domain import chat as chat_rules
from helpline.domain import leaving as rules
from helpline.domain.access import Subject, Who
from helpline.domain.urgency import Level
from helpline.store import chats, floor, holds, journal, left, line
from helpline.store.return_tables import LeftMessage
from helpline.store.transaction import Store, Transaction


def leave(
    store: Store,
    wish: visiting.Opening,
    code_hash: str,
    *,
    calls: bool,
    now: datetime,
    via: str | None = None,
    take: Callable[[Level], None] = lambda _: None,
) -> visiting.Opened | None:
    """Keeps a message to be answered in the next shift; None. What cannot wait opens a chat that
    waits in line, as does anything while the line is open.

    `calls` says whether pages leave the building. The same `client_id` within ten minutes keeps
    no second one, and the code before is void. Refused: `empty`; as at the door, `line_closed`
    where no messages are taken.
    """
    if wish.text is None:
        raise errors.Empty(field="text")
    with store.reading() as tx:
        is_new = left.left_with(tx, wish.client_id) is None
        heard = visiting.hear_at_the_door(tx, wish)
    if is_new:
        take(heard.level)
    with store.transaction() as tx:
        known = left.left_with(tx, wish.client_id)
        if known is not None:
            _leave_again(tx, known, wish.text, code_hash, now)
            return None
        chat = chats.opened_with(tx, wish.client_id)
        if chat is not None:
            return visiting.open_again(tx, chat, wish, now)

        opening = floor.opening(tx, now)
        on_call = left.somebody_on_call(tx, now, calls=calls)
        cannot_wait = door.admits(
            opening, floor.door(tx, now), heard.level, undecided=heard.undecided
        )
        if cannot_wait or not rules.may_leave(line.line(tx).policies, opening, on_call=on_call):
            return visiting.let_in(tx, wish, heard, now, via)

        left.add(
            tx,
            client_id=wish.client_id,
            code_hash=code_hash,
            language=wish.language,
            level=int(heard.level),
            words=wish.text,
            now=now,
        )
        journal.write(tx, "left_a_message", now=now, level=heard.level.word)
        tx.announce(events.LeftMessagesChanged())
        return None


def _leave_again(
    tx: Transaction, known: LeftMessage, words: str, code_hash: str, now: datetime
) -> None:
    """The answer to the first try was lost, and the code with it."""
    is_late = now - known.left_at > retention.OPEN_REPEATS_WITHIN
    if is_late or left.words_of(tx, known) != words:
        raise errors.ClientIdReused
    known.code_hash = code_hash
    tx.session.add(known)


def erase(store: Store, code_hash: str, *, now: datetime) -> datetime | None:
    """The visitor takes back what they left, and the answers with it. While it is held it is shown
    to nobody, and goes by itself at the time that is given. Refused: `unknown_token`."""
    with store.transaction() as tx:
        found = left.find(tx, code_hash)
        if found is None:
            raise errors.UnknownCode
        held_until = holds.left_until(tx, found.id, now)
        if held_until is None:
            left.forget(tx, found)
        else:
            found.erase_asked_at = now
            tx.session.add(found)
        journal.write(tx, "left_message_erased", now=now, held=held_until is not None)
        tx.announce(events.LeftMessagesChanged())
        return held_until


# -- in the next shift --------------------------------------------------------------------------


def take(store: Store, who: Who, left_id: str, *, now: datetime) -> None:
    """One listener has it, and sees its words. Again by the same person: as before.

    Refused: `not_on_shift`, `not_found`, `offer_taken` when somebody else has it.
    """
    with store.transaction() as tx:
        access.require(who, "take_left")
        if who.id not in floor.on_shift(tx, now):
            raise errors.NotOnShift
        row = left.left(tx, left_id)

        if not left.take(tx, row.id, who.id, now):
            raise errors.OfferTaken
        journal.write(tx, "left_message_taken", now=now, person_id=who.id)
        tx.announce(events.LeftMessagesChanged())


def give_back(store: Store, who: Who, left_id: str, *, now: datetime) -> None:
    """Somebody else may take it. Refused: `not_found`; `chat_closed` once it is answered."""
    with store.transaction() as tx:
        row = _taken_by(tx, who, left_id)
        if row.answered_at is not None:
            raise errors.ChatClosed
        row.taken_by = row.taken_at = None
        tx.session.add(row)
        tx.announce(events.LeftMessagesChanged())


def answer(store: Store, who: Who, left_id: str, words: str, *, now: datetime) -> None:
    """Answers what they took, once or more often. Refused: `not_found`, `empty`, `too_long`."""
    words = text.clean(words, limit=chat_rules.MESSAGE_LENGTH, field="text")
    with store.transaction() as tx:
        row = _taken_by(tx, who, left_id)
        left.answer(tx, row, who.id, words, now)
        journal.write(tx, "left_message_answered", now=now, person_id=who.id)
        tx.announce(events.LeftMessagesChanged())


def _taken_by(tx: Transaction, who: Who, left_id: str) -> LeftMessage:
    row = left.left(tx, left_id)
    access.require(who, "answer_left", Subject(holder_id=row.taken_by))
    return row


def look(store: Store, *, now: datetime) -> None:
    """Somebody is told when a message waits for too long in an open line."""
    with store.transaction() as tx:
        if floor.opening(tx, now).open:
            left.see_open(tx, now)
        policies = line.line(tx).policies
        late = any(rules.is_late(each.open_since, policies, now) for each in left.unanswered(tx))
        if late:
            directing.tell(tx, "left_waits", "line", now=now)
        else:
            directing.settle(tx, "left_waits", "line", now)
