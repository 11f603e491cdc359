"""After a hard chat its listener is offered a pause, and a word with the lead."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import caring, directing, summoning
from helpline.boards import alerts as alert_board
from helpline.boards import listener as board
from helpline.domain import errors
from helpline.domain.access import Who
from helpline.store import journal
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening

MINUTE = timedelta(minutes=1)


@pytest.fixture
def on() -> str:
    """One hand at a time: one database says enough."""
    return "sqlite"


@pytest.fixture
def pushed_by() -> str:
    return "sweeps"


def rests(evening: Evening, who: Who) -> timedelta | None:
    until = evening.presence(who).resting_until
    return until and until - evening.now


def hard(evening: Evening, who: Who, chat_id: str) -> bool:
    shown: bool = board.chat_of(evening.store, who, chat_id, evening.now)["hard"]
    return shown


def says(evening: Evening, who: Who, chat_id: str, how: str) -> None:
    caring.after_hard(evening.store, who, chat_id, how, now=evening.now)


def ends(evening: Evening, who: Who, words: str) -> str:
    opened = evening.talks(who, words)
    evening.closes(who, opened.chat_id, anyway="it is over")
    evening.connected.discard(opened.chat_id)
    return opened.chat_id


@pytest.mark.parametrize("words, offered", [(ROUTINE, False), (HIGH, True), (CRITICAL, True)])
def test_a_pause_is_offered_after_a_hard_chat_and_only_to_who_had_it(
    evening: Evening, words: str, offered: bool
) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo)
    opened = evening.talks(leo, words)
    assert not hard(evening, leo, opened.chat_id)
    evening.closes(leo, opened.chat_id, anyway="it is over")

    assert hard(evening, leo, opened.chat_id) is offered
    assert not hard(evening, lin, opened.chat_id)
    with pytest.raises(errors.NotFound):
        says(evening, lin, opened.chat_id, "pause")
    evening.passes(5 * 60, sweeps=("wrap_ups",))
    assert not hard(evening, leo, opened.chat_id)


def test_an_emergency_call_makes_any_chat_a_hard_one(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, ROUTINE)
    summoning.begin(evening.store, leo, opened.chat_id, now=evening.now)
    evening.closes(leo, opened.chat_id)

    assert hard(evening, leo, opened.chat_id)


def test_who_takes_five_is_offered_nothing_and_comes_back_without_a_press(
    evening: Evening,
) -> None:
    """Not even a critical chat as a last resort; after that the line counts on them again."""
    leo = evening.cast.leo
    evening.ready(leo)
    chat_id = ends(evening, leo, HIGH)
    says(evening, leo, chat_id, "pause")
    assert not hard(evening, leo, chat_id)
    says(evening, leo, chat_id, "pause")
    assert rests(evening, leo) == 10 * MINUTE  # the wrap-up, and five

    waits = evening.opens(CRITICAL)
    evening.passes(10 * 60 - 10)
    assert evening.offers_of(waits.chat_id) == []
    evening.passes(10)
    assert evening.offered(leo) == [waits.chat_id]


def test_it_cuts_no_longer_pause_and_ready_ends_it(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    says(evening, leo, ends(evening, leo, CRITICAL), "pause")
    assert rests(evening, leo) == 15 * MINUTE

    evening.ready(leo)

    assert rests(evening, leo) is None


def test_who_is_ok_has_the_usual_rest_and_nobody_writes_down_who_felt_how(
    evening: Evening,
) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    chat_id = ends(evening, leo, HIGH)

    says(evening, leo, chat_id, "ok")

    assert rests(evening, leo) == 5 * MINUTE
    assert not hard(evening, leo, chat_id)
    with evening.store.reading() as tx:
        [said] = [each for each in journal.of_chat(tx, chat_id) if each.kind == "after_hard"]
    assert (said.person_id, said.detail) == (None, {})
    says(evening, leo, chat_id, "talk")  # answered: no second word counts
    assert evening.alerts() == {}


def test_who_wants_to_talk_is_known_to_the_leads_by_name(evening: Evening) -> None:
    leo, sol, cora = evening.cast.leo, evening.cast.sol, evening.cast.cora
    evening.ready(leo)

    says(evening, leo, ends(evening, leo, HIGH), "talk")

    assert evening.paged("wants_talk") == ["Sol"]
    assert rests(evening, leo) == 10 * MINUTE
    with evening.store.reading() as tx:
        [told] = alert_board.open_alerts(tx, sol)
        assert alert_board.open_alerts(tx, cora) == []
    assert "hard chat. (\u2068Leo\u2069)" in told["text"]
    directing.own_everything(evening.store, sol, now=evening.now)
    evening.sweep("watching")
    assert "wants_talk" not in evening.alerts()


def test_only_what_has_just_ended_is_answered(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, HIGH)
    with pytest.raises(errors.ChatClosed):
        says(evening, leo, opened.chat_id, "pause")
    with pytest.raises(errors.BadRequest):
        says(evening, leo, opened.chat_id, "furious")
    evening.closes(leo, opened.chat_id, anyway="it is over")

    evening.passes(16 * 60, every=60)

    with pytest.raises(errors.ChatClosed):
        says(evening, leo, opened.chat_id, "pause")
