"""Everything a signed-in person can do, by the verb of the permission table that guards it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from helpline import actions
from helpline.actions import (
    accompanying,
    advising,
    agreeing,
    answering,
    asking,
    attending,
    calling,
    caring,
    closing,
    complaining,
    contacting,
    declaring,
    directing,
    entering,
    exchanging,
    feeding,
    following_up,
    going_home,
    handing,
    handover,
    informing,
    judging,
    keeping,
    laddering,
    leaving,
    likening,
    limiting,
    listening,
    notifying,
    offering,
    planning,
    proposing,
    qualifying,
    quieting,
    retaining,
    reviewing,
    rotating,
    safeguarding,
    serving,
    shifting,
    sparing,
    summoning,
    tuning,
    verifying,
    visiting,
    welcoming,
)
from helpline.actions.asking import Shift
from helpline.actions.safeguarding import Raised
from helpline.domain import errors, hsds
from helpline.domain import incidents as incident_rules
from helpline.domain.access import TABLE, Role, Who
from helpline.domain.chat import Closing
from helpline.domain.emergency import Step
from helpline.domain.follow_ups import State
from helpline.domain.requests import Kind
from helpline.domain.resources import Resource, Way
from helpline.domain.safeguarding import Words
from helpline.domain.urgency import Level
from helpline.store import (
    follow_ups,
    incidents,
    information,
    left,
    offers,
    packs,
    proposals,
    published,
    requests,
    rungs,
)
from helpline.store.directory_tables import DirectoryEntry
from helpline.store.engines import open_engine
from helpline.store.hand_off_tables import Concern, EmergencyStep
from helpline.store.shift_tables import DateNeed
from helpline.store.tables import (
    Alert,
    Booking,
    FlagRow,
    NeedRow,
    ResourceRow,
    ShiftOverride,
    ShiftPattern,
)
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from tests import makers
from tests.cast import Cast, make_ready

AT_THE_DOOR = {
    "enter_console",
    "enter_dashboard",
    "look_back",
}  # no action, a place: asked by the doors
PEOPLE = ("holder", "other", "asked", "stranger")
# Sol reads along in the chat, and has joined it.
STANDS: dict[str | None, dict[str, set[Role]]] = {
    "reader": {"holder": set(Role), "other": {Role.LEAD}},
    "writer": {"holder": set(Role), "other": {Role.LEAD}},
    "aside": {
        "holder": set(Role),
        "other": {Role.LEAD},
        "asked": {Role.LEAD},
        "stranger": {Role.LEAD},
    },
}
ROLES: tuple[frozenset[Role], ...] = (frozenset(), *(frozenset({role}) for role in Role))


@dataclass
class World:
    """Leo holds a chat and hands it to Lin; Sol holds another; one waits. Max has no part in it."""

    store: Store
    now: datetime
    ids: dict[str, str]

    def __getattr__(self, name: str) -> str:
        return self.ids[name]


Deed = Callable[[World, Who], object]

CONCERN = Raised("child", Words("a concern"))

LATER = timedelta(days=3)
A_WHILE = timedelta(minutes=4)  # long enough without a word

DEEDS: dict[str, list[Deed]] = {
    "be_present": [
        lambda w, who: listening.be_here(w.store, who, now=w.now),
        lambda w, who: listening.get_ready(w.store, who, now=w.now),
        lambda w, who: listening.go_away(w.store, who, now=w.now),
        lambda w, who: listening.not_fit(w.store, who, now=w.now),
        lambda w, who: going_home.leave(w.store, who, "call", now=w.now),
        lambda w, who: sparing.choose_not_today(w.store, who, ["abuse"], now=w.now),
    ],
    "answer_call_out": [
        lambda w, who: answering.choose_when(w.store, who, "any_time", now=w.now),
        lambda w, who: answering.answer(w.store, who, w.call_out, comes=True, here=True, now=w.now),
    ],
    "call_out": [
        lambda w, who: calling.start(w.store, who, now=w.now),
        lambda w, who: calling.end(w.store, who, w.call_out, now=w.now),
    ],
    "accept": [lambda w, who: listening.accept(w.store, who, w.offer, now=w.now)],
    "decline": [lambda w, who: listening.decline(w.store, who, w.offer, now=w.now)],
    "read": [lambda w, who: listening.read_on(w.store, who, w.chat, 0, now=w.now)],
    "say": [
        lambda w, who: listening.say(w.store, who, w.chat, makers.client_id(), "hi", now=w.now),
        lambda w, who: listening.require_writing(w.store, who, w.chat, now=w.now),
    ],
    "send_resource": [
        lambda w, who: listening.send_resource(
            w.store, who, w.chat, w.resource, makers.client_id(), now=w.now
        )
    ],
    "assess": [
        lambda w, who: judging.assess(w.store, who, w.chat, Level.HIGH, "a plan", now=w.now)
    ],
    "answer_flag": [lambda w, who: judging.answer_flag(w.store, who, w.flag, "agree", now=w.now)],
    "missed": [lambda w, who: judging.report_missed(w.store, who, w.chat, 1, now=w.now)],
    "note": [lambda w, who: judging.write_note(w.store, who, w.chat, "facts", now=w.now)],
    "ask_help": [lambda w, who: handing.ask_help(w.store, who, w.chat, "why", now=w.now)],
    "step_out": [lambda w, who: handing.step_out(w.store, who, w.chat, "why", now=w.now)],
    "hand_off": [
        lambda w, who: handing.hand_off(
            w.store, who, w.chat, kind="queue", to_id=None, words=None, now=w.now
        ),
        lambda w, who: handing.withdraw_hand_off(w.store, who, w.offer, now=w.now),
        lambda w, who: accompanying.say(w.store, who, w.warm, "calling", now=w.now),
    ],
    "summon": [
        lambda w, who: summoning.begin(w.store, who, w.chat, now=w.now),
        lambda w, who: summoning.log(w.store, who, w.call, Step("called"), now=w.now),
    ],
    "raise_concern": [
        lambda w, who: safeguarding.raise_concern(w.store, who, w.chat, CONCERN, now=w.now),
        lambda w, who: safeguarding.tell_whom(w.store, who, w.concern, "them", now=w.now),
    ],
    "sign_off": [
        lambda w, who: summoning.read(w.store, who, w.their_call, now=w.now),
        lambda w, who: summoning.sign_off(w.store, who, w.their_call, now=w.now),
        lambda w, who: safeguarding.read(w.store, who, w.their_concern, now=w.now),
        lambda w, who: safeguarding.sign_off(w.store, who, w.their_concern, now=w.now),
    ],
    "close": [
        lambda w, who: listening.close(
            w.store, who, w.chat, Closing("other", "a reason"), None, now=w.now
        ),
        lambda w, who: caring.after_hard(w.store, who, w.chat, "pause", now=w.now),
    ],
    "reopen": [lambda w, who: listening.reopen(w.store, who, w.chat, now=w.now)],
    "park": [
        lambda w, who: quieting.park(w.store, who, w.quiet, now=w.now + A_WHILE),
        lambda w, who: quieting.take_up(w.store, who, w.quiet, now=w.now + A_WHILE),
    ],
    "answer_alert": [
        lambda w, who: quieting.answer(w.store, who, w.unanswered, "put_back", now=w.now + A_WHILE)
    ],
    "keep_apart": [lambda w, who: sparing.keep_apart(w.store, who, w.chat, apart=True, now=w.now)],
    "watch": [
        lambda w, who: attending.watch(w.store, who, w.chat, "to help", now=w.now),
        lambda w, who: attending.unwatch(w.store, who, w.chat, now=w.now),
    ],
    "tell_plan": [lambda w, who: contacting.tell_plan(w.store, who, w.quiet, now=w.now)],
    "keep_plans": [
        lambda w, who: contacting.keep_plan(
            w.store,
            who,
            w.waiting,
            "two chats a day",
            w.monday,
            now=w.now,  # type: ignore[arg-type]
        ),
        lambda w, who: contacting.review_plan(w.store, who, w.plan, w.monday, now=w.now),  # type: ignore[arg-type]
        lambda w, who: contacting.end_plan(w.store, who, w.plan, now=w.now),
    ],
    "offer_follow_up": [
        lambda w, who: following_up.offer(
            w.store,
            who,
            w.chat,
            w.monday,
            time(18),
            time(20),
            now=w.now,  # type: ignore[arg-type]
        )
    ],
    "withdraw_follow_up": [
        lambda w, who: following_up.withdraw(w.store, who, w.follow_up, now=w.now)
    ],
    "write_follow_up": [
        lambda w, who: following_up.write(w.store, who, w.follow_up, "hello", now=w.now)
    ],
    "whisper": [lambda w, who: attending.whisper(w.store, who, w.chat, "slowly", now=w.now)],
    "join": [lambda w, who: attending.join(w.store, who, w.chat, now=w.now)],
    "take_over": [lambda w, who: attending.take_over(w.store, who, w.chat, now=w.now)],
    "keep_others_apart": [
        lambda w, who: sparing.keep_others_apart(w.store, who, w.chat, w.lin, apart=True, now=w.now)
    ],
    "lift_cap": [lambda w, who: sparing.lift_cap(w.store, who, w.lin, now=w.now)],
    "link_chats": [
        lambda w, who: likening.link(w.store, who, w.chat, w.waiting, now=w.now),
        lambda w, who: likening.unlink(w.store, who, w.chat, w.theirs, now=w.now),
    ],
    "serve": [
        lambda w, who: serving.take(w.store, who, w.extra, w.monday, "listener", now=w.now),
        lambda w, who: serving.confirm(w.store, who, w.pattern, w.monday, now=w.now),
        lambda w, who: serving.say_when(w.store, who, [0], 18, 22, "gladly", now=w.now),
        lambda w, who: serving.keep_free(w.store, who, w.monday, w.monday, now=w.now),
        lambda w, who: serving.free_again(w.store, who, "none", now=w.now),
        lambda w, who: serving.limit_week(w.store, who, 9, now=w.now),
        lambda w, who: asking.ask_cover(w.store, who, Shift(w.extra, w.monday), now=w.now),
        lambda w, who: asking.ask_swap(
            w.store, who, Shift(w.extra, w.monday), Shift(w.pattern, w.monday), now=w.now
        ),
        lambda w, who: asking.cannot_come(w.store, who, Shift(w.pattern, w.monday), now=w.now),
        lambda w, who: asking.ask_time_off(w.store, who, w.monday, w.monday, now=w.now),
    ],
    "answer_request": [
        lambda w, who: agreeing.agree(w.store, who, w.request, now=w.now),
        lambda w, who: agreeing.decline(w.store, who, w.request, now=w.now),
    ],
    "withdraw_request": [lambda w, who: asking.withdraw(w.store, who, w.request, now=w.now)],
    "assign": [lambda w, who: offering.assign(w.store, who, w.waiting, w.leo, now=w.now)],
    "acknowledge": [
        lambda w, who: directing.acknowledge(w.store, who, w.alert, now=w.now),
        lambda w, who: directing.own_everything(w.store, who, now=w.now),
        lambda w, who: laddering.hold(w.store, who, w.pattern, w.monday, now=w.now),  # type: ignore[arg-type]
        lambda w, who: laddering.ask_now(w.store, who, w.pattern, w.monday, now=w.now),  # type: ignore[arg-type]
    ],
    "close_waiting": [
        lambda w, who: closing.close_waiting(w.store, who, w.waiting, "abusive", now=w.now)
    ],
    "hand_over_shift": [
        lambda w, who: handover.leave(w.store, who, "be gentle", None, now=w.now),
        lambda w, who: handover.read(w.store, who, w.left, now=w.now),
    ],
    "take_left": [lambda w, who: leaving.take(w.store, who, w.left_message, now=w.now)],
    "answer_left": [
        lambda w, who: leaving.give_back(w.store, who, w.taken, now=w.now),
        lambda w, who: leaving.answer(w.store, who, w.taken, "hello", now=w.now),
    ],
    "have_feed": [
        lambda w, who: feeding.make(w.store, who, now=w.now),
        lambda w, who: feeding.revoke(w.store, who, now=w.now),
    ],
    "hold_chat": [
        lambda w, who: retaining.ask(w.store, who, w.theirs, "safety", "why", 30, now=w.now),
        lambda w, who: retaining.ask_left(
            w.store, who, w.left_message, "safety", "why", 30, now=w.now
        ),
        lambda w, who: retaining.agree(w.store, who, w.hold, now=w.now),
        lambda w, who: retaining.release(w.store, who, w.hold, now=w.now),
    ],
    "report_incident": [
        lambda w, who: reviewing.report(w.store, who, "threat", None, "what", None, now=w.now),
    ],
    "look_into": [
        lambda w, who: reviewing.take(w.store, who, w.complaint, now=w.now),
        lambda w, who: reviewing.answer(w.store, who, w.complaint, "sorry", now=w.now),
        lambda w, who: reviewing.review(w.store, who, w.complaint, "learned", None, now=w.now),
        lambda w, who: reviewing.close(w.store, who, w.reviewed, now=w.now),
    ],
    "review_lost": [
        lambda w, who: reviewing.review(w.store, who, w.lost, "learned", None, now=w.now),
    ],
    "read_held": [lambda w, who: reviewing.read(w.store, who, w.complaint, "why", now=w.now)],
    "set_line": [
        lambda w, who: tuning.tune(w.store, who, "care", {"heavy_per_week": 7}, now=w.now),
        lambda w, who: limiting.set_limit(w.store, who, 60, now=w.now),
        lambda w, who: directing.set_line(w.store, who, is_open=False, reason="ill", now=w.now),
        lambda w, who: directing.let_line_run(w.store, who, now=w.now),
    ],
    "plan": [
        lambda w, who: qualifying.keep(w.store, who, w.lin, "police", w.monday, None, now=w.now),
        lambda w, who: qualifying.drop(w.store, who, w.check, now=w.now),
        lambda w, who: qualifying.require_checks(w.store, who, ["police"], now=w.now),
        lambda w, who: qualifying.set_training(w.store, who, w.lin, True, now=w.now),
        lambda w, who: agreeing.decide(w.store, who, w.request, True, now=w.now),
        lambda w, who: planning.add_pattern(
            w.store, who, "Late", 0, time(20), time(22), w.now.date() + LATER, now=w.now
        ),
        lambda w, who: planning.change_pattern(
            w.store,
            who,
            w.pattern,
            w.now.date() + LATER,
            title="Later",
            weekday=0,
            starts=time(21),
            ends=time(22),
            now=w.now,
        ),
        lambda w, who: planning.end_pattern(
            w.store, who, w.pattern, w.now.date() + LATER, now=w.now
        ),
        lambda w, who: planning.book(
            w.store, who, w.pattern, w.max, "listener", w.now.date() + LATER, now=w.now
        ),
        lambda w, who: planning.unbook(w.store, who, w.booking, now=w.now),
        lambda w, who: planning.override(
            w.store,
            who,
            w.pattern,
            w.monday,
            "cancel",
            now=w.now,  # type: ignore[arg-type]
        ),
        lambda w, who: planning.lift_override(w.store, who, w.override, now=w.now),
        lambda w, who: advising.take_over(w.store, who, 3, 1, 2, 3, now=w.now),
        lambda w, who: proposing.ask(w.store, who, w.monday, 1, now=w.now),  # type: ignore[arg-type]
        lambda w, who: proposing.drop(w.store, who, w.roster, now=w.now),
        lambda w, who: proposing.publish(w.store, who, w.roster, now=w.now),
        lambda w, who: planning.set_need(w.store, who, 0, 1, 2, 3, now=w.now),
        lambda w, who: planning.remove_need(w.store, who, w.need, now=w.now),
        lambda w, who: rotating.rotate(
            w.store, who, w.pattern, [[w.max]], "listener", w.now.date() + LATER, now=w.now
        ),
        lambda w, who: rotating.end_rotation(w.store, who, w.rotation, now=w.now),
        lambda w, who: declaring.declare_day(
            w.store, who, w.now.date() + LATER, "Party", "closed", now=w.now
        ),
        lambda w, who: declaring.withdraw_day(w.store, who, w.special, now=w.now),
        lambda w, who: declaring.keep_holidays_of(w.store, who, "DE", "", now=w.now),
        lambda w, who: declaring.set_date_need(
            w.store, who, w.now.date() + LATER, 1, 2, 3, now=w.now
        ),
        lambda w, who: declaring.remove_date_need(w.store, who, w.date_need, now=w.now),
        lambda w, who: welcoming.welcome(
            w.store,
            who,
            email="ida@example.org",
            name="Ida",
            roles=["listener"],
            languages=["en"],
            skills=[],
            seats=1,
            offload=lambda work, *args: "a hash",
            now=w.now,
        ),
        lambda w, who: welcoming.let_go(w.store, who, w.lin, now=w.now),
        lambda w, who: welcoming.sign_out(w.store, who, w.lin, now=w.now),
        lambda w, who: welcoming.set_surge(w.store, who, w.lin, True, now=w.now),
        lambda w, who: welcoming.make_lead(w.store, who, w.lin, now=w.now),
        lambda w, who: notifying.set_channel(w.store, who, w.lin, "push", "lin", now=w.now),
    ],
    "read_notices": [
        lambda w, who: notifying.choose_channel(w.store, who, "push", "me", now=w.now),
        lambda w, who: notifying.choose_quiet(w.store, who, time(22), time(8), now=w.now),
    ],
}

TINY = """
language: en
date: 2026-11-18
added_by: house
entries:
  - {id: en.tiny, level: high, category: ideation, patterns: [zorblax], why: a test,
     hit: [zorblax, my zorblax], miss: [tonight, weather]}
