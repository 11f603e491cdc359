"""The rows of the plan one by one, as a planner changes them; `shifts` reads them as a whole."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from sqlalchemy import delete, select
from sqlmodel import col

from helpline.domain import coverage, errors
from helpline.store.secrets import new_id
from helpline.store.tables import Booking, NeedRow, ShiftOverride, ShiftPattern
from helpline.store.transaction import Transaction

Row = TypeVar("Row")


def booking(tx: Transaction, booking_id: str) -> Booking:
    """Refused: `not_found`."""
    return _found(tx.session.get(Booking, booking_id))


def bookings(tx: Transaction) -> list[Booking]:
    query = select(Booking).order_by(col(Booking.first_date), col(Booking.id))
    return list(tx.session.scalars(query))


def bookings_of_person(tx: Transaction, person_id: str) -> list[Booking]:
    return list(tx.session.scalars(select(Booking).where(col(Booking.person_id) == person_id)))


def override(tx: Transaction, override_id: str) -> ShiftOverride:
    """Refused: `not_found`."""
    return _found(tx.session.get(ShiftOverride, override_id))


def overrides_since(
    tx: Transaction, first: date, *, pattern_id: str | None = None, person_id: str | None = None
) -> list[ShiftOverride]:
    """One-day changes of that day and later, in the order of their days, then as they were made."""
    query = select(ShiftOverride).where(col(ShiftOverride.on_date) >= first)
    if pattern_id is not None:
        query = query.where(col(ShiftOverride.pattern_id) == pattern_id)
    if person_id is not None:
        query = query.where(col(ShiftOverride.person_id) == person_id)
    order = (col(ShiftOverride.on_date), col(ShiftOverride.made_at), col(ShiftOverride.id))
    return list(tx.session.scalars(query.order_by(*order)))


def needs(tx: Transaction) -> list[NeedRow]:
    query = select(NeedRow).order_by(col(NeedRow.weekday), col(NeedRow.from_hour))
    return list(tx.session.scalars(query))


def need(tx: Transaction, need_id: str) -> NeedRow:
    """Refused: `not_found`."""
    return _found(tx.session.get(NeedRow, need_id))


def replace_needs(tx: Transaction, weekday: int, needs: list[coverage.Need]) -> None:
    """These are the needs of that weekday from now on."""
    tx.session.execute(delete(NeedRow).where(col(NeedRow.weekday) == weekday))
    for each in needs:
        tx.session.add(
            NeedRow(
                id=new_id(),
                weekday=each.weekday,
                from_hour=each.from_hour,
                to_hour=each.to_hour,
                listeners=each.listeners,
                leads=each.leads,
            )
        )


def forget_pattern(tx: Transaction, row: ShiftPattern) -> None:
    """A pattern that never came to pass goes, with all that was planned on it."""
    tx.session.execute(delete(ShiftOverride).where(col(ShiftOverride.pattern_id) == row.id))
    tx.session.execute(delete(Booking).where(col(Booking.pattern_id) == row.id))
    tx.session.delete(row)


def _found(row: Row | None) -> Row:
    if row is None:
        raise errors.NotFound
    return row
