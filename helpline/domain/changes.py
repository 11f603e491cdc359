"""Changes of the plan: what is history and stays, what may still change, and why something not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from . import coverage, errors, roster, shifts, walltime
from .access import Role
from .cover import NOBODY
from .coverage import DateNeed, Need
from .roster import DAY, Change, Override, Pattern, Plan

TITLE_LENGTH = 80
PLANNED_AHEAD = timedelta(days=5 * 366)  # further away a date is a slip of the finger
WEEKS_APART = 52
A_YEAR = timedelta(days=366)
GROUPS_AT_MOST, GROUP_AT_MOST = 52, 20
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


class ShiftNeeded(NotPlanned):
    message = "Choose the shift on which this person serves."


class SpanTooLong(NotPlanned):
    message = "At most a year in one go."


class DayIsSpecial(NotPlanned):
    message = "No shift starts on this day: the line is closed, or it is a holiday."


class NobodyFollows(NotPlanned):
    message = "Say who takes turns: at least one person, and nobody twice in one turn."


class UnknownCalendar(NotPlanned):
    message = "We know no public holidays of this country or region."


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


def ends_on(
    plan: Plan, pattern: Pattern, until: date | None, asked: date | None, now: datetime
) -> date:
    """The last day of what holds on this pattern until then, when it ends on the day that is asked
    for, or without one before the next shift to begin. Refused: what is history or too far."""
    begun = begun_until(plan, pattern, now)
    last = asked or begun
    require_near(plan, last, "last_date", now)
    if last < begun or (until is not None and until < begun):
        raise DayIsOver(field="last_date")
    return min(last, until or last)


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


def changed_from(
    pattern: Pattern, day: date, *, weekday: int, every_weeks: int, nth: int | None = None
) -> date:
    """The first day of a changed pattern: in the week of the next old shift, so that the rhythm
    of every second week is kept, and never before `day`. What goes by months goes from `day` on.
    """
    if nth is not None or pattern.nth is not None:
        if next_start(pattern, day) is None:
            raise PatternIsOver(field="from_date")
        return day
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
    if people is None and day in plan.special_days:
        raise DayIsSpecial(field="on_date")
    if people is None:
        raise ShiftIsCancelled(field="on_date")
    return {each.person_id: each.role for each in people}


# -- layers -------------------------------------------------------------------------------------


def require_layer(plan: Plan, made: Override, roles: Iterable[str], now: datetime) -> Role:
    """The role in which a new layer books its person, who has these roles, or `listener`.

    A shift that runs can still change: somebody steps in, somebody falls ill. Refused: what is
    over, what meets no shift, and what would change nothing.
    """
    _require_span(plan, made, now)
    met = list(_met(plan, made))
    if made.until_date is None and met:
        (pattern,) = {pattern.id: pattern for pattern, _, _ in met}.values()
        serving(plan, pattern, made.date)  # refused where that shift is off
    if not met and made.pattern_id is not None:
        raise NoShiftThatDay(field="on_date")
    if any(day == made.date and is_over(plan, pattern, day, now) for pattern, day, _ in met):
        raise DayIsOver(field="on_date")

    there = [people for _, _, people in met]
    match made.kind:
        case Change.ADD:
            role = require_role(made.role, roles)
            if all(people.get(made.person_id or "") == role for people in there):
                raise AlreadyBooked(field="person_id")
            return role
        case Change.REMOVE if made.pattern_id is not None:
            if not any(made.person_id in people for people in there):
                raise NotBooked(field="person_id")
        case Change.REPLACE:
            _require_replacement(made, there, roles)
    return Role.LISTENER


def _require_span(plan: Plan, made: Override, now: datetime) -> None:
    if made.pattern_id is None and made.kind == Change.ADD:
        raise ShiftNeeded(field="pattern")
    if made.until_date is None and made.pattern_id is not None:
        require_near(plan, made.date, "on_date", now)
        return
    require_plannable(plan, made.date, "on_date", now)
    if made.until_date is not None and made.until_date < made.date:
        raise DaysCrossed(field="until_date")
    if made.until_date is not None and made.until_date - made.date > A_YEAR:
        raise SpanTooLong(field="until_date")


def _require_replacement(
    made: Override, there: Sequence[Mapping[str, Role]], roles: Iterable[str]
) -> None:
    other = made.in_place_of or ""
    held = {people[other] for people in there if other in people}
    if not held:
        raise NotBooked(field="in_place_of")
    for role in held:
        try:
            require_role(role, roles)
        except NotTheirRole:
            raise NotTheirRole(field="person_id") from None
    if made.until_date is None and any(made.person_id in people for people in there):
        raise AlreadyBooked(field="person_id")


def _met(plan: Plan, layer: Override) -> Iterator[tuple[Pattern, date, dict[str, Role]]]:
    """The shifts that a layer lies over, with who serves on them; nobody where one is off."""
    for pattern in plan.patterns:
        if layer.pattern_id in (None, pattern.id):
            for day in roster.dates(pattern, layer.date, layer.until_date or layer.date):
                people = shifts.who_serves(plan, pattern, day) or ()
                yield pattern, day, {each.person_id: each.role for each in people}


def history_of(plan: Plan, layer: Override, now: datetime) -> date | None:
    """The last day on which a layer is history, because a shift that it met is over; None
    where it may be lifted as a whole."""
    day = min(layer.until_date or layer.date, today(plan, now))
    while day >= layer.date:
        met = [
            pattern
            for pattern in plan.patterns
            if layer.pattern_id in (None, pattern.id) and occurs(pattern, day)
        ]
        if any(is_over(plan, each, day, now) for each in met):
            return day
        if not met and day < today(plan, now) - DAY:
            return day
        day -= DAY
    return None


def require_groups(groups: Sequence[Sequence[str]]) -> None:
    """Refused: nobody at all, somebody twice in one turn, or more than one can oversee."""
    sizes = [len(each) for each in groups]
    if not any(sizes) or any(len(set(each)) != len(each) for each in groups):
        raise NobodyFollows(field="groups")
    if len(sizes) > GROUPS_AT_MOST or max(sizes) > GROUP_AT_MOST:
        raise BadNumber(field="groups")


def require_not_begun(plan: Plan, day: date, field: str, now: datetime) -> None:
    """Refused for a day before today, and for today once a shift of it began."""
    require_plannable(plan, day, field, now)
    for pattern in plan.patterns:
        if occurs(pattern, day) and shifts.edges(plan, pattern, day)[0] <= now:
            raise DayIsOver(field=field)


# -- need ---------------------------------------------------------------------------------------


def require_number(number: int, field: str, *, least: int, most: int) -> None:
    if not least <= number <= most:
        raise BadNumber(field=field)


def require_heads(from_hour: int, to_hour: int, listeners: int, leads: int, minors: int) -> None:
    require_number(from_hour, "from_hour", least=0, most=23)
    require_number(to_hour, "to_hour", least=from_hour + 1, most=24)
    require_number(listeners, "listeners", least=0, most=HEADS_AT_MOST)
    require_number(leads, "leads", least=0, most=HEADS_AT_MOST)
    require_number(minors, "minors", least=0, most=HEADS_AT_MOST)


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


def rest_of(need: DateNeed, new: DateNeed) -> list[DateNeed]:
    """What is left of a date's need beside the hours of a new one."""
    before = need.from_hour, min(need.to_hour, new.from_hour)
    after = max(need.from_hour, new.to_hour), need.to_hour
    return [
        replace(need, from_hour=start, to_hour=end) for start, end in (before, after) if start < end
    ]
