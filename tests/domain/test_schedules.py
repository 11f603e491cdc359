"""Rules that recur, on the wall of their own zone: also on the nights on which clocks change."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.domain import schedules
from helpline.domain.schedules import DAYS, Schedule

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
NINE, NOON, FIVE = time(9), time(12), time(17)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# -- which days a rule names ----------------------------------------------------------------------

FIRST_SATURDAYS = Schedule(
    "Europe/Dublin", NINE, FIVE, freq="MONTHLY", byday=("1SA",),
    dtstart=date(2020, 7, 4), until=date(2020, 11, 7),
)  # fmt: skip
LAST_FRIDAYS = Schedule("Europe/Dublin", NINE, FIVE, freq="MONTHLY", byday=("-1FR",))
THE_TENTH = Schedule("Asia/Tokyo", time(8), time(8), freq="MONTHLY", bymonthday=(10,))


def a_day_of_the_month(day: int) -> Schedule:
    return replace(THE_TENTH, zone="Europe/Dublin", bymonthday=(day,))


FORTNIGHTLY = Schedule(
    "Europe/Dublin", NINE, FIVE, freq="WEEKLY", interval=2, byday=("TU",), dtstart=date(2026, 1, 6)
)
ONCE = Schedule("Europe/Dublin", NINE, FIVE, dtstart=date(2026, 12, 24))
SEASON = Schedule(
    "Europe/Dublin", NINE, FIVE, byday=("MO",), valid_from=date(2026, 6, 1), valid_to=date(2026, 6, 30)
)  # fmt: skip
WHOLE_DAYS = Schedule("Europe/Dublin", freq="DAILY")
THREE_TIMES = Schedule("UTC", NINE, FIVE, freq="DAILY", count=3, dtstart=date(2026, 3, 1))
EACH_YEAR = Schedule("UTC", NINE, FIVE, freq="YEARLY", dtstart=date(2020, 2, 29))

DATES = [
    # schedule, looked at, opens next
    (FIRST_SATURDAYS, "2020-04-01", "2020-07-04T08:00"),
    (FIRST_SATURDAYS, "2020-07-04T08:00", "2020-08-01T08:00"),
    (FIRST_SATURDAYS, "2020-11-07T08:59:59", "2020-11-07T09:00"),
    (FIRST_SATURDAYS, "2020-11-07T09:00", None),
    (LAST_FRIDAYS, "2026-11-23T20:00", "2026-11-27T09:00"),
    (LAST_FRIDAYS, "2026-11-27T10:00", "2026-12-25T09:00"),
    (THE_TENTH, "2026-11-23T20:00", "2026-12-09T23:00"),
    (FORTNIGHTLY, "2026-11-17T20:00", "2026-11-24T09:00"),
    (FORTNIGHTLY, "2026-11-24T20:00", "2026-12-08T09:00"),
    (ONCE, "2026-01-01", "2026-12-24T09:00"),
    (ONCE, "2026-12-24T09:00", None),
    (SEASON, "2026-01-01", "2026-06-01T08:00"),
    (SEASON, "2026-06-29T09:00", None),
    (WHOLE_DAYS, "2026-11-23T20:00", "2026-11-24T00:00"),
    (THREE_TIMES, "2026-03-02T12:00", "2026-03-03T09:00"),
    (THREE_TIMES, "2026-03-03T12:00", None),
    (EACH_YEAR, "2026-11-23", "2028-02-29T09:00"),
]


@pytest.mark.parametrize("schedule, at, expected", DATES)
def test_when_a_rule_opens_next(schedule: Schedule, at: str, expected: str | None) -> None:
    assert schedules.opens_next([schedule], utc(at)) == (expected and utc(expected))


@pytest.mark.parametrize(
    "open_ones, at, expected",
    [
        ([schedules.weekly("UTC", [0], NINE, FIVE)], "2026-11-23T10:00", "2026-11-23T17:00"),
        ([schedules.weekly("UTC", [0], NINE, FIVE)], "2026-11-23T17:00", None),
        # openings that adjoin are one
        (
            [
                schedules.weekly("UTC", [0], NINE, NOON),
                schedules.weekly("UTC", [0], NOON, FIVE),
                schedules.weekly("UTC", [0], FIVE, time(0)),
            ],
            "2026-11-23T10:00",
            "2026-11-24T00:00",
        ),
        # and one within another does not end it
        (
            [schedules.weekly("UTC", [0], NINE, FIVE), schedules.weekly("UTC", [0], NINE, NOON)],
            "2026-11-23T10:00",
            "2026-11-23T17:00",
        ),
        # no end in sight
        ([WHOLE_DAYS], "2026-11-23T10:00", None),
        ([THE_TENTH], "2026-12-10T22:59", "2026-12-10T23:00"),
        # from eight to eight over the nights on which clocks change: 23 hours, and 25
        ([a_day_of_the_month(27)], "2027-03-27T08:00", "2027-03-28T07:00"),
        ([a_day_of_the_month(27)], "2027-03-27T07:59:59", None),
        ([a_day_of_the_month(30)], "2027-10-30T07:00", "2027-10-31T08:00"),
        ([a_day_of_the_month(30)], "2027-10-31T08:00", None),
    ],
)
def test_until_when_it_is_open(open_ones: list[Schedule], at: str, expected: str | None) -> None:
    assert schedules.open_until(open_ones, utc(at)) == (expected and utc(expected))


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Mars/Olympus"},
        {"freq": "HOURLY"},
        {"opens": None},
        {"byday": ("XX",)},
        {"byday": ("oneMO",)},
        {"interval": 0},
        {"interval": 2, "freq": "WEEKLY", "byday": ("MO",)},
        {"count": 3, "freq": "DAILY"},
        {"freq": "MONTHLY"},
        {"freq": "MONTHLY", "bymonthday": (99,)},
        {"freq": "YEARLY", "byyearday": (1,), "bymonthday": (2,)},
    ],
)
def test_a_rule_that_no_calendar_reads_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError):
        schedules.require(Schedule(**{"zone": "UTC", "opens": NINE, "closes": FIVE, **wrong}))


@pytest.mark.parametrize("schedule, at, expected", DATES)
def test_one_that_a_calendar_reads_is_not(schedule: Schedule, at: str, expected: str) -> None:
    schedules.require(schedule)


# -- a slow oracle, quarter by quarter --------------------------------------------------------------

# Zones, and an instant near a change of their clocks: forth, back, by half an hour, at midnight.
CHANGES = {
    "Europe/Dublin": ("2027-03-28T01:00", "2027-10-31T01:00"),
    "America/New_York": ("2027-03-14T07:00", "2027-11-07T06:00"),
    "Australia/Lord_Howe": ("2026-10-03T15:30", "2027-04-03T15:00"),
    "America/Havana": ("2027-03-14T05:00", "2027-11-07T05:00"),
    "Asia/Tokyo": ("2026-12-10T00:00",),
}
TURNS = [(zone, at) for zone, times in CHANGES.items() for at in times]


def names_day(rule: Schedule, day: date) -> bool:
    """Whether a weekly or monthly rule has this day: told by hand, without a calendar's rules."""
    nth, last = (day.day - 1) // 7 + 1, monthrange(day.year, day.month)[1]
    from_the_end = (last - day.day) // 7 + 1
    name = DAYS[day.weekday()]
    if rule.freq == "WEEKLY":
        return name in rule.byday
    return day.day in rule.bymonthday or bool(
        {f"{nth}{name}", f"-{from_the_end}{name}", name} & set(rule.byday)
    )


