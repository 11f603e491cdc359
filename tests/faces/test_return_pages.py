"""The way back without a script: a code shown once, and a fresh chat from any browser."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from helpline import clock, practice
from helpline.actions import directing, furnishing, listening, offering
from helpline.boards import listener as listener_board
from helpline.store import chats
from helpline.store.tables import Presence
from tests import cast as the_cast
from tests.faces.test_coordinator_pages import CSRF, enter
from tests.faces.test_visitor_pages import (
    fields,
    hidden,
    open_chat,
    urgent_help_is_open,
    words_in_the_box,
)

WRONG = "abacus otter zebra moonrise river lantern"


@pytest.fixture(autouse=True)
def open_line(store, cast, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    practice.load_directory(store, now=now)
    the_cast.make_ready(store, cast.leo, cast.sol, now=now)


def code_on(page) -> str:
    found = re.search(r'<p class="code" translate="no">([^<]+)</p>', page.text)
    return found[1] if found else ""


def comes(client, code: str, **more: str):
    door = client.get("/").text
    back = re.search(r'<form id="return".*?name="client_id" value="([^"]+)"', door, re.DOTALL)
    form = {"client_id": back[1] if back else "", "lang": "en", "code": code, **more}
    return client.post("/return", data=form, follow_redirects=True)


def starts(client, code: str, **more: str):
    """Through the page of choices, to a fresh chat."""
    page = comes(client, code)
    form = {name: hidden(page, name) for name in ("code", "client_id", "lang", "start")}
    return client.post("/return", data=form | more, follow_redirects=True)


def test_a_code_is_shown_once_and_leads_to_a_fresh_chat(client):
    chat = open_chat(client, "heronfeather")
    assert 'id="keep"' in chat.text
    assert code_on(chat) == ""

    kept = client.post("/keep", data=fields(chat))
    back = re.search(r'<form action="(/chat/[^"]+)">', kept.text)
    looked = client.get(back[1] if back else "")
    came = starts(client, code_on(kept))

    assert len(code_on(kept).split()) == 6
    assert "heronfeather" not in kept.text
    assert "heronfeather" in looked.text
    assert code_on(looked) == ""
    assert re.fullmatch(r"/chat/[\w-]+", came.request.path)
    assert "heronfeather" not in came.text
    assert hidden(came, "token") not in ("", hidden(chat, "token"))


def test_a_wrong_code_is_told_kindly_with_the_words_still_there(client):
    page = comes(client, WRONG)

    assert page.status_code == 404
    assert "They may be mistyped, used already, or deleted." in page.text
    assert "You can try again below, or start a new chat here." in page.text
    assert f'value="{WRONG}"' in page.text
    assert "lost" not in page.request.path


def test_a_closed_line_says_so_and_the_code_is_still_good(client, store, cast, now):
    code = code_on(client.post("/keep", data=fields(open_chat(client))))
    directing.set_line(store, cast.cora, is_open=False, reason="", now=now)

    closed = starts(client, code)
    directing.set_line(store, cast.cora, is_open=True, reason="", now=now)

    assert closed.status_code == 503
    assert "No one is here to chat right now." in closed.text
    assert starts(client, code).status_code == 200


def test_ones_own_code_in_the_box_stays_in_the_box(client):
    chat = open_chat(client)
    code = code_on(client.post("/keep", data=fields(chat)))

    refused = client.post("/say", data=fields(chat, text=code))

    assert refused.status_code == 400
    assert "This is a code for the way back." in refused.text
    assert words_in_the_box(refused, "text") == code


@pytest.mark.parametrize("path", ["/keep", "/return", "/leave-message", "/erase-left"])
def test_where_a_form_was_sent_is_no_place_to_come_back_to(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_what_cannot_be_read_gets_a_kind_page(client):
    assert client.post("/return", data={}).status_code == 400
    assert client.post("/keep", data={"token": "none"}).status_code == 404


# -- while the line is closed -------------------------------------------------------------------


@pytest.fixture
def closed(store, cast, now):
    furnishing.tune(store, "way_back", {"left_messages": 1}, now=now)
    directing.set_line(store, cast.cora, is_open=False, reason="", now=now)


@pytest.fixture
def called(app):
    """Pages leave the building here."""
    app.extensions["helpline"] = replace(app.extensions["helpline"], calls=True)


def leaves(client, text: str = "a boring heronfeather day"):
    door = client.get("/")
    form = {"client_id": hidden(door, "client_id"), "lang": "en", "text": text}
    action = re.search(r'<form id="open" method="post" action="([^"]+)"', door.text)
    return client.post(action[1] if action else "", data=form, follow_redirects=True)


@pytest.mark.usefixtures("closed", "called")
def test_the_door_says_until_when_no_one_reads_before_the_box(client):
    page = client.get("/").text

    said = page.index("No one reads it until we are open again.")
    assert said < page.index('<textarea id="first"')
    assert "Leave this message" in page
    assert "Start chat" not in page


@pytest.mark.usefixtures("closed")
def test_without_somebody_on_call_or_the_setting_no_message_can_be_left(client, store, cast, now):
    for who in (cast.leo, cast.sol):
        listening.go_away(store, who, now=now)
    with store.transaction() as tx:  # nobody is at their desk
        tx.session.execute(update(Presence).values(lease_until=now - timedelta(minutes=5)))

    page = client.get("/").text

    assert "Leave this message" not in page
    assert 'action="/open"' in page


@pytest.mark.usefixtures("closed", "called")
def test_a_message_is_left_and_its_answer_read_with_the_code(client, app, store, cast, now):
    kept = leaves(client)
    code = code_on(kept)
    waiting = comes(client, code)
    assert len(code.split()) == 6
    assert "The next shift answers it." in kept.text
    assert "There is no answer yet" in waiting.text

    leo = app.test_client()
    enter(leo, store, cast.leo, now)
    page = leo.get("/listener/left").text
    message = re.search(r'name="message" value="([^"]+)"', page)
    assert "heronfeather" not in page
    form = {"csrf_token": CSRF, "message": message[1] if message else ""}
    taken = leo.post("/listener/left", data={**form, "do": "take"}, follow_redirects=True)
    empty = leo.post("/listener/left", data={**form, "do": "answer", "text": " "})
    done = leo.post(
        "/listener/left",
        data={**form, "do": "answer", "text": "You are <not> alone."},
        follow_redirects=True,
    )
    read = comes(client, code)

    assert "a boring heronfeather day" in taken.text
    assert empty.status_code == 422
    assert "The visitor reads it with their code." in done.text
    assert "We answered you" in read.text
    assert "You are &lt;not&gt; alone." in read.text
    assert "heronfeather" not in read.text
    assert (
        client.post("/return", data={"code": code, "client_id": "x", "start": "yes"}).status_code
        == 503
    )

    asked = client.post("/erase-left", data={"code": code})
    gone = client.post("/erase-left", data={"code": code, "sure": "yes"})
    assert "It cannot be undone." in asked.text
    assert "What you wrote is deleted." in gone.text
    assert comes(client, code).status_code == 404


@pytest.mark.usefixtures("closed", "called")
def test_words_at_risk_open_a_chat_with_the_urgent_card(client):
    page = leaves(client, "I took all my pills")

    assert re.fullmatch(r"/chat/[\w-]+", page.request.path)
    assert urgent_help_is_open(page)


# -- what may be chosen -------------------------------------------------------------------------


def test_a_note_is_shown_to_the_listener_who_takes_the_chat_and_to_nobody_before(
    client, store, cast, now
):
    chat = open_chat(client)
    kept = client.post("/keep", data=fields(chat, note="call me heron"))
    client.post("/leave", data=fields(chat))
    code = code_on(kept)
    choices = comes(client, code)
    came = starts(client, code, share_note="yes")
    with store.reading() as tx:
        [fresh] = chats.in_line(tx)
    offer = offering.assign(store, cast.sol, fresh.id, cast.leo.id, now=now)
    listening.accept(store, cast.leo, offer, now=now)

    shown = listener_board.chat_of(store, cast.leo, fresh.id, now)

    assert 'name="share_note"' in choices.text
    assert 'name="same_listener"' not in choices.text  # nobody answered, and it is not allowed
    for page in (kept, choices, came):
        assert "call me heron" not in page.text
    assert [each["text"] for each in shown["notes"]] == ["call me heron"]


def test_a_note_that_is_too_long_is_refused_kindly(client):
    kept = client.post("/keep", data=fields(open_chat(client), note="x" * 501))

    assert kept.status_code == 422
    assert code_on(kept) == ""
