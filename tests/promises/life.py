"""The whole life of chats as a state machine: true deeds in any order on a real database.

The database itself writes down every move a chat makes (triggers), so that a step which moves a
chat twice hides nothing. What must hold is said here anew and never asked of routing's own rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import RowMapping, text

from helpline import jobs
from helpline.actions import (
    directing,
    handing,
    judging,
    listening,
    offering,
    planning,
    visiting,
)
from helpline.domain import errors, shifts
from helpline.domain.access import Who
from helpline.domain.chat import LAWFUL, ChatState, Closing
from helpline.domain.urgency import Level
from helpline.store.shifts import patterns, plan
from helpline.store.transaction import Store
from tests import makers
from tests.cast import Cast

SWEEPS = {each.name: each.action for each in jobs.SWEEPS}
WORDS = ("boring day", "I feel hopeless", "I keep thinking about suicide", "I took all my pills")
MOST_CHATS = 6
BY_A_HAND = {"close", "leave"}  # the only steps that may end what is going on
GRACE = {0: timedelta(minutes=10), 1: timedelta(minutes=10), 2: timedelta(hours=1), 3: timedelta(hours=1)}  # fmt: skip
ASKED_AGAIN = {0: timedelta(minutes=2), 1: timedelta(minutes=2), 2: timedelta(seconds=20), 3: timedelta(seconds=20)}  # fmt: skip

WRITTEN_DOWN = (
    "CREATE TABLE moves (chat TEXT, was TEXT, is_now TEXT, level INT, holder TEXT, outcome TEXT,"
    " arrived INT)",
    "CREATE TRIGGER a_move AFTER UPDATE ON chats"
    " WHEN old.state <> new.state OR old.arrived_at <> new.arrived_at"
    " BEGIN INSERT INTO moves VALUES (new.id, old.state, new.state, new.level, new.holder_id,"
    " new.outcome, old.arrived_at <> new.arrived_at); END",
)


@dataclass
class Line:
    """What an example plays on."""

    store: Store
    cast: Cast
    now: datetime


@dataclass
class Seen:
    """A visitor and what they know."""

    opened: visiting.Opened
    seen_at: datetime
    here: bool = True
    said: dict[int, str] = field(default_factory=dict)
    goodbye: bool = False


def write_down(store: Store) -> None:
    """From here on the database keeps every move of a chat."""
    with store.transaction() as tx:
        for statement in WRITTEN_DOWN:
            tx.session.execute(text(statement))


class Life(RuleBasedStateMachine):
    """Subclassed with a `line` that opens a fresh one."""

    @staticmethod
    def line() -> Line:
        raise NotImplementedError

    @initialize(
        ready=st.sets(st.integers(0, 2), min_size=1),
        words=st.lists(st.sampled_from((*WORDS, "hello", "hello")), min_size=1, max_size=5),
    )
    def begin(self, ready: set[int], words: list[str]) -> None:
        made = self.line()
        self.store, self.cast, self.now = made.store, made.cast, made.now
        self.people = [made.cast.leo, made.cast.lin, made.cast.sol]
        self.there: set[str] = set()
        self.visitors: dict[str, Seen] = {}
        self.step, self.judged, self.swept = "", "", False
        self.beyond: set[str] = set()  # over their seats by a hand, not by the queue
        self.levels: dict[str, tuple[int, int]] = {}
        self.loads: Counter[str] = Counter()
        self.offers: set[str] = set()
        self.out: set[tuple[str, str]] = set()  # who stepped out of which chat
        directing.set_line(self.store, self.cast.cora, is_open=True, reason="", now=self.now)
        self.look = _Look(self)
        for number in sorted(ready):
            self.ready(number)
        for each in words:
            self.arrive(each)

    def does(self, step: str, deed: Callable[..., Any], *facts: Any, **how: Any) -> Any:
        """A deed, or its refusal; either is fine, what stands afterwards is looked at."""
        self.step, self.judged, self.swept, self.refused = step, "", False, False
        try:
            return deed(self.store, *facts, now=self.now, **how)
        except errors.Refused:
            self.refused = True
            return None

    def _visitor(self, number: int) -> Seen:
        return list(self.visitors.values())[number % len(self.visitors)]

    def _person(self, number: int) -> Who:
        return self.people[number % len(self.people)]

    def _offer(self, number: int) -> RowMapping | None:
        """Something that somebody is asked; the router looks first if there is nothing."""
        if not self.look.pending:
            self.route()
            self.all_is_well()
        pending = self.look.pending
        return pending[number % len(pending)] if pending else None

    def _talk(self, number: int) -> RowMapping | None:
        """A conversation; somebody accepts first if there is none."""
        offer = None if self.look.active else self._offer(number)
        if offer is not None:
            self.does("accept", listening.accept, self._who(offer["person_id"]), offer["id"])
            self.all_is_well()
        held = self.look.active + self.look.ended
        return held[number % len(held)] if held else None

    def _who(self, person_id: str) -> Who:
        return next(each for each in self.people if each.id == person_id)

    # -- visitors ---------------------------------------------------------------------------------

    @precondition(lambda self: len(self.visitors) < MOST_CHATS)
    @rule(words=st.sampled_from(WORDS))
    def arrive(self, words: str) -> None:
        self.now += timedelta(seconds=1)  # nobody comes in the same instant: ids decide nothing
        wish = visiting.Opening(makers.client_id(), text=words)
        opened = self.does("arrive", visiting.open_chat, wish)
        self.visitors[opened.chat_id] = Seen(opened, self.now, said={opened.seq: words})

    @precondition(lambda self: self.visitors)
    @rule(number=st.integers(0, 5), words=st.sampled_from(WORDS))
    def say(self, number: int, words: str) -> None:
        them = self._visitor(number)
        kept = self.does("say", visiting.say, them.opened.token, makers.client_id(), words)
        if kept is not None:
            them.said[kept.seq] = words
            them.goodbye = False

    @precondition(lambda self: self.visitors)
    @rule(
        number=st.integers(0, 5), how=st.sampled_from(["ends", "quickly", "lost", "back", "back"])
    )
    def visitor_goes(self, number: int, how: str) -> None:
        them = self._visitor(number)
        if how == "lost" and them.here:
            them.here, them.seen_at = False, self.now
            self.does("disconnect", visiting.gone, them.opened.chat_id)
        elif how == "back":
            found = self.does("come_back", visiting.come_back, them.opened.token, 0)
            if found is not None:
                them.here, them.seen_at = True, self.now
        else:
            them.goodbye = True
            self.does("leave", visiting.leave, them.opened.token, quick=how == "quickly")

    # -- listeners --------------------------------------------------------------------------------

    @rule(number=st.integers(0, 2))
    def ready(self, number: int) -> None:
        who = self._person(number)
        self.there.add(who.id)
        self.does("ready", listening.be_here, who)
        self.does("ready", listening.get_ready, who)

    @rule(number=st.integers(0, 2), how=st.sampled_from(["away", "lost", "lost", "off_shift"]))
    def listener_goes(self, number: int, how: str) -> None:
        """Says so; or the beats just stop; or today's shift ends at this moment."""
        who = self._person(number)
        self.step, self.swept = how, False
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
        offer = self._offer(number)
        if offer is None:
            return
        for _ in range(1 + twice):
            self.does(step, deed, self._who(offer["person_id"]), offer["id"])

    @rule(
        number=st.integers(0, 5),
        kind=st.sampled_from(["listener", "lead", "queue"]),
        to=st.none() | st.integers(0, 2),
    )
    def hand_off(self, number: int, kind: str, to: int | None) -> None:
        held = self._talk(number)
        if held is None:
            return
        to_id = None if to is None or kind == "queue" else self._person(to).id
        who = self._who(held["holder_id"])
        self.does(
            "ask_a_lead" if kind == "lead" else "hand_off",
            handing.hand_off, who, held["id"], kind=kind, to_id=to_id, words=None,
        )  # fmt: skip

    @precondition(lambda self: self.look.handed)
    @rule(number=st.integers(0, 9))
    def take_back(self, number: int) -> None:
        offer = self.look.handed[number % len(self.look.handed)]
        self.does("take_back", handing.withdraw_hand_off, self._who(offer["from_id"]), offer["id"])

    @rule(number=st.integers(0, 5))
    def step_out(self, number: int) -> None:
        held = self._talk(number)
        if held is not None:
            who = self._who(held["holder_id"])
            self.does("ask_a_lead", handing.step_out, who, held["id"], None)
            if not self.refused:
                self.out.add((held["id"], who.id))

    @precondition(lambda self: self.visitors)
    @rule(number=st.integers(0, 5), person=st.integers(0, 2))
    def assign(self, number: int, person: int) -> None:
        chat_id, to_id = self._visitor(number).opened.chat_id, self._person(person).id
        self.does("assign", offering.assign, self.cast.cora, chat_id, to_id)

    @rule(number=st.integers(0, 5), anyway=st.booleans())
    def close(self, number: int, anyway: bool) -> None:
        held, closing = self._talk(number), Closing("felt_heard", "goodbye" if anyway else None)
        if held is not None:
            who = self._who(held["holder_id"])
            self.does("close", listening.close, who, held["id"], closing, None)

    @rule(number=st.integers(0, 5), level=st.sampled_from(Level))
    def assess(self, number: int, level: Level) -> None:
        held = self._talk(number)
        if held is not None:
            who = self._who(held["holder_id"])
            self.does("assess", judging.assess, who, held["id"], level, "we talked")
            self.judged = held["id"]

    @precondition(lambda self: self.look.ended)
    @rule(number=st.integers(0, 5))
    def reopen(self, number: int) -> None:
        chat = self.look.ended[number % len(self.look.ended)]
        self.does("reopen", listening.reopen, self._who(chat["holder_id"]), chat["id"])

    # -- time and the sweeps ----------------------------------------------------------------------

    @rule(
        seconds=st.sampled_from([1, 5, 16, 31, 61, 95, 125, 310, 660, 3700]),
        sweeps=st.just(["routing"])
        | st.lists(st.sampled_from(sorted(SWEEPS)), max_size=4, unique=True),
    )
    def time_passes(self, seconds: int, sweeps: list[str]) -> None:
        self.step, self.swept = "time", False
        self.now += timedelta(seconds=seconds)
        self._beat()
        for each in sweeps:
            self.does("sweep", SWEEPS[each])
        self.swept = sweeps[-1:] == ["routing"]

    @rule()
    def route(self) -> None:
        self.does("sweep", offering.sweep)
        self.swept = True

    @rule()
    def things_settle(self) -> None:
        """Enough sweeps: whoever waits has been offered to whoever is free by then."""
        for _ in range(3):
            self.now += timedelta(seconds=61)
            self._beat()
            self.does("sweep", offering.sweep)
        self.swept = True

    def _beat(self) -> None:
        here = [each.opened.chat_id for each in self.visitors.values() if each.here]
        for each in self.visitors.values():
            if each.here:
                each.seen_at = self.now
        visiting.still_here(self.store, here, now=self.now)
        for who in self.people:
            if who.id in self.there:
                listening.be_here(self.store, who, now=self.now)

    # -- what must hold ---------------------------------------------------------------------------

    @invariant()
    def all_is_well(self) -> None:
        if not self.step:
            return
        looked = self.look = _Look(self)
        for promise in PROMISES:
            broken = promise(self, looked)
            assert not broken, f"{promise.__name__}: {broken} after {self.step}"
        self.levels = {each["id"]: (each["level"], each["urgency"]) for each in looked.chats}
        self.loads = looked.loads
        self.offers = {each["id"] for each in looked.offers}
        self.beyond = {each for each in self.beyond if looked.loads[each] > looked.seats[each]}


