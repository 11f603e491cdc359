"""The whole life of chats as a state machine: true deeds in any order on a real database.

The database itself writes down every move a chat makes (triggers), so that a step which moves a
chat twice hides nothing. What must hold is said anew in `vows` and `quiet_vows`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from helpline.actions import (
    directing,
    handing,
    judging,
    listening,
    offering,
    planning,
    visiting,
)
from helpline.domain.access import Who
from helpline.domain.chat import Closing
from helpline.domain.urgency import Level
from helpline.store.shifts import patterns
from helpline.store.transaction import Store
from tests import makers
from tests.promises.stage import SWEEPS, Seen
from tests.promises.stillness import Stillness

WORDS = ("boring day", "I feel hopeless", "I keep thinking about suicide", "I took all my pills")
MOST_CHATS = 6


class Life(Stillness):
    @initialize(
        ready=st.sets(st.integers(0, 2), min_size=1),
        words=st.lists(st.sampled_from((*WORDS, "hello", "hello")), min_size=1, max_size=5),
    )
    def begin(self, ready: set[int], words: list[str]) -> None:
        self.enter()
        directing.set_line(self.store, self.cast.cora, is_open=True, reason="", now=self.now)
        for number in sorted(ready):
            self.ready(number)
        for each in words:
            self.arrive(each)

    # -- visitors ---------------------------------------------------------------------------------

    @precondition(lambda self: len(self.visitors) < MOST_CHATS)
    @rule(words=st.sampled_from(WORDS))
    def arrive(self, words: str) -> None:
        self.now += timedelta(seconds=1)  # nobody comes in the same instant: ids decide nothing
        wish = visiting.Opening(makers.client_id(), text=words)
        opened = self.does("arrive", visiting.open_chat, wish)
        if opened is None:
            return  # the door says that the wait is too long
        self.visitors[opened.chat_id] = Seen(opened, self.now, self.now, said={opened.seq: words})

    @precondition(lambda self: self.visitors)
    @rule(number=st.integers(0, 5), words=st.sampled_from(WORDS))
    def say(self, number: int, words: str) -> None:
        them = self.visitor(number)
        kept = self.does("say", visiting.say, them.opened.token, makers.client_id(), words)
        if kept is not None:
            them.said[kept.seq] = words
            them.goodbye, them.stirred_at = False, self.now

    @precondition(lambda self: self.visitors)
    @rule(
        number=st.integers(0, 5), how=st.sampled_from(["ends", "quickly", "lost", "back", "back"])
    )
    def visitor_goes(self, number: int, how: str) -> None:
        them = self.visitor(number)
        if how == "lost" and them.here:
            them.here, them.seen_at = False, self.now
            self.does("disconnect", visiting.gone, them.opened.chat_id, seen_at=self.now)
        elif how == "back":
            found = self.does("come_back", visiting.come_back, them.opened.token, 0)
            if found is not None:
                them.here, them.hidden, them.seen_at = True, False, self.now
        else:
            them.goodbye = True
            self.does("leave", visiting.leave, them.opened.token, quick=how == "quickly")

    # -- listeners --------------------------------------------------------------------------------

    @rule(number=st.integers(0, 2))
    def ready(self, number: int) -> None:
        who = self.person(number)
        self.there.add(who.id)
        self.does("ready", listening.be_here, who)
        self.does("ready", listening.get_ready, who)

    @rule(number=st.integers(0, 2), how=st.sampled_from(["away", "lost", "lost", "off_shift"]))
    def listener_goes(self, number: int, how: str) -> None:
        """Says so; or the beats just stop; or today's shift ends at this moment."""
        who = self.person(number)
        self.step, self.swept = how, []
        if how == "away":
            self.does("away", listening.go_away, who)
        elif how == "lost":
            self.there.discard(who.id)
        else:
            self._ends_shift(who)

    def _ends_shift(self, who: Who) -> None:
        today = self.now.date()
        with self.store.reading() as tx:
            running = [each.id for each in patterns(tx) if each.weekday == today.weekday()]
        for each in running:
            self.does("off_shift", self._off, each, today, who.id)

    def _off(self, store: Store, pattern_id: str, day: date, who: str, *, now: datetime) -> None:
        planning.override(store, self.cast.cora, pattern_id, day, "remove", who, now=now)

    @rule(number=st.integers(0, 9), twice=st.booleans())
    def accept(self, number: int, twice: bool) -> None:
        self._answers("accept", listening.accept, number, twice)

    @rule(number=st.integers(0, 9), twice=st.booleans())
    def decline(self, number: int, twice: bool) -> None:
        self._answers("decline", listening.decline, number, twice)

    def _answers(self, step: str, deed: Callable[..., Any], number: int, twice: bool) -> None:
        offer = self.offer(number)
        if offer is None:
            return
        for _ in range(1 + twice):
            self.does(step, deed, self.who(offer["person_id"]), offer["id"])

    @rule(
        number=st.integers(0, 5),
        kind=st.sampled_from(["listener", "lead", "queue"]),
        to=st.none() | st.integers(0, 2),
    )
    def hand_off(self, number: int, kind: str, to: int | None) -> None:
        held = self.talk(number)
        if held is None:
            return
        to_id = None if to is None or kind == "queue" else self.person(to).id
        who = self.who(held["holder_id"])
        self.does(
            "ask_a_lead" if kind == "lead" else "hand_off",
            handing.hand_off, who, held["id"], kind=kind, to_id=to_id, words=None,
        )  # fmt: skip

    @precondition(lambda self: self.look.handed)
    @rule(number=st.integers(0, 9))
    def take_back(self, number: int) -> None:
        offer = self.look.handed[number % len(self.look.handed)]
        self.does("take_back", handing.withdraw_hand_off, self.who(offer["from_id"]), offer["id"])

    @rule(number=st.integers(0, 5))
    def step_out(self, number: int) -> None:
        held = self.talk(number)
        if held is not None:
            who = self.who(held["holder_id"])
            self.does("ask_a_lead", handing.step_out, who, held["id"], None)
            if not self.refused:
                self.out.add((held["id"], who.id))

    @precondition(lambda self: self.visitors)
    @rule(number=st.integers(0, 5), person=st.integers(0, 2))
    def assign(self, number: int, person: int) -> None:
        chat_id, to_id = self.visitor(number).opened.chat_id, self.person(person).id
        self.does("assign", offering.assign, self.cast.cora, chat_id, to_id)

    @rule(number=st.integers(0, 5), anyway=st.booleans())
    def close(self, number: int, anyway: bool) -> None:
        held, closing = self.talk(number), Closing("felt_heard", "goodbye" if anyway else None)
        if held is not None:
            who = self.who(held["holder_id"])
            self.does("close", listening.close, who, held["id"], closing, None)

    @rule(number=st.integers(0, 5), level=st.sampled_from(Level))
    def assess(self, number: int, level: Level) -> None:
        held = self.talk(number)
        if held is not None:
            who = self.who(held["holder_id"])
            self.does("assess", judging.assess, who, held["id"], level, "we talked")
            self.judged = held["id"]

    @precondition(lambda self: self.look.ended)
    @rule(number=st.integers(0, 5))
    def reopen(self, number: int) -> None:
        chat = self.look.ended[number % len(self.look.ended)]
        self.does("reopen", listening.reopen, self.who(chat["holder_id"]), chat["id"])

    # -- time and the sweeps ----------------------------------------------------------------------

    @rule(
        seconds=st.sampled_from([1, 5, 16, 31, 61, 95, 125, 310, 660, 3700]),
        sweeps=st.just(["routing"])
        | st.lists(st.sampled_from(sorted(SWEEPS)), max_size=4, unique=True),
    )
    def time_passes(self, seconds: int, sweeps: list[str]) -> None:
        self.passes(seconds, sweeps)

    @rule()
    def route(self) -> None:
        self.passes(0, ["routing"])

    @rule()
    def things_settle(self) -> None:
        """Enough sweeps: whoever waits has been offered to whoever is free by then."""
        for _ in range(3):
            self.passes(61, ["routing"])
            self.all_is_well()
