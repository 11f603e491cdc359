"""Who serves when: the roster expanded to spans of UTC, and the questions asked of them.

`spans` is the one reading of the plan: routing, coverage, opening hours and alerts all use it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from . import roster, walltime
from .access import Role
from .roster import DAY, Booking, Override, Pattern, Plan

MARGIN = 2 * DAY  # a shift lasts 24 hours at most; the rest is for zones that leap over a day
STINT_LOOKS = 3 * DAY  # how far a stint is followed each way; nobody serves longer than that
INSTANT = timedelta.resolution


@dataclass(frozen=True, slots=True)
class Booked:
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
    bookings, overrides = defaultdict(list), defaultdict(list)
    for booking in plan.bookings:
        bookings[booking.pattern_id].append(booking)
    for override in plan.overrides:
        overrides[override.pattern_id, override.date].append(override)

    first = walltime.local(plan.zone, start).date() - MARGIN
    last = walltime.local(plan.zone, end).date() + DAY
    found = []
    for pattern in plan.patterns:
        for day in roster.dates(pattern, first, last):
            starts_at, ends_at = edges(plan, pattern, day)
            # A shift that lies wholly within skipped wall time has no length and is no shift.
            if max(start, starts_at) >= min(end, ends_at):
                continue
            people = who_serves(day, bookings[pattern.id], overrides[pattern.id, day])
            if people is not None:
                found.append(Span(pattern.id, day, pattern.title, starts_at, ends_at, people))
    return sorted(found, key=lambda span: (span.starts_at, span.ends_at, span.pattern_id))


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


def who_serves(
    day: date, bookings: Iterable[Booking], overrides: Iterable[Override]
) -> tuple[Booked, ...] | None:
    """Who is on one occurrence of a pattern, or None when it is cancelled: the one precedence.

    1. A cancellation beats everything; only lifting it brings the shift back.
    2. At the bottom lie the standing bookings that hold on that day.
    3. Over them the overrides in the order in which they were made: `add` books a person in
       its role, `remove` takes the person off, and of two about one person the later wins.

    No layer changes another: lifting an override shows what it covered.
    """
    roles = {
        booking.person_id: booking.role
        for booking in bookings
        if booking.first_date <= day <= (booking.last_date or day)
    }
    for override in overrides:
        if override.person_id is None:
            return None
        if override.kind == roster.Change.ADD:
            roles[override.person_id] = override.role
        else:
            roles.pop(override.person_id, None)
    return tuple(Booked(person_id, role) for person_id, role in roles.items())


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


def _weight(each: OnShift) -> tuple[bool, datetime]:
    return each.booked.role == Role.LEAD, each.span.ends_at
