"""Two processes behind one address: each may die, Redis may be away, and nobody notices for long."""

from __future__ import annotations

import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser

from tests.promises.bad_network import Conversation
from tests.promises.pair import Pages, Pair, eventually, held, seqs
from tests.promises.practice import client_id
from tests.redis_server import Overheard, Redis
from tests.server import Client
from tests.week import Week

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

MARKED = "zanzibar"  # a word that nobody else says
EQUAL_WITHIN = 12  # seconds after Redis is back
BY_THE_WAY = 6  # messages a second that others write meanwhile
A_LITTLE, A_MOMENT = 2, 0.3  # seconds


@pytest.fixture(scope="module")
def hints() -> Iterator[Redis]:
    """Our own, because it is taken away."""
    server = Redis().start()
    yield server
    server.close()


@pytest.fixture(scope="module")
def overheard(hints: Redis) -> Iterator[Overheard]:
    ear = Overheard(hints.url)
    yield ear
    ear.close()


@pytest.fixture(scope="module")
def two(
    weeks: Callable[[str], Week],
    hints: Redis,
    overheard: Overheard,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pair]:
    made = Pair(weeks("postgresql"), tmp_path_factory.mktemp("two"), REDIS_URL=hints.url)
    yield made.start()
    made.close()


@pytest.fixture
def pair(two: Pair) -> Iterator[Pair]:
    """Both run, the line is empty; neither log gets a line but where Redis was taken away."""
    before = [each.log.stat().st_size for each in (two.a, two.b)]
    yield two
    two.tidy()
    for server, size in zip((two.a, two.b), before, strict=True):
        with server.log.open() as log:
            log.seek(size)
            lines = [line for line in log if "Redis does not carry our hints" not in line]
            assert lines == []


@pytest.fixture
def talk(pair: Pair, browser: Browser) -> Iterator[Conversation]:
    """Two real pages, the visitor's at one and the listener's at the other; none is loaded again."""
    made = Conversation(pair.a, browser, listener_at=pair.b, hurried=False)
    made.remember()
    yield made
    made.close()


def say(client: Client, text: str, **where: str) -> dict[str, Any]:
    answer = client.ask("say", client_id=client_id(), text=text, **where)
    assert answer["ok"], answer
    return answer


def both_write(vera: Client, leo: Client, chat: str, times: int, pause: float = 0) -> list[int]:
    """Both sides write at once; the numbers that were acknowledged."""
    acked: list[int] = []

    def write(client: Client, **where: str) -> None:
        for number in range(times):
            acked.append(say(client, f"{MARKED} {number}", **where)["seq"])
            time.sleep(pause)

    sides = [
        threading.Thread(target=write, args=[vera]),
        threading.Thread(target=write, args=[leo], kwargs={"chat": chat}),
    ]
    for side in sides:
        side.start()
    for side in sides:
        side.join()
    return sorted(acked)


# -- as if they were one ---------------------------------------------------------------------------


def test_a_visitor_at_one_and_a_listener_at_the_other_hear_every_word_in_order(
    pair: Pair, overheard: Overheard
):
    vera, token, chat, leo = pair.talk(pair.a, pair.b)
    tab = pair.visitor(pair.b)
    assert tab.ask("resume", token=token, after=2)["ok"]

    acked = both_write(vera, leo, chat, times=10)

    assert acked == list(range(3, 23))
    eventually(lambda: len([each for each in seqs(tab, chat) if each > 2]) >= 20)
    assert [each for each in seqs(tab, chat) if each > 2] == acked
    for client, other in ((vera, "listener"), (leo, "visitor")):
        theirs = [
            data["seq"] for kind, data in client.heard if kind == "message" and data["seq"] > 2
        ]
        assert theirs == sorted(theirs)
        assert len(theirs) == 10
        assert {
            data["from"] for kind, data in client.heard if kind == "message" and data["seq"] > 2
        } == {other}
    assert overheard.said
    assert not [each for each in overheard.said if MARKED.encode() in each]
    assert overheard.keys() == 0


