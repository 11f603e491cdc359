"""How staff come in on a socket: the cookie with its proofs, or a token; each looked up again."""

from __future__ import annotations

import json
import re

import pytest
import requests
import websocket

from tests.faces.strangers import Floor, Person, Raw, some_id

pytestmark = pytest.mark.sockets

TOKEN_FIELD = re.compile(r'name="csrf_token" value="([^"]+)"')
TOKEN_META = re.compile(r'name="csrf-token" content="([^"]+)"')


class Browser:
    """A signed-in browser: its cookie, and the token of the page it shows."""

    def __init__(self, floor: Floor, name: str, page: str) -> None:
        self.url = floor.server.url
        self.session = requests.Session()
        form = self.session.get(f"{self.url}/sign-in").text
        entered = self.session.post(
            f"{self.url}/sign-in",
            data={
                "email": f"{name}@example.org",
                "password": floor.server.sign_ins[f"{name}@example.org"],
                "csrf_token": _first(TOKEN_FIELD, form),
            },
        )
        assert entered.status_code == 200
        self.csrf = _first(TOKEN_META, self.session.get(self.url + page).text)

    @property
    def cookie(self) -> str:
        return "; ".join(f"{each.name}={each.value}" for each in self.session.cookies)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    assert found, text
    return found[1]


@pytest.fixture(scope="module")
def leos_browser(everybody: Floor) -> Browser:
    return Browser(everybody, "leo", "/listener")


def has_come_in(raw: Raw) -> bool:
    return raw.entered.startswith("40/")


def code_of(raw: Raw) -> str:
    """The `data.code` of a `connect_error`."""
    kind, _, told = raw.entered.partition(",")
    assert kind in ("44/listener", "44/coordinator")
    error = json.loads(told)
    assert set(error) == {"message", "data"}
    assert set(error["data"]) == {"code"}
    return str(error["data"]["code"])


def test_the_cookie_comes_in_with_its_origin_and_its_token(floor: Floor, leos_browser: Browser):
    headers = {"Cookie": leos_browser.cookie, "Origin": leos_browser.url}

    assert has_come_in(floor.raw("/listener", {"csrf": leos_browser.csrf}, **headers))


@pytest.mark.parametrize(
    "csrf, origin",
    [
        (None, "own"),
        ("", "own"),
        ("somebody-elses-token", "own"),
        (7, "own"),
        (["list"], "own"),
        ("\ud800é", "own"),
        ("right", None),
    ],
)
def test_the_cookie_alone_is_not_enough(floor: Floor, leos_browser: Browser, csrf, origin):
    headers = {"Cookie": leos_browser.cookie} | ({"Origin": leos_browser.url} if origin else {})
    auth = {"csrf": leos_browser.csrf if csrf == "right" else csrf}

    assert code_of(floor.raw("/listener", auth, **headers)) == "not_signed_in"


@pytest.mark.parametrize(
    "cookie",
    ["helpline=", "helpline=x.y.z", "helpline=" + "a" * 5000, "=;;=", "\xff\xfe", 'a="\\"'],
)
def test_a_cookie_that_is_not_ours_is_none(floor: Floor, leos_browser: Browser, cookie: str):
    headers = {"Cookie": cookie, "Origin": leos_browser.url}

    raw = floor.raw("/listener", {"csrf": leos_browser.csrf}, **headers)

    assert code_of(raw) == "not_signed_in"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1.evil.example", "file://", "//", "http://"],
)
@pytest.mark.parametrize("namespace", ["/listener", "/visitor"])
def test_a_foreign_origin_is_always_refused(floor: Floor, origin: str, namespace: str):
    headers = {"Origin": origin, "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}

    with pytest.raises(websocket.WebSocketBadStatusException, match="400"):
        floor.raw(namespace, {"token": floor.token("leo")}, **headers)


@pytest.mark.parametrize(
    "auth",
    [
        None,
        {},
        {"token": None},
        {"token": ""},
        {"token": "A" * 43},
        {"token": 7},
        {"token": ["x"]},
        {"token": "\ud800"},
        {"token": "x" * 10_000},
        ["token"],
        "token",
        7,
        {"csrf": {"a": 1}},
    ],
)
def test_whoever_proves_nothing_is_told_to_sign_in(floor: Floor, auth: object):
    for namespace in ("/listener", "/coordinator"):
        raw = floor.raw(namespace, auth)

        assert code_of(raw) == "not_signed_in"


@pytest.mark.parametrize("name, namespace", [("leo", "/coordinator"), ("cora", "/listener")])
def test_a_role_stays_in_its_own_namespace(floor: Floor, name: str, namespace: str):
    raw = floor.raw(namespace, {"token": floor.token(name)})

    assert code_of(raw) == "not_allowed"


def test_a_visitors_token_opens_no_console(floor: Floor):
    _, opened = floor.opened()

    raw = floor.raw("/listener", {"token": opened["token"]})

    assert code_of(raw) == "not_signed_in"


def test_a_cookies_secret_is_no_token_and_a_token_no_visitors(floor: Floor):
    answer = floor.visitor().ask("resume", token=floor.token("leo"))

    assert answer["error"]["code"] == "unknown_token"


def test_the_token_command_prints_one_line_that_opens_the_console(floor: Floor):
    printed = floor.server.flask("people", "token", "sol@example.org")

    assert printed.count("\n") == 1
    sol = floor._add(Person(floor.server, "/listener", {"token": printed.strip()}))
    assert sol.ask("sync")["ok"]
    assert floor.count("staff_sessions", "id_hash = :token", token=printed.strip()) == 0


def test_signing_out_ends_the_sockets_at_once(floor: Floor):
    browser = Browser(floor, "lin", "/listener")
    headers = {"Cookie": browser.cookie, "Origin": browser.url}
    lin = floor.raw("/listener", {"csrf": browser.csrf}, **headers)

    browser.session.post(f"{browser.url}/sign-out", data={"csrf_token": browser.csrf})

    heard = lin.hear()
    while heard and heard.startswith("42"):
        heard = lin.hear()
    assert heard == "41/listener,"
    again = floor.raw("/listener", {"csrf": browser.csrf}, **headers)
    assert code_of(again) == "not_signed_in"


def test_a_session_that_was_revoked_elsewhere_acts_no_more(floor: Floor):
    """Looked up for every event: what another process revoked counts at once."""
    _, opened, leo, _ = floor.talk()
    floor.change("UPDATE staff_sessions SET revoked_at = created_at WHERE revoked_at IS NULL")
    floor._tokens.clear()

    leo.tell("say", {"chat": opened["chat"]["id"], "client_id": some_id(), "text": "still here"})

    assert leo.until_closed()
    assert floor.count("messages", "chat_id = :id", id=opened["chat"]["id"]) == 2
