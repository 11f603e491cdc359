"""Check-ins on the wire, as a stranger would build a client after the contract."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.faces.strangers import Floor, eventually, is_refused, some_id

pytestmark = pytest.mark.sockets

SNAPSHOT = {"id", "state", "text", "starts_at", "ends_at", "zone", "name", "words", "may_cancel"}


def tomorrow() -> dict[str, str]:
    day = (datetime.now(UTC) + timedelta(days=2)).date()
    return {"day": day.isoformat(), "from": "18:00", "until": "20:00"}


def test_a_check_in_is_proposed_agreed_taken_back_and_told_to_both(floor: Floor):
    vera, opened, leo, _ = floor.talk()
    chat = opened["chat"]["id"]

    made = leo.ask("offer_follow_up", chat=chat, **tomorrow())["follow_up"]
    asked = vera.wait_for("chat", lambda data: data["follow_up"])["follow_up"]
    assert set(asked) == SNAPSHOT
    assert (asked["id"], asked["state"], asked["may_cancel"]) == (made, "asked", False)

    agreed = vera.ask("answer_follow_up", follow_up=made, agrees=True)
    assert agreed["chat"]["follow_up"]["state"] == "agreed"
    said = vera.wait_for("message", lambda data: data["code"] == "follow_up_agreed")
    assert "between 18:00 and 20:00" in said["text"]
    told = leo.wait_for("chat", lambda data: (data["follow_up"] or {}).get("state") == "agreed")[
        "follow_up"
    ]
    assert set(told) == {"id", "state", "brought", "text", "may_withdraw"}
    again = vera.ask("answer_follow_up", follow_up=made, agrees=True)
    assert again["chat"]["follow_up"] == agreed["chat"]["follow_up"]

    cancelled = vera.ask("cancel_follow_up")
    assert cancelled["chat"]["follow_up"]["state"] == "cancelled"
    is_refused(vera.ask("answer_follow_up", follow_up=made, agrees=True), "offer_gone")


SPOILT = (
    ({"day": "tomorrow"}, "day"),
    ({"from": "six"}, "from"),
    ({"until": 8}, "until"),
    ({"until": "18:10"}, "until"),
    ({"day": "2020-01-01"}, "from"),
    ({"day": "2099-01-01"}, "day"),
)


def test_a_window_that_cannot_be_is_refused_by_its_field(floor: Floor):
    _, opened, leo, _ = floor.talk()

    for spoilt, field in SPOILT:
        answer = leo.ask("offer_follow_up", chat=opened["chat"]["id"], **tomorrow() | spoilt)
        assert is_refused(answer, "bad_request")["field"] == field


def test_the_page_that_opens_later_gives_the_check_in_and_no_words(floor: Floor):
    vera, opened, leo, _ = floor.talk("heronfeather")
    chat = opened["chat"]["id"]
    made = leo.ask("offer_follow_up", chat=chat, **tomorrow())["follow_up"]
    vera.ask("answer_follow_up", follow_up=made, agrees=True)
    code = vera.ask("keep")["code"]
    assert vera.ask("leave")["ok"]
    past = datetime.now(UTC) - timedelta(minutes=20)
    floor.change("UPDATE chats SET ended_at = :past WHERE id = :id", past=str(past), id=chat)

    back = floor.visitor().ask("resume", token=opened["token"], after=0)
    looked = floor.visitor().ask("look", code=code)
    came = floor.visitor().ask("return", code=code, client_id=some_id())

    assert (back["messages"], back["more"]) == ([], False)
    assert back["chat"]["follow_up"]["state"] == "agreed"
    assert "we keep to it" in looked["follow_up"]
    assert came["chat"]["follow_up"]["words"] is None
    assert "heronfeather" not in json.dumps([back, looked, came])


def test_what_a_listener_takes_back_the_visitor_hears(floor: Floor):
    vera, opened, leo, _ = floor.talk()
    chat = opened["chat"]["id"]
    made = leo.ask("offer_follow_up", chat=chat, **tomorrow())["follow_up"]
    vera.ask("answer_follow_up", follow_up=made, agrees=True)

    assert leo.ask("withdraw_follow_up", follow_up=made)["ok"]

    said = vera.wait_for("message", lambda data: data["code"] == "follow_up_withdrawn")
    assert "We are sorry" in said["text"]
    eventually(
        lambda: floor.value("SELECT state FROM follow_ups WHERE id = :id", id=made) == "withdrawn"
    )
