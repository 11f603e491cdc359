"""A raw client of the wire, cheap enough to load a server from the same small machine."""

from __future__ import annotations

import json
import re
from queue import SimpleQueue
from threading import Thread
from typing import Any

from websocket import WebSocket, WebSocketException, create_connection

WITHIN = 60  # seconds for any answer
ASKED = re.compile(r"42(?P<namespace>/\w+,)?(?P<number>\d+)\[.*")


class Wire:
    """One WebSocket in one namespace, read all the time: the server's pings want answers."""

    def __init__(self, url: str, namespace: str = "/", auth: Any = None) -> None:
        address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        self.socket: WebSocket = create_connection(address, timeout=WITHIN)
        self._prefix = "" if namespace == "/" else namespace + ","
        self._asked = 0
        self.heard: list[list[Any]] = []
        self.socket.recv()  # the handshake of Engine.IO
        self.socket.send(f"40{self._prefix}{json.dumps(auth) if auth is not None else ''}")
        while not (said := self.socket.recv()).startswith("40"):
            if said.startswith("44"):
                raise ConnectionRefusedError(said)
        self._read: SimpleQueue[str] = SimpleQueue()
        Thread(target=self._read_on, daemon=True).start()

    def _read_on(self) -> None:
        try:
            while said := str(self.socket.recv()):
                if said == "2":
                    self.socket.send("3")
                elif asked := ASKED.fullmatch(said):  # a beat: whoever does not answer is gone
                    self.socket.send(f"43{asked['namespace'] or ''}{asked['number']}[]")
                else:
                    self._read.put(said)
        except (OSError, WebSocketException):
            return

    def ask(self, event: str, payload: Any) -> Any:
        """Says something and waits for its ack; what is heard meanwhile is kept in `heard`."""
        self._asked += 1
        asked = str(self._asked)
        self.socket.send(f"42{self._prefix}{asked}{json.dumps([event, payload])}")
        answer = f"43{self._prefix}{asked}["
        while True:
            said = self._read.get(timeout=WITHIN)
            if said.startswith(answer):
                return json.loads(said[len(answer) - 1 :])[0]
            self._keep(said)

    def hear(self, event: str) -> Any:
        """The next thing of this kind; others are passed over."""
        while True:
            for number, each in enumerate(self.heard):
                if each[0] == event:
                    del self.heard[: number + 1]
                    return each[1]
            self.heard.clear()
            self._keep(self._read.get(timeout=WITHIN))

    def _keep(self, said: str) -> None:
        if said.startswith("42"):
            self.heard.append(json.loads(said[said.index("[") :]))

    def close(self) -> None:
        self.socket.close()
