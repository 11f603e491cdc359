"""When a notice may leave: quiet hours, how near the shift is, how often it is tried."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from helpline.domain import notices
from helpline.domain.notices import Quiet

NIGHT = Quiet(time(22), time(8))
NOON = Quiet(time(12), time(14))
AT_THREE = datetime(2026, 11, 18, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "quiet, wall, covered",
    [
        (NIGHT, time(22), True),
        (NIGHT, time(3), True),
        (NIGHT, time(8), False),
        (NIGHT, time(12), False),
        (NOON, time(13), True),
        (NOON, time(14), False),
        (Quiet(), time(3), False),
        (Quiet(time(22), None), time(23), False),
        (Quiet(time(8), time(8)), time(8), False),
    ],
)
def test_quiet_hours_may_pass_midnight(quiet, wall, covered):
    assert quiet.covers(wall) == covered


@pytest.mark.parametrize(
    "kind, hours_before, leaves",
    [
        ("confirm", 24, False),
        ("confirm", 12, True),  # so near the shift it comes at any hour
        ("confirm", 12.1, False),
        ("backup", 24, True),
        ("digest", None, False),
    ],
)
def test_a_night_is_quiet_until_twelve_hours_before_the_shift(kind, hours_before, leaves):
    starts_at = None if hours_before is None else AT_THREE + hours_before * HOUR

    said = notices.may_leave(kind, NIGHT, starts_at=starts_at, zone="Europe/Dublin", now=AT_THREE)

    assert said == leaves


def test_quiet_hours_are_wall_time_of_the_line():
    before_eight_in_dublin = datetime(2026, 7, 1, 7, tzinfo=UTC)  # 08:00 there, in summer

    assert notices.may_leave(
        "digest", NIGHT, starts_at=None, zone="Europe/Dublin", now=before_eight_in_dublin
    )


def test_each_try_waits_longer_and_the_sixth_is_the_last():
    waits = [notices.next_try(tries, AT_THREE) for tries in range(1, 7)]

    assert waits[-1] is None
    assert waits[:-1] == sorted(waits[:-1])
    assert waits[0] == AT_THREE + timedelta(seconds=10)
