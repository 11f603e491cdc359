"""What a report counts, from the journal and the offers: times, levels and codes, no words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import literal, select
from sqlmodel import col

from helpline.domain.chat import ChatState
from helpline.domain.overtaking import Answer
from helpline.domain.reports import HandedOff, Visit
from helpline.domain.urgency import Level
from helpline.store import line
from helpline.store.hand_off_tables import Emergency, HandOff
from helpline.store.secrets import new_id
from helpline.store.tables import Chat, Moment, Offer
from helpline.store.transaction import Transaction

# How a hand-off ended, by its own word for it: what was accepted may have gone back later.
HAND_OFF_ENDS = {
    "accepted": "accepted",
    "handed_to_queue": "accepted",
    "stepped_out": "accepted",
    "reached": "accepted",
    "help_comes": "accepted",
    "declined": "declined",
    "refused": "declined",
    "did_not_want": "declined",
}


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


def visits(tx: Transaction, since: datetime, until: datetime) -> list[Visit]:
    """Every chat that came in [since, until). Canaries are no one."""
    query = select(
        col(Chat.arrived_at),
        col(Chat.accepted_at),
        col(Chat.ended_at),
        col(Chat.state),
        col(Chat.level),
        col(Chat.outcome),
        col(Chat.feeling),
    ).where(
        col(Chat.arrived_at) >= since,
        col(Chat.arrived_at) < until,
        col(Chat.state) != ChatState.CANARY,
    )
    return [
        Visit(came, answered, ended, state == ChatState.LEFT, Level(level), outcome, feeling)
        for came, answered, ended, state, level, outcome, feeling in tx.session.execute(query)
    ]


def hand_offs(tx: Transaction, since: datetime, until: datetime) -> list[HandedOff]:
    """What was asked for in [since, until) and is over: of people, of the line, of resources and
    of the emergency services."""
    of_people = select(col(Offer.kind), col(Offer.state)).where(
        col(Offer.from_id).is_not(None),
        col(Offer.offered_at) >= since,
        col(Offer.offered_at) < until,
        col(Offer.state) != "pending",
    )
    beyond = select(col(HandOff.kind), col(HandOff.state)).where(
        col(HandOff.at) >= since, col(HandOff.at) < until, col(HandOff.ended_at).is_not(None)
    )
    calls = select(literal("emergency"), col(Emergency.result)).where(
        col(Emergency.begun_at) >= since,
        col(Emergency.begun_at) < until,
        col(Emergency.ended_at).is_not(None),
    )
    return [
        HandedOff(kind, HAND_OFF_ENDS.get(state, "otherwise"))
        for query in (of_people, beyond, calls)
        for kind, state in tx.session.execute(query)
    ]


def begin_with(tx: Transaction, came: Iterable[Visit]) -> None:
    """The chats of a line before it kept any itself: without a word, and with nothing to forget."""
    country = line.line(tx).country
    tx.session.add_all(
        Chat(
            id=new_id(),
            state=ChatState.LEFT if each.left else ChatState.CLOSED,
            language="en",
            country=country,
            open_client_id=new_id(),
            arrived_at=each.arrived_at,
            visitor_seen_at=each.ended_at or each.arrived_at,
            accepted_at=each.answered_at,
            ended_at=each.ended_at,
            level=each.level,
            urgency=each.level,
            outcome=each.outcome,
            feeling=each.feeling,
            erased_at=each.ended_at,
        )
        for each in came
    )
