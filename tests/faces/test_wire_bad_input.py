"""What must not be: every event with every wrong thing in every field, and whoever claims too much.

Nothing raises, nothing is stored that was refused, and the log stays empty (see `floor`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from helpline.domain import errors
from tests.faces.strangers import Floor, Person, is_refused, some_id

pytestmark = pytest.mark.sockets

CODES = {each.code for each in errors.Refused.__subclasses__()}

WRONG: tuple[Any, ...] = (
    None,
    [],
    ["a", 1],
    {},
    {"$gt": ""},
    True,
    -1,
    2**70,
    1.5,
    math.nan,
    math.inf,
    "",
    " \n\t ",
    "x" * 10_000,
    "\ud800",
    "\x00",
    "a\x07\x1b[31m\x9f",
    "\u202eabc\u2066",
    "<script>alert(1)</script>",
    "{{7*7}} %s %(x)s ${x}",
    "../../etc/passwd",
    b"bytes",
)
NO_TEXT = tuple(each for each in WRONG if not isinstance(each, str))

URGENT = "I took all my pills"
STORED = (
    "chats",
    "messages",
    "notes",
    "flags",
    "holdings",
    "offers",
    "missed_reports",
    "visitor_tokens",
)
RAISED_BY_AN_EVENT = ("help_asked", "stepped_out", "critical_lowered")  # the sweeps raise others

Build = Callable[[dict[str, str]], dict[str, Any]]

VISITOR: dict[str, Build] = {
    "open": lambda _: {
        "client_id": some_id(),
        "text": "hello",
        "language": "en",
        "nickname": "Vee",
        "topic": "school",
    },
    "resume": lambda at: {"token": at["token"], "after": 0},
    "say": lambda _: {"client_id": some_id(), "text": "hello"},
    "typing": lambda _: {},
    "seen": lambda _: {"seq": 1},
    "leave": lambda _: {"quick": False},
    "erase": lambda _: {},
    "feedback": lambda _: {"feeling": "same", "text": "fine"},
    "answer_hand_off": lambda at: {"hand_off": at["offer"], "agrees": True},
    "complain": lambda _: {"text": "not right"},
    "next_step": lambda _: {"text": "sleep"},
}

LISTENER: dict[str, Build] = {
    "sync": lambda _: {},
    "ready": lambda _: {},
    "away": lambda _: {"reason": "tea"},
    "beat": lambda _: {},
    "accept": lambda at: {"offer": at["offer"]},
    "decline": lambda at: {"offer": at["offer"]},
    "say": lambda at: {"chat": at["chat"], "client_id": some_id(), "text": "hi", "epoch": 1},
    "resume": lambda at: {"chat": at["chat"], "after": 0},
    "typing": lambda at: {"chat": at["chat"]},
    "seen": lambda at: {"chat": at["chat"], "seq": 1},
    "send_resource": lambda at: {
        "chat": at["chat"],
        "resource": "ie-samaritans",
        "client_id": some_id(),
    },
    "find_resources": lambda at: {"chat": at["chat"], "query": "ear", "country": "IE"},
    "assess": lambda at: {"chat": at["chat"], "level": "high", "reason": "because"},
    "answer_flag": lambda at: {"flag": at["flag"], "verdict": "agree"},
    "missed": lambda at: {"chat": at["chat"], "seq": 1},
    "note": lambda at: {"chat": at["chat"], "text": "a fact"},
    "ask_help": lambda at: {"chat": at["chat"], "why": "unsure"},
    "step_out": lambda at: {"chat": at["chat"], "why": "enough"},
    "hand_off": lambda at: {"chat": at["chat"], "to": {"kind": "queue"}, "note": "a note"},
    "withdraw": lambda at: {"hand_off": at["offer"]},
    "log_call": lambda at: {"emergency": at["offer"], "step": "note", "note": "facts"},
    "raise_concern": lambda at: {"chat": at["chat"], "about": "child", "concern": "a bruise"},
    "tell_concern": lambda at: {"concern": at["offer"], "told": "the duty desk"},
    "tell_outcome": lambda at: {"hand_off": at["offer"], "state": "reached"},
    "close": lambda at: {"chat": at["chat"], "outcome": "other", "note": "n", "anyway": "safe"},
    "reopen": lambda at: {"chat": at["chat"]},
    "after_hard": lambda at: {"chat": at["chat"], "how": "ok"},
    "acknowledge": lambda at: {"alert": at["offer"]},
}

COORDINATOR: dict[str, Build] = {
    "sync": lambda _: {},
    "assign": lambda at: {"chat": at["chat"], "listener": at["listener"]},
    "acknowledge": lambda at: {"alert": at["offer"]},
    "set_line": lambda _: {"open": True, "reason": "a test"},
}

ENDS = {"leave", "erase", "step_out", "hand_off", "close", "decline"}  # after these it is over


@pytest.fixture
def at(floor: Floor) -> dict[str, Any]:
    """A conversation, and the ids that belong to it."""
    visitor, opened, leo, accepted = floor.talk(URGENT)
    offer = floor.value("SELECT id FROM offers WHERE chat_id = :id", id=opened["chat"]["id"])
    return {
        "visitor": visitor,
        "leo": leo,
        "token": opened["token"],
        "chat": opened["chat"]["id"],
        "flag": accepted["chat"]["flags"][0]["id"],
        "listener": accepted["chat"]["listener"]["id"],
        "offer": offer,
    }


def stored(floor: Floor) -> list[int]:
    asked = ", ".join(f"'{kind}'" for kind in RAISED_BY_AN_EVENT)
    return [floor.count(each) for each in STORED] + [floor.count("alerts", f"kind IN ({asked})")]


def mutations(event: str, right: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The right payload with one wrong thing in one field, or with that field left out."""
    for name in right:
        for wrong in NO_TEXT if event in ENDS else WRONG:
            if (name, wrong) != ("quick", True):  # which would be right
                yield right | {name: wrong}
        yield {key: value for key, value in right.items() if key != name}


