"""What people say about themselves: their week, days on which they cannot come, and what they
confirmed; and the checks that coordinators keep of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlmodel import col

from helpline.domain import errors
from helpline.domain.eligibility import Hours, Level
from helpline.store.secrets import new_id
from helpline.store.shift_tables import Attendance, Availability, Blackout, Qualification
from helpline.store.tables import Person
from helpline.store.transaction import Transaction


def hours_of(tx: Transaction, person_id: str) -> list[Hours]:
    query = (
        select(Availability)
        .where(col(Availability.person_id) == person_id)
        .order_by(col(Availability.weekday), col(Availability.from_hour))
    )
    return [
        Hours(row.weekday, row.from_hour, row.to_hour, Level(row.level))
        for row in tx.session.scalars(query)
    ]


def replace_hours(tx: Transaction, person_id: str, weekday: int, hours: Iterable[Hours]) -> None:
    """This is what they say of that weekday from now on."""
    tx.session.execute(
        delete(Availability).where(
            col(Availability.person_id) == person_id, col(Availability.weekday) == weekday
        )
    )
    for each in hours:
        tx.session.add(
            Availability(
                id=new_id(),
                person_id=person_id,
                weekday=each.weekday,
                from_hour=each.from_hour,
                to_hour=each.to_hour,
                level=each.level,
            )
        )


def blackouts_of(tx: Transaction, person_id: str, since: date) -> list[Blackout]:
    query = (
        select(Blackout)
        .where(col(Blackout.person_id) == person_id, col(Blackout.last_date) >= since)
        .order_by(col(Blackout.first_date))
    )
    return list(tx.session.scalars(query))


def add_blackout(tx: Transaction, person_id: str, first: date, last: date) -> Blackout:
    made = Blackout(id=new_id(), person_id=person_id, first_date=first, last_date=last)
    tx.session.add(made)
    return made


def drop_blackout(tx: Transaction, person_id: str, blackout_id: str) -> bool:
    """False for one that is somebody else's, or gone."""
    done = tx.session.execute(
        delete(Blackout).where(
            col(Blackout.id) == blackout_id, col(Blackout.person_id) == person_id
        )
    )
    return cast(CursorResult[Any], done).rowcount == 1


# -- attendance ------------------------------------------------------------------------------------


def unconfirm(tx: Transaction, pattern_id: str, on_date: date, person_id: str) -> None:
    """They gave the shift away: what they confirmed is over."""
    tx.session.execute(
        update(Attendance)
        .where(
            col(Attendance.pattern_id) == pattern_id,
            col(Attendance.on_date) == on_date,
            col(Attendance.person_id) == person_id,
        )
        .values(confirmed_at=None)
    )


def confirmed(tx: Transaction, person_id: str, since: date) -> set[tuple[str, date]]:
    """The shifts to which this person said that they come."""
    query = select(col(Attendance.pattern_id), col(Attendance.on_date)).where(
        col(Attendance.person_id) == person_id,
        col(Attendance.on_date) >= since,
        col(Attendance.confirmed_at).is_not(None),
    )
    return {(pattern_id, day) for pattern_id, day in tx.session.execute(query)}


def missed(tx: Transaction, since: date) -> frozenset[tuple[str, date, str]]:
    """Pattern, day and person of whoever did not come."""
    query = select(
        col(Attendance.pattern_id), col(Attendance.on_date), col(Attendance.person_id)
    ).where(col(Attendance.on_date) >= since, col(Attendance.no_show_at).is_not(None))
    return frozenset((pattern, day, person) for pattern, day, person in tx.session.execute(query))


# -- checks ----------------------------------------------------------------------------------------


def checks(tx: Transaction) -> list[Qualification]:
    """Of everybody on the list, by name."""
    query = (
        select(Qualification)
        .join(Person, col(Person.id) == col(Qualification.person_id))
        .where(col(Person.active).is_(True))
        .order_by(col(Qualification.name))
    )
    return list(tx.session.scalars(query))


def check(tx: Transaction, check_id: str) -> Qualification:
    """Refused: `not_found`."""
    found = tx.session.get(Qualification, check_id)
    if found is None:
        raise errors.NotFound
    return found


def check_named(tx: Transaction, person_id: str, name: str) -> Qualification | None:
    query = select(Qualification).where(
        col(Qualification.person_id) == person_id, col(Qualification.name) == name
    )
    return tx.session.scalar(query)


# -- forgetting ------------------------------------------------------------------------------------


def forget_days_before(tx: Transaction, day: date) -> None:
    """Days on which somebody could not come, once they are long over."""
    tx.session.execute(delete(Blackout).where(col(Blackout.last_date) < day))


def forget_people_gone(tx: Transaction) -> None:
    """Whoever left the list is asked nothing more: what they said of themselves goes at once."""
    gone = select(col(Person.id)).where(col(Person.active).is_(False))
    for table in (Availability, Blackout, Qualification):
        tx.session.execute(
            delete(table)
            .where(col(table.person_id).in_(gone))
            .execution_options(synchronize_session=False)
        )
