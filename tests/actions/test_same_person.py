"""Perhaps the same person: the higher level counts for both, and no word crosses over."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from helpline.actions import forgetting, judging, likening, visiting
from helpline.boards import listener as listener_board
from helpline.boards import visitor as visitor_board
from helpline.domain import errors
from helpline.domain.chat import ChatState
from helpline.domain.urgency import Level
from helpline.store import journal, likes
from helpline.store.tables import SamePerson
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening


@pytest.fixture
def evening(quiet_evening: Evening) -> Evening:
    quiet_evening.hold_open()
    return quiet_evening


def link(evening: Evening, one: visiting.Opened, other: visiting.Opened) -> None:
    likening.link(evening.store, evening.cast.sol, one.chat_id, other.chat_id, now=evening.now)


def unlink(evening: Evening, one: visiting.Opened, other: visiting.Opened) -> None:
    likening.unlink(evening.store, evening.cast.sol, one.chat_id, other.chat_id, now=evening.now)


def levels(evening: Evening, *opened: visiting.Opened) -> list[Level]:
    return [Level(evening.chat(each).level) for each in opened]


def linked(evening: Evening) -> int:
    with evening.store.reading() as tx:
        return tx.session.query(SamePerson).count()


def test_the_higher_level_counts_for_both_and_both_chats_remain(evening: Evening) -> None:
    grave, calm = evening.opens(HIGH), evening.opens(ROUTINE)

    link(evening, calm, grave)

    assert levels(evening, grave, calm) == [Level.HIGH, Level.HIGH]
    assert [evening.chat(each).urgency for each in (grave, calm)] == [Level.HIGH, Level.ROUTINE]
    assert evening.in_line() == {grave.chat_id, calm.chat_id}


def test_words_that_come_later_count_for_both_at_once(evening: Evening) -> None:
    one, other = evening.opens(ROUTINE), evening.opens(ROUTINE)
    link(evening, one, other)

    evening.says(other, CRITICAL)

    assert levels(evening, one, other) == [Level.CRITICAL, Level.CRITICAL]
    assert evening.chat(one).critical_since == evening.now


def test_a_judgement_about_one_lowers_neither_below_the_words_of_the_other(
    evening: Evening,
) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    mine, other = evening.talks(leo, HIGH), evening.opens(HIGH)
    link(evening, mine, other)

    judging.assess(evening.store, leo, mine.chat_id, Level.ROUTINE, "a film", now=evening.now)

    assert levels(evening, mine, other) == [Level.HIGH, Level.HIGH]


def test_once_one_of_them_ends_the_other_counts_for_itself(evening: Evening) -> None:
    grave, calm = evening.opens(HIGH), evening.opens(ROUTINE)
    link(evening, calm, grave)

    visiting.leave(evening.store, grave.token, quick=False, now=evening.now)

    assert levels(evening, calm) == [Level.ROUTINE]


def test_what_comes_back_counts_again(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    grave, calm = evening.talks(leo, HIGH), evening.opens(ROUTINE)
    link(evening, calm, grave)
    visiting.leave(evening.store, grave.token, quick=False, now=evening.now)
    assert levels(evening, calm) == [Level.ROUTINE]

    evening.says(grave, "wait")

    assert levels(evening, calm) == [Level.HIGH]


def test_the_lead_takes_it_back(evening: Evening) -> None:
    grave, calm = evening.opens(HIGH), evening.opens(ROUTINE)
    link(evening, calm, grave)

    unlink(evening, grave, calm)

    assert levels(evening, grave, calm) == [Level.HIGH, Level.ROUTINE]
    assert linked(evening) == 0
    assert not evening.chat(calm).has_likes


def test_of_three_each_counts_with_those_it_is_linked_to(evening: Evening) -> None:
    grave, middle, calm = evening.opens(HIGH), evening.opens(ROUTINE), evening.opens(ROUTINE)
    link(evening, grave, middle)
    link(evening, middle, calm)

    assert levels(evening, grave, middle, calm) == [Level.HIGH, Level.HIGH, Level.ROUTINE]


def test_linking_twice_in_either_order_is_linking_once(evening: Evening) -> None:
    one, other = evening.opens(), evening.opens()

    link(evening, one, other)
    link(evening, other, one)

    assert linked(evening) == 1
    assert makers.journal_kinds(evening.store, one.chat_id).count("linked") == 1


def test_28_a_chat_that_is_critical_by_its_like_is_not_closed_by_a_timer(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    calm, grave = evening.talks(leo, ROUTINE), evening.opens(CRITICAL)
    link(evening, calm, grave)

    for _ in range(30):
        evening.now += timedelta(minutes=10)
        evening.beat()
        evening.sweep("silence")

    assert evening.chat(calm).state == ChatState.ACTIVE


def test_its_listener_and_the_lead_see_it_and_the_visitor_never(evening: Evening) -> None:
    leo, sol = evening.cast.leo, evening.cast.sol
    evening.ready(leo)
    mine, other = evening.talks(leo), evening.opens(HIGH)
    before = visitor_board.chat_of(evening.store, mine.chat_id, evening.now)

    link(evening, mine, other)

    board = listener_board.board(evening.store, leo, evening.now)
    like = {"chat": other.chat_id, "level": "high", "goes_on": True}
    assert board["chats"][0]["same_person"] == [like]
    assert board["line_chats"] == []
    of_lead = listener_board.board(evening.store, sol, evening.now)["line_chats"]
    assert {each["chat"] for each in of_lead} == {mine.chat_id, other.chat_id}
    assert next(e for e in of_lead if e["chat"] == mine.chat_id)["same_person"] == [like]
    assert HIGH not in json.dumps([board, of_lead])
    after = visitor_board.chat_of(evening.store, mine.chat_id, evening.now)
    assert after == before
    page = json.dumps(visitor_board.page(evening.store, mine.token, evening.now))
    assert other.chat_id not in page


def test_one_chat_is_no_pair_and_a_chat_that_is_forgotten_is_none(evening: Evening) -> None:
    one, gone = evening.opens(), evening.opens()
    forgetting.erase(evening.store, gone.token, now=evening.now)

    with pytest.raises(errors.BadRequest):
        link(evening, one, one)
    with pytest.raises(errors.NotFound):
        link(evening, one, gone)


def test_two_chats_that_are_over_are_not_linked(evening: Evening) -> None:
    one, other = evening.opens(), evening.opens()
    for each in (one, other):
        visiting.leave(evening.store, each.token, quick=False, now=evening.now)

    with pytest.raises(errors.ChatClosed):
        link(evening, one, other)


def test_the_link_is_forgotten_with_the_first_of_the_two(evening: Evening) -> None:
    one, other = evening.opens(), evening.opens(HIGH)
    link(evening, one, other)

    forgetting.erase(evening.store, other.token, now=evening.now)

    assert linked(evening) == 0
    assert levels(evening, one) == [Level.ROUTINE]
    with evening.store.reading() as tx:
        assert likes.of(tx, one.chat_id) == []


def test_the_journal_tells_that_it_happened_and_not_whom_it_joined(evening: Evening) -> None:
    one, other = evening.opens(), evening.opens()
    link(evening, one, other)

    with evening.store.reading() as tx:
        for mine, its in ((one, other), (other, one)):
            moments = [each for each in journal.of_chat(tx, mine.chat_id) if each.kind == "linked"]
            assert len(moments) == 1
            assert moments[0].person_id == evening.cast.sol.id
            assert its.chat_id not in json.dumps(moments[0].detail)
