"""A network between a page and the server, that fails when and how a test wants it to.

It passes bytes, reads WebSocket frames on their way, and meddles from a named step of the protocol
on: `cut` (the line breaks there), `stall` (nothing moves for a while, then all of it), `delay`
(everything is late), `slice` (bytes one by one), `black hole` (the line looks open and nothing
passes any more, ever).
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

MODES = ("cut", "stall", "delay", "slice", "black hole")
# What a frame must look like to be this step; answers are known by the number of their question.
HANDSHAKE = ("connect", "handshake", "shaken", "enter", "entered")
ASKED = re.compile(r'^42/\w+,(\d+)\["(\w+)"')
ANSWERED = re.compile(r"^43/\w+,(\d+)\[")
TOLD = re.compile(r'^42/\w+,\d*\["(\w+)"')

STALLS = 2.5  # seconds: longer than a page waits for an answer here
DELAYS = 0.08  # seconds each
SLICES = 200  # pieces at most of what passes at once
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: a reset, as a dead network leaves it

Forward = Callable[[bytes], Awaitable[None]]


class Ended(Exception):
    """This line is over."""


class Line:
    """One connection of a page, and what is wrong with it."""

    def __init__(self, near: asyncio.StreamWriter) -> None:
        self.near, self.far = near, None
        self.mode = ""
        self.is_socket = False
        self.flows = asyncio.Event()
        self.flows.set()
        self.asked: dict[str, str] = {}

    def reset(self) -> None:
        for writer in (self.near, self.far):
            if writer is not None:
                with suppress(OSError):
                    tcp: Any = writer.get_extra_info("socket")
                    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                writer.transport.abort()

    def step_of(self, frame: str, *, from_page: bool) -> str:
        """Which step of the protocol this frame is."""
        if frame.startswith("40/"):
            return "enter" if from_page else "entered"
        if from_page and (asked := ASKED.match(frame)):
            self.asked[asked[1]] = asked[2]
            return asked[2]
        if not from_page and (answered := ANSWERED.match(frame)):
            return f"{self.asked.get(answered[1], '')} answered"
        told = TOLD.match(frame)
        return f"{told[1]} told" if told and not from_page else ""


class Proxy:
    """Stands before `server`; `url` is where the pages go instead."""

    def __init__(self, server: str) -> None:
        self._there = urlsplit(server)
        self._lines: set[Line] = set()
        self._wish = ("", "")
        self._down = ""
        self._up = asyncio.Event()
        self.met = threading.Event()  # the step came, and was meddled with
        self._loop = asyncio.new_event_loop()
        began = threading.Event()
        self._thread = threading.Thread(target=self._run, args=[began], daemon=True)
        self._thread.start()
        began.wait()
        self.url = f"http://127.0.0.1:{self._port}"

    # -- what a test says ---------------------------------------------------------------------

    def meddle(self, mode: str, step: str, *, stays_down: bool = False) -> None:
        """From the next time this step comes. `stays_down`: nothing else passes until `heal`."""
        self.met.clear()
        self._wish, self._stays_down = (mode, step), stays_down

    def break_lines(self) -> None:
        """Every socket that is open ends now, as when a phone changes its network."""
        self._call(self._break_lines)

    def lead_to(self, server: str) -> None:
        """From now on new lines go there: it is one address, whoever answers behind it."""
        self._there = urlsplit(server)

    def heal(self) -> None:
        """New lines pass, nothing is late or in pieces; what hangs on an old one stays as it is."""
        self._call(self._heal)

    def is_passing(self) -> bool:
        """Whether any socket is open that is not broken."""
        return any(line.is_socket and line.mode != "black hole" for line in list(self._lines))

    def close(self) -> None:
        def end() -> None:
            for each in asyncio.all_tasks(self._loop):
                each.cancel()
            self._loop.call_later(0.1, self._loop.stop)

        self._call(end)
        self._thread.join()
        self._loop.close()

    # -- the network ----------------------------------------------------------------------------

    def _call(self, work: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(work)

    def _run(self, began: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self._port = server.sockets[0].getsockname()[1]
        self._up.set()
        began.set()
        self._loop.run_forever()

    def _break_lines(self) -> None:
        for line in [each for each in self._lines if each.is_socket]:
            line.reset()

    def _heal(self) -> None:
        self._wish, self._down = ("", ""), ""
        self._up.set()
        for line in self._lines:
            if line.mode in ("delay", "slice"):
                line.mode = ""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(writer)
        self._lines.add(line)
        try:
            await self._wait_for_a_network(line)
            await self._meet(line, "connect")
            far_reader, line.far = await asyncio.open_connection(
                self._there.hostname, self._there.port
            )
            for each in (line.near, line.far):
                each.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await self._begin(line, reader, far_reader)
        except (Ended, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._lines.discard(line)
            line.reset() if line.mode == "cut" else line.near.close()
            if line.far is not None:
                line.far.close()

    async def _wait_for_a_network(self, line: Line) -> None:
        if self._down == "cut":
            line.mode = "cut"
            raise Ended
        await self._up.wait()  # a black hole: the page waits until it gives up, or it comes back

    async def _begin(
        self, line: Line, near: asyncio.StreamReader, far: asyncio.StreamReader
    ) -> None:
        head = await near.readuntil(b"\r\n\r\n")
        line.is_socket = b"upgrade: websocket" in head.lower()
        if line.is_socket:
            await self._meet(line, "handshake")
        await self._pass(line, head, line.far)
        if not line.is_socket:
            await _either(self._pipe(line, near, line.far), self._pipe(line, far, line.near))
            return
        shaken = await far.readuntil(b"\r\n\r\n")
        await self._meet(line, "shaken")
        await self._pass(line, shaken, line.near)
        await _either(
            self._frames(line, near, line.far, from_page=True),
            self._frames(line, far, line.near, from_page=False),
        )

    async def _pipe(self, line: Line, reader: asyncio.StreamReader, to: Any) -> None:
        while some := await reader.read(1 << 16):
            to.write(some)
            await to.drain()

    async def _frames(
        self, line: Line, reader: asyncio.StreamReader, to: Any, *, from_page: bool
    ) -> None:
        while True:
            raw, words = await _frame(reader)
            step = line.step_of(words, from_page=from_page)
            if step:
                await self._meet(line, step)
            await self._pass(line, raw, to)

    async def _meet(self, line: Line, step: str) -> None:
        """Here it begins to fail, if this is the step that was named."""
        mode, wished = self._wish
        if not mode or step != wished or (step != "connect" and not line.is_socket):
            return
        self._wish = ("", "")
        line.mode = mode
        if self._stays_down:
            self._down = mode
            self._up.clear()
            for each in [other for other in self._lines if other is not line and other.is_socket]:
                each.reset()
        self.met.set()
        if mode == "cut":
            raise Ended
        if mode == "stall":
            line.flows.clear()
            self._loop.call_later(STALLS, line.flows.set)

    async def _pass(self, line: Line, some: bytes, to: Any) -> None:
        await line.flows.wait()
        if line.mode == "black hole":
            return
        if line.mode == "delay":
            await asyncio.sleep(DELAYS)
        size = max(1, len(some) // SLICES) if line.mode == "slice" else len(some)
        for start in range(0, len(some), size):
            to.write(some[start : start + size])
            await to.drain()
            if size < len(some):
                await asyncio.sleep(0)


async def _either(*both: Any) -> None:
    """Both ways at once, until one ends."""
    tasks = [asyncio.ensure_future(each) for each in both]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for each in done:
            each.result()
    finally:
        for each in tasks:
            each.cancel()


async def _frame(reader: asyncio.StreamReader) -> tuple[bytes, str]:
    """One WebSocket frame as it came, and its text when it has one."""
    head = await reader.readexactly(2)
    raw, size = head, head[1] & 127
    if size > 125:
        more = await reader.readexactly(2 if size == 126 else 8)
        raw, size = raw + more, int.from_bytes(more, "big")
    mask = await reader.readexactly(4) if head[1] & 128 else b""
    body = await reader.readexactly(size)
    raw += mask + body
    if head[0] & 15 != 1:
        return raw, ""
    if mask:
        key = (mask * (size // 4 + 1))[:size]
        body = (int.from_bytes(body, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")
    return raw, body.decode("utf-8", "replace")