class _Look:
    """Everything at one moment, as plain rows; the moves since the last look."""

    def __init__(self, life: Life) -> None:
        with life.store.transaction() as tx:

            def rows(question: str) -> list[RowMapping]:
                return list(tx.session.execute(text(question)).mappings())

            self.chats = rows("SELECT * FROM chats ORDER BY rowid")
            self.offers = rows("SELECT * FROM offers ORDER BY rowid")
            self.holdings = rows("SELECT * FROM holdings WHERE until IS NULL")
            self.presences = {each["person_id"]: each for each in rows("SELECT * FROM presences")}
            self.seats = {each["id"]: each["seats"] for each in rows("SELECT * FROM people")}
            self.moves = rows("SELECT * FROM moves ORDER BY rowid")
            self.lines = {
                each["chat_id"]: each
                for each in rows(
                    "SELECT chat_id, count(*) AS many, min(seq) AS first, max(seq) AS last"
                    " FROM messages GROUP BY chat_id"
                )
            }
            tx.session.execute(text("DELETE FROM moves"))
            self.on_shift = {each.booked.person_id for each in shifts.on_shift(plan(tx), life.now)}
        self.pending = [each for each in self.offers if each["state"] == "pending"]
        self.handed = [each for each in self.pending if each["from_id"]]
        self.active = [each for each in self.chats if each["state"] == "active"]
        self.ended = [
            each
            for each in self.chats
            if each["holder_id"] and each["state"] in ("wrapping_up", "closed")
        ]
        self.loads = Counter(each["holder_id"] for each in self.active)
        self.loads.update(each["person_id"] for each in self.pending)
        self.by_id = {each["id"]: each for each in self.chats}

    def is_there(self, person_id: str, now: datetime) -> bool:
        """On shift, heard of lately and ready, by what stands in the rows."""
        row = self.presences.get(person_id)
        if row is None or person_id not in self.on_shift or not row["ready"]:
            return False
        return row["lease_until"] is not None and _at(row["lease_until"]) > now

    def rests(self, person_id: str, now: datetime) -> bool:
        until = self.presences[person_id]["resting_until"]
        return until is not None and _at(until) > now

    def holds_critical(self, person_id: str) -> bool:
        about = [each["id"] for each in self.active if each["holder_id"] == person_id]
        about += [each["chat_id"] for each in self.pending if each["person_id"] == person_id]
        return any(self.by_id[each]["level"] == Level.CRITICAL for each in about)


