"""The one resolver: skipped, repeated and plain wall times, and the clock hours of a local day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from helpline.domain import walltime


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "zone, wall, first, last",
    [
        # plain times
        ("Asia/Kolkata", "2027-03-28T02:30", "2027-03-27T21:00", "2027-03-27T21:00"),
        ("Europe/Berlin", "2027-03-28T01:59", "2027-03-28T00:59", "2027-03-28T00:59"),
        ("Europe/Berlin", "2027-03-28T03:00", "2027-03-28T01:00", "2027-03-28T01:00"),
        ("Europe/Berlin", "2027-10-31T03:00", "2027-10-31T02:00", "2027-10-31T02:00"),
        # skipped: the first instant after the leap
        ("Europe/Berlin", "2027-03-28T02:00", "2027-03-28T01:00", "2027-03-28T01:00"),
        ("Europe/Berlin", "2027-03-28T02:30", "2027-03-28T01:00", "2027-03-28T01:00"),
        ("Europe/Berlin", "2027-03-28T02:59:59.5", "2027-03-28T01:00", "2027-03-28T01:00"),
        ("America/New_York", "2027-03-14T02:30", "2027-03-14T07:00", "2027-03-14T07:00"),
        ("Australia/Lord_Howe", "2027-10-03T02:15", "2027-10-02T15:30", "2027-10-02T15:30"),
        ("Africa/Cairo", "2027-04-30T00:00", "2027-04-29T22:00", "2027-04-29T22:00"),
        # a whole day skipped: Samoa crossed the date line
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00", "2011-12-30T10:00"),
        # repeated: both
        ("Europe/Berlin", "2027-10-31T02:00", "2027-10-31T00:00", "2027-10-31T01:00"),
        ("Europe/Berlin", "2027-10-31T02:30", "2027-10-31T00:30", "2027-10-31T01:30"),
        ("America/New_York", "2027-11-07T01:30", "2027-11-07T05:30", "2027-11-07T06:30"),
        ("Australia/Lord_Howe", "2027-04-04T01:45", "2027-04-03T14:45", "2027-04-03T15:15"),
    ],
)
def test_a_wall_time_has_a_first_and_a_last_instant(
    zone: str, wall: str, first: str, last: str
) -> None:
    on_the_wall = datetime.fromisoformat(wall)

    assert walltime.first_instant(zone, on_the_wall) == utc(first)
    assert walltime.last_instant(zone, on_the_wall) == utc(last)
    assert walltime.is_repeated(zone, on_the_wall) == (first != last)


@pytest.mark.parametrize(
    "zone, day, cells, length, odd",
    [
        ("Asia/Kolkata", "2027-03-28", 24, 24.0, []),
        ("Europe/Berlin", "2027-03-28", 23, 23.0, []),
        ("Europe/Berlin", "2027-10-31", 25, 25.0, [(2, True, 60)]),
        ("America/New_York", "2027-03-14", 23, 23.0, []),
        ("America/New_York", "2027-11-07", 25, 25.0, [(1, True, 60)]),
        ("Australia/Lord_Howe", "2027-10-03", 24, 23.5, [(2, False, 30)]),
        ("Australia/Lord_Howe", "2027-04-04", 25, 24.5, [(1, True, 30)]),
        ("Africa/Cairo", "2027-04-30", 23, 23.0, []),
        ("Africa/Cairo", "2027-10-28", 25, 25.0, [(23, True, 60)]),
        ("Pacific/Apia", "2011-12-30", 0, 0.0, []),
    ],
)
def test_the_hours_of_a_day_sum_to_its_length(
    zone: str, day: str, cells: int, length: float, odd: list[tuple[int, bool, int]]
) -> None:
    hours = list(walltime.hours_of(zone, date.fromisoformat(day)))

    lengths = [hour.ends_at - hour.starts_at for hour in hours]
    assert len(hours) == cells
    assert sum(lengths, timedelta()) == timedelta(hours=length)
    assert [
        (hour.hour, hour.again, each // timedelta(minutes=1))
        for hour, each in zip(hours, lengths, strict=True)
        if hour.again or each != timedelta(hours=1)
    ] == odd


def test_an_instant_without_an_offset_is_refused() -> None:
    naive = datetime.fromisoformat("2027-03-28T02:30")

    with pytest.raises(ValueError):
        walltime.local("Europe/Berlin", naive)
