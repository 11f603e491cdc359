"""When something is open, by rules that recur, on the wall of its own zone.

The words are those of the Human Services Data Specification, whose schedules are iCalendar rules.
Which days a rule names is reckoned on bare local dates; each opening is then resolved to UTC once,
by `walltime`, so that the nights on which clocks change have no hole and no overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil import rrule

from . import walltime

DAY = timedelta(days=1)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES: dict[str, Literal[0, 1, 2, 3]] = {
    "YEARLY": rrule.YEARLY,
    "MONTHLY": rrule.MONTHLY,
    "WEEKLY": rrule.WEEKLY,
    "DAILY": rrule.DAILY,
}
WEEKDAYS: dict[str, rrule.weekday] = dict(zip(DAYS, rrule.weekdays, strict=True))
MOST = {"bymonthday": 31, "byyearday": 366, "byweekno": 53}
A_DAY = date(2026, 1, 1)  # any: whether a rule can be read does not hang on it
LOOKS_AHEAD = (8, 62, 800)  # days; most open within the week, few within two years
REMEMBERED = 8192  # spans of days of a rule; many lines share one rule


class NeverOpen(ValueError):
    """A calendar can read it, and finds nothing."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Open from `opens` to `closes` on the days of a recurrence rule, in wall time of `zone`.

    `closes` at or before `opens` is on the next day; without both it is the whole day.
    `byday` holds days of the week ("MO") or, in a month or year, the n-th of them ("1TU", "-1FR").
    Without `freq` it is weekly where `byday` says when, the one day `dtstart` where that is given,
    and else every day. `until`, `valid_from` and `valid_to` are the last and first days it counts.
    """

    zone: str
    opens: time | None = None
    closes: time | None = None
    freq: str | None = None
    interval: int = 1
    byday: tuple[str, ...] = ()
    bymonthday: tuple[int, ...] = ()
    byyearday: tuple[int, ...] = ()
    byweekno: tuple[int, ...] = ()
    wkst: str | None = None
    dtstart: date | None = None
    until: date | None = None
    count: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening, as UTC instants: from `starts_at` until just before `ends_at`."""

    starts_at: datetime
    ends_at: datetime


def weekly(zone: str, days: Iterable[int], opens: time, closes: time) -> Schedule:
    """The simple case: the same hours on some days of every week (Monday 0)."""
    byday = tuple(DAYS[day] for day in sorted(days))
    return Schedule(zone, opens, closes, freq="WEEKLY", byday=byday)


def is_open_at(schedules: Sequence[Schedule], now: datetime) -> bool:
    return any(each.starts_at <= now < each.ends_at for each in _near(schedules, now))


def open_until(schedules: Sequence[Schedule], now: datetime) -> datetime | None:
    """When what is open now ends, adjoining openings as one; None if shut, or not for a week."""
    openings = sorted(_near(schedules, now), key=lambda each: each.starts_at)
    until: datetime | None = None
    for each in openings:
        if each.starts_at <= (until or now) < each.ends_at:
            until = each.ends_at
    return None if until is None or until > now + 7 * DAY else until


def opens_next(schedules: Sequence[Schedule], now: datetime) -> datetime | None:
    """The first opening that begins after `now`, within two years."""
    for days in LOOKS_AHEAD:
        starts = [
            each.starts_at for each in _openings(schedules, now, days) if each.starts_at > now
        ]
        if starts:
            return min(starts)
    return None


