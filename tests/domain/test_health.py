"""The light of the line and its reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain.health import Facts, Light, Trouble, health
from helpline.domain.opening import Opening, Why
from helpline.domain.queue import Waiting
from helpline.domain.routing import Listener
from helpline.domain.urgency import Level

NOW = datetime(2027, 1, 19, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def listener(**more):
    here = Listener(id="leo", on_shift=True, ready=True, here=True, seats=2, used=0)
    return replace(here, **more)


def waiting(level, minutes):
    return Waiting(f"{level}-{minutes}", level, NOW - minutes * MINUTE)


CALM = Facts(
    opening=Opening(True, Why.OPEN),
    waiting=(),
    critical_since=(),
    ready=(listener(),),
    lead_reachable=True,
    unowned_alerts=0,
)


def test_a_calm_line_is_green():
    assert health(CALM, NOW).light == Light.GREEN
    assert health(CALM, NOW).troubles == ()


@pytest.mark.parametrize(
    ("change", "light", "trouble"),
    [
        ({"ready": ()}, Light.RED, Trouble.NOBODY_THERE),
        (
            {"ready": (), "opening": Opening(False, Why.NOBODY_READY)},
            Light.RED,
            Trouble.NOBODY_THERE,
        ),
        ({"critical_since": (NOW - 61 * timedelta(seconds=1),)}, Light.RED, Trouble.CRITICAL_WAITS),
        ({"waiting": (waiting(Level.ROUTINE, 46),)}, Light.RED, Trouble.PAST_TARGET),
        ({"waiting": (waiting(Level.HIGH, 6),)}, Light.RED, Trouble.PAST_TARGET),
        ({"waiting": (waiting(Level.HIGH, 1),)}, Light.AMBER, Trouble.HIGH_WAITS),
        ({"lead_reachable": False}, Light.AMBER, Trouble.NO_LEAD),
        ({"ready": (listener(used=2),)}, Light.AMBER, Trouble.ALL_BUSY),
        ({"ready": (listener(holds_critical=True),)}, Light.AMBER, Trouble.ALL_BUSY),
        ({"unowned_alerts": 1}, Light.AMBER, Trouble.ALERT_UNOWNED),
    ],
)
def test_each_trouble_turns_the_light(change, light, trouble):
    found = health(replace(CALM, **change), NOW)

    assert found.light == light
    assert trouble in found.troubles


def test_a_closed_line_where_nobody_waits_is_green():
    closed = replace(
        CALM, opening=Opening(False, Why.OUTSIDE_HOURS), ready=(), lead_reachable=False
    )

    assert health(closed, NOW).light == Light.GREEN


def test_somebody_who_waits_while_the_line_is_closed_is_not_forgotten():
    closed = replace(
        CALM,
        opening=Opening(False, Why.OUTSIDE_HOURS),
        ready=(),
        waiting=(waiting(Level.ROUTINE, 1),),
    )

    assert health(closed, NOW).light == Light.RED


def test_a_critical_chat_of_less_than_a_minute_is_not_red_yet():
    young = replace(
        CALM,
        waiting=(Waiting("a", Level.CRITICAL, NOW - timedelta(seconds=50)),),
        critical_since=(NOW - timedelta(seconds=50),),
    )

    assert health(young, NOW).light == Light.AMBER


def test_the_gravest_reason_comes_first():
    worst = replace(CALM, ready=(), unowned_alerts=2, waiting=(waiting(Level.CRITICAL, 5),))

    assert health(worst, NOW).troubles[0] == Trouble.NOBODY_THERE
