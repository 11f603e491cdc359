"""Who serves when: the roster expanded to spans of UTC, and the questions asked of them.

`spans` is the one reading of the plan: routing, coverage, opening hours and alerts all use it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from . import roster, walltime
from .access import Role
from .roster import DAY, Change, Pattern, Plan

MARGIN = 2 * DAY  # a shift lasts 24 hours at most; the rest is for zones that leap over a day
STINT_LOOKS = 3 * DAY  # how far a stint is followed each way; nobody serves longer than that
INSTANT = timedelta.resolution


class Booked(NamedTuple):
    person_id: str
    role: Role


@dataclass(frozen=True, slots=True)
class Span:
    """One occurrence: its local date, its edges in UTC and who is booked (perhaps nobody)."""

    pattern_id: str
    date: date
    title: str
    starts_at: datetime
    ends_at: datetime
    people: tuple[Booked, ...]


class OnShift(NamedTuple):
    booked: Booked
    span: Span


class Stint(NamedTuple):
    """A person's time without a break, over one shift or several."""

    starts_at: datetime
    ends_at: datetime


def spans(plan: Plan, start: datetime, end: datetime) -> list[Span]:
    """Every shift that overlaps [start, end), in order of start, without the cancelled ones."""
    if start >= end:
        return []
    around = (span for day in days_around(plan, start, end) for span in starting(plan, day))
    found = (each for each in around if each.ends_at > start and each.starts_at < end)
    return sorted(found, key=_in_order)


def days_around(plan: Plan, start: datetime, end: datetime) -> Iterator[date]:
    """The local dates whose shifts may overlap [start, end)."""
    first = walltime.local(plan.zone, start).date() - MARGIN
    return roster.days(first, walltime.local(plan.zone, end).date() + DAY)


def starting(plan: Plan, day: date) -> list[Span]:
    """The shifts that start on that local date; a plan works them out once."""
    known: list[Span] | None = plan.worked_out.get(day)
    if known is None:
        patterns = plan.by_weekday.get(day.weekday(), ())
        expanded = (_span(plan, each, day) for each in patterns if roster.falls_on(each, day))
        known = plan.worked_out[day] = [each for each in expanded if each is not None]
    return known


def _span(plan: Plan, pattern: Pattern, day: date) -> Span | None:
    """None where it is cancelled, or lies wholly within skipped wall time and has no length."""
    people = who_serves(plan, pattern, day)
    starts_at, ends_at = edges(plan, pattern, day)
    if people is None or starts_at >= ends_at:
        return None
    return Span(pattern.id, day, pattern.title, starts_at, ends_at, people)


def edges(plan: Plan, pattern: Pattern, day: date) -> tuple[datetime, datetime]:
    """When the occurrence of that date starts and ends, in UTC.

    A start that the clocks show twice is the first. So is such an end where another shift
    starts at that wall time: the two share one edge, even when one of them is cancelled, since
    nobody's hours depend on what becomes of a neighbour. An end with nobody following is the
    last.
    """
    starts = datetime.combine(day, pattern.starts)
    ends = datetime.combine(day + DAY if pattern.ends <= pattern.starts else day, pattern.ends)
    stays = walltime.is_repeated(plan.zone, ends) and not roster.starts_at(plan.patterns, ends)
    resolve = walltime.last_instant if stays else walltime.first_instant
    return walltime.first_instant(plan.zone, starts), resolve(plan.zone, ends)


