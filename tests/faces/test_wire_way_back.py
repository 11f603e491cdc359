"""Return codes on the wire, as a stranger would build a client after the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.faces.strangers import (
    VISITOR_CHAT,
    Floor,
    eventually,
    every_time_is_utc,
    has_exactly,
    is_refused,
    some_id,
)

pytestmark = pytest.mark.sockets

WRONG = "abacus otter zebra moonrise river lantern"


def test_a_code_is_six_words_and_opens_a_fresh_chat_elsewhere(floor: Floor):
    vera, opened = floor.opened("heronfeather", nickname="Sam")

    kept = vera.ask("keep")
    came = floor.visitor().ask("return", code=kept["code"], client_id=some_id())

    assert set(kept) == {"ok", "code"}
    assert len(kept["code"].split(" ")) == 6
    assert set(came) == {"ok", "token", "chat", "urgent_help"}
    assert len(came["token"]) == 43
    assert came["chat"]["id"] != opened["chat"]["id"]
    assert came["chat"]["seq"] == 0
    assert "heronfeather" not in json.dumps(came)
    has_exactly(came["chat"], VISITOR_CHAT)
    every_time_is_utc(came)
    there = floor.visitor().ask("resume", token=came["token"], after=0)
    assert there["messages"] == []
    assert vera.ask("say", client_id=some_id(), text="still here")["ok"]


def test_only_what_nobody_can_try_is_kept_of_a_code(floor: Floor):
    vera, opened = floor.opened()

    code = vera.ask("keep")["code"]

    rows = "SELECT code_hash FROM return_codes WHERE chat_id = :id"
    assert len(floor.value(rows, id=opened["chat"]["id"])) == 64
    database = floor.server.database.read_bytes()
    database += (floor.server.database.parent / "helpline.db-wal").read_bytes()
    assert code.encode() not in database
    assert code.replace(" ", "").encode() not in database


def test_a_code_is_the_same_however_it_is_written(floor: Floor):
    vera, _ = floor.opened()
    code = vera.ask("keep")["code"]

    came = floor.visitor().ask("return", code=f" {code.upper()}. ".replace(" ", "-"), client_id="a")

    assert came["ok"], came


def test_wrong_used_replaced_and_erased_codes_are_one_identical_answer(floor: Floor):
    vera, _ = floor.opened()
    replaced = vera.ask("keep")["code"]
    used = vera.ask("keep")["code"]
    assert floor.visitor().ask("return", code=used, client_id=some_id())["ok"]
    other, _ = floor.opened()
    erased = other.ask("keep")["code"]
    assert other.ask("erase")["erased"] == "now"
    stranger = floor.visitor()

    answers = [
        stranger.ask("return", code=each, client_id=some_id())
        for each in (WRONG, used, replaced, erased, "", "x", WRONG * 9)
    ]

    is_refused(answers[0], "unknown_token")
    assert all(each == answers[0] for each in answers)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"code": WRONG},
        {"client_id": "x"},
        {"code": 7, "client_id": "x"},
        {"code": WRONG, "client_id": ""},
        {"code": WRONG, "client_id": "x", "text": 7},
    ],
)
def test_what_cannot_be_read_is_a_bad_request(floor: Floor, said: dict):
    is_refused(floor.visitor().ask("return", said), "bad_request")


def test_the_same_try_again_is_the_same_chat_and_another_is_refused(floor: Floor):
    vera, _ = floor.opened()
    way = {"code": vera.ask("keep")["code"], "client_id": some_id()}

    first = floor.visitor().ask("return", way)
    again = floor.visitor().ask("return", way)

    assert again["chat"]["id"] == first["chat"]["id"]
    assert again["token"] != first["token"]
    is_refused(floor.visitor().ask("resume", token=first["token"]), "unknown_token")
    is_refused(floor.visitor().ask("return", way | {"client_id": some_id()}), "unknown_token")


def test_a_connection_that_comes_back_hears_its_fresh_chat_and_no_more_of_the_old(floor: Floor):
    vera, opened, leo, _ = floor.talk()
    code = vera.ask("keep")["code"]

    came = vera.ask("return", code=code, client_id=some_id(), text="it is me")
    leo.ask("say", chat=opened["chat"]["id"], client_id=some_id(), text="are you there?")

    assert came["seq"] == 1
    assert vera.ask("say", client_id=some_id(), text="and more")["seq"] == 2
    here = "SELECT visitor_here FROM chats WHERE id = :id"
    eventually(lambda: not floor.value(here, id=opened["chat"]["id"]))
    heard = vera.messages(opened["chat"]["id"])
    assert "are you there?" not in [each["text"] for each in heard]


def test_ones_own_code_is_not_sent_and_not_kept(floor: Floor):
    vera, opened = floor.opened()
    code = vera.ask("keep")["code"]

    said = vera.ask("say", client_id=some_id(), text=code.title())
    at_the_door = floor.visitor().ask("open", client_id=some_id(), text=code)

    for answer in (said, at_the_door):
        error = is_refused(answer, "bad_request")
        assert error["message"].startswith("This is a code for the way back.")
    assert floor.count("messages", "chat_id = :id", id=opened["chat"]["id"]) == 1
    assert vera.ask("say", client_id=some_id(), text=WRONG)["seq"] == 2
    assert floor.visitor().ask("return", code=code, client_id=some_id())["ok"]


def test_a_note_waits_with_the_code_and_only_the_next_listener_sees_it(floor: Floor):
    vera, _ = floor.opened()
    code = vera.ask("keep", note="call me heron")["code"]
    looked = floor.visitor().ask("look", code=code)
    back = floor.visitor()

    came = back.ask("return", code=code, client_id=some_id(), share_note=True)
    accepted = floor.take(floor.ready("leo"), came["chat"]["id"])

    assert looked["note"] is True
    assert "heron" not in json.dumps([looked, came])
    assert [each["text"] for each in accepted["chat"]["notes"]] == ["call me heron"]
    for said in ({"note": 7}, {"share_note": "yes"}, {"same_listener": 1}):
        is_refused(back.ask("return", code=code, client_id=some_id(), **said), "bad_request")
    is_refused(vera.ask("keep", note="x" * 501), "too_long")


# -- while the line is closed -------------------------------------------------------------------


@pytest.fixture
def closed(floor: Floor) -> Iterator[Floor]:
    """Closed by hand, where messages may be left."""
    wished = "UPDATE line SET policies = :policies, version = version + 1"
    before = floor.value("SELECT policies FROM line")
    floor.change(wished, policies=json.dumps({**json.loads(before), "left_messages": 1}))
    assert floor.staff("cora", "/coordinator").ask("set_line", open=False, reason="a test")["ok"]
    yield floor
    floor.change(wished, policies=before)


def test_a_message_is_left_at_the_closed_door_and_its_answer_read_elsewhere(closed: Floor):
    vera, form = closed.visitor(), {"client_id": some_id(), "text": "a boring heronfeather day"}

    refused = is_refused(vera.ask("open", form), "line_closed")
    kept = vera.ask("leave_message", form)
    looked = closed.visitor().ask("look", code=kept["code"])

    assert refused["may_leave"] is True
    assert set(kept) == {"ok", "left", "code", "opens_at"}
    assert kept["left"] is True
    assert set(looked["left"]) == {"left_at", "answers"}
    assert looked["left"]["answers"] == []
    assert "heronfeather" not in json.dumps(looked)
    every_time_is_utc([kept, looked])
    assert closed.count("chats", "open_client_id = :id", id=form["client_id"]) == 0

    assert closed.visitor().ask("erase_left", code=kept["code"])["ok"]
    for event in ("look", "erase_left"):
        is_refused(closed.visitor().ask(event, code=kept["code"]), "unknown_token")


def test_words_at_risk_are_never_left_but_wait(closed: Floor):
    vera = closed.visitor()

    kept = vera.ask("leave_message", client_id=some_id(), text="I took all my pills")

    assert set(kept) == {"ok", "left", "token", "chat", "urgent_help", "resources"}
    assert kept["left"] is False
    assert kept["urgent_help"] is True
    assert kept["chat"]["state"] == "waiting"
    assert vera.ask("say", client_id=some_id(), text="please")["seq"] == 2


def test_a_chats_code_shows_nothing_to_who_looks_and_stays_good(floor: Floor):
    vera, _ = floor.opened("heronfeather")
    code = vera.ask("keep")["code"]

    looked = floor.visitor().ask("look", code=code)

    nothing = dict.fromkeys(("left", "follow_up", "complaint"))
    assert looked == {"ok": True, "same_listener": False, "note": False, **nothing}
    assert "heronfeather" not in json.dumps(looked)
    assert floor.visitor().ask("return", code=code, client_id=some_id())["ok"]
    is_refused(floor.visitor().ask("look", code=code), "unknown_token")


def test_where_no_messages_are_taken_nothing_is_said_of_them(floor: Floor):
    assert floor.staff("cora", "/coordinator").ask("set_line", open=False, reason="a test")["ok"]
    form = {"client_id": some_id(), "text": "a boring day"}

    for event in ("open", "leave_message"):
        error = is_refused(floor.visitor().ask(event, form), "line_closed")
        assert "may_leave" not in error
    is_refused(floor.visitor().ask("leave_message", client_id=some_id()), "empty")
