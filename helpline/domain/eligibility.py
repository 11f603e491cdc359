"""Who may take a shift, and who is asked first. Sentences are made by the boards: an obstacle is
a code with its numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from . import bounds, shifts, walltime
from .access import Role
from .roster import DAY
from .shifts import Booked, Span, Stint

MENTOR = "mentor"  # the skill of who may stand beside a trainee; every lead may
HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)
RECENT = 4 * WEEK  # whose hours before a shift count when it is decided who is asked first
NEW_FOR = 12 * WEEK  # who served in none of these weeks is as new as on the first day
REMEMBERED = (
    2048  # shifts and weeks of which the wall's reading is kept: a sweep asks for each often
)
FREE = timedelta(days=3660)  # the rest of who serves nowhere else
OPENS_AT = time(12)  # local, on the day on which a shift opens: nobody has to wake up for it

# setting -> (as long as nobody sets it, the smallest, the largest); zero turns a limit off
SETTINGS: Mapping[str, tuple[int, int, int]] = {
    "rest_hours": (10, 0, 24),
    "longest_hours": (12, 0, 24),
    "week_hours": (24, 0, 80),
    "opens_days": (28, 0, 180),
    "mentor_needed": (1, 0, 1),
    "newcomers_alone": (0, 0, 1),
    "swaps_approved": (0, 0, 1),
    "time_off_approved": (1, 0, 1),
}
SWITCHES = ("mentor_needed", "newcomers_alone", "swaps_approved", "time_off_approved")
CHECKS = "needed_checks"  # in the line's policies: the names of what everybody on shift must have


class Why(StrEnum):
    """Why somebody may not take a shift: the closed list."""

    BEGUN = "begun"
    NOT_OPEN_YET = "not_open_yet"  # `at`: when it opens
    ROLE = "role"
    BOOKED = "booked"  # there, or somewhere else at that time
    BLACKOUT = "blackout"
    REST = "rest"  # `number` minutes would remain of `limit`
    TOO_LONG = "too_long"  # `number` minutes in one go, of `limit`
    WEEK_FULL = "week_full"  # `number` minutes in one week, of `limit`
    CHECK_MISSING = "check_missing"  # `name`
    CHECK_EXPIRED = "check_expired"  # `name`
    NO_MENTOR = "no_mentor"
    ALL_NEW = "all_new"


class Level(StrEnum):
    """How somebody feels about an hour of the week, the best first; unsaid it is `can`."""

    GLADLY = "gladly"
    CAN = "can"
    RATHER_NOT = "rather_not"


ORDER = {level: place for place, level in enumerate(Level)}


@dataclass(frozen=True, slots=True)
class Obstacle:
    why: Why
    number: int = 0
    limit: int = 0
    name: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What the line asks of everybody. No time at all stands for no limit."""

    rest: timedelta = 10 * HOUR
    longest: timedelta = 12 * HOUR
    week: timedelta = 24 * HOUR
    opens_days: int = 28
    mentor_needed: bool = True
    newcomers_alone: bool = False
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """A level from one local hour of a weekday (Monday 0) to another (at most 24)."""

    weekday: int
    from_hour: int
    to_hour: int
    level: Level


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of somebody who serves: `stints` in order, near the shift and long before it;
    `checks` by name, until which day each holds (None: for good); `blackouts` first and last day.
    """

    id: str
    roles: frozenset[str]
    skills: frozenset[str] = frozenset()
    in_training: bool = False
    week: timedelta | None = None  # the most that they want to serve in a week
    blackouts: Sequence[tuple[date, date]] = ()
    checks: Mapping[str, date | None] = field(default_factory=dict)
    hours: Sequence[Hours] = ()
    stints: Sequence[Stint] = ()


@dataclass(frozen=True, slots=True)
class Crew:
    """Everybody who serves on this line, by id, and what it asks of them."""

    zone: str
    rules: Rules
    people: Mapping[str, Candidate]


def rules(policies: Mapping[str, object]) -> Rules:
    number = {name: bounds.number(policies, SETTINGS, name) for name in SETTINGS}
    checks = policies.get(CHECKS)
    return Rules(
        rest=number["rest_hours"] * HOUR,
        longest=number["longest_hours"] * HOUR,
        week=number["week_hours"] * HOUR,
        opens_days=number["opens_days"],
        mentor_needed=bool(number["mentor_needed"]),
        newcomers_alone=bool(number["newcomers_alone"]),
        checks=tuple(map(str, checks)) if isinstance(checks, list) else (),
    )


def is_on(policies: Mapping[str, object], switch: str) -> bool:
    return bool(bounds.number(policies, SETTINGS, switch))


def obstacles(
    crew: Crew,
    who: Candidate,
    span: Span,
    role: Role,
    now: datetime,
    *,
    in_place_of: str | None = None,
    gives: Span | None = None,
    signs_up: bool = False,
) -> list[Obstacle]:
    """Everything that keeps this person off the shift in that role; nothing when they may.

    `in_place_of` leaves the shift for them, `gives` is the shift that they give back for it, and
    `signs_up` says that they help themselves, so that the shift must be open for that.
    """
    first_day, last_day = _days(crew.zone, span.starts_at, span.ends_at)
    stints = _without(who.stints, gives)
    found = [*_too_late_or_early(crew, span, now, signs_up)]
    if not _fits(role, who.roles):
        found.append(Obstacle(Why.ROLE))
    if any(each.person_id == who.id for each in span.people) or any(
        each.starts_at < span.ends_at and span.starts_at < each.ends_at for each in stints
    ):
        found.append(Obstacle(Why.BOOKED))
    else:
        found += _worn_out(crew, who, stints, span)
    if any(first <= last_day and first_day <= last for first, last in who.blackouts):
        found.append(Obstacle(Why.BLACKOUT))
    found += _unchecked(crew.rules, who, last_day)
    found += _in_bad_company(crew, who, span, role, in_place_of, now)
    return found


def may(crew: Crew, span: Span, role: Role, now: datetime, *, running: bool = False) -> list[str]:
    """Who may take this shift if they are asked, those to ask first in front. `running`: also
    when it has begun."""
    let = {Why.BEGUN} if running else set()
    able = [
        who
        for who in crew.people.values()
        if not {each.why for each in obstacles(crew, who, span, role, now)} - let
    ]
    return [each.id for each in rank(crew, able, span)]


def rank(crew: Crew, people: Iterable[Candidate], span: Span) -> list[Candidate]:
    """Who is asked first: with the fewest hours of late, then who gladly comes, then who rested
    longest. What is booked before the shift counts as served."""

    def order(who: Candidate) -> tuple[timedelta, int, timedelta, str]:
        rest = _rest(who.stints, _joined(who.stints, Stint(span.starts_at, span.ends_at)))
        return recent(who, span.starts_at), ORDER[level(crew.zone, who, span)], -rest, who.id

    return sorted(people, key=order)


def recent(who: Candidate, before: datetime) -> timedelta:
    """The time served in the four weeks before."""
    return _within(who.stints, before - RECENT, before)


def level(zone: str, who: Candidate, span: Span) -> Level:
    """How they feel about the shift: as about the least welcome of its hours."""
    worst = Level.CAN if not who.hours else Level.GLADLY
    if not who.hours:
        return worst
    for weekday, hour in _clock(zone, span.starts_at, span.ends_at):
        said = [
            each.level
            for each in who.hours
            if each.weekday == weekday and each.from_hour <= hour < each.to_hour
        ]
        worst = max(worst, *(said or [Level.CAN]), key=ORDER.__getitem__)
    return worst


def opens_at(zone: str, span: Span, days: int) -> datetime:
    """When people may help themselves to a shift: so many days before its own, at noon."""
    return walltime.first_instant(zone, datetime.combine(span.date - days * DAY, OPENS_AT))


@lru_cache(maxsize=REMEMBERED)
def week_of(zone: str, at: datetime) -> tuple[datetime, datetime]:
    """The local week, Monday to Sunday, in which this instant lies."""
    day = walltime.local(zone, at).date()
    monday = day - day.weekday() * DAY
    first, last = (
        walltime.first_instant(zone, datetime.combine(each, time.min))
        for each in (monday, monday + 7 * DAY)
    )
    return first, last


def is_new(who: Candidate, now: datetime) -> bool:
    """Whether they have not served at all of late, and neither lead nor mentor others."""
    if Role.LEAD in who.roles or MENTOR in who.skills:
        return False
    return not _within(who.stints, now - NEW_FOR, now)


# -- one kind of obstacle each -------------------------------------------------------------------


def _too_late_or_early(crew: Crew, span: Span, now: datetime, signs_up: bool) -> Iterator[Obstacle]:
    if span.starts_at <= now:
        yield Obstacle(Why.BEGUN)
    elif signs_up and crew.rules.opens_days:
        opens = opens_at(crew.zone, span, crew.rules.opens_days)
        if now < opens:
            yield Obstacle(Why.NOT_OPEN_YET, at=opens)


def _fits(role: Role, roles: frozenset[str]) -> bool:
    """A lead may listen as well."""
    return Role.LEAD in roles or (role == Role.LISTENER and Role.LISTENER in roles)


def _worn_out(
    crew: Crew, who: Candidate, stints: Sequence[Stint], span: Span
) -> Iterator[Obstacle]:
    """Too little rest before or after, too long in one go, too much in one week."""
    limits = crew.rules
    whole = _joined(stints, Stint(span.starts_at, span.ends_at))
    rest, lasts = _rest(stints, whole), whole.ends_at - whole.starts_at
    if rest < limits.rest:
        yield Obstacle(Why.REST, _minutes(rest), _minutes(limits.rest))
    if limits.longest and lasts > max(limits.longest, span.ends_at - span.starts_at):
        yield Obstacle(Why.TOO_LONG, _minutes(lasts), _minutes(limits.longest))

    week = min((each for each in (limits.week, who.week) if each), default=None)
    if week is None:
        return
    fullest = max(
        _within(stints, *bounds) + _within([Stint(span.starts_at, span.ends_at)], *bounds)
        for bounds in {week_of(crew.zone, span.starts_at), week_of(crew.zone, _last(span))}
    )
    if fullest > week:
        yield Obstacle(Why.WEEK_FULL, _minutes(fullest), _minutes(week))


def _unchecked(limits: Rules, who: Candidate, last_day: date) -> Iterator[Obstacle]:
    for name in limits.checks:
        if name not in who.checks:
            yield Obstacle(Why.CHECK_MISSING, name=name)
            continue
        until = who.checks[name]
        if until is not None and until < last_day:
            yield Obstacle(Why.CHECK_EXPIRED, name=name)


def _in_bad_company(
    crew: Crew, who: Candidate, span: Span, role: Role, in_place_of: str | None, now: datetime
) -> Iterator[Obstacle]:
    """A trainee without anybody to learn from, newcomers among themselves; nor may the one who
    comes in somebody's place leave a trainee alone."""
    stay = [each for each in span.people if each.person_id not in (who.id, in_place_of)]
    there = [*stay, Booked(who.id, role)]
    known = [(each, crew.people.get(each.person_id)) for each in there]
    taught = any(_teaches(each, person) for each, person in known)
    learners = {each.person_id for each, person in known if person and person.in_training}
    concerned = learners if in_place_of else learners & {who.id}
    if crew.rules.mentor_needed and concerned and not taught:
        yield Obstacle(Why.NO_MENTOR)
    if not crew.rules.newcomers_alone and all(
        person is not None and is_new(person, now) for _, person in known
    ):
        yield Obstacle(Why.ALL_NEW)


