"""Rings, surge seats and the drain before a shift ends, as the line runs them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from helpline.actions import furnishing, listening, offering
from helpline.domain import errors
from helpline.domain.access import Who
from helpline.domain.chat import ChatState
from helpline.store import people
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, Evening


def takes_surge(evening: Evening, *who: Who) -> None:
    with evening.store.transaction() as tx:
        for each in who:
            row = people.person(tx, each.id)
            row.takes_surge = True
            tx.session.add(row)


def surge_is_on(evening: Evening) -> None:
    furnishing.set_policy(evening.store, "surge", True, now=evening.now)


@pytest.fixture
def full(evening: Evening) -> Evening:
    """Leo talks with two people; nobody else is there."""
    evening.ready(evening.cast.leo)
    evening.talks(evening.cast.leo)
    evening.talks(evening.cast.leo)
    evening.hold_open()
    return evening


# -- a ring -----------------------------------------------------------------------------------


def test_a_critical_chat_rings_everybody_who_may_up_to_three(evening: Evening) -> None:
    tom, ada = evening.hires("tom"), evening.hires("ada")
    evening.ready(evening.cast.leo, evening.cast.lin, tom, ada)

    opened = evening.opens(CRITICAL)
    evening.sweep()

    assert len(evening.asked(opened.chat_id)) == 3
    (first, *_) = makers.pending(evening.store, opened.chat_id)
    assert first.ring
    assert first.expires_at - first.offered_at == timedelta(seconds=15)


def test_the_first_accept_wins_and_the_others_are_told(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.opens(CRITICAL)
    evening.sweep()
    (for_lin,) = makers.offered_to(evening.store, lin)

    evening.accepts(leo)

    assert evening.chat(opened).holder_id == leo.id
    assert evening.offered(lin) == []
    with pytest.raises(errors.OfferTaken):
        listening.accept(evening.store, lin, for_lin.id, now=evening.now)


def test_a_ring_that_lapses_pauses_nobody_and_goes_on_to_others(evening: Evening) -> None:
    everybody = [evening.cast.leo, evening.cast.lin, evening.hires("tom"), evening.hires("ada")]
    evening.ready(*everybody)
    opened = evening.opens(CRITICAL)
    evening.sweep()
    first = evening.asked(opened.chat_id)

    evening.passes(16, every=2)

    assert len(first) == 3
    assert set(evening.asked(opened.chat_id)) - set(first)
    assert not any(evening.presence(each).paused for each in everybody)
    assert all(evening.presence(each).missed == 0 for each in everybody)


def test_who_becomes_ready_while_it_rings_joins_the_ring_up_to_three(evening: Evening) -> None:
    tom, ada = evening.hires("tom"), evening.hires("ada")
    evening.ready(evening.cast.leo)
    opened = evening.opens(CRITICAL)
    evening.sweep()
    assert evening.asked(opened.chat_id) == ["Leo"]

    evening.ready(evening.cast.lin)
    evening.passes(2, every=2)
    assert evening.asked(opened.chat_id) == ["Leo", "Lin"]
    evening.ready(tom, ada)
    evening.passes(2, every=2)

    assert len(evening.asked(opened.chat_id)) == 3
    assert [each.ring for each in makers.pending(evening.store, opened.chat_id)] == 3 * [True]
    assert evening.chat(opened).state == ChatState.OFFERED


def test_after_half_a_minute_whoever_becomes_ready_joins_it(evening: Evening) -> None:
    four = [evening.cast.leo, evening.cast.lin, evening.hires("tom"), evening.hires("ada")]
    late = evening.hires("kit")
    opened = evening.opens(CRITICAL)
    evening.passes(30, every=2)
    evening.ready(*four)
    evening.sweep()
    assert len(evening.asked(opened.chat_id)) == 4

    evening.ready(late)
    evening.sweep()

    assert len(evening.asked(opened.chat_id)) == 5


def test_one_who_joined_may_take_it_and_all_others_are_told(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo)
    opened = evening.opens(CRITICAL)
    evening.sweep()
    evening.ready(lin)
    evening.sweep()

    evening.accepts(lin)

    assert evening.chat(opened).holder_id == lin.id
    assert evening.offered(leo) == []


def test_words_that_become_critical_make_a_ring_of_one_question(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    opened = evening.opens(HIGH)
    evening.sweep()
    assert evening.asked(opened.chat_id) == ["Leo"]
    evening.ready(evening.cast.lin)
    evening.sweep()
    assert evening.asked(opened.chat_id) == ["Leo"]

    evening.now += timedelta(seconds=1)
    evening.says(opened, CRITICAL)
    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Leo", "Lin"]


def test_who_was_chosen_by_hand_is_asked_alone(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo)
    listening.be_here(evening.store, lin, now=evening.now)
    opened = evening.opens(CRITICAL)
    evening.sweep()
    assert evening.asked(opened.chat_id) == ["Leo"]

    offering.assign(evening.store, evening.cast.sol, opened.chat_id, lin.id, now=evening.now)
    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Lin"]


# -- a surge seat -----------------------------------------------------------------------------


def test_a_surge_seat_is_off_until_the_organisation_turns_it_on(full: Evening) -> None:
    leo = full.cast.leo
    takes_surge(full, leo)
    opened = full.opens(CRITICAL)
    full.sweep()
    assert full.asked(opened.chat_id) == []

    surge_is_on(full)
    full.sweep()

    assert full.offered(leo) == [opened.chat_id]
    (offer,) = makers.offered_to(full.store, leo)
    assert (offer.surge, offer.ring) == (True, True)


def test_who_did_not_opt_in_is_not_asked_for_one_more(full: Evening) -> None:
    surge_is_on(full)
    opened = full.opens(CRITICAL)
    full.sweep()

    assert full.asked(opened.chat_id) == []


def test_a_surge_seat_taken_is_told_to_the_lead_and_counted(full: Evening) -> None:
    leo = full.cast.leo
    takes_surge(full, leo)
    surge_is_on(full)
    opened = full.opens(CRITICAL)
    full.sweep()

    full.accepts(leo)

    assert full.chat(opened).holder_id == leo.id
    assert full.alerts()["surge_taken"].person_id == leo.id
    with full.store.reading() as tx:
        load = people.loads(tx)[leo.id]
    assert (load.used, load.on_surge) == (3, True)


def test_nobody_gets_a_second_one(full: Evening) -> None:
    leo = full.cast.leo
    takes_surge(full, leo)
    surge_is_on(full)
    full.opens(CRITICAL)
    full.sweep()
    full.accepts(leo)

    second = full.opens(CRITICAL)
    full.passes(60)

    assert full.asked(second.chat_id) == []


def test_it_is_declined_like_any_offer(full: Evening) -> None:
    leo = full.cast.leo
    takes_surge(full, leo)
    surge_is_on(full)
    opened = full.opens(CRITICAL)
    full.sweep()

    full.declines(leo)
    full.sweep()

    assert full.chat(opened).state == ChatState.WAITING
    assert full.asked(opened.chat_id) == []
    assert not full.presence(leo).paused


def test_it_never_stands_beside_somebody_at_high_risk(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    evening.talks(leo)
    evening.talks(leo, HIGH)
    evening.hold_open()
    takes_surge(evening, leo)
    surge_is_on(evening)

    opened = evening.opens(CRITICAL)
    evening.sweep()

    assert evening.asked(opened.chat_id) == []


def test_an_unknown_policy_is_refused_and_changes_nothing(evening: Evening) -> None:
    with pytest.raises(errors.BadRequest):
        furnishing.set_policy(evening.store, "surges", True, now=evening.now)


# -- the drain --------------------------------------------------------------------------------


@pytest.fixture
def late(evening: Any) -> Any:
    """A quarter of an hour before midnight, when Tom goes; Leo's next shift follows at once."""
    evening.tom = evening.hires("tom")
    evening.now = evening.now.replace(hour=23, minute=45)
    evening.hold_open()
    return evening


def test_who_goes_soon_drains_while_somebody_stays(late: Any) -> None:
    late.ready(late.cast.leo, late.tom)

    opened = []
    for _ in range(3):
        opened.append(late.opens())
        late.now += timedelta(seconds=1)
    late.sweep()

    assert [late.asked(each.chat_id) for each in opened] == [["Leo"], ["Leo"], []]
    urgent = late.opens(CRITICAL)
    late.sweep()
    assert late.asked(urgent.chat_id) == ["Tom"]


def test_nobody_drains_when_nobody_would_be_left(late: Any) -> None:
    late.ready(late.tom)

    opened = late.opens()
    late.sweep()

    assert late.asked(opened.chat_id) == ["Tom"]
