"""Two processes of one line, both in this one: their sockets and what passes between them are ours.

As in `keeping_word`: each question gives what was not kept, and stands beside the fault that it must
find. `put` plants by setting an attribute.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

from helpline import bootstrap, live, neighbours
from helpline.actions import attending, handing, judging, listening, visiting
from helpline.domain import errors, events
from helpline.domain.access import Role, Who
from helpline.domain.chat import Closing
from helpline.domain.urgency import Level
from helpline.faces.house import House
from helpline.faces.limits import Limits
from helpline.faces.visitor.socket import VisitorNamespace
from helpline.live import LISTENER, Live, person_room
from helpline.store import journal, people, sweeper
from helpline.store.chats import find
from helpline.store.codes import Codes
from helpline.store.transaction import Store
from tests import makers
from tests.cast import make_ready

MARKED = "zanzibar"  # a word that nobody else says
SETTLES_WITHIN = 10  # seconds
A_WHILE = 0.2  # seconds; more than an overtaking message waits for one that was lost
LOOKS = 2  # of `catch_up`, until what was lost is told

Put = Callable[[Any, str, Any], None]


class Sockets:
    """What the house uses of a Socket.IO server: rooms, and what each connection was sent."""

    def __init__(self) -> None:
        self.manager = self
        self.rooms: dict[str, dict[str, list[str]]] = {}
        self.heard: dict[str, list[tuple[str, Any]]] = {}

    def enter_room(self, sid: str, room: str, namespace: str) -> None:
        self.rooms.setdefault(namespace, {}).setdefault(room, []).append(sid)

    def get_participants(self, namespace: str, room: str) -> list[tuple[str, str]]:
        return [(sid, sid) for sid in self.rooms.get(namespace, {}).get(room, [])]

    def emit(
        self, event: str, data: Any, *, to: str, namespace: str, skip_sid: Any, **_: Any
    ) -> None:
        for sid, _ in self.get_participants(namespace, to):
            if sid != skip_sid:
                self.heard.setdefault(sid, []).append((event, data))

    def disconnect(self, sid: str, namespace: str) -> None:
        for room in self.rooms[namespace].values():
            if sid in room:
                room.remove(sid)

    def messages(self, sid: str) -> list[int]:
        """The numbers of what it heard, as they came."""
        return [data["seq"] for event, data in self.heard.get(sid, []) if event == "message"]


@dataclass
class Hints:
    """Redis: carries what one process tells to the others, unless it is away."""

    processes: list[Process] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    away: bool = False

    def carry(self, sender: Process, happened: Sequence[events.Event]) -> None:
        if self.away:
            return
        said = json.dumps(["somebody", [neighbours.as_words(each) for each in happened]])
        self.passed.append(said)
        _, heard = neighbours.understood(said.encode())
        for each in self.processes:
            if each is not sender:
                each.live.tell(heard)


class Process:
    """A store, a voice and the visitors' door; `settle` does what its teller has to tell."""

    def __init__(self, store: Store, hints: Hints, now: datetime) -> None:
        self.store, self.hints, self.now = store, hints, now
        self.sockets, self.live = Sockets(), Live(lambda: now)
        self.live._store, self.live._server = store, self.sockets
        self.visitors = VisitorNamespace(_house(store, self.live))
        self.visitors.server = self.sockets
        store.tell = self.tell
        hints.processes.append(self)

    def tell(self, happened: Sequence[events.Event]) -> None:
        self.live.tell(happened)
        self.hints.carry(self, happened)

    def settle(self) -> None:
        until = time.monotonic() + SETTLES_WITHIN
        while self.live._queue.qsize() or self.live._overtaking:
            assert time.monotonic() < until, "it tells on and on"
            self.tell_waiting()
            time.sleep(0.01)

    def tell_waiting(self) -> None:
        while self.live._queue.qsize():
            with suppress(errors.NotFound):
                self.live._tell_one(self.live._queue.get())

    def look(self) -> None:
        """As often as it takes to tell what was lost."""
        for _ in range(LOOKS):
            bootstrap._catch_up(SimpleNamespace(live=self.live, visitors=self.visitors))  # type: ignore[arg-type]
            self.settle()

    # -- people who are connected here ----------------------------------------------------------

    def visitor(self, sid: str) -> None:
        self.visitors.enter(sid, {"REMOTE_ADDR": "127.0.0.1"}, None, self.now)

    def opens(self, sid: str, **wish: Any) -> tuple[str, str]:
        """(chat, token)"""
        self.visitor(sid)
        wish = {"client_id": makers.client_id(), "text": "hello"} | wish
        ack = self.visitors.on_open(sid, wish, self.now)
        return ack["chat"]["id"], ack["token"]

    def resumes(self, sid: str, token: str) -> list[int]:
        """The numbers of what its page has now."""
        self.visitor(sid)
        ack = self.visitors.on_resume(sid, {"token": token, "after": 0}, self.now)
        return [each["seq"] for each in ack["messages"]]

    def says(self, sid: str, words: str = "hello") -> int:
        said = {"client_id": makers.client_id(), "text": words}
        return int(self.visitors.on_say(sid, said, self.now)["seq"])


