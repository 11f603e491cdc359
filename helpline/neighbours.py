"""The processes of one line, through Redis: each tells the others what happened, in ids and states.

No word of anybody passes here, because every process words what it sends from the store. A hint
and no more: whatever Redis loses, `live` finds in the store a moment later.
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from helpline import runtime
from helpline.domain import events

log = logging.getLogger(__name__)

ANSWERS_WITHIN = 1.0  # seconds; a Redis that hangs holds up the hints and nobody else
TRIED_AGAIN = 0.5  # seconds after it was lost, each time: who waits longer is deaf for longer
PULSE_EVERY = 2.0  # seconds without anything to tell
DEAF_AFTER = timedelta(seconds=5)  # without hearing ourselves
WAITING_ROOM = 2_000  # events; beyond it a hint is dropped
AT_ONCE = 100  # events in one message

Hear = Callable[[Sequence[events.Event]], None]


class Neighbours:
    """One per process. `tell` queues and returns; `hears` says whether Redis carries our words."""

    def __init__(self, url: str, secret_key: str, clock: Callable[[], datetime]) -> None:
        self._redis = redis.Redis.from_url(
            url,
            socket_timeout=ANSWERS_WITHIN,
            socket_connect_timeout=ANSWERS_WITHIN,
            retry=Retry(NoBackoff(), 0),
            client_name="helpline",
        )
        self._channel = channel(secret_key)
        self._clock = clock
        self._me = secrets.token_hex(8)
        self._queue = runtime.queue()
        self.hears = False

    def start(self, hear: Hear) -> None:
        """`hear` gets what happened in the other processes. It must not block."""
        runtime.spawn(self._speak)
        runtime.spawn(self._listen, hear)

    def tell(self, happened: Sequence[events.Event]) -> None:
        if self._queue.qsize() < WAITING_ROOM:
            for event in happened:
                self._queue.put(event)

    def _speak(self) -> None:
        while True:
            told = json.dumps([self._me, [as_words(each) for each in self._next()]])
            try:
                self._redis.publish(self._channel, told)
            except (redis.RedisError, OSError) as lost:
                self._now_hears(False, lost)

    def _next(self) -> list[events.Event]:
        """What is to be told, as much as there is; nothing after a while: that is the pulse."""
        happened: list[events.Event] = []
        try:
            happened.append(self._queue.get(timeout=PULSE_EVERY))
            while len(happened) < AT_ONCE:
                happened.append(self._queue.get_nowait())
        except runtime.Empty:
            pass
        return happened

    def _listen(self, hear: Hear) -> None:
        while True:
            try:
                ear: Any = self._redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
                with ear:
                    ear.subscribe(self._channel)
                    self._hear_on(ear, hear)
            except (redis.RedisError, OSError) as lost:
                self._now_hears(False, lost)
            runtime.sleep(TRIED_AGAIN)

    def _hear_on(self, ear: Any, hear: Hear) -> None:
        """Until we no longer hear ourselves: a connection may be dead and not say so."""
        heard_us = self._clock()
        while self._clock() - heard_us < DEAF_AFTER:
            said = ear.get_message(timeout=ANSWERS_WITHIN)
            if said is None:
                continue
            who, happened = understood(said["data"])
            if who == self._me:
                heard_us = self._clock()
                self._now_hears(True)
            elif happened:
                hear(happened)
        self._now_hears(False)

    def _now_hears(self, hears: bool, why: Exception | None = None) -> None:
        if hears != self.hears:
            self.hears = hears
            if not hears:
                log.warning("Redis does not carry our hints: %s", type(why).__name__)


def channel(secret_key: str) -> str:
    """Where the processes of one line meet: lines that share a Redis do not hear each other."""
    return "helpline:" + hmac.digest(secret_key.encode(), b"neighbours", "sha256").hex()[:24]


# -- an event in JSON: its name and its fields ------------------------------------------------


def _kinds(kind: type[events.Event]) -> dict[str, type[events.Event]]:
    found = {kind.__name__: kind}
    for each in kind.__subclasses__():
        found |= _kinds(each)
    return found


KINDS = _kinds(events.Event)


def as_words(event: events.Event) -> list[Any]:
    fields = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(event).items()
    }
    return [type(event).__name__, fields]


def understood(said: bytes) -> tuple[str, list[events.Event]]:
    """Who speaks and what happened, but for what cannot be read: another version of this program
    may speak too, and the store has it all."""
    try:
        who, told = json.loads(said)
        return str(who), [event for each in told if (event := _event(*each)) is not None]
    except (ValueError, TypeError):
        return "", []


def _event(name: str, fields: dict[str, Any]) -> events.Event | None:
    try:
        if "at" in fields:
            fields["at"] = datetime.fromisoformat(fields["at"])
        return KINDS[name](**fields)
    except (KeyError, ValueError, TypeError):
        return None
