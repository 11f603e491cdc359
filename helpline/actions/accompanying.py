"""A warm hand-off: the listener stays while the visitor calls a crisis resource, and what became
of it is counted without a word."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import ending, parking
from helpline.actions.listening import holding
from helpline.domain import errors, events, handoffs
from helpline.domain.access import Who
from helpline.store import cards, chats, hand_offs, journal, notes
from helpline.store import resources as directory
from helpline.store.hand_off_tables import HandOff
from helpline.store.secrets import digest
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction

# What the line says when something became of it; nothing when they reached somebody.
SAYS = {"not_reached": "not_reached", "did_not_want": "did_not_want"}


def offer(
    tx: Transaction, chat: Chat, who: Who, resource_id: str, words: str | None, now: datetime
) -> HandOff:
    """The card is sent, and the visitor hears that somebody stays. Another card ends the one
    before. Refused: `not_found` for what no visitor is shown, `no_free_seat` as `say`."""
    if directory.find_shown(tx, resource_id) is None:
        raise errors.NotFound(field="to")
    known = hand_offs.open_of(tx, chat.id, "resource")
    if known is not None and known.resource_id == resource_id:
        return known
    parking.take_up(tx, chat, now)
    if known is not None:
        hand_offs.move(tx, known, "unknown", now)
    if words:
        notes.add(tx, chat.id, who.id, "hand_off", words, now)

    seq = chats.add_message(
        tx, chat.id, author="listener", person_id=who.id, resource_id=resource_id, now=now
    )
    cards.offered(tx, resource_id, now)
    tx.announce(events.MessageSaid(chat.id, seq, "listener", who.id))
    ending.line_says(tx, chat, "we_stay", now, name=who.name)
    row = hand_offs.add(
        tx,
        chat.id,
        kind="resource",
        from_id=who.id,
        resource_id=resource_id,
        state="offered",
        now=now,
        expires_at=now + handoffs.RESOURCE_LASTS,
    )
    journal.write(
        tx, "hand_off_asked", now=now, chat_id=chat.id, person_id=who.id, to="resource",
        resource=resource_id,
    )  # fmt: skip
    tx.announce(events.HandOffChanged(chat.id, row.id, who.id))
    return row


def say(
    store: Store, who: Who, hand_off_id: str, state: str, *, last: bool = False, now: datetime
) -> None:
    """The listener says how it goes: `calling`, `reached`, `not_reached` or `did_not_want`; as the
    `last` thing of a chat the line says nothing to it.

    Refused: `not_found`, `stale`, `bad_request`, `offer_gone`.
    """
    with store.transaction() as tx:
        row = _of_a_resource(tx, hand_off_id)
        chat = holding(tx, who, row.chat_id, "hand_off")
        _move(tx, chat, row, state, now, by=who.id, aloud=not last)


def say_as_visitor(
    store: Store, token: str, hand_off_id: str, state: str, *, now: datetime
) -> None:
    """The visitor says how it goes. Refused: `unknown_token`, and as `say`."""
    with store.transaction() as tx:
        chat = chats.by_token(tx, digest(token), now)
        row = _of_a_resource(tx, hand_off_id)
        if row.chat_id != chat.id:
            raise errors.NotFound
        _move(tx, chat, row, state, now, by=None)


def _of_a_resource(tx: Transaction, hand_off_id: str) -> HandOff:
    row = hand_offs.find(tx, hand_off_id)
    if row is None or row.kind != "resource":
        raise errors.NotFound
    return row


def _move(
    tx: Transaction, chat: Chat, row: HandOff, state: str, now: datetime, *, by: str | None,
    aloud: bool = True,
) -> None:  # fmt: skip
    if not handoffs.require_move(row.state, state):
        return
    ends = handoffs.has_ended(state)
    if not hand_offs.move(tx, row, state, now, ends=ends):
        raise errors.TryAgain
    if ends:
        journal.write(
            tx, "resource_outcome", now=now, chat_id=chat.id, person_id=by,
            resource=row.resource_id, outcome=state,
        )  # fmt: skip
    if aloud and state in SAYS:
        ending.line_says_of(tx, chat, SAYS[state], now)
    tx.announce(events.HandOffChanged(chat.id, row.id, chat.holder_id or row.from_id))


def remind(store: Store, *, now: datetime) -> None:
    """Half an hour on, and nobody has said what became of it: whoever holds the chat sees that."""
    with store.transaction() as tx:
        for row in hand_offs.all_open(tx):
            if row.kind != "resource" or row.reminded_at is not None or row.expires_at > now:
                continue
            chat = chats.chat(tx, row.chat_id)
            row.reminded_at = now
            tx.session.add(row)
            tx.announce(events.HandOffChanged(chat.id, row.id, chat.holder_id or row.from_id))
