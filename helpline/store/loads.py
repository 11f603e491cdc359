"""What listeners took, by how heavy it was: the facts behind caps and fairness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import case, func, select
from sqlmodel import col

from helpline.domain import care
from helpline.domain.urgency import Level
from helpline.store.line import line
from helpline.store.tables import Chat, Holding
from helpline.store.transaction import Transaction


def taken(
    tx: Transaction, since: Mapping[str, datetime], *, at_least: Level = Level.ROUTINE
) -> dict[str, Counter[Level]]:
    """Of each of these people the chats that they took since their moment, by level.

    What the words said counts too: a chat that calmed down was heavy all the same.
    """
    if not since:
        return {}
    gravest = case((col(Chat.level) > col(Chat.urgency), col(Chat.level)), else_=col(Chat.urgency))
    query = (
        select(col(Holding.person_id), col(Holding.chat_id), gravest, func.max(col(Holding.since)))
        .join(Chat, col(Chat.id) == col(Holding.chat_id))
        .where(
            col(Holding.person_id).in_(list(since)),
            col(Holding.since) >= min(since.values()),
            gravest >= at_least,
        )
        .group_by(col(Holding.person_id), col(Holding.chat_id), gravest)
    )
    found: dict[str, Counter[Level]] = {}
    for person_id, _, level, last in tx.session.execute(query):
        if last >= since[person_id]:
            found.setdefault(person_id, Counter())[Level(level)] += 1
    return found


def heavy_weeks(
    tx: Transaction, person_ids: Iterable[str], now: datetime
) -> dict[str, Counter[Level]]:
    """Of these people those who took as much in seven days as a week may ask of a person."""
    rules = care.care(line(tx).policies)
    week = taken(tx, dict.fromkeys(person_ids, now - care.WEEK), at_least=Level.HIGH)
    return {each: counts for each, counts in week.items() if rules.is_heavy_week(counts)}
