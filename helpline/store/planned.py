"""The rows of the plan one by one, as a planner changes them; `shifts` reads them as a whole."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import delete, func, select
from sqlmodel import col

from helpline.domain import coverage, errors
from helpline.domain.roster import DAY
from helpline.store.secrets import new_id
from helpline.store.shift_tables import (
    Attendance,
    DateNeed,
    Rotation,
    Rung,
    ShiftRequest,
    ShiftRow,
)
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
    """Changes that lie over that day or a later one, in the order of their days, then as they
    were made."""
    last_day = func.coalesce(col(ShiftOverride.until_date), col(ShiftOverride.on_date))
    query = select(ShiftOverride).where(last_day >= first)
    if pattern_id is not None:
        query = query.where(col(ShiftOverride.pattern_id) == pattern_id)
    if person_id is not None:
        query = query.where(col(ShiftOverride.person_id) == person_id)
    order = (col(ShiftOverride.on_date), col(ShiftOverride.made_at), col(ShiftOverride.id))
    return list(tx.session.scalars(query.order_by(*order)))


def after_other_layers(tx: Transaction, now: datetime) -> datetime:
    """When a new layer is made: the later of two wins, so no two may bear the same time."""
    latest: datetime | None = tx.session.scalar(select(func.max(col(ShiftOverride.made_at))))
    return now if latest is None or latest < now else latest + datetime.resolution


def end_override(tx: Transaction, row: ShiftOverride, last: date | None) -> None:
    """The layer lies over no day after `last`; it goes where it lay over none before."""
    if last is None or row.on_date > last:
        tx.session.delete(row)
    else:
        row.until_date = last
        tx.session.add(row)


def carry_override(tx: Transaction, row: ShiftOverride, pattern_id: str, from_date: date) -> None:
    """From that day on the layer lies over another pattern, in its old place among the others."""
    if row.on_date >= from_date:
        row.pattern_id = pattern_id
        tx.session.add(row)
        return
    known = row.model_dump() | {"id": new_id(), "pattern_id": pattern_id, "on_date": from_date}
    tx.session.add(ShiftOverride(**known))
    row.until_date = from_date - DAY
    tx.session.add(row)


def rotation(tx: Transaction, rotation_id: str) -> Rotation:
    """Refused: `not_found`."""
    return _found(tx.session.get(Rotation, rotation_id))


def rotations(tx: Transaction) -> list[Rotation]:
    return list(tx.session.scalars(select(Rotation).order_by(col(Rotation.first_date))))


def rotations_of(tx: Transaction, pattern_id: str) -> list[Rotation]:
    query = select(Rotation).where(col(Rotation.pattern_id) == pattern_id)
    return list(tx.session.scalars(query.order_by(col(Rotation.first_date), col(Rotation.id))))


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
                minors=each.minors,
                languages=list(each.languages),
            )
        )


def date_needs(tx: Transaction, first: date) -> list[DateNeed]:
    """What dates from `first` on need of their own, in order."""
    query = select(DateNeed).where(col(DateNeed.on_date) >= first)
    return list(tx.session.scalars(query.order_by(col(DateNeed.on_date), col(DateNeed.from_hour))))


def date_need(tx: Transaction, need_id: str) -> DateNeed:
    """Refused: `not_found`."""
    return _found(tx.session.get(DateNeed, need_id))


def replace_date_needs(
    tx: Transaction, day: date, needs: list[tuple[coverage.DateNeed, str]]
) -> None:
    """These, each with its reason, are all the needs of that date's own."""
    tx.session.execute(delete(DateNeed).where(col(DateNeed.on_date) == day))
    for each, why in needs:
        tx.session.add(
            DateNeed(
                id=new_id(),
                on_date=day,
                from_hour=each.from_hour,
                to_hour=each.to_hour,
                listeners=each.listeners,
                leads=each.leads,
                minors=each.minors,
                languages=list(each.languages),
                why=why,
            )
        )


def forget_pattern(tx: Transaction, row: ShiftPattern) -> None:
    """A pattern that never came to pass goes, with all that was planned on it."""
    for table in (ShiftOverride, Booking, Rotation, ShiftRow, Attendance, Rung, ShiftRequest):
        tx.session.execute(delete(table).where(col(table.pattern_id) == row.id))
    tx.session.delete(row)


def _found(row: Row | None) -> Row:
    if row is None:
        raise errors.NotFound
    return row