def _teaches(each: Booked, person: Candidate | None) -> bool:
    if person is None or person.in_training:
        return False
    return MENTOR in person.skills or each.role == Role.LEAD


# -- durations, between instants of UTC only -------------------------------------------------------


def _rest(stints: Iterable[Stint], whole: Stint) -> timedelta:
    """The shorter of the breaks before and after; as long as can be for who serves nowhere else."""
    breaks = [
        whole.starts_at - each.ends_at
        if each.ends_at <= whole.starts_at
        else each.starts_at - whole.ends_at
        for each in stints
        if each.ends_at < whole.starts_at or whole.ends_at < each.starts_at
    ]
    return min(breaks, default=FREE)


def _joined(stints: Iterable[Stint], own: Stint) -> Stint:
    """The time in one go, with the shifts that touch this one."""
    ends = {each.starts_at: each.ends_at for each in stints}
    starts = {each.ends_at: each.starts_at for each in stints}
    return Stint(starts.get(own.starts_at, own.starts_at), ends.get(own.ends_at, own.ends_at))


def _without(stints: Sequence[Stint], given: Span | None) -> Sequence[Stint]:
    """The stints as they are once this shift is given back."""
    if given is None:
        return stints
    left = []
    for each in stints:
        if each.starts_at < given.ends_at and given.starts_at < each.ends_at:
            left += [
                piece
                for piece in (
                    Stint(each.starts_at, min(each.ends_at, given.starts_at)),
                    Stint(max(each.starts_at, given.ends_at), each.ends_at),
                )
                if piece.starts_at < piece.ends_at
            ]
        else:
            left.append(each)
    return left