def who_serves(plan: Plan, pattern: Pattern, day: date) -> tuple[Booked, ...] | None:
    """Who is on one occurrence of a pattern, or None when it is off: the one precedence.

    1. On a day on which the line is closed no shift starts; on a holiday none of a pattern that
       is off on holidays.
    2. A cancellation beats everything else; only lifting it brings the shift back.
    3. At the bottom lie the standing bookings that hold on that day.
    4. Over them the rotations: whose turn it is serves too, in the rotation's role.
    5. Over those the overrides in the order in which they were made, whether for one day or a
       span of days, for this pattern or for all. `add` books a person in its role, `remove`
       takes the person off, `replace` puts one in another's place and role, where the other
       serves; of two about one person the later wins. Who leads already goes on leading.

    No layer changes another: lifting one shows what it covered.
    """
    special = plan.special_days.get(day)
    if special is not None and (special.closed or pattern.off_on_holidays):
        return None
    roles = {
        each.person_id: each.role
        for each in plan.bookings_of.get(pattern.id, ())
        if each.first_date <= day <= (each.last_date or day)
    }
    for rotation in plan.rotations_of.get(pattern.id, ()):
        roles.update(dict.fromkeys(roster.turn(pattern, rotation, day), rotation.role))
    for override in plan.overrides_of(pattern.id, day):
        if override.person_id is None:
            return None
        match override.kind:
            case Change.ADD:
                roles[override.person_id] = override.role
            case Change.REMOVE:
                roles.pop(override.person_id, None)
            case Change.REPLACE if override.in_place_of in roles:
                role = roles.pop(override.in_place_of)
                leads = Role.LEAD in (role, roles.get(override.person_id))
                roles[override.person_id] = Role.LEAD if leads else role
    return tuple(map(Booked._make, roles.items()))


def on_shift(plan: Plan, now: datetime) -> list[OnShift]:
    """Everybody booked now, once each: on overlapping shifts as a lead first, then the longer."""
    serving = [
        OnShift(booked, span) for span in spans(plan, now, now + INSTANT) for booked in span.people
    ]
    return list({each.booked.person_id: each for each in sorted(serving, key=_weight)}.values())


def shift_of(plan: Plan, person_id: str, now: datetime) -> Span | None:
    """The shift that this person is on now."""
    for booked, span in on_shift(plan, now):
        if booked.person_id == person_id:
            return span
    return None


def stint(plan: Plan, person_id: str, now: datetime) -> Stint | None:
    """When the person who is on shift now came and really goes: adjacent shifts are one stint."""
    around = spans(plan, now - STINT_LOOKS, now + STINT_LOOKS)
    for each in stints(around).get(person_id, ()):
        if each.starts_at <= now < each.ends_at:
            return each
    return None


def stints_now(plan: Plan, now: datetime) -> dict[str, Stint]:
    """The stint of everybody who is on shift now."""
    around = stints(spans(plan, now - STINT_LOOKS, now + STINT_LOOKS))
    return {
        person_id: each
        for person_id, own in around.items()
        for each in own
        if each.starts_at <= now < each.ends_at
    }


def ended_before(plan: Plan, now: datetime) -> dict[str, datetime]:
    """When the last stint ended of everybody who was on shift lately and is not now."""
    around = stints(spans(plan, now - STINT_LOOKS, now + INSTANT))
    return {
        person_id: own[-1].ends_at for person_id, own in around.items() if own[-1].ends_at <= now
    }


def going(plan: Plan, now: datetime, within: timedelta) -> frozenset[str]:
    """Who is on shift now and really goes within this time."""
    own = stints_now(plan, now)
    return frozenset(each for each in own if own[each].ends_at <= now + within)


def stints(booked: Iterable[Span]) -> dict[str, list[Stint]]:
    """Per person the stints that spans in order of start add up to."""
    found: dict[str, list[Stint]] = defaultdict(list)
    for span in booked:
        for person in span.people:
            own = found[person.person_id]
            if own and span.starts_at <= own[-1].ends_at:
                own[-1] = Stint(own[-1].starts_at, max(own[-1].ends_at, span.ends_at))
            else:
                own.append(Stint(span.starts_at, span.ends_at))
    return dict(found)


def _in_order(span: Span) -> tuple[datetime, datetime, str]:
    return span.starts_at, span.ends_at, span.pattern_id


def _weight(each: OnShift) -> tuple[bool, datetime]:
    return each.booked.role == Role.LEAD, each.span.ends_at
