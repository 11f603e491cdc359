"""The reserve: with surge seats allowed, some people stay able to take a critical chat."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from helpline.domain import assigning
from helpline.domain.assigning import Policy
from helpline.domain.reserve import LEAVES
from helpline.domain.routing import Candidate, Listener
from helpline.domain.urgency import Level

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
SURGE = Policy(surge=True)
HIGH, ELEVATED, ROUTINE = Level.HIGH, Level.ELEVATED, Level.ROUTINE


def listener(id: str, used: int, **facts: Any) -> Listener:
    here: dict[str, Any] = {"on_shift": True, "ready": True, "here": True, "seats": 2}
    return Listener(id, used=used, languages=frozenset(("en",)), **(here | facts))


def able(id: str, used: int = 2, **facts: Any) -> Listener:
    """Could take a surge seat, or could once their seats are taken."""
    return listener(id, used, takes_surge=True, **facts)


def heavy(id: str, used: int = 2, **facts: Any) -> Listener:
    """Holds a high chat, and could take no surge seat."""
    return listener(id, used, takes_surge=True, holds_at_risk=True, **facts)


def chat(id: str, level: Level, minutes: float = 0, **facts: Any) -> Candidate:
    return Candidate(id, level, "en", NOW - timedelta(minutes=minutes), **facts)


def asked(waiting: list[Candidate], listeners: list[Listener], policy: Policy = SURGE):
    plan = assigning.plan(waiting, listeners, NOW, policy)
    return {each.chat_id: each.person_ids for each in plan}


def floor(*people: Listener, others_able: int, in_all: int = 8) -> list[Listener]:
    """These, and others whose seats are taken: so many who could take a surge seat, and the rest."""
    others = [able(f"able{n}") for n in range(others_able)]
    rest = in_all - len(people) - others_able
    return [*people, *others, *(heavy(f"heavy{n}") for n in range(rest))]


@pytest.mark.parametrize("in_all, fewer", [(8, 0), (7, 1)])
@pytest.mark.parametrize("level", [HIGH, ELEVATED, ROUTINE])
def test_a_last_seat_is_kept_until_enough_others_could_take_a_critical_chat(level, in_all, fewer):
    mine = able("leo", used=1) if level is HIGH else heavy("leo", used=1)
    leaves = LEAVES[level] - fewer
    too_few = floor(mine, others_able=leaves - 1, in_all=in_all)
    enough = floor(mine, others_able=leaves, in_all=in_all)

    assert asked([chat("1", level)], too_few) == {}
    assert asked([chat("1", level)], enough) == {"1": ("leo",)}


def test_a_high_chat_goes_to_who_could_take_no_surge_seat_anyway():
    everybody = floor(able("leo", used=1), heavy("lin", used=1), others_able=0)

    assert asked([chat("1", HIGH)], everybody) == {"1": ("lin",)}


@pytest.mark.parametrize("level", [ELEVATED, ROUTINE])
def test_a_lighter_chat_goes_to_who_can_take_a_surge_seat_beside_it(level):
    everybody = floor(able("leo", used=1), heavy("lin", used=1), others_able=0)

    assert asked([chat("1", level)], everybody) == {"1": ("leo",)}


def test_the_lighter_chat_behind_does_not_wait_for_the_high_one():
    everybody = floor(able("leo", used=1), others_able=0)

    assert asked([chat("1", HIGH), chat("2", ROUTINE)], everybody) == {"2": ("leo",)}


def test_who_was_asked_about_a_high_chat_in_this_pass_counts_no_more():
    others = floor(others_able=LEAVES[HIGH] - 1)
    everybody = [able("leo", used=1), able("lin", used=1), *others]

    assert len(asked([chat("1", HIGH), chat("2", HIGH)], everybody)) == 1


def test_only_the_last_seat_is_kept():
    assert asked([chat("1", HIGH)], floor(able("leo", used=0), others_able=0)) == {"1": ("leo",)}


def test_a_critical_chat_takes_what_was_kept():
    everybody = floor(heavy("lin", used=1), others_able=0)

    assert asked([chat("1", Level.CRITICAL)], everybody) == {"1": ("lin",)}


@pytest.mark.parametrize("level, minutes", [(HIGH, 5), (ELEVATED, 20), (ROUTINE, 40)])
def test_no_chat_waits_for_that_beyond_its_promise_nor_forty_minutes(level, minutes):
    """As long as it is kept waiting, later ones may come before it: never by forty minutes."""
    mine = able("leo", used=1) if level is HIGH else heavy("leo", used=1)
    everybody = floor(mine, others_able=0)

    assert asked([chat("1", level, minutes - 0.1)], everybody) == {}
    assert asked([chat("1", level, minutes)], everybody) == {"1": ("leo",)}


def test_whoever_had_a_listener_before_is_not_kept_waiting():
    everybody = floor(able("leo", used=1), others_able=0)

    assert asked([chat("1", HIGH, returned=True)], everybody) == {"1": ("leo",)}


def test_without_surge_seats_nothing_is_kept():
    everybody = floor(heavy("leo", used=1), others_able=0)

    assert asked([chat("1", ROUTINE)], everybody, Policy()) == {"1": ("leo",)}


def test_a_small_team_keeps_nothing():
    three = [heavy("leo", used=1), heavy("lin"), heavy("ana")]

    assert asked([chat("1", ROUTINE)], three) == {"1": ("leo",)}
    assert asked([chat("1", ROUTINE)], [*three, heavy("sol")]) == {}


def test_those_who_rest_count_into_the_team():
    until = NOW + timedelta(minutes=3)
    resting = [heavy(f"r{n}", resting_until=until) for n in range(3)]

    assert asked([chat("1", ROUTINE)], [heavy("leo", used=1), *resting]) == {}


def test_the_one_who_had_enough_does_not_count():
    others = floor(others_able=LEAVES[HIGH] - 1)
    everybody = [able("leo", used=1), able("lin", had_enough=True), *others]

    assert asked([chat("1", HIGH)], everybody) == {}


def test_the_pass_is_over_when_what_is_left_is_kept_from_all_who_come_after():
    """Nobody reads a line of thousands to its end for a seat that stays empty."""
    everybody = floor(heavy("leo", used=1), others_able=0)
    one_pass = assigning.Pass(everybody, NOW, SURGE)

    assert one_pass.is_over_for(chat("1", ROUTINE))
    assert not one_pass.is_over_for(chat("1", ROUTINE, minutes=40))  # a high one may come after
    assert not one_pass.is_over_for(chat("1", ROUTINE, returned=True))
    assert not one_pass.is_over_for(chat("1", HIGH))
    spare = assigning.Pass(floor(heavy("leo", used=0), others_able=0), NOW, SURGE)
    assert not spare.is_over_for(chat("1", ROUTINE))


def test_it_says_why_a_chat_waits():
    kept = assigning.choose(chat("1", HIGH), floor(able("leo", used=1), others_able=0), NOW, SURGE)

    assert (kept.person_ids, kept.why_waiting) == ((), "kept_for_critical")
