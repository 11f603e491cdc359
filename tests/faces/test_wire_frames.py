"""Frames that no client library would send, and handshakes that are none.

Each ends its own connection or is passed over; a control client beside it stays served, nothing
is stored, and the log says nothing (see `floor`).
"""

from __future__ import annotations

import json
import queue
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import websocket
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from helpline import clock
from helpline.faces.gate import (
    CONNECT_WITHIN,
    GOODBYE_TAKES,
    QUEUE_AT_MOST,
    UNREAD_AT_MOST,
    Gate,
    too_much_waits,
)
from helpline.store import chats
from tests.faces.strangers import Floor, Person, Raw, eventually, some_id
from tests.server import Server

pytestmark = pytest.mark.sockets

CLOSED, OPEN = "closed", "open"
FRAME = 64 * 1024
TCP_ESTABLISHED = 1
PAGES_ASKED, PAGE_OF_MESSAGES = 24, 200
DEEP = 10_000

FRAMES: dict[str, tuple[str, str]] = {
    "empty": ("", CLOSED),
    "no packet": ("x", CLOSED),
    "no such packet": ("9", OPEN),
    "brackets without end": ("4" + "[" * 60_000, CLOSED),
    "event that is an object": ("42/visitor,{}", OPEN),
    "event without a name": ("42/visitor,[]", OPEN),
    "event named by a number": ("42/visitor,1[1]", OPEN),
    "event named by null": ("42/visitor,1[null]", OPEN),
    "default namespace, object": ("42{}", OPEN),
    "default namespace, list": ("42[]", OPEN),
    "default namespace, number": ("42[1]", OPEN),
    "a number of 5,000 digits": ('42/visitor,1["seen",{"seq":' + "9" * 5_000 + "}]", CLOSED),
    "an id of 200 digits": ("42/visitor," + "9" * 200 + '["seen",{"seq":1}]', CLOSED),
    "not a number": ('42/visitor,["seen",{"seq":NaN}]', OPEN),
    "a control inside JSON": ('42/visitor,1["say",{"text":"\x00"}]', CLOSED),
    "JSON that breaks off": ('42/visitor,1["say",{"text":', CLOSED),
    "objects without end": (
        '42/visitor,1["say",' + '{"a":' * DEEP + "1" + "}" * DEEP + "]",
        CLOSED,
    ),
    "attachments that never come": ('451-/visitor,["say",{"_placeholder":true,"num":0}]', OPEN),
    "attachments without a place": ('451-["say",{"_placeholder":true,"num":0}]', CLOSED),
    "a million attachments": ('4599999-["say"]', CLOSED),
    "more attachments than numbers": ('4599999999999999999999-["say"]', CLOSED),
    "a dash and nothing": ('42-["say"]', CLOSED),
    "base64 that is none": ("b%%%", OPEN),
    "an answer to nothing": ('43/visitor,999["x"]', OPEN),
    "an answer that is a number": ("43/visitor,9", OPEN),
    "a refusal from a client": ('44/visitor,{"a":1}', CLOSED),
    "disconnect as an event": ('42/visitor,1["disconnect"]', OPEN),
    "connect as an event": ('42/visitor,1["connect",{}]', OPEN),
    "connect_error as an event": ('42/visitor,1["connect_error",{}]', OPEN),
    "entering twice": ("40/visitor,", OPEN),
    "entering nowhere": ("40/admin,", OPEN),
    "leaving where one is not": ("41/listener,", OPEN),
    "entering with half a proof": ('40/listener,["a"', CLOSED),
    "a probe": ("2probe", OPEN),
    "an opening from a client": ("0{}", OPEN),
    "a goodbye": ("1", CLOSED),
    "one byte too much": ('42/visitor,1["say",{"text":"' + "a" * (FRAME + 1) + '"}]', CLOSED),
}


@pytest.fixture(scope="module")
def control(everybody: Floor) -> Iterator[Person]:
    """Somebody else, in a conversation of their own."""
    person = Person(everybody.server, "/visitor", None)
    assert person.ask("open", client_id=some_id(), text="I am somebody else")["ok"]
    yield person
    person.close()


