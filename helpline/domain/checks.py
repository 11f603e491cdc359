"""Trainings and checks that end: who is warned, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from . import errors, text, walltime
from .roster import DAY

WARNED_BEFORE = (60, 30, 7)  # days
NAME_LENGTH = 40
ASKED_AT_MOST = 10


class EndsBeforeItBegins(errors.BadRequest):
    message = "The last day comes before the first one."


@dataclass(frozen=True, slots=True)
class Due:
    """A warning: `days` is its step, `until` when the next step, or the end, takes its place."""

    days: int
    until: datetime


def due(zone: str, valid_until: date, now: datetime) -> Due | None:
    """The warning that is true now, if one is: the nearest step only, so that none is stale."""
    today = walltime.local(zone, now).date()
    steps = [days for days in WARNED_BEFORE if valid_until - days * DAY <= today <= valid_until]
    if not steps:
        return None
    nearest = min(steps)
    later = [valid_until - days * DAY for days in WARNED_BEFORE if days < nearest]
    ends = min([*later, valid_until + DAY])
    return Due(nearest, walltime.first_instant(zone, datetime.combine(ends, time.min)))


def clean_name(raw: str, field: str = "name") -> str:
    """The name of a training or check on one line, without regard to case."""
    return " ".join(text.clean(raw, limit=NAME_LENGTH, field=field).split()).lower()


def clean_names(raw: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(clean_name(each, "checks") for each in raw if each.strip()))
    if len(found) > ASKED_AT_MOST:
        raise errors.BadNumber(field="checks")
    return found


def require_days(given_on: date, valid_until: date | None) -> None:
    if valid_until is not None and valid_until < given_on:
        raise EndsBeforeItBegins(field="valid_until")
