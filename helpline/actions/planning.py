"""Planning shifts: patterns that recur, who is booked on them, one-day changes, and the need.

What has begun is history and stays as it is; only what is still to come can change. A pattern
whose end is its start is a shift of 24 hours: lawful, and said beside it wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time

from helpline.actions import rotating
from helpline.domain import access, changes, coverage, errors, events, roster, text, volunteers
from helpline.domain.access import Role, Who
from helpline.domain.roster import DAY, Change, Pattern
from helpline.store import journal, people, planned
from helpline.store.secrets import new_id
from helpline.store.shifts import bookings_of, need_of, override_of, pattern, pattern_of, plan
from helpline.store.tables import Booking, Person, ShiftOverride, ShiftPattern
from helpline.store.transaction import Store, Transaction

# -- patterns -----------------------------------------------------------------------------------


def add_pattern(
    store: Store,
    who: Who,
    title: str,
    weekday: int,
    starts: time,
    ends: time,
    first_date: date,
    last_date: date | None = None,
    every_weeks: int = 1,
    *,
    nth: int | None = None,
    off_on_holidays: bool = False,
    now: datetime,
) -> str:
    """A new recurring shift in the line's wall time; gives its id. Refused: `bad_request`."""
    with store.transaction() as tx:
        access.require(who, "plan")
        known = plan(tx)
        title = text.clean(title, limit=changes.TITLE_LENGTH, field="title").strip()
        _require_rhythm(weekday, every_weeks, nth)
        changes.require_plannable(known, first_date, "first_date", now)
        fresh = Pattern(
            new_id(), title, weekday, starts, ends, first_date, last_date, every_weeks, nth,
            off_on_holidays,
        )  # fmt: skip
        if last_date is not None:
            changes.require_near(known, last_date, "last_date", now)
            if changes.next_start(fresh, first_date) is None:
                raise changes.DaysCrossed(field="last_date")

        tx.session.add(_row(fresh))
        _tell(tx, "pattern_added", who, now, pattern=fresh.id)
        return fresh.id


def change_pattern(
    store: Store,
    who: Who,
    pattern_id: str,
    from_date: date,
    *,
    title: str,
    weekday: int,
    starts: time,
    ends: time,
    every_weeks: int = 1,
    nth: int | None = None,
    off_on_holidays: bool = False,
    now: datetime,
) -> str:
    """Changes a pattern from a day on; gives the id under which it goes on.

    The old one ends the day before, and bookings and rotations go along, so that history stays.
    One-day changes go along where the changed shift starts on that day too, and fall away
    elsewhere; those over several days go along.
    """
    with store.transaction() as tx:
        access.require(who, "plan")
        known, row = plan(tx), pattern(tx, pattern_id)
        old = pattern_of(row)
        title = text.clean(title, limit=changes.TITLE_LENGTH, field="title").strip()
        _require_rhythm(weekday, every_weeks, nth)
        changes.require_running(known, old, now)
        changes.require_plannable(known, from_date, "from_date", now)
        if from_date <= changes.begun_until(known, old, now):
            raise changes.DayIsOver(field="from_date")
        first = changes.changed_from(
            old, from_date, weekday=weekday, every_weeks=every_weeks, nth=nth
        )
        if old.last_date is not None and first > old.last_date:
            raise changes.PatternIsOver(field="from_date")

        fresh = replace(
            old, title=title, weekday=weekday, starts=starts, ends=ends, first_date=first,
            every_weeks=every_weeks, nth=nth, off_on_holidays=off_on_holidays,
        )  # fmt: skip
        has_served = any(roster.dates(old, old.first_date, from_date - DAY))
        if has_served:
            fresh = replace(fresh, id=new_id())
            tx.session.add(_row(fresh, goes_on_from=old.id))
            tx.session.flush()
            row.last_date = from_date - DAY
            tx.session.add(row)
            _carry_bookings(tx, old.id, fresh.id, from_date)
            rotating.carry(tx, old, fresh, from_date)
        else:
            tx.session.merge(_row(fresh, goes_on_from=row.goes_on_from))
        _carry_overrides(tx, old.id, fresh, from_date)
        _tell(tx, "pattern_changed", who, now, pattern=old.id, goes_on=fresh.id)
        return fresh.id


def end_pattern(store: Store, who: Who, pattern_id: str, last_date: date, *, now: datetime) -> None:
    """The last day on which it may start. One that never comes to start is forgotten."""
    with store.transaction() as tx:
        access.require(who, "plan")
        known, row = plan(tx), pattern(tx, pattern_id)
        old = pattern_of(row)
        changes.require_running(known, old, now)
        changes.require_near(known, last_date, "last_date", now)
        if last_date < changes.begun_until(known, old, now):
            raise changes.DayIsOver(field="last_date")

        if any(roster.dates(old, old.first_date, last_date)):
            row.last_date = last_date
            tx.session.add(row)
        else:
            planned.forget_pattern(tx, row)
        _tell(tx, "pattern_ended", who, now, pattern=old.id)


