"""No league tables: nothing on a page, in an export or on the wire ranks the people who listen.

Who did what may change numbers and never the order of names; and nobody's speed, count of answers,
misses or rating stands beside a name anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from helpline import clock
from helpline.actions import listening, visiting
from helpline.boards import coordinator as coordinator_board
from helpline.boards import listener as listener_board
from helpline.store import people
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening
from tests.faces.test_coordinator_pages import enter

NAMES = ("Ada", "Leo", "Lin", "Sol", "Zoe")
COORDINATORS_PAGES = (
    "/coordinator",
    "/coordinator/people",
    "/coordinator/shifts",
    "/coordinator/looking-back",
    "/coordinator/requests",
    "/coordinator/hours",
    "/coordinator/hours.csv",
    "/api/v1/people",
    "/api/v1/patterns",
    "/api/v1/shifts",
)
LEADS_PAGES = ("/listener", "/coordinator/looking-back")
MEASURES = re.compile(
    r"speed|fast|slow|answer|accept|declin|miss|rating|rate\b|score|rank|average|mean\b|median|"
    r"per_hour|feeling|better|worse|length|best|top\b|points|streak",
)


@pytest.fixture
def evening(store, cast, now, monkeypatch) -> Evening:
    made = Evening(store, cast, now)
    for name in ("zoe", "ada"):
        made.hires(name)
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


def everything(evening: Evening, client) -> dict[str, Any]:
    """Every page and export that names listeners, and every board of the wire."""
    shown: dict[str, Any] = {}
    for who, paths in ((evening.cast.cora, COORDINATORS_PAGES), (evening.cast.sol, LEADS_PAGES)):
        enter(client, evening.store, who, evening.now)
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, path
            shown[f"{who.name} {path}"] = answer.json if answer.is_json else answer.text
    store, now = evening.store, evening.now
    shown["the coordinator's board"] = coordinator_board.board(store, evening.cast.cora, now)
    for who in (evening.cast.sol, evening.cast.leo):
        shown[f"the board of {who.name}"] = listener_board.board(store, who, now)
        shown[f"the shelf of {who.name}"] = listener_board.shelf(store, who, now)
    return json.loads(json.dumps(shown, default=str))


def order(shown: Any) -> list[str]:
    """The names in it, one after the other."""
    text = shown if isinstance(shown, str) else json.dumps(shown)
    return re.findall(r"\b(" + "|".join(NAMES) + r")\b", text)


def person_dicts(shown: Any) -> Iterator[dict[str, Any]]:
    if isinstance(shown, dict):
        if shown.get("name") in NAMES:
            yield shown
        for value in shown.values():
            yield from person_dicts(value)
    elif isinstance(shown, list):
        for each in shown:
            yield from person_dicts(each)


def keys(shown: Any) -> Iterator[str]:
    if isinstance(shown, dict):
        for key, value in shown.items():
            yield key
            yield from keys(value)
    elif isinstance(shown, list):
        for each in shown:
            yield from keys(each)


def works(evening: Evening, name: str, *, feeling: str, seconds: int) -> None:
    """This listener takes four chats, one passes by; each is answered after so many seconds and
    valued like that. Then everybody is away, and the line is still."""
    with evening.store.reading() as tx:
        who = people.who(next(e for e in people.everyone(tx) if e.name == name))
    for words in (CRITICAL, HIGH, ROUTINE, ROUTINE):
        evening.ready(who)
        opened = evening.talks(who, words)
        evening.now += timedelta(seconds=seconds)
        listening.say(
            evening.store, who, opened.chat_id, makers.client_id(), "hello", now=evening.now
        )
        evening.closes(who, opened.chat_id, anyway="it is over")
        visiting.give_feedback(evening.store, opened.token, feeling, None, now=evening.now)
        evening.connected.discard(opened.chat_id)
    evening.ready(who)
    passed = evening.opens()
    evening.sweep()
    evening.declines(who)
    visiting.leave(evening.store, passed.token, quick=False, now=evening.now)
    listening.go_away(evening.store, who, now=evening.now)
    evening.here.clear()
    evening.now += timedelta(hours=1)


def test_what_somebody_did_changes_no_order_of_names(evening: Evening, client) -> None:
    works(evening, "Zoe", feeling="better", seconds=5)
    before = everything(evening, client)
    for _ in range(2):
        works(evening, "Ada", feeling="worse", seconds=300)
    after = everything(evening, client)

    assert {place: order(shown) for place, shown in after.items()} == {
        place: order(shown) for place, shown in before.items()
    }
    load = order(after["Cora /coordinator/looking-back"])
    assert load[-len(NAMES) :] == sorted(NAMES)
    assert before["Cora /coordinator/looking-back"] != after["Cora /coordinator/looking-back"]


def test_beside_no_name_stands_a_measure_of_speed_answers_or_rating(
    evening: Evening, client
) -> None:
    works(evening, "Zoe", feeling="better", seconds=5)

    shown = everything(evening, client)

    found = {
        (place, key)
        for place, each in shown.items()
        for person in person_dicts(each)
        for key in keys(person)
        if MEASURES.search(key)
    }
    assert found == set()
    for place, page in shown.items():
        if isinstance(page, str):
            heads = re.findall(r"<th scope=\"col\w*\"[^>]*>([^<]*)<", page)
            assert not [each for each in heads if RANKS.search(each)], place


RANKS = re.compile(r"(?i)rank|fast|slow|speed|rating|score|average|best|per hour|misse?d|declined")
