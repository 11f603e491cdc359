"""Need against cover: where somebody is missing, and by how much.

Sentences are made by the boards; here a gap carries its reason as kind and numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from . import cover, walltime
from .cover import NOBODY, Heads, Piece
from .roster import DAY, Plan
from .walltime import HOUR


@dataclass(frozen=True, slots=True)
class Need:
    """What a weekday (Monday 0) needs from one local hour to another (at most 24): so many
    listeners and leads, so many among them trained for minors, and each language spoken.

    Where needs overlap the larger number counts, and every language.
    """

    weekday: int
    from_hour: int
    to_hour: int
    listeners: int
    leads: int = 0
    minors: int = 0
    languages: tuple[str, ...] = ()

    @property
    def heads(self) -> Heads:
        return Heads(self.listeners, self.leads, self.minors, frozenset(self.languages))


@dataclass(frozen=True, slots=True)
class DateNeed:
    """What one local date needs in some hours, in place of what its weekday needs then."""

    date: date
    from_hour: int
    to_hour: int
    listeners: int
    leads: int = 0
    minors: int = 0
    languages: tuple[str, ...] = ()

    @property
    def heads(self) -> Heads:
        return Heads(self.listeners, self.leads, self.minors, frozenset(self.languages))


class Kind(StrEnum):
    NOBODY = "nobody"
    TOO_FEW = "too_few"
    NO_LEAD = "no_lead"
    NO_MINORS = "no_minors"  # too few who are trained for minors
    NO_LANGUAGE = "no_language"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """The gravest reason why a need is not met, and all that is missing."""

    kind: Kind
    listeners: int
    leads: int
    minors: int = 0
    languages: tuple[str, ...] = ()


class Gap(NamedTuple):
    """`cover` says of trainings and languages only what the need asks for."""

    starts_at: datetime
    ends_at: datetime
    need: Heads
    cover: Heads
    reason: Shortfall


def gaps(
    plan: Plan,
    needs: Iterable[Need | DateNeed],
    start: datetime,
    end: datetime,
    *,
    drain: timedelta | None = None,
) -> list[Gap]:
    """Where cover is below need, to the minute; neighbours of the same need and cover are one.

    Without a `drain` it is the plan's.
    """
    found: list[Gap] = []
    judged: dict[tuple[Heads, Heads], tuple[Heads, Shortfall] | None] = {}
    for piece, need in measured(plan, needs, start, end, drain=drain):
        met = need, piece.heads
        if met not in judged:
            reason = shortfall(*met)
            judged[met] = (as_asked(*met), reason) if reason else None
        verdict = judged[met]
        if verdict is None:
            continue
        last = found[-1] if found else None
        gap = Gap(piece.starts_at, piece.ends_at, need, *verdict)
        if last is not None and _continues(last, gap):
            found[-1] = last._replace(ends_at=gap.ends_at)
        else:
            found.append(gap)
    return found


def measured(
    plan: Plan,
    needs: Iterable[Need | DateNeed],
    start: datetime,
    end: datetime,
    *,
    drain: timedelta | None = None,
    cuts: Iterable[datetime] = (),
) -> Iterator[tuple[Piece, Heads]]:
    """The pieces of cover, each with the one need that holds all through it."""
    steps = list(_steps(plan, needs, start, end))
    edges = [*cuts, *(at for at, _ in steps)]
    drain = plan.drain if drain is None else drain
    place, need = 0, NOBODY
    for piece in cover.pieces(plan, start, end, drain=drain, cuts=edges):
        while place < len(steps) and steps[place][0] <= piece.starts_at:
            need = steps[place][1]
            place += 1
        yield piece, need


def shortfall(need: Heads, heads: Heads) -> Shortfall | None:
    listeners = max(0, need.listeners - heads.listeners)
    leads = max(0, need.leads - heads.leads)
    minors = max(0, need.minors - heads.minors)
    languages = tuple(sorted(need.languages - heads.languages)) if need.languages else ()
    if not (listeners or leads or minors or languages):
        return None
    if not heads.listeners and not heads.leads:
        kind = Kind.NOBODY
    elif listeners:
        kind = Kind.TOO_FEW
    elif leads:
        kind = Kind.NO_LEAD
    else:
        kind = Kind.NO_MINORS if minors else Kind.NO_LANGUAGE
    return Shortfall(kind, listeners, leads, minors, languages)


def as_asked(need: Heads, heads: Heads) -> Heads:
    minors = heads.minors if need.minors else 0
    return Heads(heads.listeners, heads.leads, minors, heads.languages & need.languages)


def both(first: Heads, second: Heads) -> Heads:
    """Where two needs meet: the larger number counts, and every language."""
    return Heads(
        max(first.listeners, second.listeners),
        max(first.leads, second.leads),
        max(first.minors, second.minors),
        first.languages | second.languages,
    )


def _continues(gap: Gap, following: Gap) -> bool:
    alike = gap.cover == following.cover and gap.need == following.need
    return alike and gap.ends_at == following.starts_at


# -- the need, step by step ---------------------------------------------------------------------


def _steps(
    plan: Plan, needs: Iterable[Need | DateNeed], start: datetime, end: datetime
) -> Iterator[tuple[datetime, Heads]]:
    """From when on which need holds, the first at or before `start`."""
    weekly, dated = _by_hour(needs)
    usual = [_changes(hours) for hours in weekly]
    day = walltime.local(plan.zone, start).date()
    begins, known = walltime.midnight(plan.zone, day), None
    while begins < end:
        ends = walltime.midnight(plan.zone, day + DAY)
        hours = dated.get(day) or weekly[day.weekday()]
        if plan.is_closed(day):
            steps = [(begins, NOBODY)]
        elif ends - begins != DAY:  # the clocks change, and an hour is as long as they say
            clock = walltime.hours(plan.zone, begins, ends)
            steps = [(each.starts_at, hours[each.hour]) for each in clock]
        else:
            changes = _changes(hours) if day in dated else usual[day.weekday()]
            steps = [(begins + since, heads) for since, heads in changes]
        for at, heads in steps:
            if heads != known:
                known = heads
                yield at, heads
        day, begins = day + DAY, ends


def _changes(hours: list[Heads]) -> list[tuple[timedelta, Heads]]:
    """How long after midnight another need begins to hold."""
    return [
        (hour * HOUR, heads)
        for hour, heads in enumerate(hours)
        if hour == 0 or heads != hours[hour - 1]
    ]


def _by_hour(
    needs: Iterable[Need | DateNeed],
) -> tuple[list[list[Heads]], dict[date, list[Heads]]]:
    """The 24 hours of each weekday, and of each date that has needs of its own."""
    weekly = [[NOBODY] * 24 for _ in range(7)]
    own: dict[date, dict[int, Heads]] = defaultdict(dict)
    for each in needs:
        heads = each.heads
        for hour in range(each.from_hour, each.to_hour):
            if isinstance(each, Need):
                weekly[each.weekday][hour] = both(weekly[each.weekday][hour], heads)
            else:
                own[each.date][hour] = both(own[each.date].get(hour, NOBODY), heads)
    return weekly, {
        day: [hours.get(hour, usual) for hour, usual in enumerate(weekly[day.weekday()])]
        for day, hours in own.items()
    }
