"""Check-ins by plain forms: the visitor's card, the page with the code, the listeners' page."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

import pytest

from helpline import clock, practice
from helpline.actions import following_up, listening, offering
from helpline.store import chats, follow_ups
from helpline.store.secrets import digest
from tests import cast as the_cast
from tests.faces.test_coordinator_pages import enter, post
from tests.faces.test_return_pages import code_on, comes
from tests.faces.test_visitor_pages import fields, hidden, open_chat

PATH = "/listener/follow-ups"
TOMORROW = date(2026, 11, 19)
STARTS = datetime.fromisoformat("2026-11-19T18:00Z")
WINDOW = "on Thursday, November 19, between 18:00 and 20:00 (Ireland Time)"


class Hands:
    """The clock that only the test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now


@pytest.fixture
def hands(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Hands:
    made = Hands(now)
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


@pytest.fixture
def asked(client, store, cast, now, hands):
    """The page of somebody who is asked, in a chat with Leo."""
    practice.load_directory(store, now=now)
    the_cast.make_ready(store, cast.leo, cast.sol, now=now)
    page = open_chat(client, "heronfeather")
    with store.reading() as tx:
        chat_id = chats.by_token(tx, digest(hidden(page, "token")), now).id
    offer = offering.assign(store, cast.cora, chat_id, cast.leo.id, now=now)
    listening.accept(store, cast.leo, offer, now=now)
    following_up.offer(store, cast.leo, chat_id, TOMORROW, time(18), time(20), now=now)
    return client.get(page.request.path)


def which(page) -> str:
    return hidden(page, "follow_up")


def answers(client, page, said: str):
    form = fields(page) | {"follow_up": which(page), "said": said}
    return client.post("/follow-up", data=form, follow_redirects=True)


def offers_of(page) -> set[str]:
    """What the card lets one press."""
    card = re.search(r'<form id="follow-up".*?</form>', page.text, re.DOTALL)[0]
    buttons = re.findall(r'<button name="said" value="(\w+)"([^>]*)>', card)
    return {value for value, more in buttons if "hidden" not in more}


def test_the_card_asks_in_full_with_two_buttons_and_a_yes_can_be_taken_back(
    client, store, cast, now, asked
):
    assert WINDOW in asked.text
    assert "we cannot reach you otherwise" in asked.text
    assert offers_of(asked) == {"agrees", "refuses"}
    assert [answers(client, asked, said).status_code for said in ("", "perhaps")] == [400, 400]

    agreed = answers(client, asked, "agrees")
    assert offers_of(agreed) == {"cancel", "look"}
    assert re.search(r'<details class="more" id="way-back" open>', agreed.text)
    assert WINDOW in re.search(r'<ol id="messages".*?</ol>', agreed.text, re.DOTALL)[0]

    cancelled = answers(client, agreed, "cancel")
    assert offers_of(cancelled) == set()
    assert "You cancelled the check-in." in cancelled.text
    late = answers(client, asked, "agrees")
    assert (late.status_code, "This is over already." in late.text) == (410, True)

    with store.reading() as tx:
        chat_id = follow_ups.follow_up(tx, which(asked)).chat_id
    following_up.offer(store, cast.leo, chat_id, TOMORROW, time(9), time(10), now=now)
    refused = answers(client, answers(client, cancelled, "look"), "refuses")
    assert re.search(r'<form id="follow-up"[^>]* hidden>', refused.text)


def test_it_is_written_on_its_page_and_found_days_later_on_the_page_that_stayed_open(
    client, app, store, cast, hands, asked
):
    agreed = answers(client, asked, "agrees")
    code = code_on(client.post("/keep", data=fields(agreed)))
    client.post("/leave", data=fields(agreed))
    leo = enter(app.test_client(), store, cast.leo, hands.now)
    sol = enter(app.test_client(), store, cast.sol, hands.now)
    assert "You can write it once its time begins." in leo.get(PATH).text
    assert "Of others, and due" not in sol.get(PATH).text

    hands.now = STARTS + timedelta(minutes=5)
    looked = answers(client, agreed, "look")
    assert "Nobody has written yet." in looked.text
    assert "heronfeather" not in looked.text
    assert re.search(r'<form id="say"[^>]* hidden>', looked.text)

    leo = enter(app.test_client(), store, cast.leo, hands.now)
    sol = enter(app.test_client(), store, cast.sol, hands.now)
    cora = enter(app.test_client(), store, cast.cora, hands.now)
    assert "Of others, and due" in sol.get(PATH).text
    assert "heronfeather" not in leo.get(PATH).text
    form = {"do": "write", "follow_up": which(agreed)}
    assert (cora.get(PATH).status_code, post(cora, PATH, **form, text="x").status_code) == (
        403,
        403,
    )
    assert post(leo, PATH, **form, text=" ").status_code == 422
    words = "I <b>thought</b> of you."
    assert "It is kept." in leo.get(post(leo, PATH, **form, text=words).location).text
    again = post(sol, PATH, **form, text="twice")
    assert (again.status_code, "written it already" in again.text) == (409, True)

    read = answers(client, agreed, "look")
    assert "Leo writes:" in read.text
    assert "I &lt;b&gt;thought&lt;/b&gt; of you." in read.text
    found = comes(app.test_client(), code).text
    assert "we thought of you" in found
    assert WINDOW in found
    assert "thought&lt;/b&gt;" not in found
    assert "heronfeather" not in found


def test_a_lead_takes_one_back_on_the_page(app, client, store, cast, hands, asked):
    answers(client, asked, "agrees")
    hands.now = STARTS
    sol = enter(app.test_client(), store, cast.sol, hands.now)

    gone = post(sol, PATH, do="withdraw", follow_up=which(asked))

    assert "The visitor is told." in sol.get(gone.location).text
