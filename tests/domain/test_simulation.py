"""The simulator against theory, and the promises that it puts to the test."""

from __future__ import annotations

from dataclasses import replace
from math import factorial, sqrt

import pytest

from helpline.domain import simulation
from helpline.domain.simulation import Report, Scenario
from helpline.domain.urgency import Level

CRITICAL, ROUTINE = Level.CRITICAL, Level.ROUTINE
BUSY = Scenario(load=1.2, days=10)


def run(scenario: Scenario) -> Report:
    return simulation.simulate(scenario)


# -- M/M/c with two priorities (Cobham): E[Wk] = C / (c mu (1 - s[k-1]) (1 - s[k])) ---------------


def erlang_c(servers: int, offered: float) -> float:
    """The chance that everybody is busy."""
    idle = sum(offered**n / factorial(n) for n in range(servers))
    busy = offered**servers / factorial(servers) * servers / (servers - offered)
    return busy / (idle + busy)


def test_it_reproduces_the_theory_of_priority_queues():
    servers, minutes, share, load = 5, 30.0, 0.3, 0.85
    scenario = Scenario(
        load=load,
        listeners=servers,
        seats=1,
        days=30,
        mix={CRITICAL: (share, minutes), ROUTINE: (1 - share, minutes)},
        spread=None,
        patience=None,
        wrap_up=0.0,
    )
    busy, rate = erlang_c(servers, load * servers), servers / minutes
    expected = {
        CRITICAL: busy / rate / (1 - load * share),
        ROUTINE: busy / rate / (1 - load * share) / (1 - load),
    }

    runs = [run(replace(scenario, seed=seed)) for seed in range(5)]

    for level, mean in expected.items():
        means = [each.levels[level].mean_wait for each in runs]
        found = sum(means) / len(means)
        error = sqrt(sum((each - found) ** 2 for each in means) / (len(means) - 1) / len(means))
        assert abs(found - mean) <= 3 * error, (level, found, mean, error)


def test_no_order_beats_the_limit_of_full_seats():
    """Whoever rings at a full house waits for a seat, however the queue is ordered."""
    found = run(replace(BUSY, spread=None)).levels[CRITICAL]

    assert found.late_share > 0.3


def test_the_same_seed_tells_the_same_story():
    one, other = run(replace(BUSY, days=3)), run(replace(BUSY, days=3))

    assert one.levels == other.levels
    assert one.levels != run(replace(BUSY, days=3, seed=2)).levels


def test_every_policy_meets_the_same_people():
    arrived = [
        {level: outcome.arrived for level, outcome in run(scenario).levels.items()}
        for scenario in (
            replace(BUSY, days=3),
            replace(BUSY, days=3, first_come=True),
            replace(BUSY, days=3, surge=True, accepts_after=8.0, accepts=0.75),
        )
    ]

    assert arrived[0] == arrived[1] == arrived[2]


def test_urgent_people_come_first_and_a_surge_seat_helps_most():
    first_come = run(replace(BUSY, first_come=True)).levels[CRITICAL].late_share
    in_order = run(BUSY).levels[CRITICAL].late_share
    surge = run(replace(BUSY, surge=True)).levels[CRITICAL].late_share

    assert first_come > 0.5
    assert surge < 0.1 < in_order < first_come


def test_a_change_of_staff_leaves_nobody_cut_off():
    found = run(replace(BUSY, staff_by_hour=[8] * 12 + [2] * 12, days=5))

    assert sum(each.arrived for each in found.levels.values()) == sum(
        len(each.waits) + each.gone for each in found.levels.values()
    )
    assert found.gone_share < 0.6


@pytest.mark.slow
@pytest.mark.parametrize("load", [0.6, 0.8, 1.0, 1.2])
def test_the_wait_that_is_shown_holds_four_times_in_five(load):
    shown = run(replace(BUSY, load=load)).shown
    known = [each.came_true for each in shown if each.came_true is not None]
    widths = sorted(each.high - each.low for each in shown)
    waits = sorted(each.waited for each in shown)

    assert sum(known) / len(known) >= 0.8
    assert widths[len(widths) // 2] <= max(5, waits[len(waits) // 2])


def test_the_report_says_it_in_words():
    scenario = replace(BUSY, days=2)
    said = simulation.as_text("by level", run(scenario))

    assert said.startswith("by level\n  critical ")
    assert "late" in said
    assert "surge seat" in said
    assert "first come, first served" in simulation.compared(scenario)
