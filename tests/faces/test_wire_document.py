"""`docs/wire.md` and the code say the same: events, acks, codes, shapes, limits, outcomes."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from helpline import live
from helpline.boards import wording
from helpline.domain import chat as rules
from helpline.domain import errors
from helpline.faces import limits, refusals, wire
from helpline.faces import wishes as directory_wishes
from helpline.faces.coordinator.socket import CoordinatorNamespace
from helpline.faces.listener.socket import ListenerNamespace
from helpline.faces.visitor import wishes
from helpline.faces.visitor.socket import VisitorNamespace
from tests.faces import strangers

PAGE = (Path(__file__).parent.parent.parent / "docs" / "wire.md").read_text("utf-8")

NAMESPACES: dict[str, type[wire.Namespace]] = {
    "Visitor: `/visitor`": VisitorNamespace,
    "Listener: `/listener`": ListenerNamespace,
    "Coordinator: `/coordinator`": CoordinatorNamespace,
}
SHAPES = {
    "visitor's chat": strangers.VISITOR_CHAT,
    "message": strangers.MESSAGE,
    "resource": strangers.RESOURCE,
    "listener's chat": strangers.LISTENER_CHAT,
    "offer": strangers.OFFER,
    "flag": strangers.FLAG,
    "presence": strangers.PRESENCE,
    "alert": strangers.ALERT,
    "hand_off": strangers.HAND_OFF,
    "listener's board": strangers.LISTENER_BOARD,
    "coordinator's board": strangers.COORDINATOR_BOARD,
    "queued": strangers.QUEUED,
}

Row = list[str]


def section(heading: str) -> str:
    """What stands under a heading, up to the next of its rank."""
    found = re.search(
        rf"^(#+) {re.escape(heading)}[^\n]*\n(.*?)(?=^\1 |\Z)", PAGE, re.DOTALL | re.MULTILINE
    )
    assert found, heading
    return found[2]


def table(text: str, first: str) -> list[Row]:
    """The rows of the table whose first column has this head, as cells."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(f"| {first} |"):
            break
    else:
        raise AssertionError(f"no table of {first}")
    next(lines)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        cells = re.split(r"(?<!\\)\|", line)[1:-1]
        rows.append([cell.strip() for cell in cells])
    return rows


def words(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def acks_in_code(handler: Any) -> dict[str, bool]:
    """The keys that a handler's answer adds, and whether each is in every answer.

    Read from its source: what it returns, and what it adds to the `ack` it returns.
    """
    function = ast.parse(textwrap.dedent(inspect.getsource(handler))).body[0]
    always: list[set[str]] = []
    sometimes: set[str] = set()
    for node in ast.walk(function):
        if (isinstance(node, ast.Return) and isinstance(node.value, ast.Dict)) or (
            isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict)
        ):
            always.append(_keys(node.value))
        elif isinstance(node, ast.AugAssign) and isinstance(node.value, ast.Dict):
            sometimes |= _keys(node.value)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            sometimes.add(ast.literal_eval(node.targets[0].slice))
    every = set.intersection(*always) if always else set()
    found = set().union(*always, sometimes)
    return {key: key in every for key in found}


def _keys(node: ast.Dict) -> set[str]:
    return {ast.literal_eval(key) for key in node.keys if key is not None}


@pytest.mark.parametrize("heading", NAMESPACES)
def test_the_page_names_every_event_of_a_namespace_and_no_other(heading: str):
    named = {word for row in table(section(heading), "event") for word in words(row[0])}

    assert named == set(NAMESPACES[heading].EVENTS)


@pytest.mark.parametrize(
    "heading, event",
    [(heading, event) for heading, each in NAMESPACES.items() for event in each.EVENTS],
)
def test_the_page_names_every_key_of_an_ack(heading: str, event: str):
    row = next(row for row in table(section(heading), "event") if words(row[0]) == {event})

    named = {word.rstrip("?"): not word.endswith("?") for word in words(row[2])}

    assert named == acks_in_code(NAMESPACES[heading].EVENTS[event])


