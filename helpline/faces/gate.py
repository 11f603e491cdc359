"""Stands between the Socket.IO server and us: who says nothing, or reads nothing, is let go.

Names that the library keeps for itself are dropped when a client sends them. Whoever reads more
slowly than it is spoken to is hung up on as soon as too much waits for it: what it missed is asked
for by `resume`. After a goodbye a line stays for seconds only, however slowly the other side reads.
"""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from engineio.packet import CLOSE, Packet

from helpline import clock

log = logging.getLogger(__name__)

RESERVED = frozenset({"connect", "disconnect", "connect_error"})
CONNECT_WITHIN = timedelta(seconds=5)
GOODBYE_TAKES = timedelta(seconds=5)
QUEUE_AT_MOST = 256  # packets a slow reader may leave unread
UNREAD_AT_MOST = 2 * 1024 * 1024  # bytes of them, beside the one on its way
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: what was not read is dropped with the line


class Gate:
    def __init__(self, server: Any) -> None:
        forgive_what_cannot_be_read()
        self._server = server
        self._since: dict[str, datetime] = {}
        self._lines: dict[str, Any] = {}  # the WebSocket of each connection, until it ends
        self._leaving: dict[str, datetime] = {}
        self._handle_event = server._handle_event
        self._connected = server._handle_eio_connect
        self._gone = server._handle_eio_disconnect
        self._heard = server._handle_eio_message
        server._handle_event = self._event
        server.eio.on("connect", self._connect)
        server.eio.on("disconnect", self._disconnect)
        server.eio.on("message", self._message)

    def _event(self, eio_sid: str, namespace: str, id: int | None, data: Any) -> None:
        if not isinstance(data, list) or not data or not isinstance(data[0], str):
            return
        if data[0] not in RESERVED:
            self._handle_event(eio_sid, namespace, id, data)

    def _connect(self, eio_sid: str, environ: Mapping[str, Any]) -> Any:
        self._since[eio_sid] = clock.now()
        self._watch(eio_sid, self._server.eio.sockets[eio_sid])
        return self._connected(eio_sid, environ)

    def _disconnect(self, eio_sid: str, reason: Any) -> None:
        self._since.pop(eio_sid, None)
        if eio_sid in self._lines:
            self._leaving[eio_sid] = clock.now()
        self._gone(eio_sid, reason)

    def _message(self, eio_sid: str, data: Any) -> None:
        """A frame that cannot be read ends its connection, quietly: its text is nobody's log."""
        try:
            self._heard(eio_sid, data)
        except Exception as fault:
            log.info("a frame could not be read: %s", type(fault).__name__)
            self._let_go(eio_sid)

    def sweep(self, now: datetime) -> None:
        """Says goodbye to who never entered a namespace; hangs up after a goodbye."""
        entered = {
            eio_sid
            for namespace in self._server.manager.get_namespaces()
            for _, eio_sid in self._server.manager.get_participants(namespace, None)
        }
        for eio_sid, since in list(self._since.items()):
            if eio_sid not in self._server.eio.sockets:
                self._since.pop(eio_sid, None)
            elif eio_sid not in entered and now - since > CONNECT_WITHIN:
                self._let_go(eio_sid)
        for eio_sid, since in list(self._leaving.items()):
            if now - since > GOODBYE_TAKES:
                self._hang_up(eio_sid)

    def let_everybody_go(self) -> None:
        for eio_sid in list(self._server.eio.sockets):
            self._let_go(eio_sid)

    def _let_go(self, eio_sid: str, *, abort: bool = False) -> None:
        """Says goodbye without waiting: a reader that is gone would be waited for for ever."""
        connection = self._server.eio.sockets.pop(eio_sid, None)
        if connection is not None:
            reason = self._server.eio.reason.SERVER_DISCONNECT
            connection.close(wait=False, abort=abort, reason=reason)

    # -- who does not read --------------------------------------------------------------------

    def _watch(self, eio_sid: str, connection: Any) -> None:
        """Looks at what waits whenever something is sent, and knows the line to hang up."""
        send: Callable[[Packet], None] = connection.send
        serve: Callable[[Any], Any] = connection._websocket_handler
        is_behind = False

        def send_or_hang_up(packet: Packet) -> None:
            nonlocal is_behind
            if is_behind:
                return
            send(packet)
            is_behind = too_much_waits(connection.queue)
            if is_behind:  # not here: whoever speaks is in the middle of something
                self._server.start_background_task(self._hang_up, eio_sid)

        def serve_line(line: Any) -> Any:
            self._lines[eio_sid] = line
            try:
                return serve(line)
            finally:
                self._lines.pop(eio_sid, None)
                self._leaving.pop(eio_sid, None)

        connection.send, connection._websocket_handler = send_or_hang_up, serve_line

    def _hang_up(self, eio_sid: str) -> None:
        """Ends it on our side, whatever the other side does."""
        self._let_go(eio_sid, abort=True)
        self._leaving.pop(eio_sid, None)
        line = self._lines.pop(eio_sid, None)
        if line is not None:
            with suppress(OSError):
                tcp = line.socket if hasattr(line, "socket") else line.ws.sock
                tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                tcp.shutdown(socket.SHUT_RDWR)


def too_much_waits(queue: Any) -> bool:
    """Whether a reader is further behind than anybody may be who reads at all."""
    waiting = queue.qsize()
    if waiting < 2:
        return False
    if waiting > QUEUE_AT_MOST:
        return True
    return sum(len(each.data or "") for each in list(queue.queue) if each) > UNREAD_AT_MOST


def forgive_what_cannot_be_read() -> None:
    """A frame that is no packet ends its connection, as a goodbye would.

    The library would let the reader die, leave the connection as a ghost and log its trace.
    """
    read = Packet.decode
    if read.__module__ == __name__:
        return

    def decode(packet: Packet, encoded: Any) -> None:
        try:
            read(packet, encoded)
        except Exception:
            packet.packet_type, packet.data, packet.binary = CLOSE, None, False

    Packet.decode = decode
