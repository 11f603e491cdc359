"""Opening hours as somebody types them: "Mo-Fr 09:00-17:00", a line for each, or "always"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time

from . import errors, schedules
from .schedules import DAYS, Schedule

ALWAYS = "always"
AS_IT_IS = "as it is"  # for hours that a week cannot say
LINE = re.compile(
    r"(?P<days>[A-Za-z]{2}(?:\s*[-,]\s*[A-Za-z]{2})*)\s+(?P<from>\d{2}:\d{2})\s*-\s*(?P<to>\d{2}:\d{2})"
)
NAMES = tuple(name.capitalize() for name in DAYS)
MIDNIGHT = "24:00"


class NotHours(errors.BadRequest):
    message = "Please give hours such as Mo-Fr 09:00-17:00, one line each, or the word always."


def read(text: str, zone: str) -> tuple[Schedule, ...]:
    """The weekly hours in a text; none at all is day and night. Refused: `bad_request`."""
    lines = [each.strip() for each in text.splitlines() if each.strip()]
    if [each.lower() for each in lines] == [ALWAYS]:
        return ()
    if not lines:
        raise NotHours(field="hours")
    return tuple(_line(each, zone) for each in lines)


def words(hours: Sequence[Schedule]) -> str | None:
    """The same text for hours; None for hours that are more than a week's."""
    if not hours:
        return ALWAYS
    lines = [_words(each) for each in hours]
    return None if None in lines else "\n".join(str(each) for each in lines)


def _line(line: str, zone: str) -> Schedule:
    found = LINE.fullmatch(line)
    if found is None:
        raise NotHours(field="hours")
    opens, closes = _time(found["from"]), _time(found["to"])
    if opens == closes != time.min:
        raise NotHours(field="hours")
    return schedules.weekly(zone, _days(found["days"]), opens, closes)


def _time(text: str) -> time:
    try:
        return time.min if text == MIDNIGHT else time.fromisoformat(text)
    except ValueError:
        raise NotHours(field="hours") from None


def _days(text: str) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = (each.strip().capitalize() for each in part.partition("-"))
        if first not in NAMES or (last or first) not in NAMES:
            raise NotHours(field="hours")
        start, end = NAMES.index(first), NAMES.index(last or first)
        found |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    return found


def _words(rule: Schedule) -> str | None:
    if rule.opens is None or rule.closes is None:
        return None
    days = {NAMES.index(each.capitalize()) for each in rule.byday if each in DAYS}
    if rule != schedules.weekly(rule.zone, days, rule.opens, rule.closes):
        return None
    closes = MIDNIGHT if rule.closes == time.min else f"{rule.closes:%H:%M}"
    return f"{_runs(sorted(days))} {rule.opens:%H:%M}-{closes}"


def _runs(days: Sequence[int]) -> str:
    """ "Mo-Fr,Su" of days in order."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(
        NAMES[run[0]] if len(run) == 1 else f"{NAMES[run[0]]}-{NAMES[run[-1]]}" for run in runs
    )