def stands_firm(floor: Floor, person: Person, event: str, payloads: Iterator[Any]) -> set[str]:
    """Every answer is ok or a code of the list, and a refusal has changed nothing."""
    before, met = stored(floor), set()
    for payload in payloads:
        answer = person.ask(event, payload)
        if answer["ok"]:
            before = stored(floor)
            continue
        met.add(answer["error"]["code"])
        assert answer["error"]["code"] in CODES - {"try_again", "not_signed_in"}, payload
        assert stored(floor) == before, payload
    return met


@pytest.mark.parametrize("event", VISITOR)
def test_no_wrong_field_of_a_visitor_does_harm(floor: Floor, at: dict[str, Any], event: str):
    person = floor.visitor() if event == "open" else at["visitor"]

    met = stands_firm(floor, person, event, mutations(event, VISITOR[event](at)))

    assert met or not VISITOR[event](at)


@pytest.mark.parametrize("event", LISTENER)
def test_no_wrong_field_of_a_listener_does_harm(floor: Floor, at: dict[str, Any], event: str):
    met = stands_firm(floor, at["leo"], event, mutations(event, LISTENER[event](at)))

    assert met or not LISTENER[event](at) or event == "away"


@pytest.mark.parametrize("event", COORDINATOR)
def test_no_wrong_field_of_a_coordinator_does_harm(floor: Floor, at: dict[str, Any], event: str):
    cora = floor.staff("cora", "/coordinator")

    met = stands_firm(floor, cora, event, mutations(event, COORDINATOR[event](at)))

    assert met or not COORDINATOR[event](at)


@pytest.mark.parametrize(
    "to",
    [None, [], "queue", 7, {}, {"kind": None}, {"kind": ["queue"]}, {"kind": "listener", "id": 7}],
)
def test_a_hand_off_to_nothing_readable_is_refused(floor: Floor, at: dict[str, Any], to: Any):
    answer = at["leo"].ask("hand_off", {"chat": at["chat"], "to": to, "note": ""})

    is_refused(answer, "bad_request")


@pytest.mark.parametrize(
    "payload", [[], [1], "x", 7, 1.5, True, False, b"bytes", ({}, {}), ("a", {})]
)
def test_a_payload_is_one_object(floor: Floor, at: dict[str, Any], payload: Any):
    for person in (at["visitor"], at["leo"]):
        for event in ("say", "resume", "sync"):
            answer = person.io.call(event, payload, namespace=person.namespace, timeout=15)
            is_refused(answer, "bad_request")


