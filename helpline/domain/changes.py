"""Changes of the plan: what is history and stays, what may still change, and why something not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from . import coverage, errors, roster, shifts, walltime
from .access import Role
from .cover import NOBODY
from .coverage import Need
from .roster import DAY, Pattern, Plan

TITLE_LENGTH = 80
PLANNED_AHEAD = timedelta(days=5 * 366)  # further away a date is a slip of the finger
WEEKS_APART = 52
A_MONTH_ON = timedelta(days=35)  # no two n-th weekdays of neighbouring months lie further apart
HEADS_AT_MOST = 99


class NotPlanned(errors.BadRequest):
    """The plan stays as it was; `field` names what the sentence is about."""


class BadNumber(NotPlanned):
    message = "This number is too small or too large."


class DayIsOver(NotPlanned):
    message = "This is over or has begun. Only what is still to come can change."


class DayIsTooFar(NotPlanned):
    message = "This day is too far away to plan."


class DaysCrossed(NotPlanned):
    message = "The last day comes before the first shift."


class NoShiftThatDay(NotPlanned):
    message = "This shift does not start on that day."


class PatternIsOver(NotPlanned):
    message = "This shift has ended. Add a new one."


class UnknownPerson(NotPlanned):
    message = "This person is not on the list."


class NotTheirRole(NotPlanned):
    message = "This person does not have that role."


class AlreadyBooked(NotPlanned):
    message = "This person is already booked there."


class NotBooked(NotPlanned):
    message = "This person is not booked on that day."


class ShiftIsCancelled(NotPlanned):
    message = "This shift is cancelled on that day. Lift that first."


# -- time ---------------------------------------------------------------------------------------


def today(plan: Plan, now: datetime) -> date:
    return walltime.local(plan.zone, now).date()


def require_plannable(plan: Plan, day: date, field: str, now: datetime) -> None:
    """Refused for a day before today, and for one too far away to be meant."""
    if day < today(plan, now):
        raise DayIsOver(field=field)
    require_near(plan, day, field, now)


def require_near(plan: Plan, day: date, field: str, now: datetime) -> None:
    if abs(day - today(plan, now)) > PLANNED_AHEAD:
        raise DayIsTooFar(field=field)


def occurs(pattern: Pattern, day: date) -> bool:
    return roster.falls_on(pattern, day)


def begun_until(plan: Plan, pattern: Pattern, now: datetime) -> date:
    """The last local day on which this pattern is history: today once today's shift began."""
    day = today(plan, now)
    if occurs(pattern, day) and shifts.edges(plan, pattern, day)[0] <= now:
        return day
    return day - DAY


def next_start(pattern: Pattern, day: date) -> date | None:
    """The first day from `day` on at which the pattern starts."""
    step = timedelta(weeks=pattern.every_weeks) if pattern.nth is None else A_MONTH_ON
    horizon = max(day, pattern.first_date) + step
    return next(roster.dates(pattern, day, horizon), None)


def is_over(plan: Plan, pattern: Pattern, day: date, now: datetime) -> bool:
    """Whether the shift of that day has ended; a day without one is over with the day."""
    if occurs(pattern, day):
        return shifts.edges(plan, pattern, day)[1] <= now
    return day < today(plan, now)


def require_running(plan: Plan, pattern: Pattern, now: datetime) -> None:
    """Refused for a pattern whose last day is behind us."""
    if pattern.last_date is not None and pattern.last_date < today(plan, now):
        raise PatternIsOver


def changed_from(pattern: Pattern, day: date, *, weekday: int, every_weeks: int) -> date:
    """The first day of a changed pattern: in the week of the next old shift, so that the rhythm
    of every second week is kept, and never before `day`.
    """
    upcoming = next_start(pattern, day)
    if upcoming is None:
        raise PatternIsOver(field="from_date")
    first = upcoming + (weekday - pattern.weekday) * DAY
    return first if first >= day else first + timedelta(weeks=every_weeks)


# -- people -------------------------------------------------------------------------------------


def require_role(role: str, roles: Iterable[str]) -> Role:
    """The role in which somebody with these roles may be booked; a lead may listen as well."""
    have = set(roles)
    if role == Role.LISTENER and have & {Role.LISTENER, Role.LEAD}:
        return Role.LISTENER
    if role == Role.LEAD and Role.LEAD in have:
        return Role.LEAD
    raise NotTheirRole(field="role")


def serving(plan: Plan, pattern: Pattern, day: date) -> dict[str, Role]:
    """Who serves on that day, by id. Refused: no shift that day, or a cancelled one."""
    if not occurs(pattern, day):
        raise NoShiftThatDay(field="on_date")
    people = shifts.who_serves(plan, pattern, day)
    if people is None:
        raise ShiftIsCancelled(field="on_date")
    return {each.person_id: each.role for each in people}


# -- need ---------------------------------------------------------------------------------------


def require_number(number: int, field: str, *, least: int, most: int) -> None:
    if not least <= number <= most:
        raise BadNumber(field=field)


def with_need(needs: Iterable[Need], new: Need) -> list[Need]:
    """The needs of the new one's weekday with its hours set to it, in as few rows as possible.

    Where rows overlapped the larger number counted, so that is what is kept around the new one.
    """
    hours = [NOBODY] * 24
    for each in needs:
        if each.weekday == new.weekday:
            for hour in range(each.from_hour, each.to_hour):
                hours[hour] = coverage.both(hours[hour], each.heads)
    hours[new.from_hour : new.to_hour] = [new.heads] * (new.to_hour - new.from_hour)

    rows: list[Need] = []
    for hour, heads in enumerate(hours):
        if rows and rows[-1].to_hour == hour and rows[-1].heads == heads:
            rows[-1] = replace(rows[-1], to_hour=hour + 1)
        elif heads != NOBODY:
            rows.append(
                Need(
                    new.weekday, hour, hour + 1, heads.listeners, heads.leads, heads.minors,
                    tuple(sorted(heads.languages)),
                )
            )  # fmt: skip
    return rows
