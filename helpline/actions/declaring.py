"""Days out of the ordinary: holidays, days on which the line is closed, and what a date needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from helpline.domain import access, changes, coverage, errors, events, text, volunteers
from helpline.domain.access import Who
from helpline.store import calendars, journal, line, planned
from helpline.store.shift_tables import SpecialDay
from helpline.store.shifts import date_need_of, plan
from helpline.store.transaction import Store, Transaction

KINDS = (calendars.HOLIDAY, calendars.CLOSED)


def declare_day(
    store: Store, who: Who, on_date: date, name: str, kind: str, *, now: datetime
) -> None:
    """The organisation's own day, in place of what it was: a holiday, or one on which the line is
    closed: no shift starts on it, and nobody is missed.
    """
    with store.transaction() as tx:
        access.require(who, "plan")
        changes.require_not_begun(plan(tx), on_date, "on_date", now)
        name = " ".join(text.clean(name, limit=changes.TITLE_LENGTH, field="name").split())
        if kind not in KINDS:
            raise errors.BadRequest(field="kind")

        tx.session.merge(SpecialDay(on_date=on_date, name=name, kind=kind))
        _tell(tx, "day_declared", who, now, on_date=on_date.isoformat(), what=kind)


def withdraw_day(store: Store, who: Who, on_date: date, *, now: datetime) -> None:
    """The day is again what it is without the organisation. Refused: `not_found`."""
    with store.transaction() as tx:
        access.require(who, "plan")
        row = calendars.own_day(tx, on_date)
        changes.require_not_begun(plan(tx), on_date, "on_date", now)

        tx.session.delete(row)
        _tell(tx, "day_withdrawn", who, now, on_date=on_date.isoformat())


def keep_holidays_of(store: Store, who: Who, country: str, region: str, *, now: datetime) -> None:
    """Whose public holidays the line keeps; without a country none."""
    with store.transaction() as tx:
        access.require(who, "plan")
        if country and not calendars.knows(country, ""):
            raise changes.UnknownCalendar(field="country")
        if region and not calendars.knows(country, region):
            raise changes.UnknownCalendar(field="region")

        row = line.line(tx)
        row.policies = {
            **row.policies, calendars.COUNTRY: country, calendars.REGION: region,
        }  # fmt: skip
        tx.session.add(row)
        _tell(tx, "holidays_set", who, now, country=country, region=region)


def set_date_need(
    store: Store,
    who: Who,
    on_date: date,
    from_hour: int,
    to_hour: int,
    listeners: int,
    leads: int = 0,
    *,
    minors: int = 0,
    languages: Sequence[str] = (),
    why: str = "",
    now: datetime,
) -> None:
    """What one date needs in these hours, in place of what its weekday needs, and of what was set
    for them before. Nobody is a need as well: then nobody is missed.
    """
    with store.transaction() as tx:
        access.require(who, "plan")
        changes.require_plannable(plan(tx), on_date, "on_date", now)
        changes.require_heads(from_hour, to_hour, listeners, leads, minors)
        spoken = volunteers.clean_languages(languages) if languages else []
        reason = text.clean(why, limit=changes.TITLE_LENGTH, field="why") if why.strip() else ""
        new = coverage.DateNeed(
            on_date, from_hour, to_hour, listeners, leads, minors, tuple(sorted(spoken))
        )
        known = [each for each in planned.date_needs(tx, on_date) if each.on_date == on_date]

        kept = [
            (rest, each.why) for each in known for rest in changes.rest_of(date_need_of(each), new)
        ]
        planned.replace_date_needs(tx, on_date, [*kept, (new, " ".join(reason.split()))])
        _tell(tx, "date_need_set", who, now, on_date=on_date.isoformat())


def remove_date_need(store: Store, who: Who, need_id: str, *, now: datetime) -> None:
    """The date needs again what its weekday does. Refused: `not_found`."""
    with store.transaction() as tx:
        access.require(who, "plan")
        row = planned.date_need(tx, need_id)
        changes.require_plannable(plan(tx), row.on_date, "on_date", now)

        tx.session.delete(row)
        _tell(tx, "date_need_removed", who, now, on_date=row.on_date.isoformat())


def _tell(tx: Transaction, kind: str, who: Who, now: datetime, **detail: str) -> None:
    journal.write(tx, kind, now=now, person_id=who.id, **detail)
    tx.announce(events.RosterChanged())
