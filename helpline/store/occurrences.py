"""Shifts as they happen: one row for each occurrence that came near, and who came to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, and_, delete, func, or_, select, update
from sqlmodel import col

from helpline.domain.attendance import Came, State
from helpline.domain.shifts import Span
from helpline.store import once
from helpline.store.secrets import new_id
from helpline.store.shift_tables import Attendance, ShiftRow
from helpline.store.transaction import Transaction

Key = tuple[str, date]  # pattern and local date


def around(tx: Transaction, start: datetime, end: datetime) -> list[ShiftRow]:
    """Rows whose shift overlaps [start, end), in order of start."""
    query = (
        select(ShiftRow)
        .where(col(ShiftRow.ends_at) > start, col(ShiftRow.starts_at) < end)
        .order_by(col(ShiftRow.starts_at), col(ShiftRow.pattern_id))
    )
    return list(tx.session.scalars(query.execution_options(populate_existing=True)))


def latest_start(tx: Transaction) -> datetime | None:
    return tx.session.scalar(select(func.max(col(ShiftRow.starts_at))))


def is_any_due(tx: Transaction, now: datetime) -> bool:
    return (
        tx.session.scalars(select(col(ShiftRow.id)).where(_is_due(now)).limit(1)).first()
        is not None
    )


def due(tx: Transaction, now: datetime) -> list[ShiftRow]:
    """What should have begun or ended by now, in order."""
    query = select(ShiftRow).where(_is_due(now)).order_by(col(ShiftRow.starts_at), col(ShiftRow.id))
    return list(tx.session.scalars(query.execution_options(populate_existing=True)))


def _is_due(now: datetime) -> Any:
    return or_(
        and_(col(ShiftRow.state) == State.UPCOMING, col(ShiftRow.starts_at) <= now),
        and_(col(ShiftRow.state) == State.OPEN, col(ShiftRow.ends_at) <= now),
    )


def running(tx: Transaction) -> list[ShiftRow]:
    query = select(ShiftRow).where(col(ShiftRow.state) == State.OPEN)
    return list(tx.session.scalars(query.execution_options(populate_existing=True)))


def lay(tx: Transaction, span: Span) -> bool:
    """A row for an occurrence, once; False if it was there."""
    return once.add(
        tx,
        ShiftRow,
        id=new_id(),
        pattern_id=span.pattern_id,
        on_date=span.date,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        state=State.UPCOMING,
    )


def move_on(tx: Transaction, row: ShiftRow, state: State, **values: Any) -> bool:
    """True for the one that moves the row on from the state in which it was read."""
    done = tx.session.execute(
        update(ShiftRow)
        .where(col(ShiftRow.id) == row.id, col(ShiftRow.state) == row.state)
        .values(state=state, **values)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], done).rowcount == 1


def expect_anew(tx: Transaction, now: datetime) -> None:
    """Who was not seen until now was not seen by us: absence counts from here."""
    waited_for = col(Attendance.checked_in_at).is_(None) & col(Attendance.no_show_at).is_(None)
    tx.session.execute(
        update(Attendance)
        .where(col(Attendance.expected_from).is_not(None), waited_for)
        .values(expected_from=now)
        .execution_options(synchronize_session=False)
    )


def forget_before(tx: Transaction, moment: datetime) -> None:
    for table, over in (
        (ShiftRow, col(ShiftRow.ends_at) < moment),
        (Attendance, col(Attendance.on_date) < moment.date()),
    ):
        tx.session.execute(delete(table).where(over).execution_options(synchronize_session=False))


def about(span: Span, **more: int | str) -> dict[str, int | str]:
    """What a notice says of its shift."""
    return {
        "pattern": span.pattern_id,
        "date": span.date.isoformat(),
        "starts_at": span.starts_at.isoformat(),
        "ends_at": span.ends_at.isoformat(),
    } | more


def about_key(span: Span) -> str:
    return f"{span.pattern_id}:{span.date.isoformat()}"


# -- who came -------------------------------------------------------------------------------------


def who_came(tx: Transaction, keys: Iterable[Key]) -> dict[tuple[str, date, str], Came]:
    """What is known, by pattern, date and person."""
    wanted = set(keys)
    days = {day for _, day in wanted}
    query = select(Attendance).where(col(Attendance.on_date).in_(days))
    return {
        (row.pattern_id, row.on_date, row.person_id): Came(
            row.expected_from, row.confirmed_at, row.checked_in_at, row.no_show_at
        )
        for row in tx.session.scalars(query.execution_options(populate_existing=True))
        if (row.pattern_id, row.on_date) in wanted
    }


def note(
    tx: Transaction, key: Key, person_ids: Collection[str], field: str, now: datetime
) -> list[str]:
    """Writes the first time that this happened; whose it is, among these, that is new.

    `field` is `expected_from`, `confirmed_at`, `checked_in_at` or `no_show_at`.
    """
    column = getattr(Attendance, field)
    new = []
    for person_id in sorted(person_ids):
        once.add(tx, Attendance, pattern_id=key[0], on_date=key[1], person_id=person_id)
        done = tx.session.execute(
            update(Attendance)
            .where(
                col(Attendance.pattern_id) == key[0],
                col(Attendance.on_date) == key[1],
                col(Attendance.person_id) == person_id,
                column.is_(None),
            )
            .values({field: now})
            .execution_options(synchronize_session=False)
        )
        if cast(CursorResult[Any], done).rowcount == 1:
            new.append(person_id)
    return new
