"""The rungs that were climbed: one row per shift, rung and epoch, however many sweeps look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlmodel import col

from helpline.domain.attendance import State
from helpline.store import once
from helpline.store.occurrences import Key
from helpline.store.secrets import new_id
from helpline.store.shift_tables import Rung, ShiftRow
from helpline.store.transaction import Transaction


def climb(
    tx: Transaction, key: Key, rung: str, epoch: int, detail: Mapping[str, Any], now: datetime
) -> bool:
    """True for the one that climbs it."""
    return once.add(
        tx,
        Rung,
        id=new_id(),
        pattern_id=key[0],
        on_date=key[1],
        rung=rung,
        epoch=epoch,
        detail=dict(detail),
        climbed_at=now,
    )


def of_days(tx: Transaction, first: date, last: date) -> dict[Key, list[Rung]]:
    """Per shift that starts on these days its rungs, as they were climbed."""
    query = (
        select(Rung)
        .where(col(Rung.on_date) >= first, col(Rung.on_date) <= last)
        .order_by(col(Rung.climbed_at), col(Rung.id))
    )
    found: dict[Key, list[Rung]] = {}
    for row in tx.session.scalars(query.execution_options(populate_existing=True)):
        found.setdefault((row.pattern_id, row.on_date), []).append(row)
    return found


def of_past_shifts(tx: Transaction) -> list[Rung]:
    """What still stands of shifts that are over or will not be."""
    query = (
        select(Rung)
        .outerjoin(
            ShiftRow,
            and_(
                col(ShiftRow.pattern_id) == col(Rung.pattern_id),
                col(ShiftRow.on_date) == col(Rung.on_date),
                col(ShiftRow.state).in_([State.UPCOMING, State.OPEN]),
            ),
        )
        .where(col(Rung.over_at).is_(None), col(ShiftRow.id).is_(None))
    )
    return list(tx.session.scalars(query))


def latest(tx: Transaction, most: int) -> list[Rung]:
    query = select(Rung).order_by(col(Rung.climbed_at).desc(), col(Rung.id)).limit(most)
    return list(tx.session.scalars(query))


def end(tx: Transaction, rows: Iterable[Rung], now: datetime) -> None:
    """The gap is filled, or past."""
    ids = [each.id for each in rows if each.over_at is None]
    tx.session.execute(
        update(Rung)
        .where(col(Rung.id).in_(ids))
        .values(over_at=now)
        .execution_options(synchronize_session=False)
    )


def acknowledge(tx: Transaction, rows: Iterable[Rung], person_id: str, now: datetime) -> int:
    """The first owner of each stays; how many are new."""
    ids = [each.id for each in rows if each.acknowledged_by is None]
    tx.session.execute(
        update(Rung)
        .where(col(Rung.id).in_(ids), col(Rung.acknowledged_by).is_(None))
        .values(acknowledged_by=person_id, acknowledged_at=now)
        .execution_options(synchronize_session=False)
    )
    return len(ids)


def forget_before(tx: Transaction, moment: datetime) -> None:
    tx.session.execute(
        delete(Rung)
        .where(col(Rung.climbed_at) < moment)
        .execution_options(synchronize_session=False)
    )
