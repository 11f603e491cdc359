"""`python app.py`: what it refuses, what it prints, whom it listens to, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import socketio
import websocket

from helpline import settings
from tests.faces.strangers import Floor, some_id
from tests.server import ROOT, Program, Server, visitor

pytestmark = pytest.mark.sockets

SECRET = "a secret that is long enough for this test"
ENDS_WITHIN = 15  # seconds


class Observed(Program):
    """A server whose printed lines are kept as they came."""

    def __init__(self, folder: Path, **environ: str) -> None:
        super().__init__(folder, **environ)
        self.said: list[str] = []

    def _lines(self) -> Any:
        for line in super()._lines():
            self.said.append(line)
            yield line

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])


Start = Callable[..., Observed]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    begun: list[Observed] = []

    def start_it(**environ: str) -> Observed:
        server = Observed(tmp_path, **environ)
        begun.append(server)
        server.start()
        return server

    yield start_it
    for server in begun:
        server.kill()


def refused(tmp_path: Path, **environ: str) -> str:
    """What a server that does not start says, and that it prints nothing else."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HELPLINE_")}
    chosen = {f"HELPLINE_{key}": value for key, value in environ.items()}
    ran = subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        cwd=tmp_path,
        env={**kept, "HELPLINE_PORT": "0", **chosen},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr
    return ran.stderr


# -- what it refuses -------------------------------------------------------------------------------


def test_without_a_secret_it_does_not_start_and_says_what_to_set(tmp_path: Path):
    said = refused(tmp_path)

    assert "HELPLINE_SECRET_KEY" in said
    assert "secrets.token_urlsafe" in said
    assert not (tmp_path / "instance").exists()


def test_without_a_line_it_does_not_start_and_says_how_to_make_one(tmp_path: Path):
    said = refused(
        tmp_path, SECRET_KEY=SECRET, DATABASE_URL=f"sqlite:///{tmp_path}/h.db", KEY_DIR="keys"
    )

    assert "flask line setup" in said


