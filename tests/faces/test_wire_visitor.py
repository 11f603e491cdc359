"""The visitor's namespace, as a stranger would build a client after the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from helpline.actions import furnishing
from tests.faces.strangers import (
    MESSAGE,
    RESOURCE,
    VISITOR_CHAT,
    Floor,
    eventually,
    every_time_is_utc,
    has_exactly,
    is_refused,
    some_id,
    walk,
)

pytestmark = pytest.mark.sockets

URGENT = "I took all my pills"
HIDDEN = {
    "level",
    "urgency",
    "assessed",
    "flags",
    "epoch",
    "deadline",
    "returned",
    "person",
    "offer",
}


def test_open_gives_a_token_of_256_bits_and_the_whole_chat(floor: Floor):
    _, opened = floor.opened("hello")

    assert set(opened) == {"ok", "token", "chat", "seq", "sent_at", "urgent_help"}
    assert len(opened["token"]) == 43  # 32 bytes in base64
    assert opened["seq"] == 1
    has_exactly(opened["chat"], VISITOR_CHAT)
    assert opened["chat"]["state"] == "waiting"
    assert opened["chat"]["place"] == 1
    assert opened["chat"]["listener"] is None
    every_time_is_utc(opened)


def test_open_without_words_waits_with_nothing_said(floor: Floor):
    visitor, opened = floor.opened(None)

    answer = visitor.ask("resume", token=opened["token"], after=0)

    assert set(opened) == {"ok", "token", "chat", "urgent_help"}
    assert answer["messages"] == []
    assert answer["chat"]["seq"] == 0


def test_the_resources_of_a_chat_have_every_key(floor: Floor):
    _, opened = floor.opened()

    assert opened["chat"]["resources"]
    for each in opened["chat"]["resources"]:
        has_exactly(each, RESOURCE)
        assert all(way["kind"] in ("call", "text", "web") for way in each["ways"])
        assert all(way["value"] for way in each["ways"])


def test_a_card_that_was_opened_is_acknowledged_and_an_unknown_one_refused(floor: Floor):
    visitor, opened = floor.opened("hello")
    card = opened["chat"]["resources"][0]["id"]

    assert visitor.ask("card", resource=card) == {"ok": True}
    assert visitor.ask("card", resource=card) == {"ok": True}
    is_refused(visitor.ask("card", resource="no-such-card"), "not_found")
    is_refused(visitor.ask("card"), "bad_request")


def test_critical_words_bring_the_card_with_their_ack(floor: Floor):
    _, opened = floor.opened(URGENT)

    assert opened["urgent_help"] is True
    assert opened["chat"]["urgent_help"] is True
    assert opened["resources"] == opened["chat"]["resources"]


def test_words_that_turn_critical_bring_the_card_with_their_ack(floor: Floor):
    visitor, opened = floor.opened("hello")

    said = visitor.ask("say", client_id=some_id(), text=URGENT)

    assert opened["urgent_help"] is False
    assert set(said) == {"ok", "seq", "sent_at", "urgent_help", "resources"}
    assert said["urgent_help"] is True


def test_opening_again_from_elsewhere_finds_the_same_chat_and_voids_the_first_token(floor: Floor):
    opening = {"client_id": some_id(), "text": "hello"}
    first, second, third = floor.visitor(), floor.visitor(), floor.visitor()
    before = first.ask("open", opening)

    again = second.ask("open", opening)

    assert again["chat"]["id"] == before["chat"]["id"]
    assert again["seq"] == before["seq"]
    assert again["token"] != before["token"]
    is_refused(third.ask("resume", token=before["token"]), "unknown_token")
    is_refused(first.ask("say", client_id=some_id(), text="still me"), "unknown_token")
    assert third.ask("resume", token=again["token"])["ok"]


def test_opening_again_with_other_words_is_refused(floor: Floor):
    client_id = some_id()
    assert floor.visitor().ask("open", client_id=client_id, text="hello")["ok"]

    is_refused(
        floor.visitor().ask("open", client_id=client_id, text="something else"), "client_id_reused"
    )
    assert floor.count("chats", "open_client_id = :id", id=client_id) == 1


def test_a_bound_connection_cannot_open_another_chat(floor: Floor):
    visitor, _ = floor.opened()

    is_refused(visitor.ask("open", client_id=some_id(), text="again"), "already_open")


def test_after_ten_minutes_the_same_opening_is_another_one(floor: Floor):
    client_id = some_id()
    opened = floor.visitor().ask("open", client_id=client_id, text="hello")
    long_ago = datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=11)
    floor.change(
        "UPDATE chats SET arrived_at = :at WHERE id = :id",
        at=str(long_ago),
        id=opened["chat"]["id"],
    )

    is_refused(floor.visitor().ask("open", client_id=client_id, text="hello"), "client_id_reused")


@pytest.mark.parametrize(
    "event, said",
    [
        ("say", {"client_id": "c1", "text": "hello"}),
        ("typing", {}),
        ("seen", {"seq": 1}),
        ("leave", {}),
        ("erase", {}),
        ("feedback", {"feeling": "same"}),
        ("keep", {}),
    ],
)
def test_what_needs_a_chat_is_refused_before_there_is_one(floor: Floor, event: str, said: dict):
    is_refused(floor.visitor().ask(event, said), "not_open")


def test_saying_the_same_again_is_the_same_answer_and_no_second_message(floor: Floor):
    visitor, opened = floor.opened()
    words = {"client_id": some_id(), "text": "once"}

    first, second = visitor.ask("say", words), visitor.ask("say", words)

    assert first == second
    assert set(first) == {"ok", "seq", "sent_at", "urgent_help"}
    assert floor.count("messages", "chat_id = :id", id=opened["chat"]["id"]) == 2


def test_one_client_id_cannot_carry_two_texts(floor: Floor):
    visitor, opened = floor.opened()
    client_id = some_id()
    assert visitor.ask("say", client_id=client_id, text="one")["ok"]

    is_refused(visitor.ask("say", client_id=client_id, text="two"), "client_id_reused")
    assert floor.count("messages", "chat_id = :id", id=opened["chat"]["id"]) == 2


def test_an_event_without_a_callback_is_acted_on_and_not_answered(floor: Floor):
    raw = floor.raw()
    raw.send('42/visitor,1["open",{"client_id":"' + some_id() + '","text":"hello"}]')
    opened = json.loads((raw.hear() or "").removeprefix("43/visitor,1"))[0]
    chat = opened["chat"]["id"]

    raw.send('42/visitor,["say",{"client_id":"quiet","text":"no answer please"}]')
    raw.send('42/visitor,2["seen",{"seq":2}]')

    heard = [raw.hear()]
    while not (heard[-1] or "").startswith("43/visitor,2"):
        heard.append(raw.hear())
    assert [each for each in heard if each and each.startswith("43")] == [
        '43/visitor,2[{"ok":true}]'
    ]
    assert floor.count("messages", "chat_id = :id AND client_id = 'quiet'", id=chat) == 1


def test_typing_reaches_the_listener_and_never_the_text(floor: Floor):
    visitor, opened, leo, _ = floor.talk()

    visitor.tell("typing", {"text": "half a sentence"})
    typed = leo.wait_for("typing")
    assert visitor.ask("seen", seq=1) == {"ok": True}
    leo.tell("typing", {"chat": opened["chat"]["id"]})

    assert typed == {"chat": opened["chat"]["id"], "from": "visitor"}
    assert visitor.wait_for("typing") == {"chat": opened["chat"]["id"], "from": "listener"}


def test_leaving_ends_the_chat_and_the_token_lives_on_to_reopen_it(floor: Floor):
    visitor, opened, leo, _ = floor.talk()

    assert visitor.ask("leave") == {"ok": True}

    left = visitor.wait_for("chat", lambda data: data["state"] == "closed")
    assert left["open_until"] is not None
    every_time_is_utc(left)
    leo.wait_for("chat", lambda data: data["state"] == "wrapping_up")
    again = floor.visitor()
    assert again.ask("resume", token=opened["token"])["chat"]["state"] == "closed"
    assert again.ask("say", client_id=some_id(), text="one more thing")["ok"]
    leo.wait_for("message", lambda data: data["text"] == "one more thing")


def test_leaving_the_queue_is_left(floor: Floor):
    visitor, _ = floor.opened()

    visitor.ask("leave", quick=False)

    visitor.wait_for("chat", lambda data: data["state"] == "left")


def test_leaving_quickly_voids_the_token_at_once(floor: Floor):
    visitor, opened, leo, _ = floor.talk()
    random = "A" * 43

    assert visitor.ask("leave", quick=True) == {"ok": True}

    assert visitor.until_closed()
    replayed = floor.visitor().ask("resume", token=opened["token"])
    assert replayed == floor.visitor().ask("resume", token=random)
    is_refused(replayed, "unknown_token")
    leo.wait_for("chat", lambda data: data["left_quickly"])


def test_erasing_while_waiting_happens_now_and_voids_the_token(floor: Floor):
    visitor, opened = floor.opened()

    erased = visitor.ask("erase")

    assert set(erased) == {"ok", "erased", "at", "kept"}
    assert erased["erased"] == "now"
    assert isinstance(erased["kept"], list)
    every_time_is_utc(erased)
    is_refused(floor.visitor().ask("resume", token=opened["token"]), "unknown_token")
    assert not floor.store.vault.holds(opened["chat"]["id"])


def test_erasing_during_a_chat_happens_when_it_is_over(floor: Floor):
    visitor, opened, _, _ = floor.talk()

    erased = visitor.ask("erase")

    assert erased["erased"] == "by"
    at = datetime.fromisoformat(erased["at"])
    assert timedelta(hours=23) < at - datetime.now(UTC) <= timedelta(hours=24)
    assert floor.store.vault.holds(opened["chat"]["id"])


def test_feedback_is_one_tap_and_its_words_are_heard_too(floor: Floor):
    visitor, opened = floor.opened()

    tap = visitor.ask("feedback", feeling="better")
    words = visitor.ask("feedback", feeling="worse", text=URGENT)

    assert tap == {"ok": True, "urgent_help": False}
    assert words["urgent_help"] is True
    assert words["resources"]
    assert visitor.ask("resume", token=opened["token"])["chat"]["feedback"] == "worse"


def test_a_complaint_is_acknowledged_told_to_its_visitor_and_to_no_listener(floor: Floor):
    vera, _, leo, _ = floor.talk()

    answer = vera.ask("complain", text="he asked where I live, heronfeather")

    assert set(answer) == {"ok", "held_until", "urgent_help"}
    assert not answer["urgent_help"]
    every_time_is_utc(answer)
    told = vera.wait_for("chat", lambda data: data["complained"])
    assert "looks into it" in told["complained"]
    assert vera.ask("complain")["held_until"] == answer["held_until"]
    urgent = vera.ask("complain", text=URGENT)
    assert urgent["urgent_help"]
    has_exactly(urgent["resources"][0], RESOURCE)
    leo.wait_for("chat", lambda data: data["level"] == "critical")
    assert "heronfeather" not in str(leo.heard)


def test_a_next_step_is_kept_taken_away_and_heard(floor: Floor):
    vera, _ = floor.opened()
    vera.ask("leave")

    assert vera.ask("next_step", text="call my sister") == {"ok": True, "urgent_help": False}

    told = vera.wait_for("chat", lambda data: (data["summary"] or {}).get("next_step"))
    assert told["summary"]["next_step"] == "call my sister"
    assert "My next step: call my sister" in told["summary"]["text"]
    assert vera.ask("next_step", text="")["ok"]
    is_refused(vera.ask("next_step", text="x" * 201), "too_long")
    urgent = vera.ask("next_step", text=URGENT)
    assert urgent["urgent_help"]
    has_exactly(urgent["resources"][0], RESOURCE)


def test_a_visitor_never_sees_levels_flags_or_anybodys_id(floor: Floor):
    visitor, opened, leo, accepted = floor.talk("I want to die")
    chat = opened["chat"]["id"]
    leo.ask("assess", chat=chat, level="critical", reason="says so plainly")
    leo.ask("say", chat=chat, client_id=some_id(), text="I am here")
    visitor.wait_for("message", lambda data: data["text"] == "I am here")
    resumed = floor.visitor().ask("resume", token=opened["token"])

    shown = [opened, resumed, *[data for _, data in visitor.heard]]

    names = {key for each in shown for key, _ in walk(each)}
    assert not names & HIDDEN
    everything = json.dumps(shown)
    ids = [row for row in (accepted["chat"]["listener"]["id"],) if row]
    flags = [each["id"] for each in accepted["chat"]["flags"]]
    assert flags
    assert not any(secret in everything for secret in ids + flags)


def test_messages_have_every_key_and_a_client_id_for_their_sender_only(floor: Floor):
    visitor, opened, leo, accepted = floor.talk()
    client_id = some_id()
    tab = floor.visitor()
    tab.ask("resume", token=opened["token"])

    visitor.ask("say", client_id=client_id, text="hi")
    own = tab.wait_for("message", lambda data: data["text"] == "hi")
    others = leo.wait_for("message", lambda data: data["text"] == "hi")

    has_exactly(own, MESSAGE)
    has_exactly(others, MESSAGE)
    assert (own["from"], own["client_id"]) == ("visitor", client_id)
    assert (others["from"], others["client_id"]) == ("visitor", None)
    assert accepted["messages"][1]["from"] == "line"
    every_time_is_utc([own, others])


def test_a_closed_line_says_when_it_opens_and_what_else_there_is(floor: Floor):
    cora = floor.staff("cora", "/coordinator")
    cora.ask("set_line", open=False, reason="a test")
    visitor = floor.visitor()

    error = is_refused(visitor.ask("open", client_id=some_id(), text="hello"), "line_closed")

    assert {"opens_at", "resources"} <= set(error)
    assert error["resources"]
    for each in error["resources"]:
        has_exactly(each, RESOURCE)
    assert floor.count("chats", "state = 'waiting'") == 0


def test_who_is_in_line_when_it_closes_hears_it_once_and_stays(floor: Floor):
    cora = floor.staff("cora", "/coordinator")
    visitor, opened = floor.opened()
    assert opened["chat"]["line_open"] is True

    for _ in range(2):
        cora.ask("set_line", open=False, reason="a test")

    shown = visitor.wait_for("chat", lambda data: not data["line_open"])
    assert shown["state"] == "waiting"
    told = visitor.wait_for("notice")
    assert told["code"] == "line_closing"
    assert "Your place is kept." in told["text"]
    assert [event for event, _ in visitor.heard].count("notice") == 1


def test_a_closed_line_keeps_critical_words_and_pages_the_lead(floor: Floor):
    cora = floor.staff("cora", "/coordinator")
    cora.ask("set_line", open=False, reason="a test")

    _, opened = floor.opened(URGENT)

    assert opened["urgent_help"] is True
    assert opened["chat"]["state"] == "waiting"
    cora.wait_for("alert", lambda data: data["kind"] == "nobody_there")
    assert floor.count("pages", "due_at IS NOT NULL AND given_up_at IS NULL") > 0


@pytest.fixture
def full_door(floor: Floor) -> Iterator[None]:
    """Leo has two chats and four people wait: longer than the five minutes of the limit, however
    short the talks of other tests were."""
    leo = floor.ready("leo")
    for _ in range(2):
        _, opened = floor.opened()
        floor.take(leo, opened["chat"]["id"])
    for _ in range(4):
        floor.opened()
    furnishing.set_door_limit(floor.store, 5, now=datetime.now(UTC))
    yield
    furnishing.set_door_limit(floor.store, 0, now=datetime.now(UTC))


@pytest.mark.usefixtures("full_door")
def test_a_full_door_says_the_limit_and_what_else_is_open(floor: Floor):
    cora, sol = floor.staff("cora", "/coordinator"), floor.staff("sol")
    before = floor.count("chats")

    error = is_refused(
        floor.visitor().ask("open", client_id=some_id(), text="hello"), "line_closed"
    )

    assert (error["full"], error["limit_minutes"], error["opens_at"]) == (True, 5, None)
    assert "longer than 5 minutes" in error["message"]
    assert error["resources"]
    for each in error["resources"]:
        has_exactly(each, RESOURCE)
        assert each["open_now"]
    assert floor.count("chats") == before
    kinds = [each["kind"] for each in sol.ask("sync")["board"]["alerts"]]
    assert "door_limits" in kinds  # raised by this very refusal, or by the sweep before it
    board = cora.wait_for("board", lambda data: data["line"]["told_at_door"] == 1)
    assert board["line"]["full_since"]


@pytest.mark.usefixtures("full_door")
def test_a_full_door_lets_urgent_words_in_with_the_emergency_card(floor: Floor):
    _, opened = floor.opened(URGENT)

    assert opened["urgent_help"] is True
    assert opened["resources"]
    assert opened["chat"]["state"] == "waiting"


def test_a_wait_that_slips_is_said(floor: Floor):
    floor.ready("sol")
    visitor, opened = floor.opened()
    long_ago = datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=1)
    floor.change(
        "UPDATE chats SET promised_by = :at, promised_high = 5 WHERE id = :id",
        at=str(long_ago),
        id=opened["chat"]["id"],
    )

    notice = visitor.wait_for("notice", lambda data: data["code"] == "slipped", within=12)

    assert set(notice) == {"code", "text"}
    assert notice["text"]


def test_a_listener_who_is_lost_is_said_and_the_place_is_kept(floor: Floor):
    visitor, opened, leo, _ = floor.talk()
    leo.close()
    lost = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=61)
    floor.change("UPDATE presences SET lease_until = :at", at=str(lost))

    notice = visitor.wait_for("notice", lambda data: data["code"] == "listener_lost")
    back = visitor.wait_for("chat", lambda data: data["state"] == "waiting" and data["place"])

    assert notice["text"]
    assert back["id"] == opened["chat"]["id"]
    assert visitor.wait_for("message", lambda data: data["code"] == "listener_lost")["text"]


def test_a_chat_in_a_language_nobody_knows_blinds_nobody(floor: Floor):
    cora = floor.staff("cora", "/coordinator")

    _, opened = floor.opened("hola", language="qaa")

    assert opened["chat"]["language"] == "qaa"
    queue = cora.ask("sync")["board"]["queue"]
    assert [each["language"] for each in queue] == ["qaa"]


def test_the_answers_are_in_the_language_of_who_asks(floor: Floor):
    visitor = floor.visitor(**{"Accept-Language": "en-GB,en;q=0.9"})

    answer = visitor.ask("open", client_id=some_id(), text="hello")

    assert answer["chat"]["language"] == "en"
    eventually(lambda: floor.count("chats", "language = 'en' AND state = 'waiting'") == 1)