def _at(stored: str) -> datetime:
    return datetime.fromisoformat(stored + "+00:00")


Broken = list[Any]


def every_move_is_lawful(life: Life, look: _Look) -> Broken:
    states = [(ChatState(each["was"]), ChatState(each["is_now"])) for each in look.moves]
    return [(was, new) for was, new in states if was != new and new not in LAWFUL[was]]


def an_arrival_never_changes(life: Life, look: _Look) -> Broken:
    return [each["chat"] for each in look.moves if each["arrived"]]


def the_line_is_left_by_a_taker_or_the_visitor(life: Life, look: _Look) -> Broken:
    """Accepted by somebody, or the visitor said goodbye, or was away for their whole grace."""
    found: Broken = []
    for move in look.moves:
        if move["was"] not in ("waiting", "offered"):
            continue
        them = life.visitors[move["chat"]]
        away = not them.here and life.now - them.seen_at >= GRACE[move["level"]]
        if move["is_now"] == "active":
            found += [] if move["holder"] else [move]
        elif move["is_now"] == "left":
            found += [] if them.goodbye or (away and move["outcome"] == "lost") else [move]
        elif move["is_now"] == "closed":
            found.append(move)
    return found


def no_timer_ends_a_conversation(life: Life, look: _Look) -> Broken:
    ended = [each for each in look.moves if each["was"] == "active" and each["is_now"] != "waiting"]
    return [] if life.step in BY_A_HAND else ended


