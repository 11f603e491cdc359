"""The voice of a canary: a visitor of our own, on two real connections to this process."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import Any

import simple_websocket

from helpline.actions import proving
from helpline.store.secrets import new_id
from helpline.store.transaction import Store

log = logging.getLogger(__name__)

SAYS = "I keep thinking about suicide"  # triage must hear it, whatever the line's languages
THEN = "I am still here"
ANSWERS_WITHIN = 10  # seconds
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}


class Canary:
    """`expected` are the client ids by which the visitor's door knows a canary: of this process
    alone, so that nobody outside can be one."""

    def __init__(self, store: Store, expected: set[str], clock: Callable[[], datetime]) -> None:
        self._store, self._expected, self._clock = store, expected, clock
        self._at: str | None = None

    def lives_at(self, host: str, port: int) -> None:
        """Where this process listens, from now on."""
        self._at = f"ws://{ANYWHERE.get(host, host)}:{port}"

    def go_if_due(self) -> None:
        if self._at is None or not proving.may_send(self._store, now=self._clock()):
            return
        client_id = new_id()
        self._expected.add(client_id)
        try:
            chat_id = _talk(self._at, client_id)
            proving.came_through(self._store, chat_id, now=self._clock())
        except Exception as why:
            log.error("a canary did not come through: %s", type(why).__name__)
        finally:
            self._expected.discard(client_id)


def _talk(at: str, client_id: str) -> str:
    """Opens, says, is read back on another connection, and heard there; the chat's id."""
    with closing(Connection(at)) as one, closing(Connection(at)) as other:
        opened = one.ask("open", {"client_id": client_id, "text": SAYS})
        back = other.ask("resume", {"token": opened["token"], "after": 0})
        if SAYS not in [each["text"] for each in back["messages"]]:
            raise proving.NotProven("reading back")
        said = one.ask("say", {"client_id": new_id(), "text": THEN})
        heard = other.hear("message")
        if (heard["seq"], heard["text"]) != (said["seq"], THEN):
            raise proving.NotProven("push")
        return str(opened["chat"]["id"])


class Connection:
    """As a visitor's page has one, and no more of the protocol than a canary needs."""

    def __init__(self, at: str) -> None:
        self._socket = simple_websocket.Client(f"{at}/socket.io/?EIO=4&transport=websocket")
        self._asked = 0
        self._heard: list[list[Any]] = []
        self._socket.send("40/visitor,")
        self._read("40/visitor,")

    def ask(self, event: str, payload: dict[str, Any]) -> Any:
        self._asked += 1
        self._socket.send(f"42/visitor,{self._asked}{json.dumps([event, payload])}")
        answer = f"43/visitor,{self._asked}"
        ack = json.loads(self._read(answer + "[").removeprefix(answer))[0]
        if not ack["ok"]:
            raise proving.NotProven(event)
        return ack

    def hear(self, event: str) -> Any:
        while not (found := [each[1] for each in self._heard if each[0] == event]):
            self._read("42/visitor,")
        return found[0]

    def _read(self, begins: str) -> str:
        """The next frame that begins so; pings are answered and events kept."""
        while True:
            frame = self._socket.receive(timeout=ANSWERS_WITHIN)
            if frame is None:
                raise TimeoutError
            if frame == "2":
                self._socket.send("3")
            if frame.startswith("42/visitor,"):
                self._heard.append(json.loads(frame.removeprefix("42/visitor,")))
            if frame.startswith(begins):
                return str(frame)

    def close(self) -> None:
        self._socket.close()
