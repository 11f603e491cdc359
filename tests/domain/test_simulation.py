"""The simulator against theory, and the promises that it puts to the test."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import factorial, sqrt

import pytest

from helpline.domain import care, simulation
from helpline.domain.simulation import Outcome, Report, Scenario
from helpline.domain.urgency import Level

CRITICAL, ROUTINE = Level.CRITICAL, Level.ROUTINE
BUSY = Scenario(load=1.2, days=10)
NOTHING = care.Care(timedelta(0), 0, 0, 0)
STRICT = care.Care(timedelta(hours=1), 1, 0, 0)


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
        days=15,
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
    """Whoever rings at a full house waits for a seat, however the queue is ordered, as long as
    nobody takes one more or is called out of a rest."""
    found = run(replace(BUSY, spread=None, wrap_up=0.0, days=5)).levels[CRITICAL]

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
    week = replace(BUSY, days=7)
    first_come = run(replace(week, first_come=True)).levels[CRITICAL].late_share
    in_order = run(week).levels[CRITICAL].late_share
    surge = run(replace(week, surge=True)).levels[CRITICAL].late_share

    assert first_come > 0.5
    assert surge < 0.03 < in_order < first_come


def test_a_change_of_staff_leaves_nobody_cut_off():
    found = run(replace(BUSY, staff_by_hour=[8] * 12 + [2] * 12, days=5))

    assert sum(each.arrived for each in found.levels.values()) == sum(
        len(each.waits) + each.gone for each in found.levels.values()
    )
    assert found.gone_share < 0.6


@pytest.mark.slow
@pytest.mark.parametrize(
    "load",
    [
        0.6,
        pytest.param(0.8, marks=pytest.mark.full),
        pytest.param(1.0, marks=pytest.mark.full),
        1.2,
    ],
)
def test_the_wait_that_is_shown_holds_four_times_in_five(load):
    shown = run(replace(BUSY, load=load)).shown
    known = [each.came_true for each in shown if each.came_true is not None]
    widths = sorted(each.high - each.low for each in shown)
    waits = sorted(each.waited for each in shown)

    assert sum(known) / len(known) >= 0.8
    assert widths[len(widths) // 2] <= max(5, waits[len(waits) // 2])


EVERY_RULE = replace(BUSY, surge=True, care=care.care({}))


def test_with_surge_on_hardly_anybody_in_danger_waits():
    """Every rule of a surge seat in force, with wrap-up, pause and cap: at most 1 in 100 in the
    long run (below), and those who come next pay nothing for it."""
    off, on = run(replace(EVERY_RULE, surge=False)), run(EVERY_RULE)

    assert on.levels[CRITICAL].late_share <= 0.015
    assert on.levels[Level.HIGH].gone_share <= off.levels[Level.HIGH].gone_share + 0.01
    assert on.gone_share <= off.gone_share + 0.01
    assert on.last_resorts < on.surges


@pytest.mark.full
def test_at_most_one_in_a_hundred_is_late_where_in_turn_every_second_one_is():
    first_come = replace(EVERY_RULE, first_come=True, surge=False, care=None)

    runs = simulation.repeated(replace(EVERY_RULE, days=20), 24)
    late, error = simulation.late(runs, CRITICAL)
    in_turn, in_turn_error = simulation.late(
        simulation.repeated(replace(first_come, days=20), 4), CRITICAL
    )

    assert late <= 0.01
    assert error < 0.002
    assert abs(in_turn - 0.55) < 0.05
    assert in_turn_error < 0.02


def test_a_full_door_tells_newcomers_but_never_the_gravest():
    found = run(replace(BUSY, days=3, patience=60.0, door_limit=10)).levels

    assert found[ROUTINE].told > 0
    assert found[Level.ELEVATED].told > 0
    assert found[CRITICAL].told == found[Level.HIGH].told == 0


def test_what_spares_listeners_costs_some_seats():
    """Fifteen minutes of pause after a critical chat, and a cap: somebody is called out of them."""
    none, spared = (
        run(replace(BUSY, days=3, surge=True, care=rules)) for rules in (NOTHING, STRICT)
    )

    assert none.levels != spared.levels
    assert spared.last_resorts > none.last_resorts


def test_the_error_is_that_of_the_mean_of_the_runs():
    def found(late: int) -> Report:
        outcomes = {level: Outcome() for level in Level}
        outcomes[CRITICAL] = Outcome(waits=[0.0] * (100 - late), gone=late)
        return Report(BUSY, outcomes)

    mean, error = simulation.late([found(10), found(20), found(30)], CRITICAL)

    assert (round(mean, 6), round(error, 6)) == (0.2, round(0.1 / sqrt(3), 6))
    assert simulation.late([found(10)], CRITICAL) == (0.1, 0.0)


def test_the_report_says_it_in_words():
    reports = simulation.repeated(replace(BUSY, days=1), 2)
    first, critical, *_, last = simulation.as_text("by level", reports).split("\n")
    arrived = sum(each.levels[CRITICAL].arrived for each in reports)

    assert first == "by level"
    assert critical.startswith(f"  critical  {arrived:6d} came  ")
    assert " late (± " in critical
    assert "left  half within" in critical
    assert "surge seats" in last


def test_the_honest_figures_stand_beside_each_other():
    names = list(simulation.compared(BUSY))

    assert names[:3] == ["first come, first served", "by level, surge off", "by level, surge on"]
    assert "one listener in three" in names[3]
    assert [name.split("after ")[1] for name in names[4:]] == [
        f"{seconds} s on the mean" for seconds in (5, 15, 30)
    ]