def test_typing_places_boards_and_alerts_cross(pair: Pair):
    sol = pair.staff("sol", pair.a)
    cora = pair.staff("cora", pair.a, "/coordinator")
    vera, _, chat, leo = pair.talk(pair.a, pair.b)

    vera.ask("typing")
    leo.wait_for("typing", lambda data: data == {"chat": chat, "from": "visitor"})
    leo.ask("typing", chat=chat)
    vera.wait_for("typing", lambda data: data == {"chat": chat, "from": "listener"})
    leo.ask("ask_help", chat=chat)
    sol.wait_for("alert", lambda data: data["chat"] == chat)
    leo.ask("away")
    first, one = pair.opened(pair.a)
    _, two = pair.opened(pair.b)
    cora.wait_for(
        "board",
        lambda data: (
            {one["chat"]["id"], two["chat"]["id"]} <= {each["chat"] for each in data["queue"]}
        ),
    )
    before_me = two["chat"]["place"]
    first.ask("leave")
    pair._connected[-1].wait_for(
        "chat", lambda data: data["place"] is not None and data["place"] < before_me
    )


def test_signing_out_at_one_ends_the_connections_at_the_other(pair: Pair):
    browser = requests.Session()
    password = pair.a.sign_ins["leo@example.org"]
    form = {"email": "leo@example.org", "password": password}
    form["csrf_token"] = csrf(browser.get(f"{pair.a.url}/sign-in").text)
    browser.post(f"{pair.a.url}/sign-in", data=form)
    leo = pair.staff("leo", pair.b)

    page = browser.get(f"{pair.b.url}/listener").text  # a cookie of one counts at the other
    browser.post(f"{pair.a.url}/sign-out", data={"csrf_token": csrf(page)})

    assert eventually(lambda: not leo.io.connected) < 3  # and not at the next beat


def csrf(page: str) -> str:
    found = re.search(r'name="csrf[_-]token" (?:value|content)="([^"]+)"', page)
    assert found
    return found[1]


def test_leaving_quickly_at_one_lets_the_other_go(pair: Pair):
    vera, opened = pair.opened(pair.a)
    tab = pair.visitor(pair.b)
    tab.ask("resume", token=opened["token"], after=0)

    vera.ask("leave", quick=True)

    assert eventually(lambda: not tab.io.connected) < 3


def test_a_visitor_who_went_on_at_the_other_is_not_taken_for_gone(pair: Pair):
    vera, token, _, leo = pair.talk(pair.a, pair.a)
    again = pair.visitor(pair.b)
    assert again.ask("resume", token=token, after=0)["ok"]
    heard = len(leo.heard)

    vera.close()
    say(again, "still here")
    leo.wait_for("message", lambda data: data["text"] == "still here")

    shown = [data["here"] for kind, data in leo.heard[heard:] if kind == "chat"]
    assert False not in shown


# -- one of them stands still ----------------------------------------------------------------------


def test_a_process_that_stood_still_sweeps_no_more_when_it_wakes_up(pair: Pair):
    """The one that sweeps; meanwhile the other takes its turn."""
    (sweeps, other), fence = pair.sweeper(), pair.fence()

    with held(sweeps):
        eventually(lambda: pair.fence() == fence + 1, within=15)
    time.sleep(3)  # it wakes up, and looks twice

    assert pair.fence() == fence + 1
    assert pair.sweeper() == (other, sweeps)
    for server in (pair.a, pair.b):
        eventually(lambda at=server: requests.get(f"{at.url}/readyz", timeout=5).ok, within=40)


# -- Redis is away ---------------------------------------------------------------------------------


def test_without_redis_both_sides_hear_everything_and_soon_again_at_once(pair: Pair, hints: Redis):
    vera, _, chat, leo = pair.talk(pair.a, pair.b)
    eventually(lambda: without_redis(pair) == [False, False])

    hints.kill()
    try:
        acked = both_write(vera, leo, chat, times=4, pause=0.3)
        eventually(
            lambda: sorted({*seqs(vera, chat), *seqs(leo, chat)} - {1, 2}) == acked,
            within=EQUAL_WITHIN,
        )
        assert without_redis(pair) == [True, True]
        shown = len(leo.heard)
        second, opened = pair.opened(pair.a)
        tab = pair.visitor(pair.b)
        tab.ask("resume", token=opened["token"], after=0)
        second.ask("leave", quick=True)
        eventually(lambda: not tab.io.connected, EQUAL_WITHIN)
        eventually(lambda: "board" in [kind for kind, _ in leo.heard[shown:]], EQUAL_WITHIN)
    finally:
        hints.start()
    eventually(lambda: without_redis(pair) == [False, False], EQUAL_WITHIN)
    vera.ask("typing")  # it passes through Redis or not at all

    leo.wait_for("typing")
    for client in (vera, leo):
        heard = [each for each in seqs(client, chat) if each > 2]
        assert heard == sorted(set(heard))