@pytest.mark.parametrize(
    "heading, event",
    [(heading, event) for heading, each in NAMESPACES.items() for event in each.EVENTS],
)
def test_every_field_the_page_asks_for_is_read(heading: str, event: str):
    row = next(row for row in table(section(heading), "event") if words(row[0]) == {event})
    outside = re.sub(r"\([^)]*\)", "", row[1])
    module = inspect.getsource(inspect.getmodule(NAMESPACES[heading]))  # type: ignore[arg-type]
    readers = module.partition("EVENTS:")[2] + inspect.getsource(wishes)
    source = inspect.getsource(NAMESPACES[heading].EVENTS[event]) + readers
    if event == "find_resources":
        source += inspect.getsource(directory_wishes)

    for field in words(outside) - {"reason?"}:
        assert f'"{field.rstrip("?")}"' in source, field


def test_the_reading_of_handlers_finds_what_is_there():
    """Planted, so that the tests above cannot agree on nothing."""

    def handler() -> Any:
        ack: dict[str, Any] = {"seq": 1}
        if ack:
            ack["resources"] = []
        ack |= {"sent_at": None}
        return ack

    assert acks_in_code(handler) == {"seq": True, "resources": False, "sent_at": False}


@pytest.mark.parametrize("heading", NAMESPACES)
def test_the_page_names_everything_the_server_says(heading: str):
    named = {word for row in table(section(heading), "the server says") for word in words(row[0])}

    assert named == said_in_code(NAMESPACES[heading])


def said_in_code(namespace: type[wire.Namespace]) -> set[str]:
    """Every name that `live` or the namespace itself emits to this namespace."""
    constant = {"VISITOR": VisitorNamespace, "LISTENER": ListenerNamespace}
    said = set()
    for node in ast.walk(ast.parse(inspect.getsource(live))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "_emit":
            event, _, where = node.args[:3]
            told = constant.get(getattr(where, "id", ""), CoordinatorNamespace)
            if told is namespace:
                said.add(ast.literal_eval(event))
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(namespace)))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "emit":
            said.add(ast.literal_eval(node.args[0]))
    return said


def test_the_codes_are_those_of_the_domain():
    def family(kind: type[errors.Refused]) -> set[str]:
        found = {kind.code}
        for each in kind.__subclasses__():
            found |= family(each)
        return found

    named = {word for row in table(section("Codes"), "code") for word in words(row[0])}

    assert named == family(errors.Refused)
    assert named == set(refusals.STATUS)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shapes_are_those_that_strangers_are_shown(shape: str):
    """`strangers` holds them against a running server; here the page is held against them."""
    row = next(row for row in table(section("Shapes"), "shape") if row[0] == shape)

    assert words(row[1]) == SHAPES[shape]
    assert words(row[2]) == strangers.EXTENSIONS.get(SHAPES[shape], frozenset())


def test_every_shape_of_the_page_is_held_to_it():
    assert {row[0] for row in table(section("Shapes"), "shape")} == set(SHAPES)


def test_the_lines_own_words_outcomes_and_notices_are_named():
    shapes, visitor = section("Shapes"), section("Visitor: `/visitor`")

    assert set(wording.LINE_SAYS) <= words(shapes)
    assert set(wording.NOTICES) <= words(visitor)
    assert set(rules.OUTCOMES) <= words(section("Listener: `/listener`"))


def test_the_limits_are_those_in_force():
    rows = {row[0].strip("`"): row[1:3] for row in table(section("Haste"), "what")}
    seconds = {"1 s": 1.0, "20 s": 20.0, "2 s": 2.0, "12 s": 12.0, "0.1 s": 0.1}

    told = {what: limits.Rate(int(once), seconds[then]) for what, (once, then) in rows.items()}

    assert told == {
        "say": limits.SAY,
        "open": limits.OPEN,
        "open` at high or critical": limits.OPEN_AT_RISK,
        "keep": limits.KEEP,
        "return": limits.CODE,
        "return` from everywhere": limits.CODES,
        "sign-in": limits.SIGN_IN,
        "any event": limits.EVENTS,
    }