@dataclass
class Pair:
    """Vera is connected to `a`, Leo (whoever that is) to `b`, and they talk."""

    a: Process
    b: Process
    hints: Hints
    leo: Who
    now: datetime
    chat: str = ""
    token: str = ""

    @classmethod
    def talk(cls, store: Store, beside: Store, leo: Who, now: datetime) -> Pair:
        hints = Hints()
        pair = cls(Process(store, hints, now), Process(beside, hints, now), hints, leo, now)
        pair.b.sockets.enter_room("leo", person_room(leo.id), LISTENER)
        make_ready(beside, leo, now=now)
        pair.chat, pair.token = pair.a.opens("vera", nickname=MARKED, topic=MARKED)
        makers.take_next(beside, leo, now=now)
        listening.go_away(beside, leo, now=now)
        for each in (pair.a, pair.b):
            each.settle()
            each.look()
        return pair

    def leo_says(self, words: str = "I am here") -> int:
        kept = listening.say(
            self.b.store,
            self.leo,
            self.chat,
            makers.client_id(),
            words,
            now=self.now,
            via="leo",
        )
        return kept.seq


# -- Redis is away -----------------------------------------------------------------------------


def missed(pair: Pair) -> list[str]:
    """Redis is away; each side should hear the other all the same, once and in order."""
    pair.hints.away = True
    by_vera = [pair.a.says("vera"), pair.a.says("vera")]
    by_leo = [pair.leo_says(), pair.leo_says()]
    closing = Closing(outcome="felt_heard", anyway=None)
    listening.close(pair.b.store, pair.leo, pair.chat, closing, None, now=pair.now)
    for each in (pair.a, pair.b):
        each.settle()
        each.look()
    found = []
    for name, process, wanted in (("vera", pair.a, by_leo), ("leo", pair.b, by_vera)):
        heard = process.sockets.messages(name)
        found += [f"{name} missed a word"] if not set(wanted) <= set(heard) else []
        found += [f"{name} heard it twice"] if heard != sorted(set(heard)) else []
    shown = [data["state"] for event, data in pair.a.sockets.heard["vera"] if event == "chat"]
    found += ["vera missed the end"] if shown[-1] != "closed" else []
    return found


def nobody_catches_up(put: Put) -> None:
    put(Live, "catch_up", lambda live: [])


# -- what two say at once ----------------------------------------------------------------------


def echoed(pair: Pair) -> list[str]:
    """Leo's answer is heard at Vera's process before that one knows that her own word is kept."""
    held, kept, tell = threading.Event(), threading.Event(), pair.a.tell

    def tell_late(happened: Sequence[events.Event]) -> None:
        kept.set()
        held.wait(SETTLES_WITHIN)
        tell(happened)

    pair.a.store.tell = tell_late
    vera = threading.Thread(target=pair.a.says, args=["vera"])
    vera.start()
    kept.wait(SETTLES_WITHIN)
    answer = pair.leo_says()
    until = time.monotonic() + A_WHILE
    while time.monotonic() < until:
        pair.a.tell_waiting()
        time.sleep(0.01)
    if pair.a.live._overtaking:  # it comes again, before hers is told
        until = time.monotonic() + SETTLES_WITHIN
        while not pair.a.live._queue.qsize() and time.monotonic() < until:
            time.sleep(0.01)
    held.set()
    vera.join()
    pair.a.settle()

    heard = pair.a.sockets.messages("vera")
    found = ["her own word came back"] if answer - 1 in heard else []
    return found + ([] if answer in heard else ["the answer was lost"])


