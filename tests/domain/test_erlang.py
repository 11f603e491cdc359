"""The staffing model against published figures, against closed forms, and against our simulator."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from helpline.domain import erlang, simulation
from helpline.domain.erlang import Talks
from helpline.domain.simulation import Scenario
from helpline.domain.urgency import Level

PUBLISHED = Talks(minutes=44.8, wrap_up=0.0, together=0.7, patience=20.0)
CRITICAL_SHARE, CRITICAL_MINUTES = simulation.MIX[Level.CRITICAL]
OURS = replace(PUBLISHED, undivided=CRITICAL_SHARE * CRITICAL_MINUTES / 44.8)


# 8 listeners, two chats each: load -> who must wait, gives up, is late
@pytest.mark.parametrize(
    ("load", "waits", "gone", "late"),
    [
        (0.6, 0.010, 0.003, 0.009),
        (0.8, 0.108, 0.030, 0.097),
        (1.0, 0.340, 0.107, 0.31),
        (1.2, 0.585, 0.207, 0.55),
    ],
)
def test_it_gives_the_published_table(load, waits, gone, late):
    found = erlang.service(load * 8 * 2 * 60 / PUBLISHED.full, 8, PUBLISHED)

    assert found.waits == pytest.approx(waits, abs=0.0006)
    assert found.gone == pytest.approx(gone, abs=0.0006)
    assert found.late == pytest.approx(late, abs=0.006)


@pytest.mark.parametrize(
    ("load", "gone"), [(0.6, 0.0299), (0.8, 0.0877), (1.0, 0.1664), (1.2, 0.2497)]
)
def test_it_gives_the_published_table_with_one_chat_each(load, gone):
    one = replace(PUBLISHED, seats=1)

    assert erlang.service(load * 8 * 60 / 44.8, 8, one).gone == pytest.approx(gone, abs=0.0001)


@pytest.mark.parametrize(
    ("chats", "one_each", "two_each"),
    [(2, 4, 3), (4, 6, 4), (8, 10, 6), (12, 13, 8), (20, 20, 13), (40, 37, 24)],
)
def test_it_asks_for_as_many_as_published(chats, one_each, two_each):
    assert erlang.required(chats, replace(PUBLISHED, seats=1), 0.10) == one_each
    assert erlang.required(chats, PUBLISHED, 0.10) == two_each


def test_with_boundless_patience_it_is_erlang_c():
    """M/M/c: the chance to wait, and to wait longer than a minute."""
    servers, minutes, chats = 5, 30.0, 8.0
    offered = chats * minutes / 60
    busy = offered**servers / math.factorial(servers) * servers / (servers - offered)
    waits = busy / (sum(offered**n / math.factorial(n) for n in range(servers)) + busy)
    late = waits * math.exp(-(servers - offered) / minutes)

    found = erlang.service(chats, servers, Talks(minutes, wrap_up=0.0, patience=1e7, seats=1))

    assert found.waits == pytest.approx(waits, abs=1e-4)
    assert found.late == pytest.approx(late, abs=1e-4)


def test_chats_that_have_their_listener_alone_leave_no_second_seat():
    """When every chat is such a one, a crowd is served as if there were one seat each."""
    alone, one = replace(PUBLISHED, undivided=1.0), replace(PUBLISHED, seats=1)

    assert erlang.service(40, 8, alone).gone == pytest.approx(
        erlang.service(40, 8, one).gone, abs=0.002
    )
    assert erlang.service(12, 8, OURS).gone > erlang.service(12, 8, PUBLISHED).gone + 0.005


def test_nobody_there_means_that_everybody_leaves():
    assert erlang.service(3, 0, PUBLISHED) == erlang.Service(1.0, 1.0, 1.0)
    assert erlang.service(0, 0, PUBLISHED) == erlang.Service(0.0, 0.0, 0.0)


def test_more_listeners_never_make_it_worse():
    late = [erlang.service(12, heads, PUBLISHED).late for heads in range(1, 16)]

    assert late == sorted(late, reverse=True)


@pytest.mark.parametrize(
    ("at_work", "planned"), [(0, 2), (1, 2), (2, 3), (3, 4), (6, 8), (17, 20), (34, 40)]
)
def test_more_are_planned_than_must_be_there_and_never_fewer_than_two(at_work, planned):
    assert erlang.planned(at_work) == planned


def test_hours_that_are_all_alike_need_what_each_needs():
    assert erlang.lagged([4.0] * 168, 45.0) == pytest.approx([4.0] * 168)


def test_the_work_of_a_peak_reaches_into_the_hours_after_it():
    quiet, peak = 2.0, 12.0
    by_hour = [quiet] * 20 + [peak] * 3 + [quiet]

    found = erlang.lagged(by_hour * 7, 45.0)[24:48]

    assert found[23] > quiet + 5  # the hour after the peak
    assert found[0] > quiet + 1  # and past midnight
    assert peak > found[22] > found[20] > found[19]
    assert found[19] < quiet + 1e-3


def near(load: float, days: int, wrap_up: float = 5.0) -> None:
    """Within two points of the line on its virtual clock, by its live rules."""
    scenario = Scenario(load=load, days=days, wrap_up=wrap_up)
    simulated = simulation.simulate(scenario).gone_share
    model = erlang.service(scenario.arrivals_per_hour, 8, replace(OURS, wrap_up=wrap_up)).gone

    assert abs(model - simulated) < 0.02, (load, model, simulated)


@pytest.mark.parametrize(("load", "days"), [(0.6, 8), (1.2, 6)])
def test_it_foretells_how_many_give_up_in_our_simulator(load, days):
    near(load, days)


@pytest.mark.full
@pytest.mark.slow
@pytest.mark.parametrize("wrap_up", [0.0, 5.0])
@pytest.mark.parametrize("load", [0.6, 0.8, 1.0, 1.2])
def test_it_foretells_it_at_every_load_between(load, wrap_up):
    near(load, 40, wrap_up)
