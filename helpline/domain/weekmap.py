"""The week map: cover against need for every clock hour of seven local days."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from . import coverage, walltime
from .cover import NOBODY, Heads
from .coverage import DateNeed, Need, Shortfall
from .roster import DAY, Plan
from .walltime import Hour


class Word(StrEnum):
    """How an hour is covered, the worst first."""

    NOBODY = "nobody"
    THIN = "thin"
    ENOUGH = "enough"
    SPARE = "spare"
    NONE_NEEDED = "none needed"


GRAVITY = {word: place for place, word in enumerate(Word)}


@dataclass(frozen=True, slots=True)
class Cell:
    """A clock hour, counted at its worst moment: an hour half covered is not covered.

    `label` is where it starts on the wall, `hour` its column; `again` marks the second time
    that the clocks show this hour on one day.
    """

    label: str
    hour: int
    again: bool
    starts_at: datetime
    ends_at: datetime
    need: int
    cover: int
    leads_need: int
    leads_cover: int
    word: Word
    lacks: Shortfall | None = None
    minors_cover: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A local day: 24 cells as a rule, 23 or 25 where the clocks change."""

    date: date
    cells: tuple[Cell, ...]


def week_map(
    plan: Plan,
    needs: Iterable[Need | DateNeed],
    monday: date,
    *,
    drain: timedelta | None = None,
) -> list[Row]:
    """Seven rows from `monday` on. Without a `drain` it is the plan's."""
    days = [monday + n * DAY for n in range(7)]
    hours = [(day, hour) for day in days for hour in walltime.hours_of(plan.zone, day)]
    starts = [hour.starts_at for _, hour in hours]
    ends_at = hours[-1][1].ends_at
    pieces = coverage.measured(plan, needs, starts[0], ends_at, drain=drain, cuts=starts)

    cells: dict[date, list[Cell]] = {day: [] for day in days}
    for place, inside in groupby(pieces, lambda each: bisect_right(starts, each[0].starts_at)):
        day, hour = hours[place - 1]
        worst = min(((need, piece.heads) for piece, need in inside), key=_gravity)
        cells[day].append(_cell(plan.zone, hour, *worst))
    return [Row(day, tuple(cells[day])) for day in days]


def word_for(need: Heads, heads: Heads) -> Word:
    if need == NOBODY:
        return Word.NONE_NEEDED
    missing = coverage.shortfall(need, heads)
    if missing is None:
        return Word.SPARE if heads.listeners > need.listeners else Word.ENOUGH
    return Word.NOBODY if missing.kind == coverage.Kind.NOBODY else Word.THIN


def _gravity(each: tuple[Heads, Heads]) -> tuple[int, int, int]:
    need, heads = each
    return GRAVITY[word_for(need, heads)], heads.listeners, heads.leads


def _cell(zone: str, hour: Hour, need: Heads, heads: Heads) -> Cell:
    return Cell(
        label=f"{walltime.local(zone, hour.starts_at):%H:%M}",
        hour=hour.hour,
        again=hour.again,
        starts_at=hour.starts_at,
        ends_at=hour.ends_at,
        need=need.listeners,
        cover=heads.listeners,
        leads_need=need.leads,
        leads_cover=heads.leads,
        word=word_for(need, heads),
        lacks=coverage.shortfall(need, heads),
        minors_cover=heads.minors,
    )
