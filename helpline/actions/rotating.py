"""Rotations: who follows whom on a shift, from a day on. What was served stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from helpline.domain import access, changes, errors, events, roster
from helpline.domain.access import Who
from helpline.domain.roster import DAY, Pattern
from helpline.store import journal, people, planned
from helpline.store.secrets import new_id
from helpline.store.shift_tables import Rotation
from helpline.store.shifts import pattern, pattern_of, plan, rotation_of
from helpline.store.transaction import Store, Transaction


def rotate(
    store: Store,
    who: Who,
    pattern_id: str,
    groups: Sequence[Sequence[str]],
    role: str,
    first_date: date,
    last_date: date | None = None,
    *,
    shifts_each: int = 1,
    now: datetime,
) -> str:
    """From its first day on one group after the other serves on the pattern, each so many shifts
    in a row; gives the rotation's id. A group may be empty: a turn that somebody else covers.
    """
    with store.transaction() as tx:
        access.require(who, "plan")
        known, shift = plan(tx), pattern_of(pattern(tx, pattern_id))
        changes.require_running(known, shift, now)
        changes.require_plannable(known, first_date, "first_date", now)
        changes.require_number(shifts_each, "shifts_each", least=1, most=changes.WEEKS_APART)
        changes.require_groups(groups)
        in_role = _role_of_all(tx, groups, role)
        first = max(first_date, changes.begun_until(known, shift, now) + DAY)
        starts = changes.next_start(shift, first)
        if starts is None:
            raise changes.PatternIsOver(field="first_date")
        if last_date is not None:
            changes.require_near(known, last_date, "last_date", now)
            if last_date < starts:
                raise changes.DaysCrossed(field="last_date")

        made = Rotation(
            id=new_id(),
            pattern_id=pattern_id,
            role=in_role,
            groups=[list(each) for each in groups],
            shifts_each=shifts_each,
            first_date=first,
            last_date=last_date,
            made_at=now,
        )
        tx.session.add(made)
        _tell(tx, "rotation_made", who, now, pattern_id)
        return made.id


def end_rotation(
    store: Store, who: Who, rotation_id: str, last_date: date | None = None, *, now: datetime
) -> None:
    """The rotation ends with that day, or without one before the next shift to begin."""
    with store.transaction() as tx:
        access.require(who, "plan")
        known, row = plan(tx), planned.rotation(tx, rotation_id)
        shift = pattern_of(pattern(tx, row.pattern_id))
        last = changes.ends_on(known, shift, row.last_date, last_date, now)
        _end(tx, row, last)
        _tell(tx, "rotation_ended", who, now, row.pattern_id)


def carry(tx: Transaction, old: Pattern, fresh: Pattern, from_date: date) -> None:
    """A changed pattern goes on with the turn at which the old one stopped."""
    for row in planned.rotations_of(tx, old.id):
        if row.last_date is not None and row.last_date < from_date:
            continue
        first = max(row.first_date, from_date)
        tx.session.add(_going_on(row, first, fresh.id, _served(old, row, first)))
        _end(tx, row, from_date - DAY)


def leave(tx: Transaction, person_id: str, today: date) -> None:
    """From tomorrow on nobody serves in this person's turns, until somebody else is named."""
    for row in list(planned.rotations(tx)):
        if all(person_id not in each for each in row.groups):
            continue
        if row.last_date is not None and row.last_date <= today:
            continue
        shift = pattern_of(pattern(tx, row.pattern_id))
        first = max(row.first_date, today + DAY)
        fresh = _going_on(row, first, row.pattern_id, _served(shift, row, first))
        fresh.groups = [[each for each in group if each != person_id] for group in row.groups]
        if any(fresh.groups):
            tx.session.add(fresh)
        _end(tx, row, today)


def _served(shift: Pattern, row: Rotation, first: date) -> int:
    """How many shifts of the rotation come before its next one from `first` on."""
    upcoming = changes.next_start(shift, first)
    if upcoming is None:
        return row.served
    return roster.served_until(shift, rotation_of(row), upcoming)


def _going_on(row: Rotation, first: date, pattern_id: str, served: int) -> Rotation:
    known = row.model_dump() | {"groups": [list(each) for each in row.groups]}
    again = {"id": new_id(), "pattern_id": pattern_id, "first_date": first, "served": served}
    return Rotation(**(known | again))


def _end(tx: Transaction, row: Rotation, last: date) -> None:
    """A rotation that never came to serve goes; another keeps its past."""
    if row.first_date > last:
        tx.session.delete(row)
    else:
        row.last_date = last
        tx.session.add(row)


def _role_of_all(tx: Transaction, groups: Sequence[Sequence[str]], role: str) -> str:
    found = role
    for person_id in {each for group in groups for each in group}:
        try:
            person = people.person(tx, person_id)
            found = changes.require_role(role, person.roles)
        except (errors.NotFound, changes.NotTheirRole) as refused:
            is_role = isinstance(refused, changes.NotTheirRole)
            raise (changes.NotTheirRole if is_role else changes.UnknownPerson)(
                field="groups"
            ) from None
        if not person.active:
            raise changes.UnknownPerson(field="groups")
    return found


def _tell(tx: Transaction, kind: str, who: Who, now: datetime, pattern_id: str) -> None:
    journal.write(tx, kind, now=now, person_id=who.id, pattern=pattern_id)
    tx.announce(events.RosterChanged())
