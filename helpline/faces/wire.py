"""The wire's ground rules, once for all namespaces: one object in, one flat answer out.

Events go straight to their handler, without a request context. Names that the library keeps for
itself are dropped when a client sends them, and nothing that a client sends raises here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

import socketio
from engineio.packet import CLOSE, Packet

from helpline import clock
from helpline.domain import errors
from helpline.domain.text import require_id
from helpline.faces import refusals
from helpline.faces.house import House
from helpline.faces.limits import EVENTS

log = logging.getLogger(__name__)

RESERVED = frozenset({"connect", "disconnect", "connect_error"})
CONNECT_WITHIN = timedelta(seconds=5)
QUEUE_AT_MOST = 256  # packets a slow reader may leave unread
MAX_NUMBER = 2**53

Payload = Mapping[str, Any]
Ack = dict[str, Any]
Handler = Callable[[Any, str, Payload, datetime], Ack | None]


class Namespace(socketio.Namespace):
    """A door on the wire. `EVENTS` maps what a client may say to the method that handles it."""

    EVENTS: ClassVar[dict[str, Handler]] = {}

    def __init__(self, namespace: str, house: House) -> None:
        super().__init__(namespace)
        self.house = house

    def trigger_event(self, event: Any, *args: Any) -> Any:
        sid = args[0]
        if event == "connect":
            return self.enter(sid, args[1], args[2] if len(args) > 2 else None, clock.now())
        if event == "disconnect":
            return self.leave(sid, clock.now())
        return self._answer(event, sid, args[1:])

    def enter(self, sid: str, environ: Mapping[str, Any], auth: Any, now: datetime) -> None:
        """A connection asks to come in. Raises ConnectionRefusedError to refuse it."""

    def leave(self, sid: str, now: datetime) -> None:
        """A connection is gone."""

    def language_of(self, sid: str) -> str:
        return self.house.default_language

    def _answer(self, event: Any, sid: str, said: tuple[Any, ...]) -> Ack:
        try:
            return {"ok": True, **(self.act(event, sid, said, clock.now()) or {})}
        except Exception as fault:
            return refusals.as_ack(fault, self.language_of(sid))

    def act(self, event: Any, sid: str, said: tuple[Any, ...], now: datetime) -> Ack | None:
        """Does what was asked. Refused: anything of the closed list."""
        self.house.limits.take(EVENTS, f"events:{sid}", now=now)
        handler = self.EVENTS.get(event) if isinstance(event, str) else None
        if handler is None:
            raise errors.BadRequest(field="event")
        return handler(self, sid, payload_of(said), now)


def payload_of(said: tuple[Any, ...]) -> Payload:
    """One JSON object, or nothing for an empty one. Refused: `bad_request`."""
    if not said or (len(said) == 1 and said[0] is None):
        return {}
    if len(said) > 1 or not isinstance(said[0], dict):
        raise errors.BadRequest
    return said[0]


def number(payload: Payload, field: str, *, default: int | None = None) -> int:
    """A whole number from 0 on. Refused: `bad_request`."""
    value = payload.get(field, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MAX_NUMBER:
        raise errors.BadRequest(field=field)
    return value


def maybe_number(payload: Payload, field: str) -> int | None:
    return None if payload.get(field) is None else number(payload, field)


def word(payload: Payload, field: str) -> str:
    """An id. Refused: `bad_request`."""
    return require_id(payload.get(field), field)


def words(payload: Payload, field: str) -> list[str]:
    """A list of ids, perhaps an empty one. Refused: `bad_request`."""
    given = payload.get(field)
    if not isinstance(given, list):
        raise errors.BadRequest(field=field)
    return [require_id(each, field) for each in given]


def choice(payload: Payload, field: str, allowed: tuple[str, ...]) -> str:
    value = payload.get(field)
    if not isinstance(value, str) or value not in allowed:
        raise errors.BadRequest(field=field)
    return value


def flag(payload: Payload, field: str) -> bool:
    value = payload.get(field, False)
    if not isinstance(value, bool):
        raise errors.BadRequest(field=field)
    return value


def required_flag(payload: Payload, field: str) -> bool:
    if field not in payload:
        raise errors.BadRequest(field=field)
    return flag(payload, field)


class Gate:
    """Stands between the Socket.IO server and us: drops reserved names, closes silent sockets."""

    def __init__(self, server: Any) -> None:
        forgive_what_cannot_be_read()
        self._server = server
        self._since: dict[str, datetime] = {}
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
        return self._connected(eio_sid, environ)

    def _disconnect(self, eio_sid: str, reason: Any) -> None:
        self._since.pop(eio_sid, None)
        self._gone(eio_sid, reason)

    def _message(self, eio_sid: str, data: Any) -> None:
        """A frame that cannot be read ends its connection, quietly: its text is nobody's log."""
        try:
            self._heard(eio_sid, data)
        except Exception as fault:
            log.info("a frame could not be read: %s", type(fault).__name__)
            self._let_go(eio_sid)

    def sweep(self, now: datetime) -> None:
        """Closes sockets that never entered a namespace, and readers that stopped reading."""
        entered = {
            eio_sid
            for namespace in self._server.manager.get_namespaces()
            for _, eio_sid in self._server.manager.get_participants(namespace, None)
        }
        for eio_sid, since in list(self._since.items()):
            socket = self._server.eio.sockets.get(eio_sid)
            if socket is None:
                self._since.pop(eio_sid, None)
            elif (
                eio_sid not in entered and now - since > CONNECT_WITHIN
            ) or socket.queue.qsize() > QUEUE_AT_MOST:
                self._let_go(eio_sid)

    def let_everybody_go(self) -> None:
        for eio_sid in list(self._server.eio.sockets):
            self._let_go(eio_sid)

    def _let_go(self, eio_sid: str) -> None:
        """Says goodbye without waiting: a reader that is gone would be waited for for ever."""
        socket = self._server.eio.sockets.pop(eio_sid, None)
        if socket is not None:
            socket.close(wait=False, reason=self._server.eio.reason.SERVER_DISCONNECT)


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


class Json:
    """JSON as the wire has it. A lone surrogate is let through, to be cleaned with the text."""

    dumps = staticmethod(json.dumps)

    @staticmethod
    def loads(text: str) -> Any:
        try:
            return json.loads(text)
        except RecursionError as too_deep:
            raise ValueError("too deep") from too_deep
