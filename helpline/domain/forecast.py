"""How many will come in each hour of the week, told from the line's own history and nothing else.

An hour is planned for four weeks in five, not for the mean: demand varies more than chance alone
would have it. Where the line has too little history it says so and foretells nothing.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from . import bounds, coverage, erlang, walltime
from .cover import NOBODY
from .coverage import DateNeed, Need
from .demand import Counted
from .erlang import Talks

LOOKS_BACK = timedelta(weeks=8)
WEEKS_NEEDED = 4  # in which the line was open in that hour
OPEN_AT_LEAST = 30  # minutes: less of an hour says too little about it
FOUR_IN_FIVE = 0.8416  # standard deviations above the mean below which four in five stay
TALKS_NEEDED = 50  # before the line's own length of a talk is believed

# setting -> (as long as nobody sets it, the smallest, the largest)
SETTINGS: Mapping[str, tuple[int, int, int]] = {
    "late_percent": (10, 1, 50),
    "patience_minutes": (20, 2, 120),
}

HourOfWeek = tuple[int, int]  # weekday (Monday 0) and local hour
WEEK = [(weekday, hour) for weekday in range(7) for hour in range(24)]


@dataclass(frozen=True, slots=True)
class Expected:
    """One hour of the week: chats an hour on the mean and as planned for, from so many weeks, and
    how many listeners to plan. None where there is too little history."""

    weekday: int
    hour: int
    weeks: int
    chats: float | None
    planned_for: float | None
    listeners: int | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """`spread` is how much demand varies beside chance alone (1); `talks_known` whether the length
    of a talk is the line's own. `hours` are the 168 of the week, from Monday on."""

    weeks: int
    spread: float
    talks: Talks
    talks_known: bool
    hours: tuple[Expected, ...]

    def at(self, weekday: int, hour: int) -> Expected:
        return self.hours[weekday * 24 + hour]

    @property
    def says_anything(self) -> bool:
        return any(each.listeners is not None for each in self.hours)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Hours of a weekday for which more are expected to be needed than are asked for."""

    weekday: int
    from_hour: int
    to_hour: int
    need: int
    listeners: int
    chats: float


def forecast(
    counted: Iterable[Counted],
    zone: str,
    now: datetime,
    *,
    policies: Mapping[str, object],
    undivided: float = 0.1,
    seats: int = 2,
) -> Forecast:
    """What eight weeks say about a week. `undivided`: see `erlang.Talks`."""
    recent = [each for each in counted if now - LOOKS_BACK <= each.hour_at < now]
    rates = _rates(recent, zone)
    spread = _spread(rates.values())
    patience = bounds.number(policies, SETTINGS, "patience_minutes")
    talks, talks_known = _talks(recent, patience, undivided, seats)
    late_at_most = bounds.number(policies, SETTINGS, "late_percent") / 100

    known = {hour: _mean(each) for hour, each in rates.items() if len(each) >= WEEKS_NEEDED}
    planned_for = {
        hour: mean
        + FOUR_IN_FIVE * math.sqrt((spread - 1) * mean + spread * mean / len(rates[hour]))
        for hour, mean in known.items()
    }
    lagged = erlang.lagged([planned_for.get(hour, 0.0) for hour in WEEK], talks.alone)
    hours = [
        Expected(
            *hour,
            weeks=len(rates.get(hour, ())),
            chats=known.get(hour),
            planned_for=planned_for.get(hour),
            listeners=erlang.planned(erlang.required(rate, talks, late_at_most))
            if hour in known
            else None,
        )
        for hour, rate in zip(WEEK, lagged, strict=True)
    ]
    return Forecast(
        max(map(len, rates.values()), default=0), spread, talks, talks_known, tuple(hours)
    )


def suggestions(found: Forecast, needs: Iterable[Need | DateNeed]) -> list[Suggestion]:
    """Where the need that is set is below what is foretold; neighbouring hours alike are one."""
    asked = asked_for(needs)
    made: list[Suggestion] = []
    for each in found.hours:
        need = asked[each.weekday, each.hour].listeners
        if each.listeners is None or each.chats is None or each.listeners <= need:
            continue
        one = Suggestion(each.weekday, each.hour, each.hour + 1, need, each.listeners, each.chats)
        last = made[-1] if made else None
        if last and (last.weekday, last.to_hour, last.need, last.listeners) == (
            one.weekday, one.from_hour, one.need, one.listeners
        ):  # fmt: skip
            made[-1] = replace(last, to_hour=one.to_hour, chats=max(last.chats, one.chats))
        else:
            made.append(one)
    return made


def asked_for(needs: Iterable[Need | DateNeed]) -> dict[HourOfWeek, Need]:
    """The need of every hour of the week, without what single dates need; where needs overlap the
    larger number counts."""
    found = dict.fromkeys(WEEK, NOBODY)
    for each in needs:
        if isinstance(each, Need):
            for hour in range(each.from_hour, each.to_hour):
                found[each.weekday, hour] = coverage.both(found[each.weekday, hour], each.heads)
    return {
        (day, hour): Need(
            day, hour, hour + 1, heads.listeners, heads.leads, heads.minors,
            tuple(sorted(heads.languages)),
        )
        for (day, hour), heads in found.items()
    }  # fmt: skip


def _rates(counted: Iterable[Counted], zone: str) -> dict[HourOfWeek, list[float]]:
    found: dict[HourOfWeek, list[float]] = defaultdict(list)
    for each in counted:
        if each.open_minutes >= OPEN_AT_LEAST:
            wall = walltime.local(zone, each.hour_at)
            found[wall.weekday(), wall.hour].append(each.arrived * 60 / each.open_minutes)
    return dict(found)


def _spread(rates: Iterable[Sequence[float]]) -> float:
    """Variance over mean within the hours of the week: 1 if chance alone made them differ."""
    squares = chance = 0.0
    for each in rates:
        mean = _mean(each)
        squares += sum((rate - mean) ** 2 for rate in each)
        chance += (len(each) - 1) * mean
    return max(1.0, squares / chance) if chance else 1.0


def _talks(
    counted: Sequence[Counted], patience: int, undivided: float, seats: int
) -> tuple[Talks, bool]:
    answered = sum(each.answered for each in counted)
    usual = Talks(patience=patience, undivided=undivided, seats=seats)
    if answered < TALKS_NEEDED:
        return usual, False
    minutes = sum(each.talk_minutes for each in counted) / answered
    return replace(usual, minutes=max(1.0, minutes)), True


def _mean(rates: Sequence[float]) -> float:
    return sum(rates) / len(rates)
