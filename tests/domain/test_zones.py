"""A sample of what `make bench-zones` proves for every zone and year."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import zones
from helpline.domain import shifts
from helpline.domain.feed import Entry
from helpline.domain.shifts import Span

# With days of 23, 24 and 25 hours; of 23½ and 24½; a skipped midnight; two hours.
KNOWN = [
    ("Europe/Berlin", 2027),
    ("Australia/Lord_Howe", 2026),
    ("Africa/Cairo", 2028),
    ("Antarctica/Troll", 2027),
]


@pytest.mark.parametrize("check", zones.CHECKS.values(), ids=zones.CHECKS)
@pytest.mark.parametrize("zone, year", KNOWN)
def test_round_the_clock_is_whole_where_the_clocks_are_odd(
    check: zones.Check, zone: str, year: int
) -> None:
    check(zone, year)


@given(zone=st.sampled_from(sorted(zones.available_timezones())), year=st.sampled_from(zones.YEARS))
@settings(max_examples=4, deadline=None)
def test_round_the_clock_is_whole_in_a_sample_of_all_zones(zone: str, year: int) -> None:
    for check in zones.CHECKS.values():
        check(zone, year)


@pytest.mark.parametrize("check", [zones.tiles, zones.days_sum])
def test_the_checks_find_a_missing_quarter_of_an_hour(
    check: zones.Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*window: object) -> list[Span]:
        found = real(*window)  # type: ignore[arg-type]
        short = found[700]
        found[700] = shifts.Span(
            short.pattern_id, short.date, short.title, short.starts_at,
            short.ends_at - zones.STEP, short.people,
        )  # fmt: skip
        return found

    real = shifts.spans
    monkeypatch.setattr(shifts, "spans", cut)

    with pytest.raises(AssertionError):
        check("Europe/Berlin", 2027)


def test_the_check_of_feeds_finds_a_calendar_that_is_an_hour_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def late(entries: list[Entry], *rest: Any) -> bytes:
        moved = [replace(each, starts_at=each.starts_at + zones.STEP) for each in entries]
        return real(moved, *rest)

    real = zones.calendars.write
    monkeypatch.setattr(zones.calendars, "write", late)

    with pytest.raises(AssertionError):
        zones.feeds_read_back("Europe/Berlin", 2027)
