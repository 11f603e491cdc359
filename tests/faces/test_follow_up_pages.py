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


def test_the_card_asks_in_full_with_two_buttons_and_a_yes_can_be_taken_back(client, asked):
    assert WINDOW in asked.text
    assert "we cannot reach you otherwise" in asked.text
    assert offers_of(asked) == {"agrees", "refuses"}

    agreed = answers(client, asked, "agrees")
    assert offers_of(agreed) == {"cancel", "look"}
    assert re.search(r'<details class="more" id="way-back" open>', agreed.text)
    assert WINDOW in re.search(r'<ol id="messages".*?</ol>', agreed.text, re.DOTALL)[0]

    cancelled = answers(client, agreed, "cancel")
    assert offers_of(cancelled) == set()
    assert "You cancelled the check-in." in cancelled.text
    late = answers(client, asked, "agrees")
    assert (late.status_code, "This is over already." in late.text) == (410, True)


def test_a_no_takes_the_question_away(client, asked):
    page = answers(client, asked, "refuses")

    assert offers_of(page) == set()
    assert re.search(r'<form id="follow-up"[^>]* hidden>', page.text)


def test_what_was_written_is_found_days_later_on_the_page_that_stayed_open(
    client, app, store, cast, hands, asked
):
    agreed = answers(client, asked, "agrees")
    client.post("/leave", data=fields(agreed))
    hands.now = STARTS + timedelta(minutes=5)
    looked = answers(client, agreed, "look")
    assert "Nobody has written yet." in looked.text
    assert "heronfeather" not in looked.text
    assert re.search(r'<form id="say"[^>]* hidden>', looked.text)

    leo = enter(app.test_client(), store, cast.leo, hands.now)
    page = leo.get(PATH)
    assert "heronfeather" not in page.text
    empty = post(leo, PATH, do="write", follow_up=which(agreed), text=" ")
    assert empty.status_code == 422
    words = "I <b>thought</b> of you."
    done = leo.get(post(leo, PATH, do="write", follow_up=which(agreed), text=words).location)
    assert "It is kept." in done.text
    again = post(leo, PATH, do="write", follow_up=which(agreed), text="twice")
    assert (again.status_code, "written it already" in again.text) == (409, True)

    read = answers(client, agreed, "look")
    assert "Leo writes:" in read.text
    assert "I &lt;b&gt;thought&lt;/b&gt; of you." in read.text


def test_the_code_tells_of_it_on_another_device_and_shows_no_words(
    client, app, store, cast, hands, asked
):
    agreed = answers(client, asked, "agrees")
    code = code_on(client.post("/keep", data=fields(agreed)))
    client.post("/leave", data=fields(agreed))
    hands.now = STARTS
    following_up.write(store, cast.leo, which(agreed), "only on your page", now=hands.now)

    page = comes(app.test_client(), code)

    assert "we thought of you" in page.text
    assert WINDOW in page.text
    assert "only on your page" not in page.text
    assert "heronfeather" not in page.text


@pytest.mark.parametrize("said", ["", "perhaps"])
def test_what_cannot_be_read_changes_nothing(client, asked, store, said):
    assert answers(client, asked, said).status_code == 400

    with store.reading() as tx:
        assert follow_ups.follow_up(tx, which(asked)).state == "asked"


def test_a_listener_sees_their_own_and_a_lead_what_is_due_and_may_take_back(
    app, client, store, cast, hands, asked
):
    answers(client, asked, "agrees")
    sol = enter(app.test_client(), store, cast.sol, hands.now)
    leo = enter(app.test_client(), store, cast.leo, hands.now)
    assert "You can write it once its time begins." in leo.get(PATH).text
    assert "Of others, and due" not in sol.get(PATH).text

    hands.now = STARTS
    sol = enter(app.test_client(), store, cast.sol, hands.now)
    assert "Of others, and due" in sol.get(PATH).text
    gone = post(sol, PATH, do="withdraw", follow_up=which(asked))
    assert "The visitor is told." in sol.get(gone.location).text


def test_coordinators_and_strangers_do_not_come_in(client, store, cast, now, hands):
    cora = enter(client, store, cast.cora, now)

    assert cora.get(PATH).status_code == 403
    assert post(cora, PATH, do="write", follow_up="any", text="x").status_code == 403
