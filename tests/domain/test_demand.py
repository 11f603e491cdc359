"""Counting hour by hour: on the line's own clocks, only what is over, and never twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from helpline.domain import demand, walltime
from helpline.domain.demand import Came, Talked, Turned

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OPEN = [Turned(NOON - timedelta(days=1), True)]


def hours(count=2, zone="Europe/Dublin", start=NOON):
    return list(walltime.hours(zone, start, start + count * walltime.HOUR))


def test_who_came_counts_in_the_hour_in_which_they_came():
    came = [
        Came(NOON, True, False),
        Came(NOON + 59 * MINUTE, False, True),
        Came(NOON + 60 * MINUTE, False, False),
        Came(NOON - MINUTE, True, False),
        Came(NOON + 120 * MINUTE, True, False),
    ]

    first, second = demand.count(hours(), came, [], OPEN, now=NOON + timedelta(hours=3))

    assert (first.arrived, first.answered, first.gave_up) == (2, 1, 1)
    assert (second.arrived, second.answered, second.gave_up) == (1, 0, 0)


def test_a_talk_belongs_to_the_hour_in_which_it_began():
    talked = [Talked(NOON + 50 * MINUTE, NOON + 95 * MINUTE), Talked(NOON + 70 * MINUTE, None)]

    first, second = demand.count(hours(), [], talked, OPEN, now=NOON + 120 * MINUTE)

    assert (first.talk_minutes, second.talk_minutes) == (45.0, 50.0)


def test_an_hour_knows_how_long_the_line_took_chats():
    turned = [
        Turned(NOON - timedelta(hours=5), True),
        Turned(NOON + 15 * MINUTE, False),
        Turned(NOON + 45 * MINUTE, True),
        Turned(NOON + 70 * MINUTE, False),
        Turned(NOON + 600 * MINUTE, True),
    ]

    counted = demand.count(hours(3), [], [], turned, now=NOON + timedelta(hours=9))

    assert [each.open_minutes for each in counted] == [30, 10, 0]


def test_before_anything_was_told_the_line_is_held_to_be_closed():
    (only,) = demand.count(hours(1), [], [], [], now=NOON + walltime.HOUR)

    assert only.open_minutes == 0


def test_clock_hours_are_the_lines_own():
    """India's clocks show the full hour when UTC shows the half."""
    at = datetime(2026, 11, 18, 12, 40, tzinfo=UTC)

    begin = demand.begin_of_hour("Asia/Kolkata", at)

    assert begin == datetime(2026, 11, 18, 12, 30, tzinfo=UTC)
    assert demand.begin_of_hour("Europe/Dublin", at) == NOON
