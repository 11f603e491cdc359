"""What a report counts, from the journal and the offers: times, levels and codes, no words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from helpline.domain.overtaking import Answer
from helpline.domain.urgency import Level
from helpline.store.tables import Chat, Moment, Offer
from helpline.store.transaction import Transaction


def seats_given(
    tx: Transaction, since: datetime, until: datetime
) -> tuple[list[Answer], list[Answer]]:
    """The chats that were taken from the queue in [since, until): onto seats, and onto surge seats,
    which nobody else could have had. In order of time."""
    query = (
        select(col(Moment.chat_id), col(Moment.at), col(Moment.detail), col(Chat.arrived_at))
        .join(Chat, col(Chat.id) == col(Moment.chat_id))
        .where(col(Moment.kind) == "accepted", col(Moment.at) >= since, col(Moment.at) < until)
        .order_by(col(Moment.at), col(Moment.id))
    )
    seats: tuple[list[Answer], list[Answer]] = ([], [])
    for chat_id, at, detail, arrived_at in tx.session.execute(query):
        answer = Answer(chat_id, Level(detail["level"]), arrived_at, at)
        seats[bool(detail["surge"])].append(answer)
    return seats


def asked_for_surge(tx: Transaction, since: datetime, until: datetime) -> list[datetime]:
    """When people were asked to take a critical chat beside full seats, whatever they answered."""
    query = select(col(Offer.offered_at)).where(
        col(Offer.surge).is_(True), col(Offer.offered_at) >= since, col(Offer.offered_at) < until
    )
    return list(tx.session.scalars(query))


def left_unanswered(
    tx: Transaction, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """When those came and left who left the line in [since, until) before anybody answered."""
    query = select(col(Chat.arrived_at), col(Chat.ended_at)).where(
        col(Chat.accepted_at).is_(None), col(Chat.ended_at) >= since, col(Chat.ended_at) < until
    )
    return [(came, left) for came, left in tx.session.execute(query)]