@pytest.mark.parametrize(
    "chosen, named",
    [
        ({}, "HELPLINE_SECRET_KEY"),
        ({"SECRET_KEY": " \n"}, "HELPLINE_SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "HELPLINE_SECRET_KEY"),
        ({"DEMO": "0"}, "HELPLINE_SECRET_KEY"),
        ({"DEMO": "1", "HOST": "0.0.0.0"}, "HELPLINE_HOST"),
        ({"DEMO": "1", "HOST": "192.0.2.1"}, "HELPLINE_HOST"),
        ({"DEMO": "1", "HOST": "::"}, "HELPLINE_HOST"),
        ({"DEMO": "1", "ASYNC": "gevent"}, "HELPLINE_ASYNC"),
        ({"DEMO": "1", "LIMITS": "some"}, "HELPLINE_LIMITS"),
        ({"DEMO": "1", "PORT": "http"}, "HELPLINE_PORT"),
        ({"DEMO": "1", "PORT": "70000"}, "HELPLINE_PORT"),
        ({"DEMO": "1", "PROXY_HOPS": "-1"}, "HELPLINE_PROXY_HOPS"),
        ({"DEMO": "1", "EMBED_ORIGINS": "*"}, "HELPLINE_EMBED_ORIGINS"),
        ({"DEMO": "1", "EMBED_ORIGINS": "https://*.example"}, "HELPLINE_EMBED_ORIGINS"),
        ({"DEMO": "1", "EMBED_ORIGINS": "https://a.example/page"}, "HELPLINE_EMBED_ORIGINS"),
        (
            {"DEMO": "1", "EMBED_ORIGINS": "https://a.example; script-src *"},
            "HELPLINE_EMBED_ORIGINS",
        ),
        ({"DEMO": "1", "EMBED_ORIGINS": "https://a.example;x"}, "HELPLINE_EMBED_ORIGINS"),
        ({"DEMO": "1", "EMBED_ORIGINS": "https://a.example'"}, "HELPLINE_EMBED_ORIGINS"),
        ({"DEMO": "1", "PUBLIC_ORIGIN": "line.example"}, "HELPLINE_PUBLIC_ORIGIN"),
        ({"DEMO": "1", "PUBLIC_ORIGIN": "https://line.example/x"}, "HELPLINE_PUBLIC_ORIGIN"),
        ({"SECRET_KEY": SECRET, "PUBLIC_ORIGIN": "https://line.example"}, "HELPLINE_PROXY_HOPS=1"),
        (
            {"SECRET_KEY": SECRET, "PUBLIC_ORIGIN": "HTTPS://line.example", "HOST": "::1"},
            "HELPLINE_PROXY_HOPS=1",
        ),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(chosen: dict[str, str], named: str):
    environ = {f"HELPLINE_{key}": value for key, value in chosen.items()}

    with pytest.raises(settings.MissingSetting, match=named):
        settings.read(environ)


@pytest.mark.parametrize(
    "more",
    [
        {"PUBLIC_ORIGIN": "https://line.example", "PROXY_HOPS": "1"},
        {"PUBLIC_ORIGIN": "https://line.example", "HOST": "192.0.2.1"},
        {"PUBLIC_ORIGIN": "http://line.example"},
    ],
)
def test_a_line_whose_visitors_can_be_told_apart_starts(more: dict[str, str]):
    environ = {f"HELPLINE_{key}": value for key, value in more.items()}

    chosen = settings.read({"HELPLINE_SECRET_KEY": SECRET, **environ})

    assert chosen.public_origin == more["PUBLIC_ORIGIN"]


def test_the_practice_site_keeps_to_this_machine_and_needs_no_secret():
    chosen = settings.read({"HELPLINE_DEMO": "1"})

    assert chosen.host == "127.0.0.1"
    assert chosen.limits is False
    assert settings.read({"HELPLINE_SECRET_KEY": SECRET}).limits is True


def test_allowed_sites_are_read_as_exact_origins():
    chosen = settings.read(
        {
            "HELPLINE_DEMO": "1",
            "HELPLINE_EMBED_ORIGINS": "https://a.example/, http://b.example:8080 https://c.example",
        }
    )

    assert chosen.embed_origins == (
        "https://a.example",
        "http://b.example:8080",
        "https://c.example",
    )


# -- what it prints, and whom it listens to --------------------------------------------------------


@dataclass(frozen=True)
class Life:
    """A server of the practice site from its start to its second end, as seen from outside."""

    printed: list[str]
    url: str
    page: str
    answers_elsewhere: bool
    told_again: list[str]
    code_after_ctrl_c: int


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    server = Observed(tmp_path_factory.mktemp("life"))
    server.start()
    printed, url = list(server.said), server.url
    page = requests.get(url, timeout=10).text
    elsewhere = not _refuses("127.0.0.2", server.port)
    token = ends_politely(server)

    server.start()
    back = visitor(server)
    told = back.ask("resume", token=token, after=0)["messages"]
    back.close()
    server.process.send_signal(signal.SIGINT)
    code = server.process.wait(timeout=ENDS_WITHIN)

    assert server.log.read_text() == ""
    yield Life(printed, url, page, elsewhere, [each["text"] for each in told], code)
    server.kill()


def test_the_practice_site_says_that_it_is_ready_and_who_may_sign_in(life: Life):
    assert re.fullmatch(r"helpline ready http://127\.0\.0\.1:[1-9]\d*", life.printed[0])
    assert life.printed[0] == f"helpline ready {life.url}"
    signed = [line.split() for line in life.printed[1:]]
    assert [each[0] for each in signed] == ["sign-in"] * 4
    assert {each[1] for each in signed} == {
        "leo@example.org",
        "lin@example.org",
        "sol@example.org",
        "cora@example.org",
    }


def test_the_practice_site_says_that_no_one_is_here_and_answers_this_machine_only(life: Life):
    assert "Practice site. No one is here." in life.page
    assert not life.answers_elsewhere  # bound to every address it would have


def test_what_was_acknowledged_before_the_end_is_there_after_the_start(life: Life):
    assert life.told_again[0] == "hello"
    assert len(life.told_again) >= 6


def test_ctrl_c_is_a_polite_end_too(life: Life):
    assert life.code_after_ctrl_c == 0


def test_a_real_line_prints_nothing_but_that_it_is_ready(start: Start, tmp_path: Path):
    real = Observed(tmp_path, DEMO="0", SECRET_KEY=SECRET)
    real.flask("line", "setup", "Harbour Line", "--zone", "Europe/Dublin", "--country", "IE")

    server = start(DEMO="0", SECRET_KEY=SECRET)
    code = server.stop()

    assert server.said == [f"helpline ready {server.url}"]
    assert code == 0
    assert server.log.read_text() == ""


def _refuses(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return True
    return False


# -- how it ends -----------------------------------------------------------------------------------


def ends_politely(server: Observed) -> str:
    """SIGTERM while somebody writes and others only hold on to their connections.

    What was acknowledged is kept, everybody is let go, and the exit code is 0. Gives the
    writer's token.
    """
    writing, watching = visitor(server), visitor(server)
    opened = writing.ask("open", client_id=some_id(), text="hello")
    watching.ask("resume", token=opened["token"])
    ghosts = _ghosts(server)
    acked: list[int] = []
    stop_writing = threading.Event()

    def write() -> None:
        with suppress(socketio.exceptions.SocketIOError):
            while not stop_writing.is_set():
                acked.append(writing.ask("say", client_id=some_id(), text="and more")["seq"])

    author = threading.Thread(target=write)
    author.start()
    _until(lambda: len(acked) >= 5)
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    code = server.process.wait(timeout=ENDS_WITHIN)
    took = time.monotonic() - began
    stop_writing.set()
    author.join(timeout=20)

    assert code == 0
    assert took < ENDS_WITHIN
    _until(lambda: not watching.io.connected)
    assert _refuses("127.0.0.1", server.port)
    floor = Floor(server)
    kept = floor.count("messages", "chat_id = :id", id=opened["chat"]["id"])
    floor.store.engine.dispose()
    assert acked == list(range(2, len(acked) + 2))
    assert kept >= 1 + len(acked)
    assert server.log.read_text() == ""
    for each in ghosts:
        each.close()
    return str(opened["token"])


def _ghosts(server: Observed) -> list[Any]:
    """Connections that say nothing more, in all the ways that could be waited for for ever."""
    half_open = socket.create_connection(("127.0.0.1", server.port))
    half_open.sendall(b"GET / HTTP/1.1\r\nHost: x")
    never_enters = websocket.create_connection(
        server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    )
    no_handshake = socket.create_connection(("127.0.0.1", server.port))
    no_handshake.sendall(
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n"
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    no_handshake.settimeout(5)
    assert b"400" in no_handshake.recv(100)
    return [half_open, never_enters, no_handshake]


def _until(test: Callable[[], bool], within: float = 10) -> None:
    until = time.monotonic() + within
    while not test():
        assert time.monotonic() < until
        time.sleep(0.02)


# -- a power cut -----------------------------------------------------------------------------------


def test_a_restart_takes_no_chat_from_a_listener_who_was_there(tmp_path: Path):
    """The house was down for ten minutes: its first sweeps must not take that for absence."""
    server = Server(tmp_path).start()
    floor = Floor(server)
    _, opened, _, _ = floor.talk("I took all my pills")
    _, waits = floor.opened("hello")
    server.kill()
    for column in ("chats.visitor_seen_at", "presences.lease_until", "sweep_runs.ok_at"):
        table, name = column.split(".")
        floor.change(f"UPDATE {table} SET {name} = datetime({name}, '-10 minutes')")
    killed_at = floor.value("SELECT max(ok_at) FROM sweep_runs")

    server.start()
    _until(lambda: floor.value("SELECT ok_at FROM sweep_runs WHERE name='routing'") > killed_at)

    query = "SELECT state FROM chats WHERE id = :id"
    assert floor.value(query, id=opened["chat"]["id"]) == "active"
    assert floor.value(query, id=waits["chat"]["id"]) in ("waiting", "offered")
    assert floor.value("SELECT ready FROM presences ORDER BY lease_until DESC LIMIT 1") == 1
    server.kill()
    floor.tidy()
    floor.store.engine.dispose()


# -- the second implementation ---------------------------------------------------------------------


def test_it_serves_on_plain_threads_too(start: Start):
    """The way out of eventlet: the same house, the core way through it, the same manners."""
    server = start(ASYNC="threading")
    floor = Floor(server)
    visitor_, opened, leo, accepted = floor.talk("I took all my pills")
    chat = opened["chat"]["id"]

    said = leo.ask("say", chat=chat, client_id=some_id(), text="I am here")
    heard = visitor_.wait_for("message", lambda data: data["seq"] == said["seq"])
    for frame in ("", "x", "4[[[", "42{}", "42/visitor,[]", "9", '42/visitor,1["disconnect"]'):
        raw = floor.raw()
        raw.send(frame)
    page = requests.post(
        f"{server.url}/open", data={"client_id": some_id(), "text": "no script"}, timeout=10
    )
    closed = leo.ask("close", chat=chat, outcome="other", anyway="a test")

    assert accepted["chat"]["level"] == "critical"
    assert opened["urgent_help"] is True
    assert heard["text"] == "I am here"
    assert "no script" in page.text
    assert closed == {"ok": True}
    assert requests.get(f"{server.url}/readyz", timeout=10).status_code == 200
    floor.tidy()
    floor.store.engine.dispose()
    assert server.log.read_text() == ""
    ends_politely(server)
