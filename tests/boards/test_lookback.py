"""Looking back: what critical chats cost others, surge seats, and what was asked of whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import furnishing
from helpline.boards import coordinator, lookback
from helpline.domain import errors
from helpline.store import chats, people
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening

MINUTE = timedelta(minutes=1)


@pytest.fixture
def evening(store, cast, now) -> Evening:
    return Evening(store, cast, now)


def back(evening: Evening) -> dict:  # type: ignore[type-arg]
    return lookback.board(evening.store, evening.cast.cora, evening.now)


def queued(evening: Evening) -> dict[str, str]:
    """Why each chat in line waits, in words."""
    shown = coordinator.board(evening.store, evening.cast.cora, evening.now)["queue"]
    return {each["chat"]: each["why_words"] for each in shown}


def test_time_lost_to_criticals_is_shown(evening: Evening) -> None:
    """Of two who wait for the one seat, the critical one goes first although it came later."""
    leo = evening.cast.leo
    evening.ready(leo)
    held = [evening.talks(leo), evening.talks(leo)]
    waits = evening.opens()
    evening.passes(60)
    urgent = evening.opens(CRITICAL)
    for each in held:
        evening.closes(leo, each.chat_id)
    evening.ready(leo)
    evening.sweep()
    assert evening.accepts(leo) == urgent.chat_id

    evening.passes(600, every=60)
    assert (
        "1 critical chat that came later went first, 10 min ago" in queued(evening)[waits.chat_id]
    )
    evening.closes(leo, urgent.chat_id, anyway="it is over")
    evening.ready(leo)
    evening.sweep()
    assert evening.accepts(leo) == waits.chat_id

    shown = back(evening)
    this, *before = shown["weeks"]
    assert (this["overtaken"], this["lost_minutes"], this["longest_minutes"]) == (1, 10, 10)
    assert (this["answered"], this["critical"], this["left"]) == (4, 1, 0)
    assert "1 person waited longer because critical chats went first: 10 min" in shown["title"]
    assert all(week["answered"] == week["overtaken"] == 0 for week in before)
    evening.now += timedelta(days=7)
    assert back(evening)["weeks"][1]["lost_minutes"] == 10


def test_who_left_meanwhile_is_counted(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    for _ in range(2):
        evening.talks(leo)
    waits = evening.opens()
    evening.passes(10)
    evening.ready(evening.cast.lin)
    evening.talks(evening.cast.lin, CRITICAL)
    evening.passes(10)
    evening.disconnects(waits)
    evening.passes(700, every=100)

    this = back(evening)["weeks"][0]

    assert evening.chat(waits).state == "left"
    assert (this["left"], this["overtaken"]) == (1, 0)


def test_surge_seats_are_counted_and_cost_nobody_a_seat(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    for who in (leo, leo, lin, lin):
        evening.talks(who)
    furnishing.set_policy(evening.store, "surge", True, now=evening.now)
    with evening.store.transaction() as tx:
        for who in (leo, lin):
            people.person(tx, who.id).takes_surge = True
    waits = evening.opens()
    evening.passes(10)
    evening.opens(CRITICAL)
    evening.sweep()
    evening.declines(lin)
    evening.accepts(leo)
    evening.passes(60)
    with evening.store.reading() as tx:
        held = chats.held_by(tx, lin.id)[0].id
    evening.closes(lin, held)
    evening.ready(lin)
    evening.sweep()
    assert evening.accepts(lin) == waits.chat_id

    this = back(evening)["weeks"][0]

    assert (this["surge_asked"], this["surge_taken"], this["critical"]) == (2, 1, 1)
    assert (this["overtaken"], this["answered"]) == (0, 6)


def test_the_load_counts_heavy_chats_more_and_stands_by_name(evening: Evening) -> None:
    zoe, ada = evening.hires("zoe"), evening.hires("Ada")
    for who, words in ((zoe, CRITICAL), (zoe, HIGH), (zoe, ROUTINE), (ada, ROUTINE)):
        evening.ready(who)
        opened = evening.talks(who, words)
        evening.closes(who, opened.chat_id, anyway="it is over")
        evening.connected.discard(opened.chat_id)
        evening.now += MINUTE

    people_ = back(evening)["people"]

    assert [each["name"] for each in people_] == ["Ada", "Leo", "Lin", "Sol", "Zoe"]
    loads = {each["name"]: each["weeks"]["load"] for each in people_}
    assert loads == {"Ada": 1, "Leo": 0, "Lin": 0, "Sol": 0, "Zoe": 3 + 2 + 1}
    assert people_[-1]["week"] == {"chats": 2, "high": 1, "critical": 1, "load": 5}


def test_it_is_for_leads_and_coordinators(evening: Evening) -> None:
    lookback.board(evening.store, evening.cast.sol, evening.now)

    with pytest.raises(errors.NotAllowed):
        lookback.board(evening.store, evening.cast.leo, evening.now)
