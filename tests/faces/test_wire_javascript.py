"""The core way once more with the official JavaScript client, as a browser would go it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.faces.clients import node
from tests.faces.strangers import MESSAGE, OFFER, VISITOR_CHAT, Floor, has_exactly

pytestmark = pytest.mark.sockets

ROOT = node.ROOT
CORE_WAY = Path(__file__).parent / "clients" / "core_way.mjs"


@pytest.fixture(scope="module")
def way(everybody: Floor) -> dict[str, Any]:
    """What the script answered; it goes the whole way in one breath."""
    everybody.tidy()
    ran = subprocess.run(
        [_node(), str(CORE_WAY), everybody.server.url, everybody.token("leo")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    everybody.tidy()
    assert ran.returncode == 0, ran.stderr
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


def _node() -> str:
    if not (ROOT / "node_modules" / "socket.io-client").exists():
        pytest.fail(f"node_modules/socket.io-client is missing: {node.SET_UP}")
    return node.find()


def test_every_answer_has_the_keys_that_the_python_client_sees(way: dict[str, Any]):
    acks = way["acks"]

    assert set(acks["open"]) == {"ok", "token", "chat", "seq", "sent_at", "urgent_help"}
    assert set(acks["resume"]) == {"ok", "chat", "messages", "more"}
    assert set(acks["accept"]) == {"ok", "chat", "messages", "more"}
    assert set(acks["visitorSays"]) == {"ok", "seq", "sent_at", "urgent_help"}
    assert set(acks["listenerSays"]) == {"ok", "seq", "sent_at"}
    assert acks["close"] == {"ok": True}
    has_exactly(acks["open"]["chat"], VISITOR_CHAT)
    has_exactly(way["offer"], OFFER)


def test_the_conversation_is_heard_once_and_in_order(way: dict[str, Any]):
    heard = way["acks"]["resume"]["messages"] + [
        data for event, data in way["heard"] if event == "message"
    ]

    for each in heard:
        has_exactly(each, MESSAGE)
    assert [each["seq"] for each in heard] == [1, 2, 3, 4, 5]
    assert [each["text"] for each in heard if not each["code"]] == [
        "hello 🙂",
        "is anyone there?",
        "yes, I am here",
    ]


def test_refusals_look_alike_in_both_languages(way: dict[str, Any]):
    assert way["refused"] == {"code": "not_signed_in"}
    assert way["acks"]["unknown"]["ok"] is False
    assert way["acks"]["unknown"]["error"]["code"] == "bad_request"
