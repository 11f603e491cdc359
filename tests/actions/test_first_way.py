"""The first way through the house: from a word to a listener, to the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import listening, offering, visiting
from helpline.domain import errors
from helpline.domain.chat import Closing
from helpline.domain.urgency import Level
from tests import makers
from tests.cast import make_ready


def test_urgent_words_are_offered_before_a_boring_day(store, cast, now):
    make_ready(store, cast.leo, now=now)
    boring = makers.open_chat(store, "boring day", now=now)
    urgent = makers.open_chat(store, "I took all my pills", now=now + timedelta(seconds=5))

    first = makers.take_next(store, cast.leo, now=now + timedelta(seconds=6))

    assert first == urgent.chat_id
    assert makers.chat_row(store, urgent.chat_id).level == Level.CRITICAL
    assert makers.chat_row(store, boring.chat_id).state == "waiting"


def test_both_sides_talk_and_it_ends_with_a_word(store, cast, now):
    make_ready(store, cast.leo, now=now)
    opened = makers.open_chat(store, "hello", now=now)
    chat = makers.take_next(store, cast.leo, now=now)

    listening.say(store, cast.leo, chat, makers.client_id(), "Hi, I am Leo.", now=now)
    visiting.say(store, opened.token, makers.client_id(), "thank you", now=now)
    listening.close(store, cast.leo, chat, Closing("felt_heard"), None, now=now)

    assert makers.transcript(store, chat) == [
        "hello",
        "[joined]",
        "Hi, I am Leo.",
        "thank you",
        "[closed]",
    ]
    assert makers.journal_kinds(store, chat) == [
        "arrived",
        "first_offered",
        "accepted",
        "closed",
    ]


def test_the_line_is_closed_to_small_talk_while_nobody_is_ready(store, cast, now):
    with pytest.raises(errors.LineClosed) as closed:
        makers.open_chat(store, "hello", now=now)

    assert closed.value.extra["resources"] == []
    urgent = makers.open_chat(store, "I am going to kill myself tonight", now=now)
    offering.sweep(store, now=now)
    assert makers.chat_row(store, urgent.chat_id).state == "waiting"
