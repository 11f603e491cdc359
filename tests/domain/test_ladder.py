"""Which rung of the ladder is due, by cases: plain facts and a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain import bounds, errors, ladder
from helpline.domain.ladder import Facts, Rung

START = datetime(2026, 11, 20, 18, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TIMES = ladder.times({})
GAP = Facts(starts_at=START, ends_at=START + 3 * HOUR, short=True)


def due(facts: Facts, before: timedelta) -> list[str]:
    return ladder.due(facts, TIMES, START - before)


@pytest.mark.parametrize(
    "before, rungs",
    [
        (73 * HOUR, []),
        (72 * HOUR, ["ask:1"]),
        (13 * HOUR, ["ask:1"]),
        (12 * HOUR, ["ask:1", "coordinator"]),
        (2 * HOUR, ["coordinator", "backup"]),
        (30 * MINUTE, ["coordinator", "backup", "lead"]),
        (-MINUTE, ["backup", "lead"]),  # nobody is asked to a shift that has begun in calm words
        (-3 * HOUR, []),  # nothing about the past is ever said
    ],
)
def test_a_gap_that_opens_late_climbs_what_is_due_by_then_in_order(before, rungs):
    assert due(GAP, before) == rungs


def test_a_rung_is_climbed_once():
    climbed = replace(GAP, climbed=frozenset({"coordinator", "backup"}))

    assert due(climbed, 30 * MINUTE) == ["lead"]


def test_the_next_wave_is_asked_after_its_time_and_bears_its_number():
    asked = replace(GAP, climbed=frozenset({"ask:1"}), waves=1, wave_at=START - 72 * HOUR)

    assert due(asked, 66 * HOUR + MINUTE) == []
    assert due(asked, 66 * HOUR) == ["ask:2"]


def test_a_shift_that_is_not_short_climbs_nothing():
    assert due(replace(GAP, short=False), HOUR) == []


def test_who_has_not_said_that_they_come_is_named_to_the_coordinators_at_twelve_hours():
    unsure = replace(GAP, short=False, unconfirmed=1)

    assert due(unsure, 13 * HOUR) == []
    assert due(unsure, 12 * HOUR) == ["unconfirmed"]


@pytest.mark.parametrize(
    "acknowledged, before, rungs",
    [
        (20 * HOUR, 12 * HOUR, []),  # somebody is on it
        (20 * HOUR, 2 * HOUR, ["coordinator", "backup"]),  # hours ago: it is asked about again
        (90 * MINUTE, HOUR, []),
        (90 * MINUTE, 10 * MINUTE, []),
    ],
)
def test_whoever_is_on_it_holds_the_ladder_until_it_is_near(acknowledged, before, rungs):
    held = replace(GAP, acknowledged_at=START - acknowledged)

    assert due(held, before) == rungs


def test_the_order_of_the_table_is_the_order_of_the_rungs():
    order = [each.rung for each in ladder.STEPS]

    assert order == [each for each in Rung if each in order]


def test_settings_move_the_rungs():
    early = ladder.times({"ladder_backup": 240})

    assert ladder.due(GAP, early, START - 4 * HOUR) == ["coordinator", "backup"]


@pytest.mark.parametrize("name, number", [("ladder_ask", 5), ("ladder_lead", 500), ("x", 1)])
def test_a_setting_stays_within_its_bounds(name, number):
    with pytest.raises(errors.BadRequest):
        bounds.require(ladder.SETTINGS, name, number)


def test_a_wave_belongs_to_the_asking():
    assert ladder.rung_of("ask:7") == Rung.ASK
