"""What the organisation may know of weeks that are over: counts and waits, never anybody.

Whole weeks of the line's zone, from Monday on. Small groups are hidden (`small_groups`), and waits
are told of groups that are shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import TypeVar

from . import small_groups, walltime
from .chat import FEELINGS, OUTCOMES
from .small_groups import Shown
from .urgency import Level

WEEKS = (
    4,
    13,
    26,
    52,
)  # the periods there are: a choice of any would let one be taken from another
PARTS = ("answered", "left", "otherwise")
ENDS = ("accepted", "declined", "otherwise")

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Visit:
    """A chat of a week that is over. `left`: the visitor went before anybody answered."""

    arrived_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    left: bool
    level: Level
    outcome: str | None
    feeling: str | None


@dataclass(frozen=True, slots=True)
class HandedOff:
    """A hand-off that was asked for: to whom, and how it ended."""

    kind: str
    end: str


@dataclass(frozen=True, slots=True)
class Waits:
    """Minutes until an answer, of those who got one: half waited at most `half`, nine in ten at
    most `nine_in_ten`. None where too few were answered to say."""

    half: float | None
    nine_in_ten: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """One row of a report. `length`: minutes that half of its talks lasted at most."""

    came: Shown
    parts: dict[str, Shown]
    waits: Waits
    length: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Each table has all of its rows, also those in which nothing was."""

    mondays: tuple[date, ...]
    weeks: dict[date, Group]
    hours: dict[int, Group]
    levels: dict[Level, Group]
    outcomes: dict[str, Shown]
    feelings: dict[date, dict[str, Shown]]
    all_feelings: dict[str, Shown]
    handed_off: dict[str, dict[str, Shown]]
    all: Group


def mondays(zone: str, weeks: int, now: datetime) -> tuple[date, ...]:
    """The Mondays of the last whole weeks, the earliest first."""
    today = walltime.local(zone, now).date()
    this = today - timedelta(days=today.weekday())
    return tuple(this - timedelta(weeks=n) for n in range(weeks, 0, -1))


def begin(zone: str, day: date) -> datetime:
    return walltime.first_instant(zone, datetime.combine(day, time()))


def report(
    visits: Sequence[Visit], handed: Iterable[HandedOff], days: Sequence[date], zone: str
) -> Report:
    """Of the weeks that begin on `days`; each visit is in one of them."""
    there = [walltime.local(zone, each.arrived_at) for each in visits]
    weeks = [at.date() - timedelta(days=at.weekday()) for at in there]
    feelings = zip(weeks, (each.feeling for each in visits), strict=True)
    felt = small_groups.hide(_counted(feelings, days, FEELINGS))
    ended = _counted((("all", each.outcome) for each in visits), ("all",), OUTCOMES)
    sent = _counted(((each.kind, each.end) for each in handed), (), ENDS)
    by_week, everybody = _groups(visits, weeks, days)
    by_hour, _ = _groups(visits, [at.hour for at in there], range(24))
    by_level, _ = _groups(visits, [each.level for each in visits], list(Level))
    return Report(
        mondays=tuple(days),
        weeks=by_week,
        hours=by_hour,
        levels=by_level,
        outcomes=small_groups.hide(ended).cells["all"],
        feelings=felt.cells,
        all_feelings=felt.columns,
        handed_off=small_groups.hide(sent).cells,
        all=everybody,
    )


def _groups(
    visits: Sequence[Visit], keys: Iterable[Key], rows: Iterable[Key]
) -> tuple[dict[Key, Group], Group]:
    """A group for each row, and one of them all, with what is hidden in each for the others."""
    of: dict[Key, list[Visit]] = {row: [] for row in rows}
    for key, visit in zip(keys, visits, strict=True):
        of[key].append(visit)
    table = {row: {part: _is(part, some) for part in PARTS} for row, some in of.items()}
    hidden = small_groups.hide(table)
    groups = {row: _group(some, hidden.rows[row], hidden.cells[row]) for row, some in of.items()}
    return groups, _group(visits, hidden.all, hidden.columns)


def _group(some: Sequence[Visit], came: Shown, parts: dict[str, Shown]) -> Group:
    waits, length = _times(some, parts["answered"])
    return Group(came, parts, waits, length)


def _is(part: str, some: Iterable[Visit]) -> int:
    return sum(_part(each) == part for each in some)


def _part(visit: Visit) -> str:
    if visit.answered_at is not None:
        return "answered"
    return "left" if visit.left else "otherwise"


def _times(some: Sequence[Visit], answered: Shown) -> tuple[Waits, float | None]:
    if not answered:
        return Waits(None, None), None
    waits = _minutes(some, lambda each: (each.arrived_at, each.answered_at))
    talks = _minutes(some, lambda each: (each.answered_at, each.ended_at))
    length = _at_most(talks, 0.5) if len(talks) >= small_groups.FEWEST else None
    return Waits(_at_most(waits, 0.5), _at_most(waits, 0.9)), length


def _minutes(
    some: Iterable[Visit], ends: Callable[[Visit], tuple[datetime | None, datetime | None]]
) -> list[float]:
    found = []
    for each in some:
        start, end = ends(each)
        if each.answered_at is not None and start is not None and end is not None:
            found.append(max(0.0, (end - start) / timedelta(minutes=1)))
    return sorted(found)


def _at_most(minutes: Sequence[float], share: float) -> float:
    """The smallest of them that so many are not above (nearest rank)."""
    return round(minutes[ceil(share * len(minutes)) - 1], 1)


def _counted(
    pairs: Iterable[tuple[Key, str | None]], rows: Iterable[Key], parts: Sequence[str]
) -> dict[Key, dict[str, int]]:
    table = defaultdict[Key, dict[str, int]](lambda: dict.fromkeys(parts, 0))
    for row in rows:
        table[row]  # a row in which nothing was is a row
    for row, part in pairs:
        if part is not None and part in parts:
            table[row][part] += 1
    return dict(table)
