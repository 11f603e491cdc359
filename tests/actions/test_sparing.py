"""What a listener is spared: a topic for the rest of the shift, a person for good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import listening, offering, sparing
from helpline.boards import listener as board
from helpline.domain import errors
from helpline.domain.access import Who
from helpline.domain.chat import ChatState
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening


def not_today(evening: Evening, who: Who, *topics: str) -> None:
    sparing.choose_not_today(evening.store, who, topics, now=evening.now)


# -- not this topic today -----------------------------------------------------------------------


def test_who_does_not_want_a_topic_today_is_not_asked_about_it(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    not_today(evening, leo, "suicide")

    heavy, light = evening.opens(HIGH), evening.opens(ROUTINE)
    evening.passes(240)

    assert evening.asked(heavy.chat_id) == []
    assert {each.person_id for each in evening.offers_of(light.chat_id)} == {leo.id}


def test_it_goes_to_somebody_else(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    not_today(evening, leo, "suicide")

    opened = evening.opens(HIGH)
    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Lin"]


def test_a_critical_chat_is_asked_of_them_when_nobody_else_may_be_and_says_so(
    evening: Evening,
) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    not_today(evening, leo, "suicide")
    opened = evening.opens(CRITICAL)
    evening.sweep()
    assert evening.asked(opened.chat_id) == ["Lin"]

    evening.declines(lin)
    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Leo"]
    (offer,) = makers.offered_to(evening.store, leo)
    assert board.offer_of(evening.store, offer.id, evening.now)["note"] == "last_resort"
    assert evening.alerts()["last_resort"].chat_id == opened.chat_id
    evening.declines(leo)
    assert not evening.presence(leo).paused


def test_it_ends_with_the_shift(evening: Evening) -> None:
    kit = evening.hires("kit")
    evening.hold_open()
    evening.ready(kit)
    not_today(evening, kit, "suicide")
    assert board.not_today(evening.store, kit, evening.now) == ["suicide"]

    evening.now += timedelta(hours=24)

    assert board.not_today(evening.store, kit, evening.now) == []
    evening.now += timedelta(days=6)  # their next shift
    evening.ready(kit)
    opened = evening.opens(HIGH)
    evening.sweep()
    assert evening.asked(opened.chat_id) == ["Kit"]


def test_an_empty_choice_takes_it_back(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    not_today(evening, leo, "suicide")
    not_today(evening, leo)

    opened = evening.opens(HIGH)
    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Leo"]


def test_an_unknown_topic_and_who_is_not_on_shift_are_refused(evening: Evening) -> None:
    with pytest.raises(errors.BadRequest):
        not_today(evening, evening.cast.leo, "mondays")
    with pytest.raises(errors.NotOnShift):
        not_today(evening, evening.hires("ada", booked=False), "abuse")


# -- not with this person again -----------------------------------------------------------------


def test_a_chat_that_comes_back_goes_to_somebody_else(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.closes(leo, opened.chat_id)
    evening.ready(leo, lin)

    sparing.keep_apart(evening.store, leo, opened.chat_id, apart=True, now=evening.now)
    evening.says(opened, "one more thing")
    evening.sweep()

    assert evening.chat(opened).state == ChatState.OFFERED
    assert evening.asked(opened.chat_id) == ["Lin"]


def test_it_holds_for_a_critical_chat_too(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, CRITICAL)
    sparing.keep_apart(evening.store, leo, opened.chat_id, apart=True, now=evening.now)
    evening.closes(leo, opened.chat_id, anyway="they asked me to")
    evening.ready(leo)

    evening.says(opened, "I am still here")
    evening.passes(120)

    assert evening.asked(opened.chat_id) == []


def test_nobody_can_be_chosen_by_hand_for_it(evening: Evening) -> None:
    leo, sol = evening.cast.leo, evening.cast.sol
    evening.ready(leo)
    opened = evening.opens()
    evening.sweep()
    sparing.keep_others_apart(
        evening.store, sol, opened.chat_id, leo.id, apart=True, now=evening.now
    )

    assert evening.offered(leo) == []
    evening.passes(10)
    assert evening.offered(leo) == []
    with pytest.raises(errors.NotFound):
        offering.assign(evening.store, sol, opened.chat_id, leo.id, now=evening.now)


def test_it_can_be_taken_back(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.closes(leo, opened.chat_id)
    evening.ready(leo)
    for apart in (True, False):
        sparing.keep_apart(evening.store, leo, opened.chat_id, apart=apart, now=evening.now)
        assert board.chat_of(evening.store, leo, opened.chat_id, evening.now)["apart"] == apart

    evening.says(opened, "one more thing")

    assert evening.chat(opened).holder_id == leo.id


def test_who_never_had_the_chat_says_nothing_about_it(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    opened = evening.talks(evening.cast.leo)

    with pytest.raises(errors.NotFound):
        sparing.keep_apart(
            evening.store, evening.cast.lin, opened.chat_id, apart=True, now=evening.now
        )


def test_a_conversation_that_goes_on_is_not_cut(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)

    sparing.keep_apart(evening.store, leo, opened.chat_id, apart=True, now=evening.now)
    listening.say(evening.store, leo, opened.chat_id, makers.client_id(), "go on", now=evening.now)

    assert evening.chat(opened).holder_id == leo.id
