"""What eight weeks say about a week, and what they do not."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain import bounds, errors, forecast, walltime
from helpline.domain.coverage import Need
from helpline.domain.demand import Counted

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONE = "Europe/Dublin"


def history(chats, weeks=8, *, zone=ZONE, open_minutes=60, answered=True):
    """`chats(weekday, hour, at)` of every clock hour of the last weeks."""
    found = []
    for hour in walltime.hours(zone, NOW - timedelta(weeks=weeks), NOW):
        wall = walltime.local(zone, hour.starts_at)
        came = chats(wall.weekday(), wall.hour, hour.starts_at)
        talks = came if answered else 0
        found.append(Counted(hour.starts_at, came, talks, 0, talks * 40.0, open_minutes))
    return found


def told(counted, **policies):
    return forecast.forecast(counted, ZONE, NOW, policies=policies)


def test_an_hour_of_the_week_is_told_from_the_same_hour_of_other_weeks():
    found = told(history(lambda weekday, hour, _: 6 if (weekday, hour) == (1, 20) else 1))

    assert found.at(1, 20).chats == 6
    assert found.at(1, 19).chats == found.at(2, 20).chats == 1
    assert found.at(1, 20).weeks == 8
    assert found.talks.minutes == 40
    assert found.talks_known


def test_the_hour_is_the_lines_own_on_both_sides_of_a_clock_change():
    """Dublin left summer time three weeks before: a plan by UTC would be an hour off."""
    found = told(history(lambda weekday, hour, _: 9 if hour == 20 else 0))

    assert [each.hour for each in found.hours if each.chats] == [20] * 7


def test_with_too_little_history_it_says_nothing():
    found = told(history(lambda *_: 3, weeks=3))

    assert not found.says_anything
    assert found.weeks in (3, 4)
    assert {each.listeners for each in found.hours} == {None}
    assert forecast.suggestions(found, []) == []


def test_an_hour_in_which_the_line_was_closed_says_nothing():
    found = told(history(lambda *_: 0, open_minutes=0))

    assert not found.says_anything
    half = told(history(lambda *_: 2, open_minutes=30))
    assert half.at(0, 0).chats == 4  # in an hour, not in half of one


def test_it_plans_for_four_weeks_in_five():
    """Demand that varies more than chance: good and bad weeks."""
    chance = random.Random(4)
    mood = {}

    def chats(weekday, hour, at):
        factor = mood.setdefault(at.date(), chance.choice([0.4, 1.0, 1.6]))
        return sum(chance.random() < 6 * factor / 60 for _ in range(60))

    calm = told(history(lambda *_: 6))
    wild = told(history(chats))

    assert calm.spread == 1
    assert wild.spread > 1.6
    planned_for = sum(each.planned_for for each in wild.hours) / 168
    assert 8.2 < planned_for < 10  # of means of 2.4, 6 and 9.6 by the day
    assert sum(each.planned_for for each in calm.hours) / 168 < 7


def test_never_fewer_than_two_and_more_where_more_come():
    found = told(history(lambda weekday, hour, _: 12 if hour == 20 else 0))

    assert found.at(0, 12).listeners == 2
    assert found.at(0, 20).listeners > 8
    assert found.at(0, 21).listeners > 2  # their talks go on


def test_a_stricter_target_asks_for_more():
    counted = history(lambda *_: 8)

    assert told(counted, late_percent=2).at(0, 0).listeners > told(counted).at(0, 0).listeners
    assert told(counted, late_percent=40).at(0, 0).listeners < told(counted).at(0, 0).listeners


def test_what_is_too_low_is_suggested_in_one_piece():
    found = told(history(lambda weekday, hour, _: 5))
    level = found.at(1, 20).listeners
    assert level > 3
    needs = [Need(day, 0, 24, level) for day in range(7) if day != 1]
    needs += [Need(1, 0, 20, level), Need(1, 20, 22, 3), Need(1, 22, 23, 2), Need(1, 23, 24, 99)]

    first, second = forecast.suggestions(found, needs)

    assert (first.weekday, first.from_hour, first.to_hour) == (1, 20, 22)
    assert (first.need, first.listeners, first.chats) == (3, level, 5)
    assert (second.from_hour, second.to_hour, second.need) == (22, 23, 2)


def test_of_needs_that_overlap_the_larger_counts():
    asked = forecast.asked_for([Need(0, 8, 12, 2, 1), Need(0, 10, 11, 5, 0)])

    assert asked[0, 10] == Need(0, 10, 11, 5, 1)
    assert asked[0, 9] == Need(0, 9, 10, 2, 1)
    assert asked[0, 12] == Need(0, 12, 13, 0, 0)


@pytest.mark.parametrize("name, number", [("late_percent", 0), ("late_percent", 51), ("x", 3)])
def test_a_setting_out_of_bounds_is_refused(name, number):
    with pytest.raises(errors.BadRequest):
        bounds.require(forecast.SETTINGS, name, number)
