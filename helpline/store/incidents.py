"""Incidents: rows that outlive the words about them, and who read a chat for their sake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from helpline.domain import errors
from helpline.domain.access import Role
from helpline.domain.incidents import Kind, State
from helpline.store import chats, holds, journal, people
from helpline.store.record_tables import HoldRow, IncidentRow, Reading
from helpline.store.secrets import new_id
from helpline.store.tables import Alert, Chat, Message
from helpline.store.transaction import Transaction

WORDS = ("what", "actions", "note")


def open(
    tx: Transaction,
    kind: Kind,
    chat_id: str | None,
    *,
    now: datetime,
    happened_at: datetime | None = None,
    opened_by: str | None = None,
    what: str | None = None,
    actions: str | None = None,
    signs: Mapping[str, str | None] | None = None,
) -> IncidentRow:
    """A new incident. Its words are sealed with the key of the chat, and go with it; without a
    chat, or where that is forgotten, with a key of their own."""
    chat = chats.find(tx, chat_id) if chat_id else None
    row = IncidentRow(
        id=new_id(),
        kind=kind,
        chat_id=chat_id,
        level=chat.level if chat else None,
        happened_at=happened_at or now,
        signs=dict(signs or {}),
        opened_by=opened_by,
        opened_at=now,
    )
    if chat is None or chat.erased_at is not None:
        row.has_key = True
        tx.vault.make_key(_owner(row))
    row.what_sealed = chats.seal(tx, _owner(row), _place(row, "what"), what)
    row.actions_sealed = chats.seal(tx, _owner(row), _place(row, "actions"), actions)
    tx.session.add(row)
    tx.session.flush()
    journal.write(
        tx,
        "incident",
        now=now,
        chat_id=chat_id,
        person_id=opened_by,
        incident=row.id,
        what=str(kind),
    )
    return row


def concerned(tx: Transaction, alert: Alert) -> set[str]:
    """Whom this alert is not for: of a complaint, and of a hold for one, everybody who was in that
    chat."""
    subject = alert.matter.partition(":")[2]
    row: IncidentRow | HoldRow | None = None
    if alert.kind == Kind.COMPLAINT:
        row = find(tx, subject)
    elif alert.kind == "hold_asked":
        held = holds.find(tx, subject)
        row = held if held and held.why == Kind.COMPLAINT else None
    return chats.people_in(tx, row.chat_id) if row and row.chat_id else set()


def note(tx: Transaction, row: IncidentRow, words: str | None) -> None:
    """What came of it, in somebody's words; left out once the chat is forgotten."""
    if tx.vault.holds(_owner(row)):
        row.note_sealed = chats.seal(tx, _owner(row), _place(row, "note"), words)


def answer(tx: Transaction, row: IncidentRow, words: str, by_id: str, now: datetime) -> None:
    """What its visitor reads from now on. Refused: `not_found` once their words are forgotten."""
    if not tx.vault.holds(_owner(row)):
        raise errors.NotFound
    row.answer_sealed = chats.seal(tx, _owner(row), _place(row, "answer"), words)
    row.answered_by, row.answered_at = by_id, now
    tx.session.add(row)


def answer_of(tx: Transaction, row: IncidentRow) -> str:
    return chats.unseal(tx, _owner(row), _place(row, "answer"), row.answer_sealed)


def words_of(tx: Transaction, row: IncidentRow) -> dict[str, str]:
    """`what`, `actions` and `note`; empty where nobody wrote, or where it was forgotten."""
    return {
        each: chats.unseal(tx, _owner(row), _place(row, each), getattr(row, f"{each}_sealed"))
        for each in WORDS
    }


def incident(tx: Transaction, incident_id: str) -> IncidentRow:
    """Refused: `not_found`."""
    found = find(tx, incident_id)
    if found is None:
        raise errors.NotFound
    return found


def find(tx: Transaction, incident_id: str) -> IncidentRow | None:
    return tx.session.get(IncidentRow, incident_id, populate_existing=True)


def of_chat(tx: Transaction, chat_id: str, kind: Kind) -> list[IncidentRow]:
    """The first first."""
    query = select(IncidentRow).where(
        col(IncidentRow.chat_id) == chat_id, col(IncidentRow.kind) == kind
    )
    return list(tx.session.scalars(query.order_by(col(IncidentRow.opened_at))))


def unreviewed(tx: Transaction, chat_id: str, kind: Kind) -> IncidentRow | None:
    waiting = (State.OPEN, State.TAKEN)
    return next((each for each in of_chat(tx, chat_id, kind) if each.state in waiting), None)


def latest(tx: Transaction, most: int) -> list[IncidentRow]:
    """What is not closed first, then the newest."""
    is_over = col(IncidentRow.state) == State.CLOSED
    query = select(IncidentRow).order_by(is_over, col(IncidentRow.opened_at).desc()).limit(most)
    return list(tx.session.scalars(query))


def last_signs(tx: Transaction, chat: Chat) -> dict[str, str | None]:
    """When somebody wrote last, and when the visitor's page was last here: times only."""
    query = (
        select(col(Message.author), func.max(col(Message.sent_at)))
        .where(col(Message.chat_id) == chat.id)
        .group_by(col(Message.author))
    )
    last = {author: at for author, at in tx.session.execute(query)}
    signs = {
        "arrived": chat.arrived_at,
        "visitor_wrote": last.get("visitor"),
        "listener_wrote": last.get("listener"),
        "visitor_seen": chat.visitor_seen_at,
    }
    return {name: at.isoformat() if at else None for name, at in signs.items()}


def other_leads(tx: Transaction, chat_id: str | None, but: str) -> int:
    """How many leads besides this person were not in the chat."""
    leads = [each.id for each in people.with_role(tx, Role.LEAD) if each.id != but]
    return sum(chat_id is None or not chats.was_in(tx, chat_id, each) for each in leads)


def add_reading(tx: Transaction, row: IncidentRow, person_id: str, why: str, now: datetime) -> None:
    chat_id = row.chat_id or ""
    made = Reading(id=new_id(), incident_id=row.id, chat_id=chat_id, person_id=person_id, at=now)
    made.reason_sealed = chats.seal(tx, chat_id, f"reading:{made.id}", why)
    tx.session.add(made)


def readings(tx: Transaction, row: IncidentRow) -> list[Reading]:
    query = select(Reading).where(col(Reading.incident_id) == row.id)
    return list(tx.session.scalars(query.order_by(col(Reading.at))))


def reason_of(tx: Transaction, reading: Reading) -> str:
    return chats.unseal(tx, reading.chat_id, f"reading:{reading.id}", reading.reason_sealed)


def forget_before(tx: Transaction, moment: datetime) -> None:
    """Rows that were opened before then, whatever their state, with the keys of their own."""
    for row in tx.session.scalars(select(IncidentRow).where(col(IncidentRow.opened_at) < moment)):
        if row.has_key:
            tx.vault.destroy(_owner(row))
        for reading in readings(tx, row):
            tx.session.delete(reading)
        tx.session.flush()
        tx.session.delete(row)


def _owner(row: IncidentRow) -> str:
    return f"incident-{row.id}" if row.has_key else row.chat_id or ""


def _place(row: IncidentRow, name: str) -> str:
    return f"incident:{row.id}:{name}"
