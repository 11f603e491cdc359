"""Serving: taking an open shift, saying that one comes, and what one says of one's own week."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from helpline.actions import layering
from helpline.domain import access, changes, eligibility, openings, requests
from helpline.domain.access import Who
from helpline.domain.eligibility import Hours, Level
from helpline.domain.requests import Kind, State
from helpline.domain.roster import Brings, Change
from helpline.store import eligible, journal, occurrences, people, wishes
from helpline.store import requests as rows
from helpline.store.shifts import needs, plan
from helpline.store.transaction import Store

CONFIRMED_AHEAD = timedelta(days=14)
WEEK_HOURS_AT_MOST = 80
DAYS_AT_MOST = 366


def take(
    store: Store, who: Who, pattern_id: str, on_date: date, role: str, *, now: datetime
) -> None:
    """An open place on a shift becomes theirs. Whoever has it already, has it.

    Refused: `bad_request` with the obstacles, `stale` when the last place went to another.
    """
    with store.transaction() as tx:
        access.require(who, "serve")
        known, crew = plan(tx), eligible.crew(tx, now)
        span = requests.coming(known, pattern_id, on_date, now)
        if requests.serves_on(span, who.id):
            return
        me, wanted = crew.people.get(who.id), changes.require_role(role, who.roles)
        if me is None:
            raise changes.UnknownPerson(field="person_id")
        requests.require_none(eligibility.obstacles(crew, me, span, wanted, now, signs_up=True))
        lack = openings.lack_of(known, needs(tx), span)
        if not lack.places(wanted, known.people.get(who.id, Brings()), span):
            raise requests.PlaceIsTaken

        row = rows.add(tx, Kind.TAKE, who.id, pattern_id, on_date, state=State.DONE, now=now)
        layering.put(tx, span, Change.ADD, who.id, wanted, by=who, request_id=row.id, now=now)
        layering.record(tx, "shift_taken", who, now, pattern=pattern_id, role=wanted)


def confirm(store: Store, who: Who, pattern_id: str, on_date: date, *, now: datetime) -> None:
    """They say that they come; saying it twice changes nothing. Refused: not booked, begun."""
    with store.transaction() as tx:
        access.require(who, "serve")
        span = requests.coming(plan(tx), pattern_id, on_date, now)
        requests.role_on(span, who.id)
        if span.starts_at - now > CONFIRMED_AHEAD:
            raise changes.DayIsTooFar(field="shift")

        if occurrences.note(tx, (pattern_id, on_date), [who.id], "confirmed_at", now):
            layering.record(tx, "attendance_confirmed", who, now, pattern=pattern_id)


# -- what they say of their own week ---------------------------------------------------------------


def say_when(
    store: Store,
    who: Who,
    weekdays: list[int],
    from_hour: int,
    to_hour: int,
    level: str,
    *,
    now: datetime,
) -> None:
    """How they feel about some hours of some weekdays. Refused: `bad_request`."""
    access.require(who, "serve")
    for weekday in weekdays or [-1]:
        changes.require_number(weekday, "weekday", least=0, most=6)
    changes.require_number(from_hour, "from_hour", least=0, most=23)
    changes.require_number(to_hour, "to_hour", least=from_hour + 1, most=24)
    if level not in set(Level):
        raise changes.BadNumber(field="level")
    with store.transaction() as tx:
        said = wishes.hours_of(tx, who.id)
        for weekday in weekdays:
            new = Hours(weekday, from_hour, to_hour, Level(level))
            wishes.replace_hours(tx, who.id, weekday, eligibility.with_hours(said, new))
        journal.write(tx, "availability_said", now=now, person_id=who.id)


def keep_free(store: Store, who: Who, first: date, last: date, *, now: datetime) -> str:
    """Days on which they cannot come, so that nobody asks; shifts they have stay theirs."""
    access.require(who, "serve")
    with store.transaction() as tx:
        requests.require_days_off(plan(tx), first, last, now)
        made = wishes.add_blackout(tx, who.id, first, last)
        journal.write(tx, "days_kept_free", now=now, person_id=who.id)
        return made.id


def free_again(store: Store, who: Who, blackout_id: str, *, now: datetime) -> None:
    """Refused: `bad_request` for what is not theirs or not there any more."""
    access.require(who, "serve")
    with store.transaction() as tx:
        if not wishes.drop_blackout(tx, who.id, blackout_id):
            raise changes.NotPlanned(field="blackout")
        journal.write(tx, "days_free_again", now=now, person_id=who.id)


def limit_week(store: Store, who: Who, hours: int, *, now: datetime) -> None:
    """At most so many hours a week; zero for as many as the line allows."""
    access.require(who, "serve")
    changes.require_number(hours, "hours", least=0, most=WEEK_HOURS_AT_MOST)
    with store.transaction() as tx:
        row = people.person(tx, who.id)
        row.weekly_hours = hours or None
        tx.session.add(row)
        journal.write(tx, "week_limited", now=now, person_id=who.id, hours=hours)