def outcome(raw: Raw) -> str:
    """Whether a question on this connection is still answered."""
    try:
        for _ in range(2):  # the first may be taken for an attachment that was announced
            raw.send('42/visitor,77["nothing"]')
    except (OSError, websocket.WebSocketConnectionClosedException):
        return CLOSED
    heard: str | None = ""
    while heard is not None:
        try:
            heard = raw.hear()
        except (websocket.WebSocketProtocolException, OSError):
            return CLOSED
        if heard and heard.startswith("43/visitor,77"):
            return OPEN
    return CLOSED


def send(raw: Raw, frame: str) -> None:
    with suppress(OSError):  # the server may end it while we still write
        raw.send(frame)


@pytest.mark.parametrize("kind", FRAMES)
def test_a_malformed_frame_harms_nobody(floor: Floor, control: Person, kind: str):
    frame, end = FRAMES[kind]
    before = (floor.count("chats"), floor.count("messages"))
    raw = floor.raw()

    send(raw, frame)

    assert outcome(raw) == end
    assert control.ask("seen", seq=1) == {"ok": True}
    assert (floor.count("chats"), floor.count("messages")) == before


@pytest.mark.parametrize("frame", [b"\x00\x01", b"\xff" * 100, b"42[]"])
def test_bytes_that_belong_to_nothing_harm_nobody(floor: Floor, control: Person, frame: bytes):
    raw = floor.raw()

    raw.socket.send_binary(frame)

    assert outcome(raw) == CLOSED
    assert control.ask("seen", seq=1)["ok"]


def test_bytes_inside_an_event_are_no_text(floor: Floor, control: Person):
    raw = floor.raw()

    raw.send('451-/visitor,1["open",{"client_id":"a","text":{"_placeholder":true,"num":0}}]')
    raw.socket.send_binary(b"hello")

    assert '"code":"bad_request"' in (raw.hear() or "")


def test_text_that_is_not_utf8_ends_its_connection(floor: Floor, control: Person):
    raw = floor.raw()

    raw.socket.send(b"4\xff\xfe", opcode=websocket.ABNF.OPCODE_TEXT)

    assert outcome(raw) == CLOSED
    assert control.ask("seen", seq=1)["ok"]


def test_one_message_in_many_frames_keeps_the_limit(floor: Floor, control: Person):
    """eventlet measures each frame; a message without end would else fill the memory."""
    raw = floor.raw()

    with suppress(OSError):  # ended while we still write
        raw.socket.send_frame(_frame('42/visitor,["say",{"text":"', websocket.ABNF.OPCODE_TEXT))
        for _ in range(8):
            raw.socket.send_frame(_frame("a" * 16_000, websocket.ABNF.OPCODE_CONT))

    assert raw.hear(within=3) is None
    assert control.ask("seen", seq=1)["ok"]


def _frame(data: str, opcode: int) -> websocket.ABNF:
    """A part of a message that does not end it."""
    return websocket.ABNF.create_frame(data, opcode, fin=0)


def test_what_is_said_before_entering_is_not_heard(floor: Floor):
    where = floor.server.url.replace("http://", "ws://")
    early = websocket.create_connection(f"{where}/socket.io/?EIO=4&transport=websocket", timeout=5)
    early.recv()
    before = floor.count("chats")

    early.send('42/visitor,1["open",{"client_id":"early","text":"hello"}]')
    early.send("40/visitor,")

    assert early.recv().startswith("40/visitor,")
    assert floor.count("chats") == before
    early.close(timeout=0)


FRAGMENTS = st.sampled_from(
    [
        *'0123456789[]{},:-"\\/',
        "42",
        "451-",
        "/visitor,",
        "/listener,",
        '["say",',
        '["open",',
        '["resume",',
        '{"client_id":"f","text":"hi"}',
        '{"token":null}',
        '"_placeholder":true',
        "null",
        "NaN",
        "1e999",
        "\\ud800",
        "\x00",
        "🙂",
        " ",
    ]
)
FUZZED = st.one_of(
    st.lists(FRAGMENTS, max_size=12).map("".join),
    st.lists(FRAGMENTS, max_size=8).map(lambda parts: "42/visitor,1" + "".join(parts)),
    st.text(max_size=30),
)


