"""The beat: who is there, what they should have, and who is let go for saying nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import websocket

from helpline.faces.visitor.socket import UNBOUND_FOR, VisitorNamespace
from tests import makers
from tests.faces.strangers import Floor, Raw, some_id

pytestmark = pytest.mark.sockets

A_BEAT_COMES_WITHIN = 25  # seconds: every ten, and a lease is written every five at most


@pytest.fixture(scope="module")
def after_a_while(everybody: Floor) -> Iterator[dict[str, Any]]:
    """What happened to five connections of which nobody said a word for a beat or two."""
    floor = everybody
    visitor, opened = floor.opened()
    visitor.ask("say", client_id=some_id(), text="two")
    answering = floor.staff("leo")
    silent = floor.raw("/listener", {"token": floor.token("lin")})
    never_entered = _never_enters(floor)
    before = {name: _lease(floor, name) for name in ("leo", "lin")}

    facts: dict[str, Any] = {"chat": opened["chat"]["id"], "before": before}
    facts["silent heard"] = _beat_of(silent)
    answering.wait_for("beat", within=A_BEAT_COMES_WITHIN)
    facts["visitor heard"] = visitor.wait_for("beat", within=A_BEAT_COMES_WITHIN)
    until = time.monotonic() + A_BEAT_COMES_WITHIN
    while _lease(floor, "leo") == before["leo"] and time.monotonic() < until:
        time.sleep(0.1)
    facts["after"] = {name: _lease(floor, name) for name in ("leo", "lin")}
    facts["never entered"] = _was_closed(never_entered)
    facts["visitor here"] = floor.value(
        "SELECT visitor_here FROM chats WHERE id = :id", id=opened["chat"]["id"]
    )
    yield facts
    floor.tidy()


def _never_enters(floor: Floor) -> websocket.WebSocket:
    where = floor.server.url.replace("http://", "ws://")
    return websocket.create_connection(f"{where}/socket.io/?EIO=4&transport=websocket", timeout=15)


def _was_closed(socket: websocket.WebSocket) -> bool:
    try:
        while True:
            if socket.recv_data()[0] == websocket.ABNF.OPCODE_CLOSE:
                return True
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        return True
    except websocket.WebSocketTimeoutException:
        return False


def _beat_of(raw: Raw) -> str:
    """The next beat on this connection, answered at the engine's level but not at ours."""
    until = time.monotonic() + A_BEAT_COMES_WITHIN
    raw.socket.settimeout(A_BEAT_COMES_WITHIN)
    while time.monotonic() < until:
        frame = raw.socket.recv()
        if frame == "2":
            raw.send("3")
        if '"beat"' in frame:
            return str(frame)
    raise AssertionError("no beat came")


def _lease(floor: Floor, name: str) -> str:
    found: str = floor.value(
        "SELECT lease_until FROM presences WHERE person_id = "
        "(SELECT id FROM people WHERE email = :email)",
        email=f"{name}@example.org",
    )
    return found


def test_a_visitor_is_told_what_they_should_have(after_a_while: dict[str, Any]):
    assert after_a_while["visitor heard"] == {"heads": {after_a_while["chat"]: 2}}
    assert after_a_while["visitor here"] == 1


def test_the_answer_to_the_servers_beat_renews_the_lease(after_a_while: dict[str, Any]):
    assert after_a_while["after"]["leo"] > after_a_while["before"]["leo"]


def test_a_connection_that_does_not_answer_renews_nothing(after_a_while: dict[str, Any]):
    assert after_a_while["silent heard"].startswith("42/listener,")
    assert after_a_while["after"]["lin"] == after_a_while["before"]["lin"]


def test_a_socket_that_enters_nowhere_is_closed(after_a_while: dict[str, Any]):
    assert after_a_while["never entered"]


def test_a_listeners_own_beat_tells_the_version_and_the_heads(floor: Floor):
    _, opened, leo, _ = floor.talk()

    beat = leo.ask("beat")

    assert set(beat) == {"ok", "next_s", "version", "heads"}
    assert beat["next_s"] == 10
    assert beat["heads"] == {opened["chat"]["id"]: 2}
    assert beat["version"] == leo.ask("sync")["board"]["version"]


def test_the_lease_of_a_listener_lasts_thirty_seconds(floor: Floor):
    floor.staff("leo")
    connected = datetime.fromisoformat(_lease(floor, "leo"))

    now = datetime.fromisoformat(str(floor.value("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")))

    assert timedelta(seconds=25) < connected - now <= timedelta(seconds=30)


def test_a_reserved_name_changes_nobodys_presence(floor: Floor):
    """`disconnect` as an event would else take somebody away who goes on hearing everything."""
    _, opened, _, _ = floor.talk()
    raw = floor.raw("/listener", {"token": floor.token("leo")})

    for frame in ('["disconnect"]', '["connect",{}]', '["connect_error",{}]'):
        raw.send("42/listener,7" + frame)
    raw.send('42/listener,8["sync"]')

    heard = raw.hear() or ""
    while not heard.startswith("43/listener,"):
        heard = raw.hear() or ""
    assert heard.startswith("43/listener,8")
    board = json.loads(heard.removeprefix("43/listener,8"))[0]["board"]
    assert board["me"]["state"] == "ready"
    assert [each["id"] for each in board["chats"]] == [opened["chat"]["id"]]


def test_a_socket_that_binds_to_no_chat_goes_after_a_minute(house, cast, now, monkeypatch):
    gone: list[str] = []
    namespace = VisitorNamespace(house)
    monkeypatch.setattr(namespace, "disconnect", gone.append)
    monkeypatch.setattr(namespace, "enter_room", lambda *_: None)
    namespace.enter("idle", {}, None, now)
    namespace.enter("bound", {}, None, now)
    opened = makers.open_chat(house.store, "I want to die", now=now)
    namespace.on_resume("bound", {"token": opened.token}, now)

    namespace.close_unbound(now + UNBOUND_FOR)
    assert gone == []
    namespace.close_unbound(now + UNBOUND_FOR + timedelta(seconds=1))

    assert gone == ["idle"]
    assert timedelta(seconds=60) == UNBOUND_FOR
