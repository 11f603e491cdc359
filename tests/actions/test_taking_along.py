"""What a visitor takes along: cards, a next step, and that it all goes when they say so."""

from __future__ import annotations

import pytest

from helpline import clock
from helpline.actions import forgetting, listening, taking_along, viewing
from helpline.boards import visitor as board
from helpline.domain.chat import Closing
from helpline.domain.urgency import Level
from tests import makers
from tests.actions.evening import CRITICAL, ROUTINE, Evening, load_directory

STEP = "call my sister, heronfeather"


@pytest.fixture
def evening(store, cast, now) -> Evening:
    made = Evening(store, cast, now)
    load_directory(store, now)
    made.hold_open()
    made.ready(cast.leo)
    return made


@pytest.fixture
def ended(evening, cast):
    """Leo sent a card twice and ended the chat with a next step."""
    opened = evening.talks(cast.leo, ROUTINE)
    for _ in range(2):
        listening.send_resource(
            evening.store, cast.leo, opened.chat_id, "ie-ear", makers.client_id(), now=evening.now
        )
    listening.close(
        evening.store,
        cast.leo,
        opened.chat_id,
        Closing("given_resource"),
        None,
        next_step=STEP,
        now=evening.now,
    )
    return opened


def summary(evening: Evening, opened):
    return board.page(evening.store, opened.token, evening.now)["chat"]["summary"]


def test_at_the_end_there_are_the_cards_the_next_step_and_both_as_text(evening, ended):
    shown = summary(evening, ended)

    assert [each["name"] for each in shown["cards"]] == ["An open ear"]
    assert shown["next_step"] == STEP
    assert not shown["has_code"]
    assert shown["text"].splitlines() == [
        "Harbour Line",
        f"My next step: {STEP}",
        "An open ear: text HELLO to 50808",
    ]


def test_while_a_chat_goes_on_there_is_nothing_to_take(evening, cast):
    opened = evening.talks(cast.leo, ROUTINE)

    assert summary(evening, opened) is None


def test_a_visitor_writes_their_own_step_takes_it_away_and_it_is_heard(evening, ended):
    assert taking_along.write_step(evening.store, ended.token, CRITICAL, now=evening.now)
    assert summary(evening, ended)["next_step"] == CRITICAL
    assert evening.chat(ended).level == Level.CRITICAL
    assert "words_after_end" in evening.alerts()

    assert not taking_along.write_step(evening.store, ended.token, None, now=evening.now)
    assert summary(evening, ended)["next_step"] is None


def test_it_goes_with_everything_else(evening, ended):
    sealed = evening.chat(ended).next_step_sealed
    assert b"heronfeather" not in sealed

    forgetting.erase(evening.store, ended.token, now=evening.now)

    assert evening.chat(ended).next_step_sealed is None
    assert "heronfeather" not in str(makers.journal_kinds(evening.store, ended.chat_id))


def test_without_scripts_it_is_written_by_a_form(evening, ended, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: evening.now)
    page = client.get(f"/chat/{viewing.issue(evening.store, ended.token, now=evening.now)}").text
    assert STEP in page

    given = {"token": ended.token, "text": "sleep"}
    page = client.post("/next-step", data=given, follow_redirects=True).text

    assert "My next step: sleep" in page
    long = client.post("/next-step", data=given | {"text": "x" * 201})
    assert long.status_code == 422 or "too long" in long.text