"""
ENTRY = {
    "id": "en.small",
    "level": "high",
    "category": "ideation",
    "patterns": ["quombat"],
    "why": "a test",
    "hit": ["quombat", "my quombat"],
    "miss": ["tonight", "weather"],
}
A_RESOURCE = Resource(
    "", "Card", "IE", frozenset({"en"}), (Way("call", "01 555 0100"),), source="https://a.example"
)
HARMLESS = keeping.Trial({}, {}, (), ())

DEEDS["keep_packs"] = [
    lambda w, who: keeping.propose_entry(w.store, who, "en", ENTRY, "heard", now=w.now),
    lambda w, who: keeping.packs_with(w.store, who, w.proposed),
    lambda w, who: keeping.publish(w.store, who, w.proposed, HARMLESS, now=w.now),
    lambda w, who: keeping.roll_back(w.store, who, "en", now=w.now),
    lambda w, who: keeping.withdraw(w.store, who, w.proposed, now=w.now),
    lambda w, who: keeping.try_text(w.store, who, "zorblax"),
]

DEEDS["keep_directory"] = [
    lambda w, who: verifying.add(w.store, who, A_RESOURCE, now=w.now),
    lambda w, who: verifying.change(w.store, who, w.resource, A_RESOURCE, now=w.now),
    lambda w, who: verifying.verify(w.store, who, w.resource, now=w.now),
    lambda w, who: verifying.hide(w.store, who, w.resource, now=w.now),
    lambda w, who: verifying.show(w.store, who, w.resource, now=w.now),
    lambda w, who: verifying.remove(w.store, who, w.resource, "closed", now=w.now),
    lambda w, who: exchanging.bring(w.store, who, hsds.read_json([]), now=w.now),
]

DEEDS["keep_pages"] = [
    lambda w, who: informing.write(w.store, who, "private", "en", "We are here.", now=w.now),
    lambda w, who: informing.go_back(w.store, who, "private", "en", w.written, now=w.now),
]

EACH = [(verb, number) for verb, deeds in DEEDS.items() for number in range(len(deeds))]


def done_with_a_name() -> set[str]:
    """Every action that says who does it, by its name: none may be missing above."""
    found = set()
    for each in pkgutil.iter_modules(actions.__path__):
        module = importlib.import_module(f"helpline.actions.{each.name}")
        for name, action in inspect.getmembers(module, inspect.isfunction):
            first_two = list(inspect.signature(action).parameters)[:2]
            if action.__module__ == module.__name__ and first_two == ["store", "who"]:
                found.add(f"{each.name}.{name}")
    return found


def named_above() -> set[str]:
    """The actions that the deeds call, read from their code."""
    return {
        f"{module}.{name}"
        for deeds in DEEDS.values()
        for deed in deeds
        for module, name in [deed.__code__.co_names[:2]]
    }


# -- a world to do them in --------------------------------------------------------------------


def furnish(store: Store, cast: Cast, now: datetime) -> dict[str, str]:
    """Everything that a deed may be about; its ids."""
    make_ready(store, cast.leo, cast.sol, now=now)
    quiet = makers.open_chat(store, now=now).chat_id
    offer = offering.assign(store, cast.cora, quiet, cast.leo.id, now=now)
    listening.accept(store, cast.leo, offer, now=now)
    listening.say(store, cast.leo, quiet, makers.client_id(), "I am here.", now=now)
    mine = visiting.open_chat(
        store, visiting.Opening(makers.client_id(), text="I took all my pills"), now=now
    ).chat_id
    theirs = makers.open_chat(store, now=now).chat_id
    for chat, who in ((mine, cast.leo), (theirs, cast.sol)):
        offer = offering.assign(store, cast.cora, chat, who.id, now=now)
        listening.accept(store, who, offer, now=now)
    queued = makers.open_chat(store, now=now)
    waiting = queued.chat_id
    make_ready(store, cast.lin, now=now)
    handed = handing.hand_off(
        store, cast.leo, mine, kind="listener", to_id=cast.lin.id, words=None, now=now
    )
    handing.ask_help(store, cast.leo, mine, None, now=now)
    attending.join(store, cast.sol, mine, now=now)
    quieting.look(store, now=now + A_WHILE)
    max_ = entering.add_person(
        store,
        email="max@example.org",
        name="Max",
        roles=[],
        languages=["en"],
        skills=[],
        seats=1,
        password=None,
        now=now,
    )
    planning.set_need(store, cast.cora, 2, 1, 2, 3, now=now)
    planning.set_need(store, cast.cora, 0, 1, 2, 3, now=now)  # so that the monday is short
    with store.transaction() as tx:
        tx.session.add(
            ResourceRow(
                id="card", name="Card", country="IE", source="https://a.example", seen_on=now.date()
            )
        )
        tx.session.flush()
        card = DirectoryEntry(
            resource_id="card", service_id="card", origin="here", verified_at=now, lacks=[]
        )
        tx.session.add(card)
        tx.session.flush()
        tiny = packs.load_text(TINY, name="en")
        published.add(tx, tiny, TINY, state="retired", now=now)
        published.add(tx, tiny, TINY, state="published", now=now)
        written = information.add(tx, "private", "en", "Hello.", made_by=cast.cora.id, now=now)
        proposed = published.add(tx, tiny, TINY, state="proposed", now=now)
        pattern = tx.session.scalar(select(ShiftPattern).where(ShiftPattern.weekday == 0))
        monday = now.date() + timedelta(days=(7 - now.weekday()) % 7 or 7)
        rungs.climb(tx, (pattern.id, monday), "coordinator", 0, {}, now)
        roster = proposals.add(
            tx, monday, monday + timedelta(days=6), may_move=False, made_by=cast.cora.id, now=now
        )
        roster.state, roster.result = "ready", {"added": [], "removed": []}
        messages = [
            left.add(
                tx,
                client_id=makers.client_id(),
                code_hash=f"hash-{name}",
                language="en",
                level=0,
                words="hello",
                now=now,
            )
            for name in ("left", "taken")
        ]
        left.take(tx, messages[1].id, cast.leo.id, now)
        check_in = follow_ups.add(tx, quiet, cast.leo.id, now, now + timedelta(hours=1), now)
        follow_ups.move(tx, check_in, State.AGREED, answered_at=now)
        ids = {
            "follow_up": check_in.id,
            "left_message": messages[0].id,
            "taken": messages[1].id,
            "chat": mine,
            "theirs": theirs,
            "waiting": waiting,
            "offer": handed.id,
            "proposed": proposed.id,
            "written": written.id,
            "resource": "card",
            "pattern": pattern.id,
            "monday": monday,
            "roster": roster.id,
            "flag": tx.session.scalars(select(FlagRow.id).where(FlagRow.chat_id == mine)).first(),
            "alert": tx.session.scalars(select(Alert.id)).first(),
            "quiet": quiet,
            "unanswered": tx.session.scalars(
                select(Alert.id).where(Alert.kind == "silent")
            ).first(),
            "booking": tx.session.scalars(
                select(Booking.id).where(Booking.person_id == cast.lin.id)
            ).first(),
            "need": tx.session.scalars(select(NeedRow.id)).first(),
            "holder": cast.leo.id,
            "other": cast.sol.id,
            "asked": cast.lin.id,
            "stranger": max_.id,
            "leo": cast.leo.id,
            "lin": cast.lin.id,
            "max": max_.id,
        }
    ids["warm"] = handing.hand_off(
        store, cast.leo, mine, kind="resource", to_id="card", words=None, now=now
    ).id
    ids["call"] = summoning.begin(store, cast.leo, mine, now=now).id
    ids["concern"] = safeguarding.raise_concern(store, cast.leo, mine, CONCERN, now=now)
    ids |= _done_by_somebody_else(store, cast, theirs, now)
    ids["extra"] = planning.add_pattern(
        store, cast.cora, "Extra", monday.weekday(), time(18), time(20), monday, now=now
    )
    ids["check"] = qualifying.keep(
        store, cast.cora, cast.lin.id, "first aid", monday, None, now=now
    )
    ids["request"] = _asks(store, cast, ids["extra"], monday, now)
    ids["override"] = planning.override(
        store, cast.cora, pattern.id, monday + timedelta(days=7), "cancel", now=now
    )
    ids["rotation"] = rotating.rotate(
        store, cast.cora, pattern.id, [[cast.leo.id]], "listener", monday, now=now
    )
    ids["special"] = monday + timedelta(days=14)
    declaring.declare_day(store, cast.cora, ids["special"], "Feast", "holiday", now=now)
    declaring.set_date_need(store, cast.cora, monday, 1, 2, 3, now=now)
    with store.reading() as tx:
        ids["date_need"] = tx.session.scalars(select(DateNeed.id)).first()
    shifting.look(store, now=now)
    complained = complaining.complain(store, queued.token, None, now=now)
    assert complained.held_until
    gone = makers.open_chat(store, "I keep thinking about suicide", now=now)
    visiting.leave(store, gone.token, quick=False, now=now)
    with store.reading() as tx:
        ids["complaint"] = incidents.of_chat(tx, waiting, incident_rules.Kind.COMPLAINT)[0].id
        ids["lost"] = incidents.of_chat(tx, gone.chat_id, incident_rules.Kind.CONTACT_LOST)[0].id
    ids["reviewed"] = reviewing.report(store, cast.sol, "threat", None, "what", None, now=now)
    reviewing.review(store, cast.sol, ids["reviewed"], "learned", None, now=now)
    ids["hold"] = retaining.ask(store, cast.cora, waiting, "safety", "why", 30, now=now)
    ids["plan"] = contacting.keep_plan(store, cast.sol, quiet, "two chats a day", monday, now=now)
    ids["left"] = handover.leave(store, cast.sol, "be gentle", None, now=now)
    ids["call_out"] = calling.start(store, cast.cora, now=now)
    with store.reading() as tx:
        assert offers.offer(tx, handed.id).state == "pending"
        assert tx.session.get(ShiftOverride, ids["override"])
    assert all(ids.values()), ids
    return ids


def _done_by_somebody_else(store: Store, cast: Cast, chat: str, now: datetime) -> dict[str, str]:
    """A call and a concern that are of none of those who try, so that any lead may sign them."""
    call = summoning.begin(store, cast.sol, chat, now=now).id
    raised = safeguarding.raise_concern(store, cast.sol, chat, CONCERN, now=now)
    with store.transaction() as tx:
        tx.session.execute(update(EmergencyStep).values(by_id=cast.cora.id))
        for row in tx.session.scalars(select(Concern)):
            row.lead_id = cast.cora.id
            if row.id == raised:
                row.raised_by = cast.cora.id
            tx.session.add(row)
    return {"their_call": call, "their_concern": raised}


def _asks(store: Store, cast: Cast, pattern: str, monday: date, now: datetime) -> str:
    """Leo asks Lin about a shift of his."""
    with store.transaction() as tx:
        row = requests.add(tx, Kind.COVER, cast.leo.id, pattern, monday, to_id=cast.lin.id, now=now)
        return row.id


class Worlds:
    """The same world again and again: a copy each, because a deed that is allowed changes it."""

    def __init__(self, folder: Path, template: Path, ids: dict[str, str], now: datetime) -> None:
        self._folder, self._template, self._ids, self._now = folder, template, ids, now
        self._made: list[Store] = []

    def another(self) -> World:
        home = self._folder / str(len(self._made))
        shutil.copytree(self._template, home)
        store = Store(open_engine(f"sqlite:///{home / 'helpline.db'}"), Vault(home / "keys"))
        self._made.append(store)
        return World(store, self._now, self._ids)

    def close(self) -> None:
        for store in self._made:
            store.engine.dispose()


# -- what the table says, and what happens ----------------------------------------------------


def as_the_table_says(verb: str, person: str, roles: frozenset[Role]) -> str:
    """`done`, or the code of the refusal, read from the table and from nothing else."""
    allowed, relation = TABLE[verb]
    if not allowed & roles:
        return "not_allowed"
    stands = relation in (None, person) or STANDS.get(relation, {}).get(person, set()) & roles
    return "done" if stands else "not_found"


def as_it_happens(world: World, deed: Deed, person: str, roles: frozenset[Role]) -> str:
    """The boundary's answer; whatever the house refuses behind it counts as let through."""
    who = Who(world.ids[person], person.title(), roles)
    try:
        deed(world, who)
    except errors.Refused as refused:
        return refused.code if refused.code in ("not_allowed", "not_found") else "done"
    return "done"


def differences(worlds: Worlds, verb: str, number: int) -> Iterator[str]:
    """Where a deed and the table disagree, for every role and every relation to its subject.

    What is refused must change nothing, so that all refusals are tried in one world.
    """
    deed, shared = DEEDS[verb][number], worlds.another()
    before = everything(shared.store)
    for person in PEOPLE:
        for roles in ROLES:
            said = as_the_table_says(verb, person, roles)
            world = worlds.another() if said == "done" else shared
            happened = as_it_happens(world, deed, person, roles)
            if happened != said:
                yield f"{person} as {set(roles) or 'nobody'}: {happened}, not {said}"
    if everything(shared.store) != before:
        yield "a refusal changed something"


def everything(store: Store) -> list[tuple[Any, ...]]:
    """Every row of every table."""
    with store.reading() as tx:
        connection = tx.session.connection().connection.dbapi_connection
        assert connection is not None
        return [(row,) for row in connection.iterdump()]
