"""Haste: who asks for too much at once gets slower, keeps their words, and sees where help is."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests

from tests.faces.strangers import RESOURCE, Floor, has_exactly, is_refused, some_id
from tests.server import Server

pytestmark = pytest.mark.sockets

SAYS_AT_ONCE = 10
OPENINGS_AT_ONCE = 20
EVENTS_AT_ONCE = 60


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The practice line with its limits on, behind one proxy that names where people come from."""
    folder = tmp_path_factory.mktemp("strict")
    server = Server(folder, LIMITS="default", PROXY_HOPS="1").start()
    yield server
    server.stop()


@pytest.fixture
def hasty(strict: Server) -> Iterator[Floor]:
    floor = Floor(strict)
    yield floor
    floor.tidy()
    floor.store.engine.dispose()
    assert strict.log.read_text() == ""


_networks = iter(range(1, 250))


def somewhere() -> dict[str, str]:
    """A network that nobody came from before in this test run."""
    return {"X-Forwarded-For": f"198.51.{next(_networks)}.7"}


def has_help(error: dict) -> None:
    assert isinstance(error["retry_after_s"], int)
    assert error["retry_after_s"] >= 1
    assert error["resources"]
    for each in error["resources"]:
        has_exactly(each, RESOURCE)


def test_too_many_messages_at_once_are_slowed_and_not_stored(hasty: Floor):
    visitor = hasty.visitor(**somewhere())
    opened = visitor.ask("open", client_id=some_id(), text="hello")
    chat = opened["chat"]["id"]
    for number in range(SAYS_AT_ONCE):
        assert visitor.ask("say", client_id=some_id(), text=f"{number}")["ok"]
    words = {"client_id": some_id(), "text": "one too many"}

    error = is_refused(visitor.ask("say", words), "slow_down")

    has_help(error)
    assert hasty.count("messages", "chat_id = :id", id=chat) == 1 + SAYS_AT_ONCE
    time.sleep(error["retry_after_s"])
    assert visitor.ask("say", words)["seq"] == 2 + SAYS_AT_ONCE


def test_too_many_events_slow_what_is_said_and_show_help_too(hasty: Floor):
    visitor = hasty.visitor(**somewhere())
    opened = visitor.ask("open", client_id=some_id(), text="hello")
    for _ in range(EVENTS_AT_ONCE * 4):
        visitor.tell("seen", {"seq": 1})

    error = is_refused(visitor.ask("say", client_id=some_id(), text="and more"), "slow_down")

    has_help(error)
    assert hasty.count("messages", "chat_id = :id", id=opened["chat"]["id"]) == 1


def test_one_network_opens_only_so_many_chats_and_others_come_in(hasty: Floor):
    network = somewhere()
    for _ in range(OPENINGS_AT_ONCE):
        assert hasty.visitor(**network).ask("open", client_id=some_id(), text="hi")["ok"]
    before = hasty.count("chats")

    error = is_refused(
        hasty.visitor(**network).ask("open", client_id=some_id(), text="hi"), "slow_down"
    )

    has_help(error)
    assert hasty.count("chats") == before
    assert hasty.visitor(**somewhere()).ask("open", client_id=some_id(), text="hi")["ok"]


def test_words_at_risk_and_a_second_try_come_in_after_the_crowd(hasty: Floor):
    network, first = somewhere(), {"client_id": some_id(), "text": "hi"}
    opened = hasty.visitor(**network).ask("open", first)
    for _ in range(OPENINGS_AT_ONCE - 1):
        form = {"client_id": some_id(), "text": "hi"}
        requests.post(f"{hasty.server.url}/open", data=form, headers=network)
    is_refused(hasty.visitor(**network).ask("open", client_id=some_id(), text="hi"), "slow_down")

    critical = {"client_id": some_id(), "text": "I took all my pills"}
    assert hasty.visitor(**network).ask("open", critical)["urgent_help"]
    critical["client_id"] = some_id()
    form = requests.post(f"{hasty.server.url}/open", data=critical, headers=network)
    assert form.status_code == 200
    again = hasty.visitor(**network).ask("open", first)
    assert again["chat"]["id"] == opened["chat"]["id"]


def test_a_chain_of_made_up_addresses_does_not_make_a_new_network(hasty: Floor):
    """Only what the proxy itself adds counts: the last of the chain."""
    proxy_saw = somewhere()["X-Forwarded-For"]
    for number in range(OPENINGS_AT_ONCE):
        chain = {"X-Forwarded-For": f"203.0.{number}.1, {proxy_saw}"}
        assert hasty.visitor(**chain).ask("open", client_id=some_id(), text="hi")["ok"]

    chain = {"X-Forwarded-For": f"192.0.2.99, {proxy_saw}"}

    is_refused(hasty.visitor(**chain).ask("open", client_id=some_id(), text="hi"), "slow_down")


def test_plain_forms_are_slowed_the_same_way(hasty: Floor):
    where, network = hasty.server.url, somewhere()
    for _ in range(OPENINGS_AT_ONCE):
        form = {"client_id": some_id(), "text": "hi"}
        assert requests.post(f"{where}/open", data=form, headers=network).status_code == 200

    slowed = requests.post(
        f"{where}/open", data={"client_id": some_id(), "text": "my words"}, headers=network
    )

    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) >= 1
    assert "my words" in slowed.text
    assert 'href="tel:112"' in slowed.text


def test_guessing_passwords_is_slowed(hasty: Floor):
    where, network = hasty.server.url, somewhere()
    session = requests.Session()
    page = session.get(f"{where}/sign-in", headers=network).text
    csrf = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": csrf, "email": "leo@example.org", "password": "wrong"}

    answers = [session.post(f"{where}/sign-in", data=form, headers=network) for _ in range(6)]

    assert [each.status_code for each in answers] == [401] * 5 + [429]
    right = form | {"password": hasty.server.sign_ins["leo@example.org"]}
    assert session.post(f"{where}/sign-in", data=right, headers=network).status_code == 429
    assert session.post(f"{where}/sign-in", data=right, headers=somewhere()).status_code == 200


def test_a_listener_who_clicks_too_fast_is_slowed_and_stays(hasty: Floor):
    leo = hasty.staff("leo")
    for _ in range(EVENTS_AT_ONCE * 4):
        leo.tell("seen", {"chat": some_id(), "seq": 1})

    error = is_refused(leo.ask("ready"), "slow_down")

    assert error["retry_after_s"] >= 1
    assert "resources" not in error
    time.sleep(error["retry_after_s"])
    assert leo.ask("ready")["ok"]


def test_codes_cannot_be_guessed_fast_and_a_new_chat_still_opens(hasty: Floor):
    network = somewhere()
    wrong = "abacus otter zebra moonrise river lantern"
    tries = [
        hasty.visitor(**network).ask("return", code=wrong, client_id=some_id()) for _ in range(4)
    ]
    form = {"code": wrong, "client_id": some_id()}
    tries_by_form = requests.post(f"{hasty.server.url}/return", data=form, headers=network)

    refused = hasty.visitor(**network).ask("return", code=wrong, client_id=some_id())
    slowed = requests.post(f"{hasty.server.url}/return", data=form, headers=network)

    for each in tries:
        is_refused(each, "unknown_token")
    assert tries_by_form.status_code == 404
    has_help(is_refused(refused, "slow_down"))
    assert slowed.status_code == 429
    assert 'href="tel:112"' in slowed.text
    assert hasty.visitor(**network).ask("open", client_id=some_id(), text="hello")["ok"]
