"""Keeping one chat, or a message that was left, from being forgotten: one person asks, another
agrees, it ends by itself."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import directing
from helpline.domain import access, errors, events, text
from helpline.domain import holds as rules
from helpline.domain.access import Who
from helpline.domain.holds import Why
from helpline.store import chats, holds, journal, left
from helpline.store.record_tables import HoldRow
from helpline.store.transaction import Store, Transaction


def ask(
    store: Store, who: Who, chat_id: str, why: str, reason: str | None, days: int, *, now: datetime
) -> str:
    """Holds this chat at once, so that nothing is lost meanwhile, and for `days` once a second
    person agrees; gives the id of the hold. A hold that stands is prolonged the same way.

    Refused: `empty` without a reason, `too_long`, `bad_request`, `not_found` for what is unknown or
    forgotten, `not_allowed`.
    """
    access.require(who, "hold_chat")
    words = text.clean(reason, limit=rules.REASON_LENGTH, field="reason")
    days, general = rules.require_days(days), _require_why(why)
    with store.transaction() as tx:
        chat = chats.chat(tx, chat_id)
        if chat.erased_at is not None:
            raise errors.NotFound
        earlier = [holds.as_hold(each) for each in holds.of_chat(tx, chat_id)]
        rules.require_may_ask(who.id, earlier)

        row = place(tx, chat_id, general, words, asked_by=who.id, days=days, now=now)
        directing.tell(tx, "hold_asked", row.id, now=now, chat_id=chat_id, person_id=who.id)
        return row.id


def ask_left(
    store: Store, who: Who, left_id: str, why: str, reason: str | None, days: int, *, now: datetime
) -> str:
    """As `ask`, for a message that was left while the line was closed, with its answers."""
    access.require(who, "hold_chat")
    words = text.clean(reason, limit=rules.REASON_LENGTH, field="reason")
    days, general = rules.require_days(days), _require_why(why)
    with store.transaction() as tx:
        left.left(tx, left_id)
        earlier = [holds.as_hold(each) for each in holds.of_left(tx, left_id)]
        rules.require_may_ask(who.id, earlier)

        row = place(tx, None, general, words, asked_by=who.id, days=days, now=now, left_id=left_id)
        directing.tell(tx, "hold_asked", row.id, now=now, person_id=who.id)
        return row.id


def place(
    tx: Transaction,
    chat_id: str | None,
    why: Why,
    reason: str | None,
    *,
    asked_by: str | None,
    days: int = rules.DAYS,
    now: datetime,
    left_id: str | None = None,
) -> HoldRow:
    """In force from now on, until somebody agrees to more. Nobody asked: the visitor did."""
    until = rules.first_until(why, now, by_visitor=asked_by is None)
    row = holds.add(
        tx, chat_id, why, reason, asked_by=asked_by, days=days, until=until, now=now,
        left_id=left_id,
    )  # fmt: skip
    journal.write(
        tx, "hold_asked", now=now, chat_id=chat_id, person_id=asked_by, hold=row.id, why=str(why)
    )
    _announce(tx, row)
    return row


def agree(store: Store, who: Who, hold_id: str, *, now: datetime) -> None:
    """The second person: it holds for as many days as were asked for, from now.

    Refused: `not_found`, `not_allowed` for who asked and for who was in the chat.
    """
    with store.transaction() as tx:
        access.require(who, "hold_chat")
        row = _standing(tx, hold_id, now)
        if row.agreed_by is not None:
            return
        held_it = holds.was_in(tx, row, who.id)
        rules.require_second(holds.as_hold(row), who.id, held_it=held_it)

        row.agreed_by, row.agreed_at = who.id, now
        row.until = rules.agreed_until(row.days, now)
        tx.session.add(row)
        _tell(tx, row, "hold_agreed", who, now)


def release(store: Store, who: Who, hold_id: str, *, now: datetime) -> None:
    """It holds no more: forgetting goes on as if it had never been.

    Refused: `not_found`, `not_allowed` for who was in the chat, unless they asked for it.
    """
    with store.transaction() as tx:
        access.require(who, "hold_chat")
        row = _standing(tx, hold_id, now)
        if row.asked_by != who.id:
            rules.require_apart(held_it=holds.was_in(tx, row, who.id))

        row.released_by, row.released_at = who.id, now
        tx.session.add(row)
        _tell(tx, row, "hold_released", who, now)


def _standing(tx: Transaction, hold_id: str, now: datetime) -> HoldRow:
    row = holds.hold(tx, hold_id)
    if not rules.stands(holds.as_hold(row), now):
        raise errors.NotFound
    return row


def _tell(tx: Transaction, row: HoldRow, kind: str, who: Who, now: datetime) -> None:
    directing.settle(tx, "hold_asked", row.id, now)
    journal.write(tx, kind, now=now, chat_id=row.chat_id, person_id=who.id, hold=row.id)
    _announce(tx, row)


def _announce(tx: Transaction, row: HoldRow) -> None:
    if row.chat_id is None:
        tx.announce(events.LeftMessagesChanged())
    else:
        tx.announce(events.ChatChanged(row.chat_id))


def _require_why(why: str) -> Why:
    if why not in rules.ASKED_FOR:
        raise errors.BadRequest(field="why")
    return Why(why)
