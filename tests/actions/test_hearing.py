"""Every free text is triaged; whatever fails in triage, the words are kept and a person looks."""

from __future__ import annotations

import logging
from importlib import import_module

import pytest

from helpline.actions import hearing, listening, visiting
from helpline.domain import triage
from helpline.domain.triage import match, reading
from helpline.domain.urgency import Level
from helpline.store import chats, flags
from tests import makers
from tests.actions.evening import CRITICAL, ELEVATED, HIGH, ROUTINE, Evening

assess = import_module("helpline.domain.triage.assess")  # a function bears the same name
SECRET = "the words of a visitor"


@pytest.fixture
def evening(quiet_evening: Evening) -> Evening:
    quiet_evening.hold_open()
    return quiet_evening


def reasons(evening: Evening, chat_id: str) -> list[str]:
    with evening.store.reading() as tx:
        return [row.reason for row in flags.of_chat(tx, chat_id)]


def level(evening: Evening, opened: visiting.Opened) -> Level:
    return Level(evening.chat(opened).level)


# -- every free text ----------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["text", "nickname", "topic"])
def test_every_text_one_comes_with_is_triaged(evening: Evening, where: str) -> None:
    opened = evening.opens(**{"text": None, where: CRITICAL})

    assert level(evening, opened) == Level.CRITICAL
    with evening.store.reading() as tx:
        sources = {row.source for row in flags.of_chat(tx, opened.chat_id)}
    assert sources == {"message" if where == "text" else where}


def test_urgency_only_rises(evening: Evening) -> None:
    opened = evening.opens(ROUTINE)
    heard = []

    for words in (ELEVATED, HIGH, ELEVATED, CRITICAL, "thanks, I am better"):
        evening.says(opened, words)
        heard.append(level(evening, opened))

    assert heard == [Level.ELEVATED, Level.HIGH, Level.HIGH, Level.CRITICAL, Level.CRITICAL]


def test_a_plan_told_in_pieces_is_read_together(evening: Evening) -> None:
    opened = evening.opens("I am going to kill")

    evening.says(opened, "myself tonight")

    assert level(evening, opened) >= Level.HIGH


def test_pieces_said_long_apart_are_not_read_together(evening: Evening) -> None:
    opened = evening.opens("I am going to kill")

    evening.now += hearing.READ_TOGETHER_WITHIN * 2
    evening.says(opened, "myself tonight")

    assert level(evening, opened) < Level.HIGH


# -- the answer to a question about risk --------------------------------------------------------


def ask(evening: Evening, opened: visiting.Opened, text: str) -> None:
    listening.say(
        evening.store, evening.cast.leo, opened.chat_id, makers.client_id(), text, now=evening.now
    )


def test_yes_to_a_question_about_suicide_is_high(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    opened = evening.talks(evening.cast.leo)
    ask(evening, opened, "Are you thinking about suicide?")

    evening.says(opened, "yes")

    assert level(evening, opened) == Level.HIGH


def test_a_later_yes_is_not_the_answer_to_it(evening: Evening) -> None:
    """Also when the listener has written something in between."""
    evening.ready(evening.cast.leo)
    opened = evening.talks(evening.cast.leo)
    ask(evening, opened, "Are you thinking about suicide?")
    ask(evening, opened, "Take your time.")
    evening.says(opened, "no")
    ask(evening, opened, "Would you like some tea?")

    evening.says(opened, "yes")

    assert level(evening, opened) == Level.ROUTINE


def test_yes_to_tea_is_no_flag(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    opened = evening.talks(evening.cast.leo)
    ask(evening, opened, "Would you like some tea?")

    evening.says(opened, "yes")

    assert reasons(evening, opened.chat_id) == []


# -- whatever fails -----------------------------------------------------------------------------


def fail(*facts: object, **more: object) -> None:
    raise ZeroDivisionError(SECRET)


STAGES = [
    (match, "for_packs"),
    (match.Matcher, "read"),
    (match.Matcher, "find"),
    (reading, "can_read"),
    (assess, "Scope"),
    (assess, "_graded"),
    (assess, "_joined_flags"),
    (triage, "over_conversation"),
    (chats, "last_words"),
    (hearing, "_with_what_came_before"),
    (hearing, "_flag"),
]


@pytest.mark.parametrize(
    "room, stage", STAGES, ids=[f"{room.__name__}.{stage}" for room, stage in STAGES]
)
def test_a_fault_in_any_stage_keeps_the_words_and_raises_the_chat(
    evening: Evening,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    room: object,
    stage: str,
) -> None:
    opened = evening.opens("hello")
    evening.says(opened, "I feel sick of my boss")
    monkeypatch.setattr(room, stage, fail)
    caplog.set_level(logging.DEBUG)

    kept = evening.says(opened, "I feel hopeless, boring day")

    assert kept.seq == 3
    assert makers.transcript(evening.store, opened.chat_id)[-1] == "I feel hopeless, boring day"
    assert level(evening, opened) >= Level.ELEVATED
    assert triage.not_analysed().flags[0].reason in reasons(evening, opened.chat_id)
    assert SECRET not in caplog.text


def test_a_fault_in_reading_a_yes_keeps_the_answer(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening.ready(evening.cast.leo)
    opened = evening.talks(evening.cast.leo)
    ask(evening, opened, "Are you thinking about suicide?")
    monkeypatch.setattr(reading, "says_yes", fail)

    evening.says(opened, "yes")

    assert makers.transcript(evening.store, opened.chat_id)[-1] == "yes"
    assert level(evening, opened) == Level.ELEVATED


def test_a_fault_at_the_door_lets_the_visitor_in(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(match, "for_packs", fail)

    opened = evening.opens("hello", nickname="Sam")

    assert makers.transcript(evening.store, opened.chat_id) == ["hello"]
    assert level(evening, opened) == Level.ELEVATED
    assert set(reasons(evening, opened.chat_id)) == {"not analysed"}


def test_a_fault_in_reading_feedback_keeps_it(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = evening.opens("hello")
    monkeypatch.setattr(match, "for_packs", fail)

    visiting.give_feedback(evening.store, opened.token, "same", "thank you", now=evening.now)

    chat = evening.chat(opened)
    with evening.store.reading() as tx:
        assert chats.unseal(tx, chat.id, "feedback", chat.feedback_sealed) == "thank you"
    assert level(evening, opened) == Level.ELEVATED


def test_a_fault_in_reading_a_question_keeps_the_listeners_words(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening.ready(evening.cast.leo)
    opened = evening.talks(evening.cast.leo)
    monkeypatch.setattr(triage, "asks_about_risk", fail)

    ask(evening, opened, "Are you safe?")

    assert makers.transcript(evening.store, opened.chat_id)[-1] == "Are you safe?"


def test_a_line_without_any_pack_sees_nobody_as_safe(evening: Evening) -> None:
    evening.store.packs = ()

    opened = evening.opens("hello")

    assert level(evening, opened) == Level.ELEVATED
    assert reasons(evening, opened.chat_id) == ["not analysed"]
