"""Hand-overs between shift leads: their words are sealed, each under a key of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from helpline.domain import errors
from helpline.domain.handover import Facts
from helpline.domain.urgency import Level
from helpline.store import alerts, chats, floor
from helpline.store.shift_tables import HandOver
from helpline.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Words:
    watch_for: str
    incidents: str


def facts(tx: Transaction, now: datetime) -> Facts:
    """How the line stands: open chats, who waits, who is past their time, what nobody owns."""
    going_on = sorted(chats.active(tx), key=lambda each: (-each.level, each.accepted_at, each.id))
    return Facts(
        chats=[
            {
                "level": Level(each.level).word,
                "holder": each.holder_id,
                "parked": each.parked_at is not None,
                "since": each.accepted_at.isoformat() if each.accepted_at else None,
            }
            for each in going_on
        ],
        waiting=len(chats.in_line(tx)),
        overrunning=sorted(floor.overrunning(tx, now)),
        alerts=sorted({each.kind for each in alerts.unowned(tx)} - {"hand_over_left"}),
    )


def kept(found: Facts) -> dict[str, object]:
    """As the row keeps them."""
    return {
        "chats": list(found.chats),
        "waiting": found.waiting,
        "overrunning": list(found.overrunning),
        "alerts": list(found.alerts),
    }


def leave(tx: Transaction, row: HandOver, words: Words | None) -> None:
    """Keeps a hand-over; without words there is nothing to seal."""
    if words is not None:
        tx.vault.make_key(_owner(row.id))
        row.watch_for_sealed = tx.vault.seal(_owner(row.id), "watch_for", words.watch_for)
        row.incidents_sealed = tx.vault.seal(_owner(row.id), "incidents", words.incidents)
    tx.session.add(row)
    tx.session.flush()


def words_of(tx: Transaction, row: HandOver) -> Words:
    """Empty where none were left, or where they were forgotten."""
    owner = _owner(row.id)
    return Words(
        chats.unseal(tx, owner, "watch_for", row.watch_for_sealed),
        chats.unseal(tx, owner, "incidents", row.incidents_sealed),
    )


def find(tx: Transaction, hand_over_id: str) -> HandOver | None:
    return tx.session.get(HandOver, hand_over_id, populate_existing=True)


def hand_over(tx: Transaction, hand_over_id: str) -> HandOver:
    """Refused: `not_found`."""
    found = find(tx, hand_over_id)
    if found is None:
        raise errors.NotFound
    return found


def latest(tx: Transaction, limit: int) -> list[HandOver]:
    """The newest first."""
    query = select(HandOver).order_by(col(HandOver.made_at).desc(), col(HandOver.id)).limit(limit)
    return list(tx.session.scalars(query))


def unread(tx: Transaction) -> list[HandOver]:
    return list(tx.session.scalars(select(HandOver).where(col(HandOver.read_at).is_(None))))


def left_since(tx: Transaction, person_id: str, since: datetime) -> bool:
    query = select(col(HandOver.id)).where(
        col(HandOver.made_by) == person_id, col(HandOver.made_at) >= since
    )
    return tx.session.scalars(query.limit(1)).first() is not None


def forget_before(tx: Transaction, moment: datetime) -> None:
    for row in tx.session.scalars(select(HandOver).where(col(HandOver.made_at) < moment)):
        tx.vault.destroy(_owner(row.id))
        tx.session.delete(row)


def _owner(hand_over_id: str) -> str:
    return f"hand-over-{hand_over_id}"
