"""Who may leave a message, who may take it, and when somebody is told that it waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain import leaving
from helpline.domain.opening import Opening, Why

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
OPEN, CLOSED = Opening(True, Why.OPEN), Opening(False, Why.OUTSIDE_HOURS)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    "policies, opening, on_call, may",
    [
        ({}, CLOSED, True, False),  # off until the organisation wants it
        ({"left_messages": 0}, CLOSED, True, False),
        ({"left_messages": 1}, CLOSED, True, True),
        ({"left_messages": 1}, CLOSED, False, False),
        ({"left_messages": 1}, OPEN, True, False),
    ],
)
def test_a_message_is_left_at_a_closed_door_with_somebody_on_call(policies, opening, on_call, may):
    assert leaving.may_leave(policies, opening, on_call=on_call) is may


@pytest.mark.parametrize(
    "taken_by, ago, may",
    [
        (None, None, True),
        ("leo", timedelta(0), True),
        ("lin", timedelta(0), False),
        ("lin", leaving.TAKEN_FOR - SECOND, False),
        ("lin", leaving.TAKEN_FOR, True),
    ],
)
def test_one_listener_has_it_until_they_let_it_lie(taken_by, ago, may):
    taken_at = None if ago is None else NOW - ago

    assert leaving.may_take(taken_by, taken_at, "leo", NOW) is may


@pytest.mark.parametrize(
    "open_since, policies, late",
    [
        (None, {}, False),  # the line was not open yet
        (NOW - 4 * HOUR + SECOND, {}, False),
        (NOW - 4 * HOUR, {}, True),
        (NOW - HOUR, {"left_answer_hours": 1}, True),
    ],
)
def test_it_is_late_some_hours_after_the_line_opened(open_since, policies, late):
    assert leaving.is_late(open_since, policies, NOW) is late
