"""How often the card of a resource is offered and opened, by day: never by whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from helpline.domain import walltime
from helpline.store import line, once
from helpline.store.directory_tables import CardDay
from helpline.store.tables import ResourceRow
from helpline.store.transaction import Transaction


def offered(tx: Transaction, resource_id: str, now: datetime) -> None:
    _count(tx, resource_id, now, CardDay.offered)


def opened(tx: Transaction, resource_id: str, now: datetime) -> None:
    _count(tx, resource_id, now, CardDay.opened)


def _count(tx: Transaction, resource_id: str, now: datetime, what: object) -> None:
    today = walltime.local(line.line(tx).zone, now).date()
    once.add(tx, CardDay, resource_id=resource_id, on_date=today, offered=0, opened=0)
    tx.session.execute(
        update(CardDay)
        .where(col(CardDay.resource_id) == resource_id, col(CardDay.on_date) == today)
        .values({what: col(what) + 1})
    )


def counted(tx: Transaction, first: date, last: date) -> list[tuple[str, str, int, int]]:
    """Each resource whose card was offered on these days: id, name, offered, opened; by name."""
    query = (
        select(
            col(CardDay.resource_id),
            func.coalesce(col(ResourceRow.name), col(CardDay.resource_id)),
            func.sum(col(CardDay.offered)),
            func.sum(col(CardDay.opened)),
        )
        .join(ResourceRow, col(ResourceRow.id) == col(CardDay.resource_id), isouter=True)
        .where(col(CardDay.on_date) >= first, col(CardDay.on_date) <= last)
        .group_by(col(CardDay.resource_id), col(ResourceRow.name))
    )
    rows: Sequence[tuple[str, str, int, int]] = [tuple(row) for row in tx.session.execute(query)]
    return sorted(rows, key=lambda each: (each[1].casefold(), each[0]))


def forget_before(tx: Transaction, day: date) -> None:
    tx.session.execute(delete(CardDay).where(col(CardDay.on_date) < day))