def ours_is_waited_for_no_longer(put: Put) -> None:
    put(live, "WAITS_FOR_OURS", 1)


# -- coming back to another process --------------------------------------------------------------


def missed_while_coming_back(pair: Pair) -> list[str]:
    """Leo writes while Vera's page comes back at his process, between the look and the answer."""
    look, said = visiting.come_back, []

    def look_and_hear(*args: Any, **how: Any) -> Any:
        seen = look(*args, **how)
        said.append(pair.leo_says())
        pair.b.settle()
        return seen

    visiting.come_back = look_and_hear
    try:
        has = pair.b.resumes("vera again", pair.token)
    finally:
        visiting.come_back = look
    pair.b.settle()
    has += pair.b.sockets.messages("vera again")
    return [] if set(said) <= set(has) else ["a word between the look and the room"]


def a_page_is_bound_too_late(put: Put) -> None:
    resume = VisitorNamespace.on_resume

    def on_resume(self: VisitorNamespace, *args: Any) -> Any:
        late: list[Any] = []
        self.bind = lambda *bound: late.append(bound)  # type: ignore[method-assign]
        try:
            ack = resume(self, *args)
        finally:
            del self.bind
        self.bind(*late[0])
        return ack

    put(VisitorNamespace, "on_resume", on_resume)


# -- two pages of one visitor --------------------------------------------------------------------


def taken_for_gone(pair: Pair) -> list[str]:
    """One page of Vera's goes; the other one is at another process, which saw her no later."""
    pair.b.resumes("her other page", pair.token)
    pair.a.visitors.leave("vera", pair.now)
    pair.b.settle()
    with pair.b.store.reading() as tx:
        chat = find(tx, pair.chat)
        assert chat is not None
        assert not chat.visitor_here  # nobody could know
    pair.b.look()
    return [] if makers.chat_row(pair.b.store, pair.chat).visitor_here else ["she is here"]


def nobody_says_that_she_is_here(put: Put) -> None:
    put(VisitorNamespace, "are_here", lambda *_: None)


# -- a lead at another process than the listener ---------------------------------------------------


def _sol(pair: Pair) -> Who:
    """The shift lead, at Vera's process."""
    with pair.a.store.reading() as tx:
        sol = people.who(people.with_role(tx, Role.LEAD)[0])
    listening.be_here(pair.a.store, sol, now=pair.now)
    pair.a.sockets.enter_room("sol", person_room(sol.id), LISTENER)
    return sol


def _settle(pair: Pair) -> None:
    for each in (pair.a, pair.b):
        each.settle()


def lost_beside(pair: Pair) -> list[str]:
    """Sol reads along: each hears the other for as long as that lasts, and Vera nothing of it."""
    sol = _sol(pair)
    attending.watch(pair.a.store, sol, pair.chat, MARKED, now=pair.now)
    _settle(pair)
    found = [] if _beside(pair) == ["Sol"] else ["leo does not know of it"]
    said = [pair.leo_says(), pair.a.says("vera")]
    attending.whisper(pair.b.store, pair.leo, pair.chat, MARKED, now=pair.now)
    _settle(pair)
    at_a = pair.a.sockets
    found += [] if at_a.messages("sol") == said else ["sol missed a word"]
    whispers = [data["text"] for event, data in at_a.heard.get("sol", []) if event == "whisper"]
    found += [] if whispers == [MARKED] else ["sol missed a whisper"]

    attending.unwatch(pair.a.store, sol, pair.chat, now=pair.now)
    late = [pair.leo_says(), pair.a.says("vera")]
    _settle(pair)
    found += ["sol hears on"] if set(late) & set(at_a.messages("sol")) else []
    found += [] if _beside(pair) == [] else ["leo is not told of the end"]
    known = json.dumps([data | {"topic": ""} for _, data in at_a.heard["vera"]])
    return found + (["vera heard of it"] if MARKED in known or "Sol" in known else [])


