"""Demand is counted before the chats are forgotten, once, and after a downtime too."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import counting, directing, forgetting, listening, visiting, waking
from helpline.domain.chat import Closing
from helpline.store import demand
from helpline.store.tables import SweepRun
from tests import makers
from tests.actions.evening import Evening

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def on():
    return "sqlite"


@pytest.fixture
def line(quiet_evening) -> Evening:
    """Open by hand since eight in the evening, with Leo ready."""
    directing.set_line(
        quiet_evening.store, quiet_evening.cast.cora, is_open=True, reason="", now=quiet_evening.now
    )
    listening.get_ready(quiet_evening.store, quiet_evening.cast.leo, now=quiet_evening.now)
    return quiet_evening


def counted(line: Evening):
    with line.store.reading() as tx:
        return demand.since(tx, line.now - timedelta(days=400))


def count(line: Evening, after: timedelta = timedelta(0)) -> int:
    return counting.count_demand(line.store, now=line.now + after)


def comes(line: Evening, after: timedelta, **more) -> visiting.Opened:
    wish = visiting.Opening(makers.client_id(), text=None)
    return visiting.open_chat(line.store, wish, now=line.now + after, **more)


def is_answered(line: Evening, after: timedelta, minutes: int = 40) -> None:
    chat = comes(line, after)
    at = line.now + after + MINUTE
    listening.get_ready(line.store, line.cast.leo, now=at)
    chat_id = makers.take_next(line.store, line.cast.leo, now=at)
    assert chat_id == chat.chat_id
    listening.close(
        line.store, line.cast.leo, chat_id, Closing("felt_heard"), None,
        now=at + minutes * MINUTE,
    )  # fmt: skip


def test_each_hour_that_is_over_is_counted_once(line):
    is_answered(line, 5 * MINUTE)
    gone = comes(line, 70 * MINUTE)
    visiting.leave(line.store, gone.token, quick=False, now=line.now + 75 * MINUTE)
    comes(line, 100 * MINUTE)
    comes(line, 130 * MINUTE)

    count(line, 150 * MINUTE)
    again = count(line, 150 * MINUTE)

    first, second = counted(line)
    assert (first.arrived, first.answered, first.gave_up) == (1, 1, 0)
    assert first.talk_minutes == 40.0
    assert (second.arrived, second.answered, second.gave_up) == (2, 0, 1)
    assert (first.open_minutes, second.open_minutes) == (60, 60)
    assert again == 0


def test_a_talk_that_went_on_is_counted_whole_later(line):
    comes(line, 5 * MINUTE)
    listening.get_ready(line.store, line.cast.leo, now=line.now + 5 * MINUTE)
    makers.take_next(line.store, line.cast.leo, now=line.now + 5 * MINUTE)
    count(line, HOUR)
    before = counted(line)[0].talk_minutes

    count(line, 2 * HOUR)
    count(line, 3 * HOUR)

    assert (before, counted(line)[0].talk_minutes) == (55.0, 175.0)


def test_a_canary_is_no_demand(line):
    comes(line, 5 * MINUTE)
    comes(line, 6 * MINUTE, canary=True)

    count(line, HOUR)

    assert counted(line)[0].arrived == 1


def test_the_counts_outlive_what_they_are_of(line):
    kept = comes(line, 5 * MINUTE)
    count(line, HOUR)

    forgetting.erase(line.store, kept.token, now=line.now + HOUR)
    count(line, 3 * HOUR)  # looks at that hour again
    soon = counted(line)[0].arrived
    count(line, 90 * timedelta(days=1))

    assert (soon, counted(line)[0].arrived) == (1, 1)


def test_what_was_missed_while_down_is_made_up_for(line):
    is_answered(line, 5 * MINUTE)
    count(line, HOUR)
    came_up = line.now + timedelta(days=40)
    with line.store.transaction() as tx:
        tx.session.merge(SweepRun(name="routing", ok_at=line.now + HOUR))
    waking.wake_up(line.store, now=came_up)

    written = counting.count_demand(line.store, now=came_up + HOUR)

    hours = counted(line)
    assert written == 40 * 24
    assert len(hours) == 40 * 24 + 1
    assert hours[0].open_minutes == 60
    assert {each.open_minutes for each in hours[1:-1]} == {0}  # nobody could come
    assert hours[-1].open_minutes == 60
    assert counting.count_demand(line.store, now=came_up + HOUR) == 0


def test_hours_in_which_the_line_was_closed_say_so(line):
    comes(line, 5 * MINUTE)
    directing.set_line(
        line.store, line.cast.cora, is_open=False, reason="", now=line.now + 30 * MINUTE
    )

    count(line, 2 * HOUR)

    assert [each.open_minutes for each in counted(line)] == [30, 0]
