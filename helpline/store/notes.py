"""Private notes of listeners: sealed with the chat, forgotten with the chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from helpline.store import chats
from helpline.store.secrets import new_id
from helpline.store.tables import Note
from helpline.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Written:
    """A note and its words; `kind`: note, help, step_out, hand_off, assessment, closed_anyway,
    whisper."""

    id: str
    kind: str
    person_id: str
    text: str
    written_at: datetime


def add(tx: Transaction, chat_id: str, person_id: str, kind: str, text: str, now: datetime) -> str:
    """The id of the note."""
    note_id = new_id()
    tx.session.add(
        Note(
            id=note_id,
            chat_id=chat_id,
            person_id=person_id,
            kind=kind,
            text_sealed=chats.seal(tx, chat_id, f"note:{note_id}", text),
            written_at=now,
        )
    )
    return note_id


def note(tx: Transaction, note_id: str) -> Written | None:
    row = tx.session.get(Note, note_id, populate_existing=True)
    return None if row is None else _read(tx, row)


def of_chat(tx: Transaction, chat_id: str) -> list[Written]:
    query = select(Note).where(col(Note.chat_id) == chat_id).order_by(col(Note.written_at))
    return [_read(tx, row) for row in tx.session.scalars(query)]


def _read(tx: Transaction, row: Note) -> Written:
    text = chats.unseal(tx, row.chat_id, f"note:{row.id}", row.text_sealed)
    return Written(row.id, row.kind, row.person_id, text, row.written_at)