def _require_rhythm(weekday: int, every_weeks: int, nth: int | None) -> None:
    changes.require_number(weekday, "weekday", least=0, most=6)
    most = changes.WEEKS_APART if nth is None else 1
    changes.require_number(every_weeks, "every_weeks", least=1, most=most)
    if nth is not None and nth not in roster.EACH_MONTH:
        raise changes.BadNumber(field="nth")


def _row(fresh: Pattern, *, goes_on_from: str | None = None) -> ShiftPattern:
    return ShiftPattern(
        id=fresh.id,
        goes_on_from=goes_on_from,
        title=fresh.title,
        weekday=fresh.weekday,
        starts=f"{fresh.starts:%H:%M}",
        ends=f"{fresh.ends:%H:%M}",
        first_date=fresh.first_date,
        last_date=fresh.last_date,
        every_weeks=fresh.every_weeks,
        nth=fresh.nth,
        off_on_holidays=fresh.off_on_holidays,
    )


def _carry_bookings(tx: Transaction, old_id: str, new_id_: str, from_date: date) -> None:
    for each in bookings_of(tx, old_id):
        if each.last_date is not None and each.last_date < from_date:
            continue
        if each.first_date >= from_date:
            each.pattern_id = new_id_
            tx.session.add(each)
            continue
        tx.session.add(
            Booking(
                id=new_id(),
                pattern_id=new_id_,
                person_id=each.person_id,
                role=each.role,
                first_date=from_date,
                last_date=each.last_date,
            )
        )
        each.last_date = from_date - DAY
        tx.session.add(each)


def _carry_overrides(tx: Transaction, old_id: str, fresh: Pattern, from_date: date) -> None:
    for each in planned.overrides_since(tx, from_date, pattern_id=old_id):
        if each.until_date is not None:
            planned.carry_override(tx, each, fresh.id, from_date)
        elif changes.occurs(fresh, each.on_date):
            each.pattern_id = fresh.id
            tx.session.add(each)
        else:
            tx.session.delete(each)


# -- standing bookings --------------------------------------------------------------------------


def book(
    store: Store,
    who: Who,
    pattern_id: str,
    person_id: str,
    role: str,
    first_date: date,
    last_date: date | None = None,
    *,
    now: datetime,
) -> str:
    """Books a person on every shift of the pattern between two days; gives the booking's id."""
    with store.transaction() as tx:
        access.require(who, "plan")
        known, shift = plan(tx), pattern_of(pattern(tx, pattern_id))
        changes.require_running(known, shift, now)
        changes.require_plannable(known, first_date, "first_date", now)
        role = changes.require_role(role, _person(tx, person_id).roles)
        first = first_date
        if changes.occurs(shift, first) and changes.is_over(known, shift, first, now):
            first += DAY
        starts = changes.next_start(shift, first)
        if starts is None:
            raise changes.PatternIsOver(field="first_date")
        if last_date is not None:
            changes.require_near(known, last_date, "last_date", now)
            if last_date < starts:
                raise changes.DaysCrossed(field="last_date")
        for each in bookings_of(tx, pattern_id):
            meets = first <= (each.last_date or first) and each.first_date <= (
                last_date or each.first_date
            )
            if each.person_id == person_id and meets:
                raise changes.AlreadyBooked(field="person_id")

        made = Booking(
            id=new_id(),
            pattern_id=pattern_id,
            person_id=person_id,
            role=role,
            first_date=first,
            last_date=last_date,
        )
        tx.session.add(made)
        _tell(tx, "booked", who, now, pattern=pattern_id, person=person_id, role=role)
        return made.id


def unbook(
    store: Store, who: Who, booking_id: str, last_date: date | None = None, *, now: datetime
) -> None:
    """The standing booking ends with that day, or without one before the next shift to begin."""
    with store.transaction() as tx:
        access.require(who, "plan")
        known, row = plan(tx), planned.booking(tx, booking_id)
        shift = pattern_of(pattern(tx, row.pattern_id))
        last = changes.ends_on(known, shift, row.last_date, last_date, now)
        _end_booking(tx, row, shift, last)
        _tell(tx, "unbooked", who, now, pattern=row.pattern_id, person=row.person_id)


def _end_booking(tx: Transaction, row: Booking, shift: Pattern, last: date) -> None:
    """A booking that never came to serve goes; another keeps its past."""
    if any(roster.dates(shift, row.first_date, last)):
        row.last_date = last
        tx.session.add(row)
    else:
        tx.session.delete(row)


