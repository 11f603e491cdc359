"""What of the plan is history, and on which day something ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from helpline.domain import changes
from helpline.domain.roster import Pattern, Plan

MONDAY = date(2027, 1, 4)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
LATE = Pattern("late", "Late", 0, time(18), time(22), MONDAY - WEEK)
PLAN = Plan("Etc/UTC", [LATE])
BEFORE = datetime(2027, 1, 4, 17, 59, tzinfo=UTC)  # the shift begins at 18:00
BEGUN = datetime(2027, 1, 4, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "until, asked, now, expected",
    [
        (None, None, BEFORE, MONDAY - DAY),  # today's is still to come, and falls away
        (None, None, BEGUN, MONDAY),  # today's goes on
        (None, MONDAY + WEEK, BEFORE, MONDAY + WEEK),
        (MONDAY + WEEK, None, BEGUN, MONDAY),
        (MONDAY + WEEK, MONDAY + 2 * WEEK, BEGUN, MONDAY + WEEK),  # nothing is made longer
        (MONDAY, MONDAY, BEGUN, MONDAY),
    ],
)
def test_what_holds_ends_on_the_day_asked_for_or_before_the_next_shift(until, asked, now, expected):
    assert changes.ends_on(PLAN, LATE, until, asked, now) == expected


@pytest.mark.parametrize(
    "until, asked, refused",
    [
        (None, MONDAY - DAY, changes.DayIsOver),  # today's has begun
        (MONDAY - DAY, None, changes.DayIsOver),  # it ended already
        (MONDAY - DAY, MONDAY + WEEK, changes.DayIsOver),
        (None, MONDAY + 6 * 366 * DAY, changes.DayIsTooFar),
    ],
)
def test_what_is_history_or_too_far_is_no_last_day(until, asked, refused):
    with pytest.raises(refused):
        changes.ends_on(PLAN, LATE, until, asked, BEGUN)