def one_holder_and_the_same_everywhere(life: Life, look: _Look) -> Broken:
    """An active chat has one open holding, of its holder; any other chat has none."""
    held = sorted((each["chat_id"], each["person_id"]) for each in look.holdings)
    return [] if held == sorted((each["id"], each["holder_id"]) for each in look.active) else held


def offered_is_what_somebody_is_asked_about(life: Life, look: _Look) -> Broken:
    """A chat is `offered` exactly while the queue asks; nobody is asked about what is over."""
    asked = {each["chat_id"] for each in look.pending if each["from_id"] is None}
    offered = {each["id"] for each in look.chats if each["state"] == "offered"}
    by_others = [
        each for each in look.handed if look.by_id[each["chat_id"]]["holder_id"] != each["from_id"]
    ]
    return sorted(asked ^ offered) + by_others


def nobody_is_asked_who_is_not_there(life: Life, look: _Look) -> Broken:
    """What the queue asks; whom a person chooses by hand must be on shift and heard of."""
    found: Broken = []
    for offer in look.pending:
        if offer["id"] in life.offers:
            continue
        who, level = offer["person_id"], look.by_id[offer["chat_id"]]["level"]
        presence = look.presences.get(who)
        if presence is None or who not in look.on_shift or _at(presence["lease_until"]) <= life.now:
            found.append(offer)
        elif life.step == "sweep":
            spared = "last_resort" in offer["note"]
            rests = look.rests(who, life.now) and not spared
            paused = presence["paused"] and level < Level.CRITICAL
            found += [offer] if not presence["ready"] or rests or paused else []
    return found