def test_an_absent_payload_is_an_empty_object(floor: Floor, at: dict[str, Any]):
    assert at["leo"].call("sync")["ok"]
    assert at["leo"].io.call("sync", None, namespace="/listener", timeout=15)["ok"]


@pytest.mark.parametrize(
    "event",
    [
        "",
        " ",
        "nothing",
        "on_open",
        "__class__",
        "trigger_event",
        "enter",
        "EVENTS",
        "Open",
        "message",
        "chat",
        "join",
        "sync",
        "\x00",
        "\ud800",
        "x" * 10_000,
        "<script>",
    ],
)
def test_an_unknown_event_is_refused(floor: Floor, event: str):
    visitor, _ = floor.opened()
    before = stored(floor)

    for payload in ({}, {"room": "visitor:x"}, {"chat": None}):
        is_refused(visitor.ask(event, payload), "bad_request")

    assert stored(floor) == before


@pytest.mark.parametrize("length, code", [(1, None), (4_000, None), (4_001, "too_long")])
@pytest.mark.parametrize("letter", ["a", "🙂", "\u0301"])
def test_a_text_may_have_4000_code_points(floor: Floor, length: int, code: str | None, letter: str):
    visitor, opened = floor.opened()

    said = visitor.ask("say", client_id=some_id(), text=letter * length)

    if code:
        assert is_refused(said, code)["field"] == "text"
    else:
        resumed = visitor.ask("resume", token=opened["token"], after=1)
        assert resumed["messages"][0]["text"] == letter * length
    assert floor.count("messages", "chat_id = :id", id=opened["chat"]["id"]) == (1 if code else 2)


@pytest.mark.parametrize("text", ["", " ", "\n\t\r", "\x00\x07\x1b", "\u0085\x9f"])
def test_nothing_to_say_is_empty(floor: Floor, text: str):
    visitor, _ = floor.opened()

    is_refused(visitor.ask("say", client_id=some_id(), text=text), "empty")
    is_refused(floor.visitor().ask("open", client_id=some_id(), text=text), "empty")


@pytest.mark.parametrize(
    "field, length, fits",
    [("nickname", 40, True), ("nickname", 41, False), ("topic", 80, True), ("topic", 81, False)],
)
def test_names_and_topics_have_their_length(floor: Floor, field: str, length: int, fits: bool):
    answer = floor.visitor().ask("open", {"client_id": some_id(), field: "ü" * length})

    if fits:
        assert answer["ok"]
    else:
        assert is_refused(answer, "too_long")["field"] == field


HTML = "<script>alert(1)</script><img src=x onerror=alert(2)> javascript:alert(3) {{7*7}} %s ${x} &amp;"


def test_html_is_kept_and_given_back_letter_by_letter(floor: Floor):
    _, opened, leo, accepted = floor.talk(HTML, nickname=HTML[:40], topic=HTML[:80])
    chat = opened["chat"]["id"]
    leo.ask("note", chat=chat, text=HTML)
    said = leo.ask("say", chat=chat, client_id=some_id(), text=HTML)

    told = floor.visitor().ask("resume", token=opened["token"])["messages"]

    assert accepted["chat"]["nickname"] == HTML[:40]
    assert accepted["chat"]["topic"] == HTML[:80]
    assert [each["text"] for each in told if each["seq"] in (1, said["seq"])] == [HTML, HTML]
    assert leo.wait_for("chat", lambda data: data["notes"])["notes"][0]["text"] == HTML


def test_html_is_shown_literally_on_the_page_without_javascript(floor: Floor):
    form = {"client_id": some_id(), "text": HTML, "nickname": HTML[:40]}

    page = requests.post(f"{floor.server.url}/open", data=form)

    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<img src=x" not in page.text
    assert "{{7*7}}" in page.text