def test_no_frame_that_can_be_thought_of_ends_the_service(floor: Floor, control: Person):
    line = {"raw": floor.raw()}

    @settings(
        max_examples=150,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(FUZZED)
    def try_it(frame: str) -> None:
        send(line["raw"], frame)
        if outcome(line["raw"]) == CLOSED:
            line["raw"].close()
            line["raw"] = floor.raw()

    try_it()

    assert control.ask("seen", seq=1)["ok"]


# -- handshakes ------------------------------------------------------------------------------------

GET = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1"
UPGRADE = ("Upgrade: websocket", "Connection: Upgrade")
KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
VERSION = "Sec-WebSocket-Version: 13"

HANDSHAKES: dict[str, tuple[str, ...]] = {
    "no key": (GET, *UPGRADE, VERSION),
    "a key too short": (GET, *UPGRADE, VERSION, "Sec-WebSocket-Key: abc"),
    "an old version": (GET, *UPGRADE, KEY, "Sec-WebSocket-Version: 8"),
    "the oldest version": (GET, "Upgrade: WebSocket", "Connection: Upgrade"),
    "no wish to upgrade": (GET, "Upgrade: websocket", KEY, VERSION),
    "a POST": (GET.replace("GET", "POST"), *UPGRADE, KEY, VERSION),
    "polling": (GET.replace("=websocket", "=polling"),),
    "polling that would upgrade": (GET.replace("=websocket", "=polling"), *UPGRADE, KEY, VERSION),
    "another protocol": (GET.replace("EIO=4", "EIO=3"), *UPGRADE, KEY, VERSION),
    "a session of nobody": (GET.replace("EIO=4", "EIO=4&sid=abc"), *UPGRADE, KEY, VERSION),
    "another page": ("GET / HTTP/1.1", *UPGRADE, KEY, VERSION),
    "jsonp": (GET.replace("=websocket", "=polling&j=0"),),
}


@pytest.mark.parametrize("kind", HANDSHAKES)
def test_a_handshake_that_is_none_is_refused_at_once(floor: Floor, control: Person, kind: str):
    answer = ask(floor.server, *HANDSHAKES[kind])

    assert answer.startswith(b"HTTP/1.1 400 "), answer
    assert b"Traceback" not in answer
    assert control.ask("seen", seq=1)["ok"]


def test_no_compression_is_agreed_on(floor: Floor):
    answer = ask(
        floor.server, GET, *UPGRADE, KEY, VERSION, "Sec-WebSocket-Extensions: permessage-deflate"
    )

    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b"deflate" not in answer.lower()


def ask(server: Server, *lines: str) -> bytes:
    """The head of the answer to these request lines."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        head, *more = lines
        request = "\r\n".join((head, f"Host: {host}:{port}", *more, "", ""))
        connection.sendall(request.encode())
        return connection.recv(4_096)


def test_a_connection_that_breaks_leaves_no_ghost(floor: Floor):
    """The visitor is shown as gone at once, not when a ping has timed out."""
    visitor, opened = floor.opened()
    leo = floor.ready("leo")
    floor.take(leo, opened["chat"]["id"])
    visitor.close()
    raw = floor.raw()
    raw.send("42/visitor,1" + json.dumps(["resume", {"token": opened["token"], "after": 0}]))
    assert '"ok":true' in (raw.hear() or "")
    leo.heard.clear()
    assert leo.ask("sync")["board"]["chats"][0]["here"] is True

    raw.send("x")

    leo.wait_for("chat", lambda data: data["here"] is False, within=3)


def test_a_reset_in_the_middle_is_nobodys_fault(floor: Floor, control: Person):
    raw = floor.raw()
    now: Any = struct.pack("ii", 1, 0)
    raw.socket.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)

    raw.socket.sock.close()

    assert control.ask("seen", seq=1)["ok"]


@pytest.mark.parametrize("path", ["/open", "/say", "/leave", "/exit", "/sign-in", "/nowhere"])
def test_a_form_that_breaks_off_is_answered_without_a_trace(floor: Floor, path: str):
    """A phone that loses its connection in the middle of a POST."""
    host, port = floor.server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 100\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\ntext=half".encode()
        )
        connection.shutdown(socket.SHUT_WR)
        head = connection.recv(200)

    assert head.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 404 ", b"HTTP/1.1 200 ")), head


def waiting(*packets: str) -> queue.Queue:
    made: queue.Queue = queue.Queue()
    for each in packets:
        made.put(SimpleNamespace(data=each))
    return made


@pytest.mark.parametrize(
    "packets, is_too_much",
    [
        ([], False),
        (["a" * UNREAD_AT_MOST * 4], False),  # a long transcript that is being read
        (["beat"] * QUEUE_AT_MOST, False),
        (["beat"] * (QUEUE_AT_MOST + 1), True),
        (["a" * UNREAD_AT_MOST, "b"], True),
        (["a" * (UNREAD_AT_MOST - 1), "b"], False),
    ],
)
def test_so_much_may_wait_for_a_reader_and_no_more(packets: list[str], is_too_much: bool):
    assert too_much_waits(waiting(*packets)) is is_too_much


def test_who_asks_without_end_and_reads_nothing_is_hung_up_on(floor: Floor, control: Person):
    """At once, not at the next sweep: what waits for them is our memory."""
    _, opened = floor.opened()
    chat, token, now = opened["chat"]["id"], opened["token"], datetime.now(UTC)
    with floor.store.transaction() as tx:
        for number in range(PAGE_OF_MESSAGES):
            chats.add_message(
                tx, chat, author="visitor", client_id=f"m-{number}", text="a" * 4_000, now=now
            )
    deaf = floor.raw()
    ask = json.dumps(["resume", {"token": token, "after": 0}])

    for number in range(PAGES_ASKED):  # 0.8 MB each
        deaf.send(f"42/visitor,{number}{ask}")
    eventually(lambda: _is_hung_up(deaf.socket.sock), within=15)

    assert _what_came(deaf.socket.sock) < PAGES_ASKED * PAGE_OF_MESSAGES * 4_000 / 2
    assert control.ask("seen", seq=1)["ok"]


def _is_hung_up(sock: socket.socket) -> bool:
    """Whether the other side has ended it; looks without reading."""
    state = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return state != TCP_ESTABLISHED


def _what_came(sock: socket.socket) -> int:
    """How many bytes lay in the line."""
    read = 0
    with suppress(OSError):
        while came := sock.recv(1 << 20):
            read += len(came)
    return read


def test_after_a_goodbye_a_line_that_nobody_reads_is_hung_up():
    hung_up: list[str] = []

    class Line:
        socket = SimpleNamespace(
            setsockopt=lambda *_: None, shutdown=lambda _: hung_up.append("the line")
        )

    gate, _ = _gate_with("polite")
    gate._lines["polite"] = Line()
    gate._disconnect("polite", "server")
    since = gate._leaving["polite"]

    gate.sweep(since + GOODBYE_TAKES)
    assert hung_up == []
    gate.sweep(since + GOODBYE_TAKES + timedelta(seconds=1))

    assert hung_up == ["the line"]


def test_who_never_enters_is_said_goodbye_to_without_waiting():
    """Waiting for its queue would hold the sweep, and with it every other, for ever."""
    gate, eio = _gate_with("silent")
    closed = eio.sockets["silent"].closed_with

    gate.sweep(clock.now() + CONNECT_WITHIN + timedelta(seconds=1))

    assert [each["wait"] for each in closed] == [False]
    assert eio.sockets == {}


def _gate_with(eio_sid: str) -> tuple[Gate, Any]:
    """A gate before a server of nothing, and one connection at it."""

    class Connection:
        def __init__(self) -> None:
            self.closed_with: list[dict[str, Any]] = []
            self.send = self._websocket_handler = lambda _: None
            self.queue: queue.Queue = queue.Queue()

        def close(self, **how: Any) -> None:
            self.closed_with.append(how)

    eio = SimpleNamespace(
        sockets={eio_sid: Connection()},
        on=lambda *_: None,
        reason=SimpleNamespace(SERVER_DISCONNECT="server"),
    )
    manager = SimpleNamespace(get_namespaces=lambda: [], get_participants=lambda *_: [])
    handlers = dict.fromkeys(
        ("_handle_event", "_handle_eio_connect", "_handle_eio_disconnect", "_handle_eio_message"),
        lambda *_: None,
    )
    gate = Gate(SimpleNamespace(eio=eio, manager=manager, **handlers))
    gate._connect(eio_sid, {})
    return gate, eio
