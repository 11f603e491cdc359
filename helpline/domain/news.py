"""What a change of the plan means for the people on it: a new shift, one that moved, one less.

Level-triggered: what each person knew of the days ahead is set against what is planned now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

Key = tuple[str, str, date]  # person, pattern, local date


class News(StrEnum):
    ADDED = "shift_added"
    MOVED = "shift_moved"
    OFF = "shift_off"


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place on one occurrence; the same place whatever its times are."""

    person_id: str
    pattern_id: str
    date: date
    starts_at: datetime
    ends_at: datetime

    @property
    def key(self) -> Key:
        return self.person_id, self.pattern_id, self.date


def news(
    known: Iterable[Place],
    planned: Iterable[Place],
    *,
    known_until: datetime,
    told: Collection[Key] = (),
    asked_for: Callable[[News, Place], bool] = lambda kind, place: False,
) -> list[tuple[News, Place]]:
    """What to tell, in order of start, each with the place that it is about (the new one of two).

    `known_until` is how far ahead people knew their shifts: what starts later only comes nearer.
    `told` are places whose loss was told already. `asked_for` says whether somebody got a place, or
    was let off it, by their own asking, which was answered where they asked. A place that goes and
    another of the same person on the same day is a shift that moved.
    """
    before, after = ({each.key: each for each in those} for those in (known, planned))
    gone = [each for key, each in before.items() if key not in after and key not in told]
    fresh = [
        each for key, each in after.items() if key not in before and each.starts_at <= known_until
    ]
    found = [
        (News.MOVED, each)
        for key, each in after.items()
        if key in before and _times(before[key]) != _times(each)
    ]
    for each in sorted(fresh, key=_order):
        asked = asked_for(News.ADDED, each)
        same_day = [one for one in gone if (one.person_id, one.date) == (each.person_id, each.date)]
        if not same_day:
            found += [] if asked else [(News.ADDED, each)]
            continue
        left = min(same_day, key=_order)
        gone.remove(left)
        if _times(left) != _times(each) and not (asked and asked_for(News.OFF, left)):
            found.append((News.MOVED, each))
    found += [(News.OFF, each) for each in gone if not asked_for(News.OFF, each)]
    return sorted(found, key=lambda one: (_order(one[1]), one[0]))


def _times(place: Place) -> tuple[datetime, datetime]:
    return place.starts_at, place.ends_at


def _order(place: Place) -> tuple[datetime, str, str]:
    return place.starts_at, place.person_id, place.pattern_id
