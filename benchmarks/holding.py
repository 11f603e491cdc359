"""Sockets that a process holds, quiet and bound to a chat, and its memory for each."""

from __future__ import annotations

import json
import selectors
import tempfile
import time as wall
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from websocket import WebSocket, WebSocketException, create_connection

from benchmarks import serving
from benchmarks.serving import Bench, Served

SOCKETS = 500
QUIET = 30  # seconds that they are held: longer than a line without a sign of life lives
SETTLES = 5  # seconds in which memory that is
STEADY = 256 * 1024  # grows by fewer bytes
GOAL = 1.3


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(f"sqlite:///{folder}/bench.db", Path(folder) / "keys", listeners=1)
        tokens = [each.token for each in bench.come(SOCKETS)]
        bench.store.engine.dispose()
        with serving.bare() as relay:
            bare = _held(relay, lambda n: ["40", f'420["join",{{"room":"room-{n}"}}]'])
        with serving.ours(bench.database, bench.keys) as helpline:
            ours = _held(helpline, lambda n: ["40/visitor,", _resume(tokens[n])])
    for name, (held, each) in {"bare relay": bare, "helpline": ours}.items():
        print(f"{name:<12}{held:5d} of {SOCKETS} held, {each / 1024:6.1f} KiB each")
    print(f"ratio       {ours[1] / bare[1]:6.2f}  (goal {GOAL})")


def _resume(token: str) -> str:
    return f"42/visitor,0{json.dumps(['resume', {'token': token}])}"


def _held(served: Served, says: Callable[[int], list[str]]) -> tuple[int, float]:
    """How many sockets are there after a while, and the bytes that each of them added."""
    with Crowd(served.url) as crowd:
        crowd.come(says(0))  # what the first of all costs is no socket's
        before = _steady(served)
        for number in range(1, SOCKETS):
            crowd.come(says(number))
        wall.sleep(QUIET)
        return crowd.held(), (served.memory() - before) / (SOCKETS - 1)


def _steady(served: Served) -> int:
    """Its memory once it grows no more: ours makes its patterns ready after the start."""
    before, now = 0, served.memory()
    while now - before > STEADY:
        wall.sleep(SETTLES)
        before, now = now, served.memory()
    return now


class Crowd:
    """Sockets that only answer pings, all of them in one thread."""

    def __init__(self, url: str) -> None:
        self._address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        self._lines: list[WebSocket] = []
        self._heard = selectors.DefaultSelector()
        self._thread = Thread(target=self._listen, daemon=True)
        self._over = False

    def __enter__(self) -> Crowd:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._thread.join()
        for line in self._lines:
            line.close()

    def come(self, says: list[str]) -> None:
        """One more, who says this and is answered each time."""
        line = create_connection(self._address, timeout=serving.WITHIN)
        line.recv()  # the handshake of Engine.IO
        for each in says:
            line.send(each)
            line.recv()
        self._lines.append(line)
        self._heard.register(line.sock, selectors.EVENT_READ, line)

    def held(self) -> int:
        return len(self._heard.get_map())

    def _listen(self) -> None:
        while not self._over:
            for key, _ in self._heard.select(0.2):
                try:
                    if key.data.recv() == "2":
                        key.data.send("3")
                except (OSError, WebSocketException):
                    self._heard.unregister(key.fileobj)
