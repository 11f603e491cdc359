"""Calling the emergency services: the listener calls at once, and nothing here is a condition for
it. What was done is written down, told to the visitor as the chosen way says, and signed off.

Nothing is sent anywhere by itself. A lead hears of it when it begins; a call that nobody has signed
off has an open alert for as long as that is so.
"""

from __future__ import annotations

from datetime import datetime

from helpline.actions import directing, ending
from helpline.actions.listening import holding
from helpline.domain import access, emergency, errors, events
from helpline.domain.access import Role, Subject, Who
from helpline.domain.chat import ChatState
from helpline.domain.emergency import Step
from helpline.store import chats, emergencies, journal, line, people
from helpline.store.hand_off_tables import Emergency
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction

# What the visitor is told, by the way of the call; nothing where telling adds danger.
TOLD = {emergency.AGREED: "emergency_agreed", emergency.TOLD: "emergency_told"}


def begin(
    store: Store, who: Who, chat_id: str, *, epoch: int | None = None, now: datetime
) -> Emergency:
    """The protocol of a chat, begun now or running already; also after the chat has ended.

    Refused: `not_found`, `stale`.
    """
    with store.transaction() as tx:
        chat = holding(tx, who, chat_id, "summon", epoch)
        running = emergencies.running(tx, chat_id)
        if running is not None:
            return running
        row = emergencies.begin(tx, chat_id, chat.country, who.id, now)
        directing.tell_leads(
            tx, "emergency_begun", row.id, now=now, chat_id=chat_id, person_id=who.id
        )
        journal.write(tx, "emergency_begun", now=now, chat_id=chat_id, person_id=who.id)
        tx.announce(events.ChatChanged(chat_id))
        return row


def log(store: Store, who: Who, emergency_id: str, said: Step, *, now: datetime) -> None:
    """Adds a step: whoever holds the chat, or began the call. Once it ended, notes and places only.

    Refused: `not_found`, `bad_request`, `empty`, `not_allowed` for a way that is not allowed,
    `offer_gone` when it is over.
    """
    with store.transaction() as tx:
        row = emergencies.one(tx, emergency_id)
        chat = chats.chat(tx, row.chat_id)
        holder = who.id if who.id == row.begun_by else chat.holder_id
        access.require(who, "summon", Subject(holder_id=holder))
        emergency.require_step(said, line.line(tx).policies)
        goes_on = said.step in (emergency.NOTE, emergency.KNOWN)
        if row.signed_at is not None or (row.ended_at is not None and not goes_on):
            raise errors.HandOffOver

        emergencies.log(tx, row, _logged_as(said), who.id, now, said.note)
        _take(tx, chat, row, said, now)
        journal.write(
            tx, "emergency_step", now=now, chat_id=chat.id, person_id=who.id, step=_logged_as(said)
        )
        tx.announce(events.ChatChanged(chat.id))


def _logged_as(said: Step) -> str:
    """As the log has it: the way and the result by their names."""
    return said.way or said.result or said.step


def _take(tx: Transaction, chat: Chat, row: Emergency, said: Step, now: datetime) -> None:
    """What the step changes; the visitor is told of a way once, while they are in the chat."""
    if said.step == emergency.WAY and said.way != row.way:
        row.way = said.way
        code = TOLD.get(said.way or "")
        if code and chat.state == ChatState.ACTIVE:
            ending.line_says_of(tx, chat, code, now)
    if said.step == emergency.KNOWN:
        emergencies.learn_place(tx, row, said.place)
    if said.step == emergency.ENDED:
        row.result, row.ended_at = said.result, now
        tx.session.add(row)
        tx.session.flush()
        _ask_for_sign_off(tx, row, now)
    tx.session.add(row)


def _ask_for_sign_off(tx: Transaction, row: Emergency, now: datetime) -> None:
    call_for_sign_off(tx, "emergency_to_sign_off", row.id, row.chat_id, row.begun_by, now)
    if row.ended_at is not None:
        directing.settle(tx, "emergency_begun", row.id, now)


def call_for_sign_off(
    tx: Transaction, kind: str, row_id: str, chat_id: str, person_id: str, now: datetime
) -> None:
    """The leads are told. Where nobody may sign anything off, the coordinators are, of what they
    can do about it: make somebody a lead."""
    if leads(tx):
        directing.tell_leads(tx, kind, row_id, now=now, chat_id=chat_id, person_id=person_id)
        return
    directing.settle(tx, kind, row_id, now)
    directing.tell(tx, "nobody_may_sign_off", "line", now=now, roles=(Role.COORDINATOR,))


def look(store: Store, *, now: datetime) -> None:
    """What nobody has signed off has an open alert, whatever became of the one before."""
    with store.transaction() as tx:
        for row in emergencies.unsigned(tx):
            if emergency.is_to_sign_off(row.begun_at, row.ended_at, now):
                _ask_for_sign_off(tx, row, now)
            else:
                directing.tell_leads(
                    tx,
                    "emergency_begun",
                    row.id,
                    now=now,
                    chat_id=row.chat_id,
                    person_id=row.begun_by,
                )


def read(store: Store, who: Who, emergency_id: str, *, now: datetime) -> None:
    """A lead opens the notes of a call that they are to sign off: the log says so."""
    with store.transaction() as tx:
        access.require(who, "sign_off")
        row = emergencies.one(tx, emergency_id)
        emergencies.log(tx, row, emergency.READ, who.id, now)
        journal.write(tx, "emergency_read", now=now, chat_id=row.chat_id, person_id=who.id)


def sign_off(
    store: Store, who: Who, emergency_id: str, note: str | None = None, *, now: datetime
) -> None:
    """A lead has looked at it; the first stays. It ends a call that nobody ended.

    Refused: `not_allowed` for one's own call while there is another lead, `not_found`.
    """
    with store.transaction() as tx:
        access.require(who, "sign_off")
        row = emergencies.one(tx, emergency_id)
        if row.signed_at is not None:
            return
        made_by = emergencies.made_by(tx, row)
        row.signed_alone = emergency.require_signer(who.id, made_by, leads(tx))
        row.signed_by, row.signed_at = who.id, now
        row.ended_at = row.ended_at or now
        tx.session.add(row)
        emergencies.log(tx, row, emergency.SIGNED, who.id, now, note)
        for kind in ("emergency_begun", "emergency_to_sign_off"):
            directing.settle(tx, kind, row.id, now)
        journal.write(
            tx, "emergency_signed", now=now, chat_id=row.chat_id, person_id=who.id,
            alone=row.signed_alone,
        )  # fmt: skip
        tx.announce(events.ChatChanged(row.chat_id))


def leads(tx: Transaction) -> list[str]:
    """Whoever could sign off instead."""
    return [each.id for each in people.with_role(tx, Role.LEAD)]