def require(schedule: Schedule) -> None:
    """ValueError for a schedule that no calendar can read."""
    try:
        ZoneInfo(schedule.zone)
    except ZoneInfoNotFoundError:
        raise ValueError(f"unknown zone {schedule.zone!r}") from None
    if schedule.freq is not None and schedule.freq not in FREQUENCIES:
        raise ValueError(f"unknown freq {schedule.freq!r}")
    if (schedule.opens is None) != (schedule.closes is None):
        raise ValueError("opens and closes go together")
    if schedule.interval < 1 or (schedule.count is not None and schedule.count < 1):
        raise ValueError("interval and count are positive")
    if (schedule.interval > 1 or schedule.count is not None) and _begins(schedule) is None:
        raise ValueError("interval and count need dtstart")
    if schedule.freq not in (None, "DAILY") and not _says_when(schedule) and not _begins(schedule):
        raise ValueError("a rule without days needs dtstart")
    for name, most in MOST.items():
        if not all(1 <= abs(each) <= most for each in getattr(schedule, name)):
            raise ValueError(f"no such {name}")
    if next(iter(_rule(schedule, _begins(schedule) or A_DAY, A_DAY)), None) is None:
        raise NeverOpen("a rule that names no day")


def _near(schedules: Sequence[Schedule], now: datetime) -> Iterator[Opening]:
    return _openings(schedules, now, LOOKS_AHEAD[0])


def _openings(schedules: Sequence[Schedule], now: datetime, ahead: int) -> Iterator[Opening]:
    """Those that begin from yesterday to so many days ahead on their own walls."""
    for each in schedules:
        today = walltime.local(each.zone, now).date()
        yield from _between(each, today - DAY, today + ahead * DAY)


def _opening(schedule: Schedule, day: date) -> Opening:
    opens, closes = schedule.opens or time.min, schedule.closes or time.min
    last = day + DAY if closes <= opens else day
    return Opening(
        walltime.first_instant(schedule.zone, datetime.combine(day, opens)),
        walltime.last_instant(schedule.zone, datetime.combine(last, closes)),
    )


@lru_cache(maxsize=REMEMBERED)
def _between(schedule: Schedule, first: date, last: date) -> tuple[Opening, ...]:
    """Those that begin on the days from `first` to `last`, both included."""
    return tuple(_opening(schedule, day) for day in _days(schedule, first, last))


def _days(schedule: Schedule, first: date, last: date) -> tuple[date, ...]:
    """The days of the rule from `first` to `last`, both included."""
    begins = _begins(schedule)
    starts = [day for day in (schedule.dtstart, schedule.valid_from) if day]
    ends = [day for day in (schedule.until, schedule.valid_to) if day]
    first, last = max([first, *starts]), min([last, *ends])
    if schedule.freq is None and schedule.dtstart and not schedule.byday:
        return (schedule.dtstart,) if first <= schedule.dtstart <= last else ()
    rule = _rule(schedule, begins or first, first)
    found = rule.between(_noon(first), _noon(last), inc=True) if first <= last else ()
    return tuple(each.date() for each in found)


def _rule(schedule: Schedule, begins: date, first: date) -> rrule.rrule:
    """The rule as dateutil has it; one that never counts or skips begins where we look."""
    freq = schedule.freq or ("WEEKLY" if schedule.byday else "DAILY")
    steady = schedule.interval == 1 and schedule.count is None
    if steady and (freq == "DAILY" or _says_when(schedule)):
        begins = max(begins, first)
    return rrule.rrule(
        FREQUENCIES[freq],
        dtstart=_noon(begins),
        interval=schedule.interval,
        count=schedule.count,
        wkst=WEEKDAYS[schedule.wkst] if schedule.wkst else None,
        byweekday=[_weekday(each) for each in schedule.byday] or None,
        bymonthday=schedule.bymonthday or None,
        byyearday=schedule.byyearday or None,
        byweekno=schedule.byweekno or None,
    )


def _says_when(schedule: Schedule) -> bool:
    """Whether the rule names its days itself, wherever it begins."""
    return bool(schedule.byday or schedule.bymonthday or schedule.byyearday)


def _weekday(said: str) -> rrule.weekday:
    """ "MO", "1TU" or "-1FR". ValueError otherwise."""
    nth, name = said[:-2], said[-2:]
    if name not in WEEKDAYS:
        raise ValueError(f"unknown day {said!r}")
    return WEEKDAYS[name](int(nth)) if nth else WEEKDAYS[name]


def _begins(schedule: Schedule) -> date | None:
    return schedule.dtstart or schedule.valid_from


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12))
