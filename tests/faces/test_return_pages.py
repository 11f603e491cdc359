"""The way back without a script: a code shown once, and a fresh chat from any browser."""

from __future__ import annotations

import re

import pytest

from helpline import clock, practice
from helpline.actions import directing
from tests import cast as the_cast
from tests.faces.test_visitor_pages import fields, hidden, open_chat, words_in_the_box

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


def test_a_code_is_shown_once_and_leads_to_a_fresh_chat(client):
    chat = open_chat(client, "heronfeather")
    assert 'id="keep"' in chat.text
    assert code_on(chat) == ""

    kept = client.post("/keep", data=fields(chat))
    back = re.search(r'<form action="(/chat/[^"]+)">', kept.text)
    looked = client.get(back[1] if back else "")
    came = comes(client, code_on(kept))

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

    closed = comes(client, code)
    directing.set_line(store, cast.cora, is_open=True, reason="", now=now)

    assert closed.status_code == 503
    assert "No one is here to chat right now." in closed.text
    assert comes(client, code).status_code == 200


def test_ones_own_code_in_the_box_stays_in_the_box(client):
    chat = open_chat(client)
    code = code_on(client.post("/keep", data=fields(chat)))

    refused = client.post("/say", data=fields(chat, text=code))

    assert refused.status_code == 400
    assert "This is a code for the way back." in refused.text
    assert words_in_the_box(refused, "text") == code


@pytest.mark.parametrize("path", ["/keep", "/return"])
def test_where_a_form_was_sent_is_no_place_to_come_back_to(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_what_cannot_be_read_gets_a_kind_page(client):
    assert client.post("/return", data={}).status_code == 400
    assert client.post("/keep", data={"token": "none"}).status_code == 404
