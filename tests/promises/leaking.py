"""A person says a marked word in every place there is; then we look wherever it must not be."""

from __future__ import annotations

import http.server
import json
import re
import socket
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
import websocket

from tests.promises.practice import House, client_id
from tests.server import Client

WORD = "heronfeather"  # no word of ours: wherever it turns up, somebody's words got out
ADDRESS = re.compile(r"\b\d+\.\d+\.\d+\.\d+\b|::1")
BREAKS = ("break-triage", "break-sum", "break-store", "break-commit", "break-telling")


def marked(place: str) -> str:
    return f"{WORD}-{place}"


HEADERS = {
    "User-Agent": marked("agent"),
    "X-Forwarded-For": marked("forwarded"),
    "Referer": f"https://{marked('referer')}.example/",
    "Cookie": f"seen={marked('cookie')}",
    "Accept-Language": f"en, {marked('language')};q=0.1",
}


class Pigeonhole:
    """Where pages that leave the building arrive."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        holes = self.bodies

        class Take(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                holes.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Take)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait_for(self, words: bytes, within: float = 15) -> None:
        until = time.monotonic() + within
        while not any(words in body for body in self.bodies) and time.monotonic() < until:
            time.sleep(0.1)

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Telltale:
    """What happened on the way: answers that say something of their own, and real secrets."""

    def __init__(self) -> None:
        self.secrets: list[str] = []
        self.cookies: list[str] = []
        self.acks: dict[str, dict[str, Any]] = {}


def talk_everywhere(house: House) -> Telltale:
    seen = Telltale()
    _over_sockets(house, seen)
    _over_forms(house, seen)
    _at_the_wrong_door(house, seen)
    _in_bad_frames(house)
    return seen


def break_everywhere(house: House, seen: Telltale) -> None:
    """Only with `faults_hold_words`: every message of these breaks the house somewhere."""
    visitor = Client(house, "/visitor", **HEADERS)
    lin = house.staff("lin")
    lin.ask("ready")
    opened = visitor.ask("open", client_id=client_id(), text=marked("before-it-breaks"))
    offer = lin.wait_for("offer", lambda data: data["chat"] == opened["chat"]["id"])
    lin.ask("accept", offer=offer["id"])
    for fault in BREAKS:
        said = {"client_id": client_id(), "text": f"{marked(fault)} {fault}"}
        seen.acks[fault] = visitor.ask("say", said)
    form = {"token": opened["token"], "client_id": client_id(), "text": marked("form") + BREAKS[2]}
    seen.acks["form"] = {"status": requests.post(house.url + "/say", form, timeout=15).status_code}
    visitor.close()
    lin.close()


# -- every place there is ---------------------------------------------------------------------


def _over_sockets(house: House, seen: Telltale) -> None:
    leo, lin, sol = (house.staff(name) for name in ("leo", "lin", "sol"))
    leo.ask("ready")
    visitor = Client(house, "/visitor", **HEADERS)
    opened = visitor.ask(
        "open",
        client_id=client_id(),
        text=marked("first"),
        nickname=marked("nickname"),
        topic=marked("topic"),
    )
    assert opened["ok"], opened
    seen.secrets.append(opened["token"])
    chat = opened["chat"]["id"]
    leo.ask("accept", offer=leo.wait_for("offer", lambda data: data["chat"] == chat)["id"])
    _ok(visitor.ask("say", client_id=client_id(), text=f"{marked('said')}: I took all my pills"))
    _ok(leo.ask("say", chat=chat, client_id=client_id(), text=marked("answer")))
    _ok(leo.ask("note", chat=chat, text=marked("note")))
    _ok(leo.ask("ask_help", chat=chat, why=marked("why")))
    _ok(sol.ask("watch", chat=chat, reason=marked("watched")))
    _ok(sol.ask("whisper", chat=chat, text=marked("whispered")))
    _ok(leo.ask("whisper", chat=chat, text=marked("whispered-back")))
    _ok(sol.ask("join", chat=chat))
    _ok(sol.ask("say", chat=chat, client_id=client_id(), text=marked("joined")))
    _ok(sol.ask("unwatch", chat=chat))
    lin.ask("ready")
    to = {"kind": "listener", "id": house.person_id("lin")}
    handed = _ok(leo.ask("hand_off", chat=chat, to=to, note=marked("hand-off")))
    _ok(lin.ask("accept", offer=handed["hand_off"]["id"]))
    _ok(lin.ask("assess", chat=chat, level="high", reason=marked("reason")))
    call = _ok(lin.ask("hand_off", chat=chat, to={"kind": "emergency"}))["hand_off"]["id"]
    _ok(lin.ask("log_call", emergency=call, step="note", note=marked("call-note")))
    _ok(lin.ask("log_call", emergency=call, step="place", place={"area": marked("area")}))
    worry = {"concern": marked("concern"), "their_words": marked("words"), "told": marked("told")}
    _ok(lin.ask("raise_concern", chat=chat, about="child", **worry))
    sol.ask("ready")
    _ok(lin.ask("step_out", chat=chat, why=marked("stepped-out")))
    offered = sol.wait_for("offer", lambda data: data["chat"] == chat)
    _ok(sol.ask("accept", offer=offered["id"]))
    ended = {"outcome": "felt_heard", "note": marked("last-note"), "anyway": marked("anyway")}
    _ok(sol.ask("close", chat=chat, **ended))
    _ok(visitor.ask("feedback", feeling="worse", text=marked("feedback")))

    for who, event in ((visitor, marked("event")), (leo, marked("event")), (visitor, "say")):
        assert not who.ask(event, {"text": [marked("mistyped")], "chat": marked("chat")})["ok"]
    assert not visitor.ask("resume", token=marked("token"))["ok"]
    for each in (visitor, leo, lin, sol):
        each.close()


def _over_forms(house: House, seen: Telltale) -> None:
    with requests.Session() as browser:
        browser.headers.update(HEADERS)
        _note(seen, browser.get(f"{house.url}/?wish={marked('query')}", timeout=15))
        form = {"client_id": client_id(), "text": marked("form"), "nickname": marked("form-name")}
        page = browser.post(house.url + "/open", form, timeout=15)
        assert page.status_code == 200
        assert marked("form") in page.text
        _note(seen, page)
        token = re.search(r'name="token" value="([^"]+)"', page.text)[1]  # type: ignore[index]
        seen.secrets += [token, urlsplit(page.url).path.rsplit("/", 1)[1]]
        said = {"token": token, "client_id": client_id(), "text": marked("form-said")}
        _note(seen, browser.post(house.url + "/say", said, timeout=15))
        told = {"token": token, "feeling": "same", "text": marked("form-feedback")}
        _note(seen, browser.post(house.url + "/feedback", told, timeout=15))
        _note(seen, browser.post(house.url + "/say", said | {"token": marked("token")}, timeout=15))
        _note(
            seen,
            browser.post(house.url + "/exit", {"token": token}, timeout=15, allow_redirects=False),
        )


def _at_the_wrong_door(house: House, seen: Telltale) -> None:
    ask: Callable[..., Any] = requests.request
    for method, path in (
        ("GET", "/" + marked("path")),
        ("GET", "/chat/" + marked("ticket")),
        ("POST", "/" + marked("posted")),
        ("PUT", "/say"),
        ("GET", "/api/v1/" + marked("api")),
        ("GET", "/sign-in?next=" + marked("next")),
        ("GET", "/shifts/" + marked("secret") + ".ics"),
    ):
        answer = ask(method, house.url + path, headers=HEADERS, timeout=15)
        assert answer.status_code < 500, (method, path, answer.status_code)
        if not path.startswith("/sign-in"):
            _note(seen, answer)
    with requests.Session() as browser:
        page = browser.get(house.url + "/sign-in", timeout=15).text
        csrf = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]  # type: ignore[index]
        wrong = {"csrf_token": csrf, "email": marked("email"), "password": marked("password")}
        assert browser.post(house.url + "/sign-in", wrong, timeout=15).status_code == 401


def _in_bad_frames(house: House) -> None:
    """What no official client says."""
    address = house.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    word = marked("frame")
    for frame in (
        word,
        "",
        f"4{word}",
        f'42/visitor,["{word}"',
        f'42/visitor,[["{word}"]]',
        f'451-/visitor,["{word}"]',
        f'42/visitor,99999999999999999999["{word}"]',
        "4" + "[" * 2_000 + word,
        f"b{word}",
        f'40/{word},{{"token":"{word}"}}',
    ):
        raw = websocket.create_connection(address, timeout=5, header=[f"User-Agent: {word}"])
        raw.send("40/visitor,")
        raw.send(frame)
        raw.close()
    raw = websocket.create_connection(address, timeout=5)
    raw.send_binary(word.encode() + b"\xff\xfe")
    raw.close()
    host, port = urlsplit(house.url).netloc.split(":")
    for line in (
        f"GET /{word}\x00 HTTP/9.9\r\n{word}\r\n\r\n",
        word + "\r\n\r\n",
        f"POST /say HTTP/1.1\r\nContent-Length: {word}\r\n\r\n",
    ):
        with socket.create_connection((host, int(port)), timeout=5) as wire:
            wire.sendall(line.encode())


def _ok(ack: dict[str, Any]) -> dict[str, Any]:
    assert ack["ok"], ack
    return ack


def _note(seen: Telltale, answer: requests.Response) -> None:
    for each in (*answer.history, answer):
        seen.cookies += [
            value for name, value in each.headers.items() if name.lower() == "set-cookie"
        ]


# -- where it must not be ---------------------------------------------------------------------


def leaks(house: House, secrets: list[str], **elsewhere: bytes) -> list[str]:
    """Every place where a marked word or a secret lies open, with a little of it."""
    places = elsewhere | {
        str(file.relative_to(house.folder)): file.read_bytes()
        for file in sorted(house.folder.rglob("*"))
        if file.is_file()
    }
    places |= house.week.databases.laid_down(house.url_of_database)
    places["printed"] = house.printed.encode()
    found = [f"log: {each}" for each in ADDRESS.findall(house.log.read_text())]
    for where, held in places.items():
        hits = set(re.findall(rb"(?i)" + WORD.encode() + rb"[\w-]*", held))
        hits |= {secret.encode() for secret in secrets if secret.encode() in held}
        found += [f"{where}: {hit.decode()}" for hit in sorted(hits)]
    return found


def shown_to_operators(house: House) -> dict[str, bytes]:
    """What is shown to people who must not read words: metrics, readiness, the dashboard."""
    shown = {
        path: requests.get(house.url + path, timeout=15).content
        for path in ("/metrics", "/readyz", "/healthz")
    }
    cora = house.staff("cora", "/coordinator")
    shown["board"] = json.dumps(cora.ask("sync")).encode()
    cora.close()
    with requests.Session() as browser:
        page = browser.get(house.url + "/sign-in", timeout=15).text
        csrf = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]  # type: ignore[index]
        email = "cora@example.org"
        form = {"csrf_token": csrf, "email": email, "password": house.sign_ins[email]}
        shown["dashboard"] = browser.post(house.url + "/sign-in", form, timeout=15).content
        assert b"sign-out" in shown["dashboard"]
    return shown
