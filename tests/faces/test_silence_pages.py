"""Silence and likeness on plain pages: what a visitor reads, what a lead and a coordinator press."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from helpline import clock
from helpline.actions import listening, offering, quieting, viewing, visiting
from helpline.domain.chat import ChatState
from helpline.store import likes, offers
from tests import makers
from tests.actions.evening import HIGH, ROUTINE, load_directory
from tests.cast import make_ready
from tests.faces.test_coordinator_pages import enter, post

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


def quiet(store, cast, words: str, since) -> visiting.Opened:
    """A chat in which Leo wrote last, at that moment."""
    make_ready(store, cast.leo, now=since)
    opened = makers.open_chat(store, words, now=since)
    offer = offering.assign(store, cast.cora, opened.chat_id, cast.leo.id, now=since)
    listening.accept(store, cast.leo, offer, now=since)
    listening.say(store, cast.leo, opened.chat_id, makers.client_id(), "I am here.", now=since)
    return opened


def shown(client, store, opened, now) -> str:
    return client.get(f"/chat/{viewing.issue(store, opened.token, now=now)}").text


def test_a_visitor_without_scripts_reads_that_the_chat_is_kept(client, store, cast, now):
    opened = quiet(store, cast, ROUTINE, now - 4 * MINUTE)
    quieting.park(store, cast.leo, opened.chat_id, now=now)

    page = shown(client, store, opened, now)

    assert "We keep this chat for you while it is quiet." in page
    assert re.search(r'id="status"[^>]*>This chat is kept for you', page)
    assert "Leo is here with you" not in page


def test_a_visitor_without_scripts_reads_how_it_ended_and_where_else_there_is_help(
    client, store, cast, now
):
    load_directory(store, now)
    opened = quiet(store, cast, ROUTINE, now - 21 * MINUTE)
    for minutes in (3, 7, 12, 20):
        quieting.look(store, now=now - (21 - minutes) * MINUTE)
    assert makers.chat_row(store, opened.chat_id).state == ChatState.WRAPPING_UP

    page = shown(client, store, opened, now)

    assert "You did nothing wrong." in page
    ended = page[page.index('id="elsewhere"') :]
    assert "An open ear" in ended[: ended.index("</ul>")]


def test_a_coordinator_answers_for_a_line_without_a_lead_there(client, store, cast, now):
    opened = quiet(store, cast, HIGH, now - 21 * MINUTE)
    for minutes in (3, 7, 12, 20):
        quieting.look(store, now=now - (21 - minutes) * MINUTE)
    cora = enter(client, store, cast.cora, now)

    page = cora.get("/coordinator").text
    assert "Keep it open" in page
    alert = re.search(r'name="do" value="answer">\s*<input[^>]*value="([^"]+)"', page)
    assert alert
    answer = post(cora, "/coordinator", do="answer", alert=alert[1], answer="close")

    assert answer.status_code == 302
    assert makers.chat_row(store, opened.chat_id).state == ChatState.WRAPPING_UP


def test_a_coordinator_sees_what_is_set_aside(client, store, cast, now):
    opened = quiet(store, cast, ROUTINE, now - 4 * MINUTE)
    quieting.park(store, cast.leo, opened.chat_id, now=now)

    page = enter(client, store, cast.cora, now).get("/coordinator").text

    assert f'id="parked-{opened.chat_id}"' in page
    assert "kept by Leo" in page


def test_a_lead_links_two_chats_and_takes_it_back_without_scripts(client, store, cast, now):
    make_ready(store, cast.lin, now=now)
    one, other = makers.open_chat(store, now=now), makers.open_chat(store, HIGH, now=now)
    sol = enter(client, store, cast.sol, now)
    page = sol.get("/listener").text
    section = page[page.index('id="same-person"') :].partition("</details>")[0]
    assert section.count(f'value="{one.chat_id}"') == 2  # in both lists

    answer = post(sol, "/listener", do="link", chat=one.chat_id, other=other.chat_id)
    assert answer.status_code == 302
    with store.reading() as tx:
        assert [each.id for each in likes.of(tx, one.chat_id)] == [other.chat_id]
    page = sol.get(answer.location).text
    assert "The two chats are linked." in page
    assert "Two people after all" in page

    post(sol, "/listener", do="unlink", chat=one.chat_id, other=other.chat_id)
    with store.reading() as tx:
        assert likes.of(tx, one.chat_id) == []


def test_a_listener_who_does_not_lead_sees_no_such_form_and_may_not_link(client, store, cast, now):
    make_ready(store, cast.lin, now=now)
    one, other = makers.open_chat(store, now=now), makers.open_chat(store, now=now)
    leo = enter(client, store, cast.leo, now)

    assert 'id="same-person"' not in leo.get("/listener").text
    answer = post(leo, "/listener", do="link", chat=one.chat_id, other=other.chat_id)

    assert answer.status_code == 403
    with store.reading() as tx:
        assert likes.of(tx, one.chat_id) == []


def test_a_lead_keeps_somebody_apart_from_a_chat_and_takes_it_back_without_scripts(
    client, store, cast, now
):
    make_ready(store, cast.leo, now=now)
    chat = makers.open_chat(store, now=now).chat_id
    sol = enter(client, store, cast.sol, now)
    assert f'value="{cast.leo.id}"' in sol.get("/listener").text

    answer = post(sol, "/listener", do="keep_apart", chat=chat, listener=cast.leo.id)

    with store.reading() as tx:
        assert offers.never_asked(tx, chat) == {cast.leo.id}
    page = sol.get(answer.location).text
    assert "This person is not asked about that chat again." in page
    assert re.search(r"Leo\S* and chat", page)

    post(sol, "/listener", do="bring_together", chat=chat, listener=cast.leo.id)
    with store.reading() as tx:
        assert offers.never_asked(tx, chat) == set()


def test_a_listener_keeps_nobody_else_apart(client, store, cast, now):
    make_ready(store, cast.leo, now=now)
    chat = makers.open_chat(store, now=now).chat_id
    leo = enter(client, store, cast.leo, now)

    assert 'id="apart"' not in leo.get("/listener").text
    answer = post(leo, "/listener", do="keep_apart", chat=chat, listener=cast.lin.id)

    assert answer.status_code == 403
    with store.reading() as tx:
        assert offers.never_asked(tx, chat) == set()


def test_a_lead_closes_a_chat_in_line_without_scripts(client, store, cast, now):
    make_ready(store, cast.leo, now=now)
    chat = makers.open_chat(store, now=now).chat_id
    urgent = makers.open_chat(store, HIGH, now=now).chat_id
    sol = enter(client, store, cast.sol, now)
    form = sol.get("/listener").text.partition('id="close-waiting"')[2].partition("</details>")[0]
    assert f'value="{chat}"' in form
    assert urgent not in form

    answer = post(sol, "/listener", do="close_waiting", chat=chat, outcome="not_for_us")

    assert "The chat is closed." in sol.get(answer.location).text
    assert makers.chat_row(store, chat).state == ChatState.CLOSED