def _beside(pair: Pair) -> list[str]:
    """Who is there, as Leo's page has it."""
    shown = [data for event, data in pair.b.sockets.heard["leo"] if event == "chat"]
    return [each["name"] for each in shown[-1]["beside"]]


def only_its_holder_reads(put: Put) -> None:
    put(live, "_readers", lambda tx, chat, now: [chat.holder_id] if chat.holder_id else [])


def watched_unknown(pair: Pair) -> list[str]:
    """Redis is away: the listener knows all the same who reads along, and when no more."""
    sol = _sol(pair)
    pair.hints.away = True
    known = []
    for act in (partial(attending.watch, reason=MARKED), attending.unwatch):
        act(pair.a.store, sol, pair.chat, now=pair.now)
        for each in (pair.a, pair.b):
            each.settle()
            each.look()
        known.append(_beside(pair))
    return [] if known == [["Sol"], []] else ["leo does not know of it"]


# -- who sweeps ----------------------------------------------------------------------------------


def swept_late(pair: Pair) -> list[str]:
    """A process that swept stood still, another took its turn, and it wakes up in its sweep."""
    sweeper.give_up(pair.b.store, "b", now=pair.now)
    fence = sweeper.take_turn(pair.a.store, "a", now=pair.now)
    assert fence
    asleep = pair.a.store.guarded_by(partial(sweeper.require, fence=fence))
    sweeper.take_turn(pair.b.store, "b", now=pair.now + sweeper.LASTS)
    try:
        with asleep.transaction() as tx:
            journal.write(tx, "late", now=pair.now)
    except sweeper.NotTheSweeper:
        return []
    return ["a sleeper kept something"]


def a_sweeper_without_a_fence(put: Put) -> None:
    put(sweeper, "require", lambda session, fence: None)


# -- what Redis sees -------------------------------------------------------------------------------


def words_in_hints(pair: Pair) -> list[str]:
    """Everybody says the marked word wherever one can; it never passes between processes."""
    store, leo, how = pair.b.store, pair.leo, {"now": pair.now}
    pair.a.says("vera", MARKED)
    pair.leo_says(MARKED)
    visiting.give_feedback(pair.a.store, pair.token, "better", MARKED, now=pair.now)
    judging.assess(store, leo, pair.chat, Level.ELEVATED, MARKED, **how)
    judging.write_note(store, leo, pair.chat, MARKED, **how)
    handing.ask_help(store, leo, pair.chat, MARKED, **how)
    listening.close(
        store, leo, pair.chat, Closing(outcome="felt_heard", anyway=MARKED), MARKED, **how
    )
    for each in (pair.a, pair.b):
        each.settle()
    assert len(pair.hints.passed) > 5
    return ["a word passed"] if any(MARKED in each for each in pair.hints.passed) else []


def payloads_pass_through_redis(put: Put) -> None:
    """The usual way with Socket.IO: the process that sends publishes what it sends."""
    emit, carry = Live._emit, Hints.carry
    passing: list[Hints] = []

    def carry_and_remember(self: Hints, *args: Any) -> None:
        passing[:] = [self]
        carry(self, *args)

    def emit_and_publish(self: Live, event: str, data: Any, *where: Any) -> None:
        passing[0].passed.append(json.dumps(data))
        emit(self, event, data, *where)

    put(Hints, "carry", carry_and_remember)
    put(Live, "_emit", emit_and_publish)


def _house(store: Store, spoken: Live) -> House:
    return House(
        store=store,
        live=spoken,
        limits=Limits(on=False),
        offload=lambda work, *args: work(*args),
        ready=list,
        weakened=list,
        demo=False,
        embed_origins=(),
        public_origin="",
        metrics_token="",
        vectors=list,
        codes=Codes("a secret of this test and of no other"),
    )
