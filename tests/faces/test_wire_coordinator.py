"""The coordinator's namespace: the line and its queue, never a word of anybody's."""

from __future__ import annotations

import json

import pytest

from tests.faces.strangers import (
    ALERT,
    COORDINATOR_BOARD,
    LEVELS,
    QUEUED,
    Floor,
    every_time_is_utc,
    has_exactly,
    is_refused,
    some_id,
)

pytestmark = pytest.mark.sockets

COORDINATOR = "/coordinator"


def test_the_board_shows_the_line_and_no_words(floor: Floor):
    cora = floor.staff("cora", COORDINATOR)
    _, opened = floor.opened("I took all my pills", nickname="Very Private", topic="secret topic")

    answer = cora.ask("sync")

    assert set(answer) == {"ok", "board"}
    board = answer["board"]
    has_exactly(board, COORDINATOR_BOARD)
    assert {"light", "words"} <= set(board["health"])
    waiting = board["queue"][0]
    has_exactly(waiting, QUEUED)
    assert waiting["chat"] == opened["chat"]["id"]
    assert waiting["level"] == "critical"
    assert waiting["waited_s"] >= 0
    shown = json.dumps(board)
    assert not any(word in shown for word in ("pills", "Very Private", "secret topic"))
    every_time_is_utc(board)


def test_the_board_comes_by_itself_when_somebody_arrives(floor: Floor):
    cora = floor.staff("cora", COORDINATOR)
    _, opened = floor.opened()

    board = cora.wait_for("board", lambda data: data["queue"])

    assert [each["chat"] for each in board["queue"]] == [opened["chat"]["id"]]
    versions = [data["version"] for kind, data in cora.heard if kind == "board"]
    assert versions == sorted(versions)


def test_a_chat_can_be_assigned_to_a_person_who_is_there(floor: Floor):
    cora, lin = floor.staff("cora", COORDINATOR), floor.staff("lin")
    _, opened = floor.opened()
    chat = opened["chat"]["id"]
    person = lin.ask("sync")["board"]["on_shift"]
    lins = next(each["id"] for each in person if each["name"] == "Lin")

    first = cora.ask("assign", chat=chat, listener=lins)
    second = cora.ask("assign", chat=chat, listener=lins)

    assert first == second
    assert set(first) == {"ok", "offer"}
    assert lin.wait_for("offer")["id"] == first["offer"]
    assert lin.ask("accept", offer=first["offer"])["ok"]
    is_refused(cora.ask("assign", chat=chat, listener=lins), "offer_taken")


def test_what_cannot_be_assigned_is_refused_with_its_reason(floor: Floor, off_shift: str):
    cora, leo = floor.staff("cora", COORDINATOR), floor.ready("leo")
    _, opened = floor.opened("I took all my pills")
    leos = floor.take(leo, opened["chat"]["id"])["chat"]["listener"]["id"]
    visitor, other = floor.opened()
    chat = other["chat"]["id"]
    nias = floor.value("SELECT id FROM people WHERE email = 'nia@example.org'")

    is_refused(cora.ask("assign", chat=chat, listener=leos), "no_free_seat")
    is_refused(cora.ask("assign", chat=chat, listener=nias), "not_on_shift")
    is_refused(cora.ask("assign", chat=chat, listener="nobody"), "not_found")
    is_refused(cora.ask("assign", chat="nothing", listener=leos), "not_found")
    visitor.ask("leave")
    is_refused(cora.ask("assign", chat=chat, listener=leos), "chat_closed")


def test_closing_the_line_says_how_many_wait_and_at_what_level(floor: Floor):
    cora = floor.staff("cora", COORDINATOR)
    floor.opened()
    floor.opened("I took all my pills")

    closed = cora.ask("set_line", open=False, reason="storm")
    opened = cora.ask("set_line", open=True, reason="over")

    assert set(closed) == {"ok", "open", "waiting"}
    assert closed["open"] is False
    assert set(closed["waiting"]) == set(LEVELS)
    assert (closed["waiting"]["routine"], closed["waiting"]["critical"]) == (1, 1)
    assert opened["open"] is True
    is_refused(floor.staff("cora", COORDINATOR).ask("set_line", reason="x"), "bad_request")


def test_an_alert_has_every_key_and_an_owner_once_taken(floor: Floor):
    cora = floor.staff("cora", COORDINATOR)
    floor.opened("I took all my pills")

    alert = cora.wait_for("alert", lambda data: data["kind"] == "nobody_there")
    answer = cora.ask("acknowledge", alert=alert["id"])

    has_exactly(alert, ALERT)
    every_time_is_utc(alert)
    assert alert["text"]
    assert answer == {"ok": True}
    owned = cora.wait_for("alert", lambda data: data["acknowledged_by"])
    assert owned["acknowledged_by"] == "Cora"
    is_refused(cora.ask("acknowledge", alert="nothing"), "not_found")


def test_a_coordinator_hears_of_no_conversation(floor: Floor):
    cora = floor.staff("cora", COORDINATOR)
    visitor, opened, leo, _ = floor.talk("something only for Leo")
    leo.ask("say", chat=opened["chat"]["id"], client_id=some_id(), text="and only for Vera")
    leo.ask("ask_help", chat=opened["chat"]["id"], why="between us")
    visitor.wait_for("message", lambda data: data["from"] == "listener")
    cora.wait_for("board", lambda data: not data["queue"])

    heard = json.dumps([cora.heard, cora.ask("sync")])

    assert {kind for kind, _ in cora.heard} <= {"board", "alert"}
    assert not any(word in heard for word in ("only for", "between us", "help_asked"))