# -- layers -------------------------------------------------------------------------------------


def override(
    store: Store,
    who: Who,
    pattern_id: str | None,
    on_date: date,
    kind: str,
    person_id: str | None = None,
    role: str = Role.LISTENER,
    *,
    until_date: date | None = None,
    in_place_of: str | None = None,
    now: datetime,
) -> str:
    """Adds or takes off a person, puts one in another's place, or cancels, on one day or until
    `until_date`, on one shift or on all of them; gives the change's id.
    """
    with store.transaction() as tx:
        access.require(who, "plan")
        known = plan(tx)
        if pattern_id is not None:
            pattern(tx, pattern_id)
        if kind == Change.REPLACE and in_place_of is None:
            raise changes.UnknownPerson(field="in_place_of")
        change = _change(kind, person_id)
        layer = roster.Override(
            pattern_id, on_date, person_id, change, _role(role), until_date,
            in_place_of if change == Change.REPLACE else None,
        )  # fmt: skip
        known_person = change in (Change.ADD, Change.REPLACE) or pattern_id is None
        roles = _person(tx, person_id).roles if person_id and known_person else ()
        role = changes.require_layer(known, layer, roles, now)

        made = ShiftOverride(
            id=new_id(),
            pattern_id=pattern_id,
            on_date=on_date,
            until_date=until_date,
            kind=change,
            person_id=person_id,
            in_place_of=layer.in_place_of,
            role=role,
            made_by=who.id,
            made_at=planned.after_other_layers(tx, now),
        )
        tx.session.add(made)
        _tell(tx, f"shift_{change}", who, now, pattern=pattern_id, person=person_id)
        return made.id


def lift_override(store: Store, who: Who, override_id: str, *, now: datetime) -> None:
    """The change goes, and what it covered shows again. What of it is over stays as it was."""
    with store.transaction() as tx:
        access.require(who, "plan")
        known, row = plan(tx), planned.override(tx, override_id)
        over = changes.history_of(known, override_of(row), now)
        if over is not None and over >= (row.until_date or row.on_date):
            raise changes.DayIsOver(field="on_date")

        planned.end_override(tx, row, over)
        _tell(tx, "shift_change_lifted", who, now, pattern=row.pattern_id, person=row.person_id)


def _change(kind: str, person_id: str | None) -> Change:
    if kind not in set(Change):
        raise errors.BadRequest(field="kind")
    if (person_id is None) != (kind == Change.CANCEL):
        raise changes.UnknownPerson(field="person_id")
    return Change(kind)


def _role(role: str) -> Role:
    if role not in (Role.LISTENER, Role.LEAD):
        raise changes.NotTheirRole(field="role")
    return Role(role)


# -- need ---------------------------------------------------------------------------------------


def set_need(
    store: Store,
    who: Who,
    weekday: int,
    from_hour: int,
    to_hour: int,
    listeners: int,
    leads: int = 0,
    *,
    minors: int = 0,
    languages: Sequence[str] = (),
    now: datetime,
) -> None:
    """From one local hour to another so many are needed, so many of them trained for minors, and
    each language spoken; what was set for those hours goes.
    """
    with store.transaction() as tx:
        access.require(who, "plan")
        changes.require_number(weekday, "weekday", least=0, most=6)
        changes.require_heads(from_hour, to_hour, listeners, leads, minors)
        spoken = volunteers.clean_languages(languages) if languages else []
        new = coverage.Need(
            weekday, from_hour, to_hour, listeners, leads, minors, tuple(sorted(spoken))
        )
        known = [need_of(row) for row in planned.needs(tx)]

        planned.replace_needs(tx, weekday, changes.with_need(known, new))
        _tell(tx, "need_set", who, now, weekday=str(weekday))


def remove_need(store: Store, who: Who, need_id: str, *, now: datetime) -> None:
    with store.transaction() as tx:
        access.require(who, "plan")
        row = planned.need(tx, need_id)

        tx.session.delete(row)
        _tell(tx, "need_removed", who, now, weekday=str(row.weekday))


# -- shared -------------------------------------------------------------------------------------


def _person(tx: Transaction, person_id: str | None) -> Person:
    try:
        found = people.person(tx, person_id or "")
    except errors.NotFound:
        raise changes.UnknownPerson(field="person_id") from None
    if not found.active:
        raise changes.UnknownPerson(field="person_id")
    return found


def _tell(tx: Transaction, kind: str, who: Who, now: datetime, **detail: str | None) -> None:
    journal.write(tx, kind, now=now, person_id=who.id, **detail)
    tx.announce(events.RosterChanged())
