"""Round the clock, whole weeks and both changes of the clocks: no gap, no overlap, someone there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.domain import cover, coverage, opening, shifts
from helpline.domain.access import Role
from helpline.domain.cover import Heads
from helpline.domain.coverage import Need
from helpline.domain.roster import Booking, Pattern, Plan
from helpline.domain.shifts import Span

START = date(2026, 1, 1)
TEN_MINUTES = timedelta(minutes=10)
WEEK = timedelta(weeks=1)
EVERY_HOUR = [Need(weekday, 0, 24, listeners=1) for weekday in range(7)]

# zone, the instant of the change, the length of the week around it in hours
CHANGES = [
    ("Europe/Berlin", "2027-03-28T01:00", 167),
    ("Europe/Berlin", "2027-10-31T01:00", 169),
    ("America/New_York", "2027-03-14T07:00", 167),
    ("America/New_York", "2027-11-07T06:00", 169),
    ("Australia/Lord_Howe", "2027-10-02T15:30", 167.5),
    ("Australia/Lord_Howe", "2027-04-03T15:00", 168.5),
    ("Asia/Kolkata", "2027-03-28T01:00", 168),
]
# Starts of the day's shifts: of 3, 4 and 6 hours, on the hour and across the change
DAYS = [
    [time(hour) for hour in range(0, 24, 3)],
    [time(hour) for hour in range(0, 24, 4)],
    [time(hour) for hour in range(0, 24, 6)],
    [time(hour, 15) for hour in range(2, 24, 6)],
    [time(hour, 30) for hour in range(1, 24, 3)],
    [time(hour, 45) for hour in range(1, 24, 4)],
]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def round_the_clock(zone: str, starts: Sequence[time]) -> Plan:
    """One pattern per weekday and start, each with a listener of its own."""
    followers = [*starts[1:], starts[0]]
    patterns = [
        Pattern(f"{weekday}-{begin:%H:%M}", "", weekday, begin, end, START - WEEK)
        for weekday in range(7)
        for begin, end in zip(starts, followers, strict=True)
    ]
    bookings = [Booking(each.id, f"p{each.id}", Role.LISTENER, START - WEEK) for each in patterns]
    return Plan(zone, patterns, bookings)


def midnight(zone: str, day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def week_around(zone: str, change: datetime) -> tuple[datetime, datetime]:
    """Seven local days with the change on the fourth."""
    first = change.astimezone(ZoneInfo(zone)).date() - timedelta(days=3)
    return midnight(zone, first), midnight(zone, first + WEEK)


def assert_tiles(spans: Sequence[Span], start: datetime, end: datetime) -> None:
    assert spans[0].starts_at <= start
    assert spans[-1].ends_at >= end
    assert all(a.ends_at == b.starts_at for a, b in pairwise(spans))


@pytest.mark.parametrize("starts", DAYS, ids=lambda starts: f"{len(starts)}-from-{starts[0]:%H%M}")
@pytest.mark.parametrize("zone, change, length", CHANGES)
def test_the_week_of_a_change_has_no_gap_and_no_overlap(
    zone: str, change: str, length: float, starts: list[time]
) -> None:
    plan = round_the_clock(zone, starts)
    start, end = week_around(zone, utc(change))

    spans = shifts.spans(plan, start, end)

    assert_tiles(spans, start, end)
    lengths = [min(each.ends_at, end) - max(each.starts_at, start) for each in spans]
    assert sum(lengths, timedelta()) == end - start == timedelta(hours=length)
    assert {piece.heads for piece in cover.pieces(plan, start, end)} == {Heads(1, 0)}
    assert coverage.gaps(plan, EVERY_HOUR, start, end) == []
    assert opening.cover_ends(plan, utc(change)) == utc(change) + opening.COVER_LOOKS


@pytest.mark.parametrize("starts", DAYS, ids=lambda starts: f"{len(starts)}-from-{starts[0]:%H%M}")
@pytest.mark.parametrize("zone, change, length", CHANGES)
def test_every_shift_starts_at_its_wall_time_and_someone_is_there_ten_minutes_before(
    zone: str, change: str, length: float, starts: list[time]
) -> None:
    plan = round_the_clock(zone, starts)
    start, end = week_around(zone, utc(change))

    for before, span in pairwise(shifts.spans(plan, start, end)):
        wall = span.starts_at.astimezone(ZoneInfo(zone))
        planned = f"{wall.weekday()}-{wall:%H:%M}"
        # Where the planned time was skipped, the shift starts as the clocks leap.
        assert span.pattern_id == planned or span.starts_at == utc(change)
        assert wall.fold == 0 or span.starts_at == utc(change)

        now = span.starts_at - TEN_MINUTES
        (serving,) = shifts.on_shift(plan, now)
        assert serving.booked.person_id == f"p{before.pattern_id}"
        assert shifts.stint(plan, serving.booked.person_id, now) == (
            before.starts_at,
            before.ends_at,
        )


@pytest.mark.parametrize(
    "zone, day, starts, edges",
    [
        # spring: the shift that should start in skipped time starts as the clocks leap
        ("Europe/Berlin", "2027-03-28", (2, 8), ["01:00", "06:00"]),
        ("America/New_York", "2027-03-14", (2, 8), ["07:00", "12:00"]),
        ("Australia/Lord_Howe", "2027-10-03", (2, 8), ["15:30", "21:00"]),
        # autumn: at the first of the two
        ("Europe/Berlin", "2027-10-31", (2, 8), ["00:00", "07:00"]),
        ("America/New_York", "2027-11-07", (1, 8), ["05:00", "13:00"]),
        ("Australia/Lord_Howe", "2027-04-04", (1, 8), ["14:00", "21:30"]),
        ("Asia/Kolkata", "2027-03-28", (2, 8), ["20:30", "02:30"]),
    ],
)
def test_the_shifts_of_the_night_begin_at_these_instants(
    zone: str, day: str, starts: tuple[int, int], edges: list[str]
) -> None:
    plan = round_the_clock(zone, [time(hour) for hour in starts])
    on = date.fromisoformat(day)
    start = midnight(zone, on)

    spans = shifts.spans(plan, start, start + timedelta(days=1))

    assert [f"{each.starts_at:%H:%M}" for each in spans if each.date == on] == edges


@pytest.mark.parametrize("zone, change, length", CHANGES)
def test_as_the_clock_walks_through_the_days_one_follows_the_other_and_the_line_stays_open(
    zone: str, change: str, length: float
) -> None:
    plan = round_the_clock(zone, DAYS[1])
    around = timedelta(days=2)
    expected = [
        f"p{span.pattern_id}"
        for span in shifts.spans(plan, utc(change) - around, utc(change) + around)
    ]

    served: list[str] = []
    with freeze_time(utc(change) - around) as clock:
        while (now := datetime.now(UTC)) < utc(change) + around:
            (serving,) = shifts.on_shift(plan, now)
            if serving.booked.person_id not in served[-1:]:
                served.append(serving.booked.person_id)
            assert opening.line_is_open(
                by_hand=None,
                cover_ends=opening.cover_ends(plan, now),
                last_entry=timedelta(minutes=30),
                ready=1,
                min_ready=1,
                lead_reachable=True,
                opens_at=None,
                now=now,
            ).open
            clock.tick(TEN_MINUTES)

    assert served == expected


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    year=st.integers(2026, 2030),
    minutes=st.sets(st.integers(0, 24 * 60 - 1), min_size=1, max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_round_the_clock_tiles_the_year_in_every_zone(
    zone: str, year: int, minutes: set[int]
) -> None:
    plan = round_the_clock(zone, [time(each // 60, each % 60) for each in sorted(minutes)])
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)

    spans = shifts.spans(plan, start, end)

    assert_tiles(spans, start, end)
    hours = sum((each.ends_at - each.starts_at for each in spans), timedelta())
    assert hours == spans[-1].ends_at - spans[0].starts_at