@pytest.mark.browser
@pytest.mark.full
@pytest.mark.parametrize("away", [6, 60])
def test_redis_killed_under_load_loses_nothing_and_both_pages_are_equal_soon_after_its_return(
    pair: Pair, talk: Conversation, hints: Redis, away: float
):
    """Two real pages in a real browser, and other chats beside them."""
    pair.staff("leo", pair.b).ask("away")  # nobody else is to ring there
    others = Pages(pair, pair.a, pair.b, chats=4)
    load = threading.Thread(target=others.write, args=[BY_THE_WAY, away])
    write_on(talk, A_LITTLE)

    hints.kill()
    try:
        load.start()
        write_on(talk, away)
    finally:
        hints.start()
        load.join()

    talk.watch(lambda *shown: not any(each.unsent for each in shown), "all is acknowledged")
    talk.watch(talk.is_whole, "both pages show the same, all of it", within=EQUAL_WITHIN)
    eventually(others.are_equal, within=EQUAL_WITHIN)
    assert others.disordered() == 0
    assert talk.is_as_remembered()  # no page was loaded again


def write_on(talk: Conversation, seconds: float) -> None:
    """Both write in turn; whatever their pages show meanwhile must be true."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for side in (talk.visitor, talk.listener):
            side.writes(f"number {len(side.wrote)}, {side.not_sent}")
            talk.look()
            time.sleep(A_MOMENT)


def test_a_redis_that_answers_nobody_holds_up_no_ack_and_loses_nothing(pair: Pair, hints: Redis):
    vera, _, chat, leo = pair.talk(pair.a, pair.b)
    hints.hold()
    try:
        took = []
        for number in range(6):
            began = time.monotonic()
            say(vera, f"{number}")
            took.append(time.monotonic() - began)
            time.sleep(0.3)
        eventually(lambda: seqs(leo, chat)[-6:] == list(range(3, 9)), EQUAL_WITHIN)
    finally:
        hints.let_go()

    assert statistics.median(took) < 1
    eventually(lambda: without_redis(pair) == [False, False], within=EQUAL_WITHIN)


def without_redis(pair: Pair) -> list[bool]:
    """What readiness says of each process."""
    asked = [requests.get(f"{each.url}/readyz", timeout=5) for each in (pair.a, pair.b)]
    return ["redis" in each.json()["unwell"] for each in asked]


# -- one of them dies ------------------------------------------------------------------------------


def test_when_one_is_killed_its_visitor_goes_on_at_the_other_and_the_sweeps_too(pair: Pair):
    dies, stays = pair.sweeper()
    vera, token, chat, leo = pair.talk(dies, stays)
    acked = [say(vera, "before")["seq"]]
    fence = pair.fence()

    dies.kill()
    again = pair.visitor(stays)
    back = again.ask("resume", token=token, after=0)
    acked.append(say(again, "after")["seq"])
    leo.wait_for("message", lambda data: data["text"] == "after")
    lin = pair.ready("lin", stays)
    _, waits = pair.opened(stays)
    eventually(
        lambda: any(
            kind == "offer" and data["chat"] == waits["chat"]["id"]
            for each in (lin, leo)
            for kind, data in list(each.heard)
        ),
        within=20,
    )

    assert [each["seq"] for each in back["messages"]] == [1, 2, 3]
    assert acked == [3, 4]
    assert [each for each in seqs(leo, chat) if each > 2] == [3, 4]
    assert pair.fence() == fence + 1
    dies.start()


@pytest.mark.browser
@pytest.mark.full
def test_when_a_process_is_killed_amid_a_conversation_both_pages_go_on_through_the_other(
    pair: Pair, talk: Conversation
):
    for dies, stays, speaks in ((pair.a, pair.b, talk.visitor), (pair.b, pair.a, talk.listener)):
        speaks.writes(f"{dies.url} is killed while this is on its way")
        dies.kill()
        talk.lead_to(stays.url)
        for side in (talk.visitor, talk.listener):
            side.writes(f"{dies.url} is away")
        talk.watch(talk.is_whole, "both go on at the other")
        dies.start()

    assert talk.is_as_remembered()