def _within(stints: Iterable[Stint], start: datetime, end: datetime) -> timedelta:
    return sum(
        (
            min(each.ends_at, end) - max(each.starts_at, start)
            for each in stints
            if each.starts_at < end and start < each.ends_at
        ),
        timedelta(0),
    )


@lru_cache(maxsize=REMEMBERED)
def _days(zone: str, starts_at: datetime, ends_at: datetime) -> tuple[date, date]:
    """The local days on which a shift starts and ends."""
    last = ends_at - shifts.INSTANT
    return walltime.local(zone, starts_at).date(), walltime.local(zone, last).date()


@lru_cache(maxsize=REMEMBERED)
def _clock(zone: str, starts_at: datetime, ends_at: datetime) -> tuple[tuple[int, int], ...]:
    """Weekday and hour of every clock hour of a shift."""
    return tuple(
        (walltime.local(zone, hour.starts_at).weekday(), hour.hour)
        for hour in walltime.hours(zone, starts_at, ends_at)
    )


def _last(span: Span) -> datetime:
    return span.ends_at - shifts.INSTANT


def _minutes(time_: timedelta) -> int:
    return time_ // timedelta(minutes=1)


# -- what people say of their week ---------------------------------------------------------------


def with_hours(said: Iterable[Hours], new: Hours) -> list[Hours]:
    """What is said of the new one's weekday with its hours set to it, in as few rows as possible.
    What merely can be is not kept: it is what holds unsaid."""
    levels = [Level.CAN] * 24
    for each in said:
        if each.weekday == new.weekday:
            levels[each.from_hour : each.to_hour] = [each.level] * (each.to_hour - each.from_hour)
    levels[new.from_hour : new.to_hour] = [new.level] * (new.to_hour - new.from_hour)
    rows: list[Hours] = []
    for hour, said_level in enumerate(levels):
        if rows and (rows[-1].to_hour, rows[-1].level) == (hour, said_level):
            rows[-1] = replace(rows[-1], to_hour=hour + 1)
        elif said_level != Level.CAN:
            rows.append(Hours(new.weekday, hour, hour + 1, said_level))
    return rows
