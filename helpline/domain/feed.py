"""One person's shifts as a calendar has them: each occurrence that names them, also where they
were taken off it, so that a calendar which knew it learns that it is cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from . import roster, shifts
from .roster import Pattern, Plan


@dataclass(frozen=True, slots=True)
class Entry:
    """An occurrence of a pattern, its edges in UTC."""

    pattern_id: str
    date: date
    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False


def entries(plan: Plan, person_id: str, first: date, last: date) -> list[Entry]:
    """From local day to local day, both included, in order of start."""
    found = []
    for pattern in plan.patterns:
        for day in roster.dates(pattern, first, last):
            if not _names(plan, pattern, day, person_id):
                continue
            starts_at, ends_at = shifts.edges(plan, pattern, day)
            if starts_at < ends_at:
                serving = shifts.who_serves(plan, pattern, day) or ()
                is_off = all(each.person_id != person_id for each in serving)
                found.append(Entry(pattern.id, day, starts_at, ends_at, is_off))
    return sorted(found, key=lambda each: (each.starts_at, each.ends_at, each.pattern_id))


def _names(plan: Plan, pattern: Pattern, day: date, person_id: str) -> bool:
    """Whether any layer ever put this person on that occurrence."""
    return (
        any(
            each.person_id == person_id and each.first_date <= day <= (each.last_date or day)
            for each in plan.bookings_of.get(pattern.id, ())
        )
        or any(
            person_id in roster.turn(pattern, each, day)
            for each in plan.rotations_of.get(pattern.id, ())
        )
        or any(
            each.person_id == person_id and each.kind in (roster.Change.ADD, roster.Change.REPLACE)
            for each in plan.overrides_of(pattern.id, day)
        )
    )
