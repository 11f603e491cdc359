"""The wire's ground rules, once for all namespaces: one object in, one flat answer out.

Events go straight to their handler, without a request context, and nothing that a client sends
raises here. What the library itself would make of a frame is `gate.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

import socketio

from helpline import clock
from helpline.domain import errors
from helpline.domain.text import require_id
from helpline.faces import refusals
from helpline.faces.house import House
from helpline.faces.limits import EVENTS

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


class Json:
    """JSON as the wire has it. A lone surrogate is let through, to be cleaned with the text."""

    dumps = staticmethod(json.dumps)

    @staticmethod
    def loads(text: str) -> Any:
        try:
            return json.loads(text)
        except RecursionError as too_deep:
            raise ValueError("too deep") from too_deep