def test_claims_in_a_payload_count_for_nothing(floor: Floor):
    claims = {
        "role": "listener",
        "from": "listener",
        "author": "line",
        "sender": "leo",
        "name": "Leo",
        "seq": 900,
        "sent_at": "1999-01-01T00:00:00Z",
        "level": "critical",
        "assigned_to": "leo",
        "holder_id": "leo",
        "state": "closed",
        "epoch": 77,
        "__proto__": {"ok": True},
    }
    visitor = floor.visitor()
    opened = visitor.ask("open", {"client_id": some_id(), "text": "hello", **claims})
    said = visitor.ask("say", {"client_id": some_id(), "text": "it is me", **claims})

    told = visitor.ask("resume", token=opened["token"])

    assert (opened["seq"], said["seq"]) == (1, 2)
    assert told["chat"]["state"] == "waiting"
    assert {each["from"] for each in told["messages"]} == {"visitor"}
    assert all(each["sent_at"] > "2020" for each in told["messages"])
    assert floor.count("chats", "id = :id AND level = 0", id=opened["chat"]["id"]) == 1


def test_another_visitors_chat_cannot_be_named(floor: Floor):
    vera, vera_opened = floor.opened("mine")
    max_, max_opened = floor.opened("his")
    claim = {"chat": vera_opened["chat"]["id"], "token": vera_opened["token"], "room": "visitor:x"}

    max_.ask("say", {"client_id": some_id(), "text": "into hers?", **claim})
    max_.ask("leave", {"quick": False, **claim})

    hers = floor.visitor().ask("resume", token=vera_opened["token"])
    assert [each["text"] for each in hers["messages"]] == ["mine"]
    assert hers["chat"]["state"] == "waiting"
    assert not vera.messages(vera_opened["chat"]["id"])
    assert floor.count("messages", "chat_id = :id", id=max_opened["chat"]["id"]) == 2


def test_every_dead_token_gets_the_answer_of_a_random_one(floor: Floor):
    def dead() -> Iterator[str]:
        for how, said in (("leave", {"quick": True}), ("erase", {})):
            visitor, opened = floor.opened()
            visitor.ask(how, said)
            yield opened["token"]
        opening = {"client_id": some_id(), "text": "twice"}
        rotated = floor.visitor().ask("open", opening)["token"]
        floor.visitor().ask("open", opening)
        yield rotated
        yield from ("A" * 43, "a.b", "", "x" * 10_000, "../../etc/passwd", "\ud800")

    tokens = list(dead())
    asking = floor.visitor()

    answers = [asking.ask("resume", token=each, after=0) for each in tokens]

    assert all(each == answers[0] for each in answers)
    is_refused(answers[0], "unknown_token")


def test_a_token_counts_only_in_a_payload(floor: Floor):
    """Not in an address and not in a cookie, and the pages never put it there."""
    where = floor.server.url
    _, opened = floor.opened("very private")
    token = opened["token"]

    for path in (f"/chat/{token}", f"/?token={token}", f"/say?token={token}"):
        for cookies in ({}, {"token": token}):
            answer = requests.get(where + path, cookies=cookies, timeout=10)
            assert "very private" not in answer.text
            assert answer.status_code < 500
    form = {"client_id": some_id(), "text": "hello"}
    entered = requests.post(f"{where}/open", data=form, allow_redirects=False, timeout=10)
    page = requests.get(where + entered.headers["Location"], timeout=10)
    secret = page.text.split('name="token" value="')[1].split('"')[0]
    assert secret not in entered.headers["Location"]
    assert "Set-Cookie" not in entered.headers
    assert not any(f"{sign}{secret}" in page.text for sign in "/=?&")


def test_nobody_can_enter_a_room_by_its_name(floor: Floor):
    visitor, opened = floor.opened("mine")
    max_, _ = floor.opened("his")
    chat = opened["chat"]["id"]

    for event in ("join", "enter_room", "subscribe", "room"):
        for room in (f"visitor:{chat}", visitor.io.get_sid("/visitor"), None, ["x"], "x" * 10_000):
            is_refused(max_.ask(event, room=room), "bad_request")
    tab = floor.visitor()
    tab.ask("resume", token=opened["token"])
    visitor.ask("say", client_id=some_id(), text="only for my tabs")

    tab.wait_for("message")
    assert not max_.messages(chat)
