"""A stranger to this project: what the contract promises them, and connections to ask it with."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import websocket
from sqlalchemy import text as sql

from helpline.actions import entering
from helpline.store.engines import open_engine
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from tests.server import Client, Server

Payload = dict[str, Any]

# -- the key sets of the contract, and what this server adds to them ------------------------------


def keys(words: str) -> frozenset[str]:
    return frozenset(words.split())


VISITOR_CHAT = keys(
    "id state seq language place estimate listener open_until opens_at urgent_help resources erased"
)
MESSAGE = keys("chat seq from name text resource sent_at client_id")
RESOURCE = keys("id name ways open_now opens_at note")
LISTENER_CHAT = keys(
    "id state seq epoch language topic nickname level urgency assessed flags arrived_at deadline "
    "here listener hand_off urgent"
)
OFFER = keys("id chat level flags waited_s language expires_at ring surge note")
FLAG = keys("id seq rule category level reason start end pack lowered_by")
PRESENCE = keys("state until seats used")
ALERT = keys("id kind since text acknowledged_by chat")
LISTENER_BOARD = keys("version me chats offers alerts on_shift shift")
COORDINATOR_BOARD = keys("version health queue people shifts gaps alerts")
QUEUED = keys("chat level waited_s language deadline why_waiting")
HAND_OFF = keys("id state to expires_at")

EXTENSIONS: dict[frozenset[str], frozenset[str]] = {
    VISITOR_CHAT: keys(
        "slipped feedback line_open parked held hand_off complained summary follow_up"
    ),
    MESSAGE: keys("code"),
    RESOURCE: keys(
        "emergency languages country open_until when note_language organisation topics cost place "
        "checked"
    ),
    LISTENER_BOARD: keys(
        "not_today overrunning call_out may_be_asked line_chats heavy_weeks call_outs at_risk along "
        "left_messages follow_ups"
    ),
    PRESENCE: keys("recovers fit_due"),
    OFFER: keys("from words"),
    FLAG: keys("source verdict"),
    LISTENER_CHAT: keys(
        "version notes left_quickly can_reopen apart quiet parked same_person beside along plan "
        "emergency concerns follow_up hard"
    ),
    ALERT: keys("over_at answers"),
    COORDINATOR_BOARD: keys("now line waiting call_outs parked"),
    QUEUED: keys("level_words arrived_at language_name late why_words"),
    HAND_OFF: keys("chat visitor next overdue"),
}

LEVELS = ("routine", "elevated", "high", "critical")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
TIMES = keys(
    "sent_at arrived_at deadline expires_at opens_at open_until starts_at ends_at since until at "
    "written_at over_at shift_ends_at now"
)


def has_exactly(shown: Any, promised: frozenset[str]) -> None:
    """Every key of the contract is there, always; beside them only what `docs/wire.md` names."""
    assert set(shown) - EXTENSIONS.get(promised, frozenset()) == promised


def every_time_is_utc(shown: Any) -> None:
    """Wherever a payload tells an instant, it is ISO 8601 in UTC with Z."""
    for key, value in walk(shown):
        if key in TIMES and value is not None:
            assert INSTANT.fullmatch(value), (key, value)


def walk(shown: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(shown, dict):
        for key, value in shown.items():
            if not isinstance(value, dict | list):
                yield key, value
            yield from walk(value)
    elif isinstance(shown, list):
        for each in shown:
            yield from walk(each)


def some_id() -> str:
    return str(uuid4())


def is_refused(answer: Payload, code: str) -> Payload:
    """A flat refusal with this code and a sentence; its error."""
    assert set(answer) == {"ok", "error"}, answer
    assert answer["ok"] is False
    error: Payload = answer["error"]
    assert error["code"] == code, error
    assert isinstance(error["message"], str)
    assert error["message"]
    return error


# -- people connected to one server ----------------------------------------------------------------


class Person(Client):
    """An official client that can also speak without asking for an answer."""

    def tell(self, event: str, payload: Any = None) -> None:
        self.io.emit(event, payload, namespace=self.namespace)

    def call(self, event: str, *payload: Any) -> Payload:
        """The ack of exactly this payload, or of none at all."""
        answer: Payload = self.io.call(
            event, payload if payload else None, namespace=self.namespace, timeout=15
        )
        return answer

    def messages(self, chat: str) -> list[Payload]:
        said = [data for kind, data in list(self.heard) if kind == "message"]
        return [each for each in said if each["chat"] == chat]

    def until_closed(self, within: float = 10) -> bool:
        until = time.monotonic() + within
        while self.io.connected and time.monotonic() < until:
            time.sleep(0.02)
        return not self.io.connected


class Floor:
    """Everybody of one test around one server. `tidy` sends them home and empties the line."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.store = Store(
            open_engine(server.environ["HELPLINE_DATABASE_URL"]),
            Vault(server.folder / "keys"),
        )
        self._tokens: dict[str, str] = {}
        self._connected: list[Person] = []
        self._raw: list[Raw] = []

    # -- coming in ---------------------------------------------------------------------------------

    def visitor(self, **headers: str) -> Person:
        return self._add(Person(self.server, "/visitor", None, **headers))

    def opened(self, text: str | None = "hello", **fields: Any) -> tuple[Person, Payload]:
        """A visitor with a chat, and the ack of `open`."""
        visitor = self.visitor()
        words = {} if text is None else {"text": text}
        answer = visitor.ask("open", client_id=some_id(), **words, **fields)
        assert answer["ok"], answer
        return visitor, answer

    def staff(self, name: str, namespace: str = "/listener") -> Person:
        return self._add(Person(self.server, namespace, {"token": self.token(name)}))

    def ready(self, name: str) -> Person:
        listener = self.staff(name)
        assert listener.ask("ready")["ok"]
        return listener

    def talk(
        self, text: str = "hello", name: str = "leo", **fields: Any
    ) -> tuple[Person, Payload, Person, Payload]:
        """(visitor, ack of open, listener, ack of accept): the two are connected."""
        listener = self.ready(name)
        visitor, opened = self.opened(text, **fields)
        accepted = self.take(listener, opened["chat"]["id"])
        return visitor, opened, listener, accepted

    def take(self, listener: Person, chat: str) -> Payload:
        offer = listener.wait_for("offer", lambda data: data["chat"] == chat)
        answer = listener.ask("accept", offer=offer["id"])
        assert answer["ok"], answer
        return answer

    def raw(self, namespace: str = "/visitor", auth: Any = None, **headers: str) -> Raw:
        raw = Raw(self.server, namespace, auth, **headers)
        self._raw.append(raw)
        return raw

    def token(self, name: str) -> str:
        """As `flask people token` makes it, by the same action and without a process."""
        if name not in self._tokens:
            email = f"{name}@example.org"
            self._tokens[name] = entering.make_token(self.store, email, now=datetime.now(UTC))
        return self._tokens[name]

    def _add(self, person: Person) -> Person:
        self._connected.append(person)
        return person

    # -- looking behind the wire -------------------------------------------------------------------

    def count(self, table: str, where: str = "1 = 1", **values: Any) -> int:
        query = sql(f"SELECT count(*) FROM {table} WHERE {where}")
        return int(self._run(query, values))

    def value(self, query: str, **values: Any) -> Any:
        return self._run(sql(query), values)

    def change(self, statement: str, **values: Any) -> None:
        """Moves the past: what would take minutes to come about is written as if it had."""
        with self.store.transaction() as tx:
            tx.session.execute(sql(statement), values)

    def _run(self, query: Any, values: Payload) -> Any:
        with self.store.reading() as tx:
            return tx.session.execute(query, values).scalar()

    # -- going home --------------------------------------------------------------------------------

    def tidy(self) -> None:
        for raw in self._raw:
            raw.close()
        for person in self._connected:
            with suppress(Exception):
                person.close()
        self._connected, self._raw = [], []
        ended = str(datetime.now(UTC).replace(tzinfo=None))
        for statement in (
            "UPDATE offers SET state = 'withdrawn' WHERE state = 'pending'",
            "UPDATE holdings SET until = :now WHERE until IS NULL",
            "UPDATE chats SET state = 'closed', ended_at = :now, visitor_here = 0 "
            "WHERE state NOT IN ('closed', 'left')",
            "UPDATE chats SET holder_id = NULL",
            "UPDATE presences SET ready = 0, paused = 0, missed = 0, lease_until = NULL, "
            "resting_until = NULL",
            "UPDATE alerts SET over_at = :now WHERE over_at IS NULL",
            "UPDATE call_outs SET over_at = :now WHERE over_at IS NULL",
            "UPDATE line SET by_hand = 'open', by_hand_until = NULL, full_since = NULL, "
            "told_at_door = 0, version = version + 1",
        ):
            self.change(statement, **({"now": ended} if ":now" in statement else {}))


class Raw:
    """A WebSocket without a client library: frames as anybody could send them."""

    def __init__(self, server: Server, namespace: str, auth: Any = None, **headers: str) -> None:
        where = server.url.replace("http://", "ws://")
        self.socket = websocket.create_connection(
            f"{where}/socket.io/?EIO=4&transport=websocket",
            timeout=5,
            header=headers,
            suppress_origin=True,
        )
        self.socket.recv()
        greeting = "" if auth is None else json.dumps(auth)
        self.socket.send(f"40{namespace},{greeting}")
        self.entered = self.socket.recv()

    def send(self, frame: str) -> None:
        self.socket.send(frame)

    def hear(self, within: float = 5) -> str | None:
        """The next frame, pings left out; None when the connection was closed."""
        self.socket.settimeout(within)
        try:
            while True:
                frame = self.socket.recv()
                if frame not in ("2", "1"):
                    return frame or None
        except (websocket.WebSocketConnectionClosedException, ConnectionError):
            return None  # a close frame reads as an empty one

    def close(self) -> None:
        with suppress(Exception):
            self.socket.close(timeout=0)


def eventually(test: Callable[[], bool], within: float = 10) -> None:
    until = time.monotonic() + within
    while not test():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)
