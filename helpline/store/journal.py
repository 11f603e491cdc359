"""The journal of moments: what happened and when, never what was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlmodel import col

from helpline.store.tables import Moment
from helpline.store.transaction import Transaction


def write(
    tx: Transaction,
    kind: str,
    *,
    now: datetime,
    chat_id: str | None = None,
    person_id: str | None = None,
    **detail: str | int | bool | None,
) -> None:
    """`detail` holds ids, levels and codes only."""
    row = {"at": now, "kind": kind, "chat_id": chat_id, "person_id": person_id, "detail": detail}
    tx.session.execute(insert(Moment).values(**row))


def of_chat(tx: Transaction, chat_id: str) -> list[Moment]:
    query = select(Moment).where(col(Moment.chat_id) == chat_id).order_by(col(Moment.id))
    return list(tx.session.scalars(query))


def counts(tx: Transaction, kind: str, name: str, since: datetime) -> dict[str, int]:
    """How often each value of this detail stood in moments of one kind since then."""
    query = select(Moment).where(col(Moment.kind) == kind, col(Moment.at) >= since)
    return dict(Counter(str(each.detail.get(name)) for each in tx.session.scalars(query)))


def latest(tx: Transaction, kinds: Sequence[str], most: int) -> list[Moment]:
    """The last moments of these kinds, the newest first."""
    query = select(Moment).where(col(Moment.kind).in_(kinds)).order_by(col(Moment.id).desc())
    return list(tx.session.scalars(query.limit(most)))
