"""Emergency calls: one row for each, and its append-only log. Notes and places are sealed with the
chat; who did which step when outlives it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlmodel import col

from helpline.domain import emergency, errors
from helpline.store import chats
from helpline.store.hand_off_tables import Emergency, EmergencyStep
from helpline.store.secrets import new_id
from helpline.store.tables import ResourceRow
from helpline.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Logged:
    """A line of the log with its words, or without once they were forgotten."""

    number: int
    step: str
    by_id: str
    at: datetime
    note: str


def begin(tx: Transaction, chat_id: str, country: str, by_id: str, now: datetime) -> Emergency:
    made = Emergency(id=new_id(), chat_id=chat_id, begun_by=by_id, begun_at=now, country=country)
    tx.session.add(made)
    tx.session.flush()
    log(tx, made, emergency.BEGUN, by_id, now)
    return made


def log(
    tx: Transaction, row: Emergency, step: str, by_id: str, now: datetime, note: str | None = None
) -> None:
    """Appends a step under the next number."""
    last = select(func.max(col(EmergencyStep.number))).where(
        col(EmergencyStep.emergency_id) == row.id
    )
    number = (tx.session.scalar(last) or 0) + 1
    tx.session.add(
        EmergencyStep(
            emergency_id=row.id,
            number=number,
            step=step,
            by_id=by_id,
            at=now,
            note_sealed=_seal(tx, row, f"note:{number}", note),
        )
    )
    tx.session.flush()


def one(tx: Transaction, emergency_id: str) -> Emergency:
    """Refused: `not_found`."""
    found = find(tx, emergency_id)
    if found is None:
        raise errors.NotFound
    return found


def find(tx: Transaction, emergency_id: str) -> Emergency | None:
    return tx.session.get(Emergency, emergency_id, populate_existing=True)


def running(tx: Transaction, chat_id: str) -> Emergency | None:
    query = select(Emergency).where(
        col(Emergency.chat_id) == chat_id, col(Emergency.ended_at).is_(None)
    )
    return tx.session.scalars(query).first()


def latest_of(tx: Transaction, chat_id: str) -> Emergency | None:
    query = (
        select(Emergency)
        .where(col(Emergency.chat_id) == chat_id)
        .order_by(col(Emergency.begun_at).desc(), col(Emergency.id))
    )
    return tx.session.scalars(query).first()


def unsigned(tx: Transaction) -> list[Emergency]:
    """What nobody has signed off, the oldest first."""
    query = (
        select(Emergency)
        .where(col(Emergency.signed_at).is_(None))
        .order_by(col(Emergency.begun_at), col(Emergency.id))
    )
    return list(tx.session.scalars(query))


def signed(tx: Transaction, most: int) -> list[Emergency]:
    """The last ones that were signed off, the newest first."""
    query = (
        select(Emergency)
        .where(col(Emergency.signed_at).is_not(None))
        .order_by(col(Emergency.signed_at).desc(), col(Emergency.id))
        .limit(most)
    )
    return list(tx.session.scalars(query))


def steps(tx: Transaction, row: Emergency) -> list[Logged]:
    query = (
        select(EmergencyStep)
        .where(col(EmergencyStep.emergency_id) == row.id)
        .order_by(col(EmergencyStep.number))
    )
    return [
        Logged(
            each.number,
            each.step,
            each.by_id,
            each.at,
            _unseal(tx, row, f"note:{each.number}", each.note_sealed),
        )
        for each in tx.session.scalars(query)
    ]


def made_by(tx: Transaction, row: Emergency) -> set[str]:
    """Who began the call or made it."""
    query = select(col(EmergencyStep.by_id)).where(
        col(EmergencyStep.emergency_id) == row.id,
        col(EmergencyStep.step).in_((emergency.BEGUN, emergency.CALLED)),
    )
    return set(tx.session.scalars(query))


def learn_place(tx: Transaction, row: Emergency, known: dict[str, str]) -> None:
    """Adds what is known by now of where they are."""
    place = {name: said for name, said in (place_of(tx, row) | known).items() if said}
    row.place_sealed = _seal(tx, row, "place", json.dumps(place, ensure_ascii=False))
    tx.session.add(row)


def place_of(tx: Transaction, row: Emergency) -> dict[str, str]:
    """What is known of where they are; nothing where nobody wrote it, or it was forgotten."""
    found = _unseal(tx, row, "place", row.place_sealed)
    return dict(json.loads(found)) if found else {}


def forget_before(tx: Transaction, moment: datetime) -> None:
    """Those that were signed off before then go, with their log. What waits for it stays."""
    old = select(col(Emergency.id)).where(col(Emergency.signed_at) < moment)
    tx.session.execute(delete(EmergencyStep).where(col(EmergencyStep.emergency_id).in_(old)))
    tx.session.execute(delete(Emergency).where(col(Emergency.signed_at) < moment))


def _seal(tx: Transaction, row: Emergency, place: str, text: str | None) -> bytes | None:
    """Nothing is sealed once the chat was erased: what happened then stays in the log alone."""
    if not text or not tx.vault.holds(row.chat_id):
        return None
    return chats.seal(tx, row.chat_id, f"emergency:{row.id}:{place}", text)


def _unseal(tx: Transaction, row: Emergency, place: str, sealed: bytes | None) -> str:
    return chats.unseal(tx, row.chat_id, f"emergency:{row.id}:{place}", sealed)


def numbers(tx: Transaction, country: str) -> list[tuple[str, str]]:
    """(name, number) of the emergency services of a country, by telephone; as verified here."""
    query = (
        select(ResourceRow)
        .where(
            col(ResourceRow.country) == country,
            col(ResourceRow.emergency),
            col(ResourceRow.shown),
        )
        .order_by(col(ResourceRow.name))
    )
    return [
        (row.name, way["value"])
        for row in tx.session.scalars(query)
        for way in row.ways
        if way["kind"] == "call"
    ]
