"""The roster as it is stored, given as the plan that the domain reads."""

from __future__ import annotations

from datetime import time, timedelta

from sqlalchemy import select
from sqlmodel import col

from helpline.domain import coverage, errors, roster
from helpline.domain.access import Role
from helpline.store import calendars, people
from helpline.store.line import line
from helpline.store.shift_tables import DateNeed, Qualification, Rotation
from helpline.store.tables import Booking, Line, NeedRow, ShiftOverride, ShiftPattern
from helpline.store.transaction import Transaction

MINORS = "minors"  # the skill and the qualification
YEARS_AHEAD = 10  # for which holidays are read after the last pattern began


def plan(tx: Transaction) -> roster.Plan:
    """The layers in the order in which they were made, the days out of the ordinary, and what
    people bring along.

    Read once per version of the roster. A transaction that changes it reads it first.
    """
    row = line(tx)
    version = (row.roster_version, row.zone, row.drain_minutes)
    if tx.known.get("plan_version") != version:
        tx.known.update(plan=_read_plan(tx, row), plan_version=version)
    known: roster.Plan = tx.known["plan"]
    return known


def _read_plan(tx: Transaction, row: Line) -> roster.Plan:
    recurring = tuple(pattern_of(each) for each in patterns(tx))
    starts = [each.first_date.year for each in recurring] or [row.changed_at.year]
    return roster.Plan(
        zone=row.zone,
        patterns=recurring,
        bookings=tuple(
            roster.Booking(
                each.pattern_id, each.person_id, Role(each.role), each.first_date, each.last_date
            )
            for each in tx.session.scalars(select(Booking))
        ),
        overrides=tuple(override_of(each) for each in overrides(tx)),
        rotations=tuple(rotation_of(each) for each in rotations(tx)),
        special_days=calendars.special_days(
            tx, row, range(min(starts) - 1, max(starts) + YEARS_AHEAD)
        ),
        people=_brings(tx),
        drain=timedelta(minutes=row.drain_minutes),
    )


def _brings(tx: Transaction) -> dict[str, roster.Brings]:
    """A training is a skill, or a qualification that may end; that one says until when."""
    checks = select(Qualification).where(col(Qualification.name) == MINORS)
    given = {each.person_id: each.valid_until for each in tx.session.scalars(checks)}
    return {
        each.id: roster.Brings(
            languages=frozenset(each.languages),
            minors=MINORS in each.skills or each.id in given,
            minors_until=given.get(each.id),
            in_training=each.in_training,
        )
        for each in people.everyone(tx)
    }


def overrides(tx: Transaction) -> list[ShiftOverride]:
    order = (col(ShiftOverride.made_at), col(ShiftOverride.id))
    return list(tx.session.scalars(select(ShiftOverride).order_by(*order)))


def override_of(row: ShiftOverride) -> roster.Override:
    return roster.Override(
        pattern_id=row.pattern_id,
        date=row.on_date,
        person_id=row.person_id,
        kind=roster.Change(row.kind),
        role=Role(row.role),
        until_date=row.until_date,
        in_place_of=row.in_place_of,
    )


def rotations(tx: Transaction) -> list[Rotation]:
    order = (col(Rotation.made_at), col(Rotation.id))
    return list(tx.session.scalars(select(Rotation).order_by(*order)))


def rotation_of(row: Rotation) -> roster.Rotation:
    return roster.Rotation(
        pattern_id=row.pattern_id,
        groups=tuple(tuple(each) for each in row.groups),
        first_date=row.first_date,
        last_date=row.last_date,
        shifts_each=row.shifts_each,
        role=Role(row.role),
        served=row.served,
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
        nth=row.nth,
        off_on_holidays=row.off_on_holidays,
    )


def pattern(tx: Transaction, pattern_id: str) -> ShiftPattern:
    """Refused: `not_found`."""
    found = tx.session.get(ShiftPattern, pattern_id)
    if found is None:
        raise errors.NotFound
    return found


def roots(tx: Transaction) -> dict[str, str]:
    """For each pattern that goes on from another the first one of them all."""
    from_ = {row.id: row.goes_on_from for row in patterns(tx) if row.goes_on_from}
    found = {}
    for each in from_:
        root = each
        while root in from_:
            root = from_[root]
        found[each] = root
    return found


def bookings_of(tx: Transaction, pattern_id: str) -> list[Booking]:
    return list(tx.session.scalars(select(Booking).where(col(Booking.pattern_id) == pattern_id)))


def needs(tx: Transaction) -> list[coverage.Need | coverage.DateNeed]:
    """What each hour of the week needs, and what single dates need in its place."""
    weekly = (need_of(row) for row in tx.session.scalars(select(NeedRow)))
    dated = (date_need_of(row) for row in tx.session.scalars(select(DateNeed)))
    return [*weekly, *dated]


def need_of(row: NeedRow) -> coverage.Need:
    return coverage.Need(
        row.weekday, row.from_hour, row.to_hour, row.listeners, row.leads, row.minors,
        tuple(row.languages),
    )  # fmt: skip


def date_need_of(row: DateNeed) -> coverage.DateNeed:
    return coverage.DateNeed(
        row.on_date, row.from_hour, row.to_hour, row.listeners, row.leads, row.minors,
        tuple(row.languages),
    )  # fmt: skip
