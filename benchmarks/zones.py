"""Round the clock in every zone, 2026 to 2030: no gap, no overlap, every day whole.

Each check takes (zone, year) and raises where a promise is broken; add one to `CHECKS`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Calendar

from helpline.boards import feed as calendars
from helpline.domain import coverage, feed, roster, shifts, walltime
from helpline.domain.access import Role
from helpline.domain.coverage import Need
from helpline.domain.roster import DAY, Booking, Pattern, Plan

YEARS = range(2026, 2031)
HOURS = {timedelta(hours=each) for each in (22, 23, 23.5, 24, 24.5, 25, 26)}  # 22 and 26: Troll
STARTS = (time(1, 30), time(7, 45), time(13), time(19), time(23, 30))
STEP = timedelta(minutes=15)
EVERY_HOUR = [Need(weekday, 0, 24, listeners=1) for weekday in range(7)]
Check = Callable[[str, int], None]


def run(first: str = "", check: str = "") -> bool:
    """Every zone, or those whose name begins with `first`; every check, or the one named."""
    zones = sorted(each for each in available_timezones() if each.startswith(first))
    clocks = _by_clock(zones)
    asked = {name: each for name, each in CHECKS.items() if check in ("", name)}
    broken = 0
    for zone, *_ in clocks:
        for year in YEARS:
            for name, holds in asked.items():
                try:
                    holds(zone, year)
                except AssertionError as fault:
                    broken += 1
                    print(f"BROKEN {name} {zone} {year}: {fault}", flush=True)
    years = f"{YEARS.start} to {YEARS.stop - 1}"
    said = f"{len(zones)} zones, which are {len(clocks)} clocks, {years}"
    print(f"{', '.join(asked)}: {said}: {broken} broken")
    return not broken


def _by_clock(zones: list[str]) -> list[list[str]]:
    """The zones whose clocks change at the same seconds by the same, in these years and a little
    around: for us they are one zone under several names.
    """
    alike = defaultdict(list)
    for zone in zones:
        alike[tuple(_changes(ZoneInfo(zone)))].append(zone)
    return list(alike.values())


def _changes(there: ZoneInfo) -> Iterator[tuple[datetime, timedelta | None]]:
    """Each offset and since when, to the second."""
    begins, last = (datetime(each, 1, 1, tzinfo=UTC) for each in (YEARS.start - 1, YEARS.stop + 1))
    known = begins.astimezone(there).utcoffset()
    yield begins, known
    while begins < last:
        following = (begins + timedelta(hours=12)).astimezone(there).utcoffset()
        if following != known:
            within = range(12 * 3600)
            ends = bisect_left(within, True, key=lambda each: _offset(there, begins, each) != known)
            known = following
            yield begins + timedelta(seconds=ends), known
        begins += timedelta(hours=12)


def _offset(there: ZoneInfo, since: datetime, seconds: int) -> timedelta | None:
    return (since + timedelta(seconds=seconds)).astimezone(there).utcoffset()


@lru_cache(maxsize=2)
def round_the_clock(zone: str, year: int) -> Plan:
    """Five shifts of unlike lengths each day, one across midnight, and a listener on each."""
    first = date(year - 1, 12, 1)
    follows = dict(zip(STARTS, (*STARTS[1:], STARTS[0]), strict=True))
    patterns = [
        Pattern(f"{weekday}-{begins:%H%M}", "", weekday, begins, ends, first)
        for weekday in range(7)
        for begins, ends in follows.items()
    ]
    bookings = [Booking(each.id, each.id, Role.LISTENER, first) for each in patterns]
    return Plan(zone, patterns, bookings)


def tiles(zone: str, year: int) -> None:
    """Adjacent shifts share one edge, and nowhere is nobody there."""
    plan = round_the_clock(zone, year)
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)

    found = shifts.spans(plan, start, end)

    assert found[0].starts_at <= start, "nobody at the beginning"
    assert found[-1].ends_at >= end, "nobody at the end"
    for one, other in pairwise(found):
        assert one.ends_at == other.starts_at, f"{one.ends_at} is not {other.starts_at}"
    assert coverage.gaps(plan, EVERY_HOUR, start, end) == [], "a gap"


def days_sum(zone: str, year: int) -> None:
    """What is served on a local day is as long as the day, and the day as long as its clock."""
    plan = round_the_clock(zone, year)
    served = Counter[date]()
    for span in shifts.spans(plan, *_year(zone, year)):
        for day in roster.days(span.date, span.date + 2 * DAY):
            begins, ends = walltime.midnight(zone, day), walltime.midnight(zone, day + DAY)
            length = min(span.ends_at, ends) - max(span.starts_at, begins)
            served[day] += max(length, timedelta()) // timedelta(minutes=1)
    for day in roster.days(date(year, 1, 2), date(year, 12, 30)):
        length = walltime.midnight(zone, day + DAY) - walltime.midnight(zone, day)
        assert length in HOURS, f"{day} has {length}"
        assert served[day] == length // timedelta(minutes=1), f"{day}: {served[day]} minutes"
        if length != DAY or day.day == 1:
            hours = walltime.hours_of(zone, day)
            assert sum((each.ends_at - each.starts_at for each in hours), timedelta()) == length
            assert _by_the_clock(zone, day) == length, f"{day} is not {length}"


def feeds_read_back(zone: str, year: int) -> None:
    """What a calendar reads of a feed is what is planned, around every change of the clocks."""
    plan, written = round_the_clock(zone, year), datetime(year, 1, 1, tzinfo=UTC)
    for day in _unlike(zone, year):
        entries = [
            each
            for pattern in plan.patterns
            for each in feed.entries(plan, pattern.id, day - 2 * DAY, day + 2 * DAY)
        ]
        ids = [calendars.uid(each.pattern_id, each.date, each.pattern_id) for each in entries]
        file = calendars.write(entries, ids, "en", 1, written)
        read = {
            str(each["uid"]): (each["dtstart"].dt, each["dtend"].dt)
            for each in Calendar.from_ical(file).walk("VEVENT")
        }
        planned = [(each.starts_at, each.ends_at) for each in entries]
        assert read == dict(zip(ids, planned, strict=True)), f"a feed around {day} reads otherwise"
        around = (each.starts_at for each in shifts.spans(plan, *_days_of(zone, day)))
        assert set(around) <= {each.starts_at for each in entries}, f"{day} misses a shift"


def _unlike(zone: str, year: int) -> list[date]:
    """The days of the year that are not of 24 hours, and New Year's Day beside them."""
    found = [date(year, 1, 1)]
    for day in roster.days(date(year, 1, 2), date(year, 12, 30)):
        starts_at, ends_at = _days_of(zone, day)
        if ends_at - starts_at != DAY:
            found.append(day)
    return found


def _days_of(zone: str, day: date) -> tuple[datetime, datetime]:
    return walltime.midnight(zone, day), walltime.midnight(zone, day + DAY)


def _by_the_clock(zone: str, day: date) -> timedelta:
    """How long the clocks show this date, looked at every quarter of an hour."""
    noon = datetime.combine(day, time(12), UTC)
    looks = (noon + number * STEP for number in range(-160, 160))
    there = ZoneInfo(zone)
    return STEP * sum(each.astimezone(there).date() == day for each in looks)


def _year(zone: str, year: int) -> tuple[datetime, datetime]:
    return walltime.midnight(zone, date(year, 1, 1)), walltime.midnight(zone, date(year + 1, 1, 1))


CHECKS: dict[str, Check] = {
    "tiles": tiles,
    "days_sum": days_sum,
    "feeds_read_back": feeds_read_back,
}