def slowly_open(rule: Schedule, now: datetime) -> bool:
    """Walks the quarters of two days and reads the clock on the wall at each."""
    zone = ZoneInfo(rule.zone)

    def wall(at: datetime) -> datetime:
        return at.astimezone(zone).replace(tzinfo=None)

    quarter = now.replace(minute=now.minute // 15 * 15, second=0)
    instants = [quarter + QUARTER * each for each in range(-28 * 4, 28 * 4)]
    walls = [wall(each) for each in instants]
    today = wall(now).date()
    for day in (today - DAY, today):
        if not names_day(rule, day):
            continue
        opens = datetime.combine(day, rule.opens)
        closes = datetime.combine(day, rule.closes)
        closes += DAY if closes <= opens else timedelta(0)
        begins = next((at for at, it in zip(instants, walls, strict=True) if it >= opens), None)
        before = [at for at, it in zip(instants, walls, strict=True) if it < closes]
        if begins and before and begins <= now < before[-1] + QUARTER:
            return True
    return False


# Half of them in the hours in which clocks are changed.
hours = st.one_of(st.integers(0, 3), st.integers(0, 23))
clocks = st.builds(time, hours, st.sampled_from([0, 15, 30, 45]))
near = st.one_of(st.integers(-150, 150), st.integers(-40 * 60, 40 * 60))
weekly_rules = st.builds(
    lambda days: {"freq": "WEEKLY", "byday": tuple(sorted(days))},
    st.sets(st.sampled_from(DAYS), min_size=1),
)
monthly_rules = st.one_of(
    st.builds(
        lambda days: {"freq": "MONTHLY", "byday": tuple(sorted(days))},
        st.sets(
            st.builds("{}{}".format, st.sampled_from([1, 2, 3, 4, -1]), st.sampled_from(DAYS)),
            min_size=1,
        ),
    ),
    st.builds(
        lambda days: {"freq": "MONTHLY", "bymonthday": tuple(sorted(days))},
        st.sets(st.integers(1, 31), min_size=1),
    ),
)


@given(
    st.sampled_from(TURNS),
    clocks,
    clocks,
    st.one_of(weekly_rules, monthly_rules),
    near,
)
@settings(max_examples=200, deadline=None)
def test_open_now_is_what_the_clock_on_the_wall_says(
    turn: tuple[str, str], opens: time, closes: time, days: dict, minutes: int
) -> None:
    zone, at = turn
    rule = Schedule(zone, opens, closes, **days)
    now = utc(at) + MINUTE * minutes

    assert schedules.is_open_at([rule], now) == slowly_open(rule, now)


@given(
    st.sampled_from(TURNS), clocks, clocks, st.one_of(weekly_rules, monthly_rules), st.integers(0, 9)
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_it_opens_when_it_says_and_not_before(
    turn: tuple[str, str], opens: time, closes: time, days: dict, hours: int
) -> None:
    zone, at = turn
    rule = Schedule(zone, opens, closes, **days)
    now = utc(at) + timedelta(hours=hours)

    opens_at = schedules.opens_next([rule], now)
    until = schedules.open_until([rule], now)

    if opens_at and not schedules.is_open_at([rule], now):
        steps = [now + (opens_at - now) * each / 24 for each in range(24)]
        assert not any(schedules.is_open_at([rule], each) for each in steps)
    if until:
        assert schedules.is_open_at([rule], until - timedelta(seconds=1))
        assert not schedules.is_open_at([rule], until)
