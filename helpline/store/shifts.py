"""The roster as it is stored, given as the plan that the domain reads."""

from __future__ import annotations

from datetime import time

from sqlalchemy import select
from sqlmodel import col

from helpline.domain import coverage, errors, roster
from helpline.domain.access import Role
from helpline.store.line import line
from helpline.store.tables import Booking, NeedRow, ShiftOverride, ShiftPattern
from helpline.store.transaction import Transaction


def plan(tx: Transaction) -> roster.Plan:
    """Patterns, bookings and overrides in the order in which they were made.

    Read once per version of the roster. A transaction that changes it reads it first.
    """
    row = line(tx)
    version = (row.roster_version, row.zone)
    if tx.known.get("plan_version") != version:
        tx.known.update(plan=_read_plan(tx, row.zone), plan_version=version)
    known: roster.Plan = tx.known["plan"]
    return known


def _read_plan(tx: Transaction, zone: str) -> roster.Plan:
    overrides = select(ShiftOverride).order_by(col(ShiftOverride.made_at), col(ShiftOverride.id))
    return roster.Plan(
        zone=zone,
        patterns=tuple(pattern_of(row) for row in patterns(tx)),
        bookings=tuple(
            roster.Booking(
                row.pattern_id, row.person_id, Role(row.role), row.first_date, row.last_date
            )
            for row in tx.session.scalars(select(Booking))
        ),
        overrides=tuple(
            roster.Override(
                row.pattern_id, row.on_date, row.person_id, roster.Change(row.kind), Role(row.role)
            )
            for row in tx.session.scalars(overrides)
        ),
    )


def patterns(tx: Transaction) -> list[ShiftPattern]:
    query = select(ShiftPattern).order_by(
        col(ShiftPattern.weekday), col(ShiftPattern.starts), col(ShiftPattern.title)
    )
    return list(tx.session.scalars(query))


def pattern_of(row: ShiftPattern) -> roster.Pattern:
    return roster.Pattern(
        id=row.id,
        title=row.title,
        weekday=row.weekday,
        starts=time.fromisoformat(row.starts),
        ends=time.fromisoformat(row.ends),
        first_date=row.first_date,
        last_date=row.last_date,
        every_weeks=row.every_weeks,
    )


def pattern(tx: Transaction, pattern_id: str) -> ShiftPattern:
    """Refused: `not_found`."""
    found = tx.session.get(ShiftPattern, pattern_id)
    if found is None:
        raise errors.NotFound
    return found


def bookings_of(tx: Transaction, pattern_id: str) -> list[Booking]:
    return list(tx.session.scalars(select(Booking).where(col(Booking.pattern_id) == pattern_id)))


def needs(tx: Transaction) -> list[coverage.Need]:
    return [
        coverage.Need(row.weekday, row.from_hour, row.to_hour, row.listeners, row.leads)
        for row in tx.session.scalars(select(NeedRow))
    ]
