"""Hours that people gave, between instants of UTC, and how fairly the hard ones fall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from . import walltime
from .shifts import Span
from .walltime import HOUR

NIGHT = (*range(22, 24), *range(0, 6))  # local hours
NIGHT_WEIGHS = 1.5
WEEKEND_WEIGHS = 1.25  # Saturday and Sunday; the night of a weekend weighs both
WEEKEND = (5, 6)
BALANCED_OVER = timedelta(weeks=12)

Missed = frozenset[tuple[str, date, str]]  # pattern, day and person of whoever did not come


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody served: how long, how long if hard hours weigh more, and on how many shifts."""

    time: timedelta = timedelta(0)
    weighed: timedelta = timedelta(0)
    shifts: int = 0


def served(
    zone: str, spans: Iterable[Span], missed: Missed, start: datetime, end: datetime
) -> dict[str, Given]:
    """Per person what they served from `start` to `end`; of a shift that runs, what is over.

    Where shifts overlap nobody serves twice at once.
    """
    found: dict[str, Given] = {}
    until: dict[str, datetime] = {}
    for span in sorted(spans, key=lambda each: (each.starts_at, each.ends_at)):
        for each in span.people:
            if (span.pattern_id, span.date, each.person_id) in missed:
                continue
            since = max(span.starts_at, start, until.get(each.person_id, start))
            to = min(span.ends_at, end)
            if since >= to:
                continue
            until[each.person_id] = to
            known = found.get(each.person_id, Given())
            found[each.person_id] = Given(
                known.time + (to - since),
                known.weighed + weigh(zone, since, to),
                known.shifts + 1,
            )
    return found


def weigh(zone: str, start: datetime, end: datetime) -> timedelta:
    """The time, nights and weekends counted for more."""
    total = timedelta(0)
    for hour in walltime.hours(zone, start, end):
        weight = NIGHT_WEIGHS if hour.hour in NIGHT else 1.0
        if walltime.local(zone, hour.starts_at).weekday() in WEEKEND:
            weight *= WEEKEND_WEIGHS
        total += (hour.ends_at - hour.starts_at) * weight
    return total


def balance(given: Mapping[str, Given], people: Iterable[str]) -> dict[str, timedelta]:
    """How far each is from an even share of what all of these served, weighed; above zero is
    more than the share."""
    everybody = list(people)
    if not everybody:
        return {}
    total = sum((given.get(each, Given()).weighed for each in everybody), timedelta(0))
    share = total / len(everybody)
    return {each: given.get(each, Given()).weighed - share for each in everybody}


def in_hours(time: timedelta) -> float:
    """To the quarter of an hour."""
    return round(time / HOUR * 4) / 4
