"""A lead closes a chat that waits: said kindly, recorded, taken back by the visitor writing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import closing
from helpline.boards import visitor as visitor_board
from helpline.domain import errors
from helpline.domain.chat import ChatState
from helpline.store import journal
from tests import makers
from tests.actions.evening import CRITICAL, ELEVATED, HIGH, ROUTINE, Evening


@pytest.fixture
def evening(quiet_evening: Evening, directory: list[str]) -> Evening:
    quiet_evening.hold_open()
    return quiet_evening


def closes(evening: Evening, chat_id: str, outcome: str = "not_for_us") -> None:
    closing.close_waiting(evening.store, evening.cast.sol, chat_id, outcome, now=evening.now)


@pytest.mark.parametrize("words", [ROUTINE, ELEVATED])
def test_it_is_said_and_recorded_and_shows_where_else_there_is_help(
    evening: Evening, directory: list[str], words: str
) -> None:
    opened = evening.opens(words)

    closes(evening, opened.chat_id)

    chat = evening.chat(opened)
    assert (chat.state, chat.outcome) == (ChatState.CLOSED, "not_for_us")
    assert makers.transcript(evening.store, opened.chat_id) == [words, "[closed_in_line]"]
    shown = visitor_board.page(evening.store, opened.token, evening.now)["chat"]
    assert shown["state"] == "closed"
    assert [each["id"] for each in shown["resources"]] == directory
    with evening.store.reading() as tx:
        last = next(each for each in journal.of_chat(tx, chat.id) if each.kind == "closed")
    assert last.person_id == evening.cast.sol.id


@pytest.mark.parametrize("words", [HIGH, CRITICAL])
def test_nobody_at_risk_is_sent_away(evening: Evening, words: str) -> None:
    opened = evening.opens(words)

    with pytest.raises(errors.NotAllowed):
        closes(evening, opened.chat_id, "abusive")

    assert opened.chat_id in evening.in_line()


def test_who_writes_again_is_in_line_again_in_their_place(evening: Evening) -> None:
    opened, later = evening.opens(), evening.opens()
    arrived = evening.chat(opened).arrived_at
    closes(evening, opened.chat_id)
    evening.now += timedelta(minutes=10)

    evening.says(opened, "I need to talk")

    assert evening.chat(opened).arrived_at == arrived
    assert evening.in_line() == {opened.chat_id, later.chat_id}


def test_who_is_being_asked_about_it_is_asked_no_more(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.opens()
    evening.sweep()
    assert evening.offered(leo) == [opened.chat_id]

    closes(evening, opened.chat_id)

    assert evening.offered(leo) == []


def test_a_conversation_is_not_closed_so_and_no_reason_is_made_up(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    held, waits = evening.talks(evening.cast.leo), evening.opens()

    with pytest.raises(errors.OfferTaken):
        closes(evening, held.chat_id)
    with pytest.raises(errors.BadRequest):
        closes(evening, waits.chat_id, "felt_heard")

    assert evening.chat(held).state == ChatState.ACTIVE
    assert waits.chat_id in evening.in_line()
