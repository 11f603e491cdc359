"""What a visitor is asked before a hand-off, and says of a call, by a form without a script."""

from __future__ import annotations

import re

import pytest

from helpline import clock
from helpline.actions import handing, viewing
from helpline.store import hand_offs
from tests import makers
from tests.actions.evening import load_directory
from tests.cast import make_ready
from tests.faces.test_visitor_pages import fields


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def opened(store, cast, now):
    """Leo talks with a visitor; Lin is ready too."""
    load_directory(store, now)
    make_ready(store, cast.leo, now=now)
    made = makers.open_chat(store, "hello", now=now)
    makers.take_next(store, cast.leo, now=now)
    make_ready(store, cast.lin, now=now)
    return made


@pytest.fixture
def hand(store, cast, opened, now):
    def to(kind: str, to_id: str | None) -> str:
        return handing.hand_off(
            store, cast.leo, opened.chat_id, kind=kind, to_id=to_id, words=None, ask=True, now=now
        ).id

    return to


def look(client, store, opened, now):
    return client.get(f"/chat/{viewing.issue(store, opened.token, now=now)}")


def offered(page) -> list[str]:
    """The answers that the page offers; without any the whole question is hidden."""
    form = re.search(r'<form id="passing".*?</form>', page.text, re.DOTALL)[0]
    found = re.findall(r'name="said" value="(\w+)" data-kind="\w+">', form)
    assert (" hidden>" in form.partition("\n")[0]) == (not found)
    return found


def press(client, page, said: str, hand_off: str):
    given = fields(page, hand_off=hand_off, said=said)
    return client.post("/hand-off", data=given, follow_redirects=True)


def state(store, hand_off: str) -> str:
    with store.reading() as tx:
        return hand_offs.any_kind(tx, hand_off).state


@pytest.mark.parametrize("kind", ["listener", "queue"])
def test_a_no_keeps_the_listener_and_takes_it_back(client, store, cast, opened, hand, now, kind):
    assert offered(look(client, store, opened, now)) == []
    asked = hand(kind, cast.lin.id if kind == "listener" else None)
    page = look(client, store, opened, now)
    assert offered(page) == ["agrees", "refuses"]
    assert f'name="hand_off" value="{asked}"' in page.text

    page = press(client, page, "refuses", asked)

    assert page.status_code == 200
    assert offered(page) == []
    assert state(store, asked) == "refused"
    assert makers.chat_row(store, opened.chat_id).holder_id == cast.leo.id
    assert "Leo is here with you." in page.text


def test_a_yes_is_kept_and_not_asked_for_again(client, store, cast, opened, hand, now):
    asked = hand("listener", cast.lin.id)

    page = press(client, look(client, store, opened, now), "agrees", asked)

    assert offered(page) == ["refuses"]
    assert state(store, asked) == "pending"


def test_how_a_call_went_is_told_by_the_same_form(client, store, opened, hand, now):
    asked = hand("resource", "ie-ear")
    page = look(client, store, opened, now)
    assert offered(page) == ["calling", "reached", "not_reached", "did_not_want"]

    page = press(client, page, "calling", asked)
    assert offered(page) == ["reached", "not_reached", "did_not_want"]
    page = press(client, page, "not_reached", asked)

    assert (offered(page), state(store, asked)) == ([], "not_reached")
    assert "it is not your fault" in page.text


def test_what_is_over_or_no_answer_is_told_on_the_page_of_the_chat(
    client, store, cast, opened, hand, now
):
    asked = hand("listener", cast.lin.id)
    page = look(client, store, opened, now)
    assert press(client, page, "perhaps", asked).status_code == 404
    assert press(client, page, "", "").status_code == 400
    page = press(client, look(client, store, opened, now), "refuses", asked)

    late = press(client, page, "agrees", asked)

    assert late.status_code == 410
    assert 'id="messages"' in late.text
    assert state(store, asked) == "refused"


def test_nobody_answers_for_somebody_else(client, store, cast, opened, hand, now):
    asked = hand("listener", cast.lin.id)
    other = makers.open_chat(store, "hello", now=now)

    answer = press(client, look(client, store, other, now), "refuses", asked)

    assert answer.status_code == 404
    assert state(store, asked) == "pending"


def test_its_address_is_no_place_to_come_back_to(client):
    assert client.get("/hand-off").status_code == 303