def who_stepped_out_is_asked_no_more(life: Life, look: _Look) -> Broken:
    return [each for each in look.pending if (each["chat_id"], each["person_id"]) in life.out]


def seats_are_kept(life: Life, look: _Look) -> Broken:
    """Held and asked about, together. Only a hand goes over them: a lead who is called for help,
    a listener who takes back an ending."""
    over = {each for each in look.loads if look.loads[each] > look.seats[each]}
    risen = {each for each in over if look.loads[each] > life.loads[each]}
    if life.step in ("ask_a_lead", "reopen"):
        life.beyond |= risen
        return []
    return sorted(risen)


def a_critical_chat_fills_all_seats(life: Life, look: _Look) -> Broken:
    """Who has one, or is asked about one, is asked by the queue about nothing more."""
    found = []
    for offer in look.pending:
        about_others = [
            each
            for each in (*look.active, *(look.by_id[one["chat_id"]] for one in look.pending
                                         if one["person_id"] == offer["person_id"]))
            if each["id"] != offer["chat_id"] and each["level"] == Level.CRITICAL
            and each["holder_id"] in (None, offer["person_id"])
        ]  # fmt: skip
        if life.step == "sweep" and offer["id"] not in life.offers and about_others:
            found.append(offer)
    return found


def a_level_falls_by_a_person_only(life: Life, look: _Look) -> Broken:
    found = []
    for chat in look.chats:
        level, urgency = life.levels.get(chat["id"], (0, 0))
        judged = life.step == "assess" and life.judged == chat["id"]
        if chat["urgency"] < urgency or (chat["level"] < level and not judged):
            found.append((chat["id"], level, chat["level"]))
    return found


def no_word_is_missing(life: Life, look: _Look) -> Broken:
    """Sequences from one without holes, and what was acknowledged stands where it was said."""
    found: Broken = []
    for chat in look.chats:
        line = look.lines[chat["id"]]
        if (line["first"], line["last"], line["many"]) != (1, chat["last_seq"], chat["last_seq"]):
            found.append((chat["id"], dict(line), chat["last_seq"]))
    for chat_id, them in life.visitors.items():
        found += [seq for seq in them.said if seq > look.lines[chat_id]["last"]]
    return found


def nobody_waits_beside_a_free_listener(life: Life, look: _Look) -> Broken:
    """After a look of the router: who waits unasked was asked of every free person lately."""
    if not life.swept:
        return []
    free = [
        who.id
        for who in life.people
        if look.is_there(who.id, life.now)
        and not look.rests(who.id, life.now)
        and not look.holds_critical(who.id)
        and look.loads[who.id] < look.seats[who.id]
    ]
    return [
        (chat["id"], who)
        for chat in look.chats
        if chat["state"] == "waiting"
        for who in free
        if (not look.presences[who]["paused"] or chat["level"] == Level.CRITICAL)
        and not _was_asked_lately(life, look, chat, who)
    ]


def _was_asked_lately(life: Life, look: _Look, chat: RowMapping, who: str) -> bool:
    for offer in look.offers:
        if (offer["chat_id"], offer["person_id"]) != (chat["id"], who):
            continue
        if offer["state"] == "stepped_out":
            return True
        again_from = life.now - ASKED_AGAIN[chat["level"]]
        in_vain = offer["state"] in ("declined", "lapsed", "handed_to_queue")
        if in_vain and _at(offer["ended_at"]) > again_from:
            return True
    return False


PROMISES = (
    every_move_is_lawful,
    an_arrival_never_changes,
    the_line_is_left_by_a_taker_or_the_visitor,
    no_timer_ends_a_conversation,
    one_holder_and_the_same_everywhere,
    offered_is_what_somebody_is_asked_about,
    nobody_is_asked_who_is_not_there,
    who_stepped_out_is_asked_no_more,
    seats_are_kept,
    a_critical_chat_fills_all_seats,
    a_level_falls_by_a_person_only,
    no_word_is_missing,
    nobody_waits_beside_a_free_listener,
)
