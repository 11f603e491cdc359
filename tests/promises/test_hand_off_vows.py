"""Every kind of hand-off in any order, with a crash between any two steps: a chat always has exactly
one owner or is in the line, its visitor has been told, and no sign-off is lost.

A crash is a transaction that does not commit: the deed is done up to its end, and then the process
is gone. What it wrote is not there afterwards, and nothing of it was told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run
from sqlalchemy import RowMapping, select, text

from helpline.actions import (
    accompanying,
    directing,
    ending,
    handing,
    listening,
    offering,
    passing,
    safeguarding,
    summoning,
    visiting,
)
from helpline.actions.safeguarding import Raised
from helpline.domain import emergency, errors
from helpline.domain.access import Who
from helpline.domain.chat import Closing
from helpline.domain.emergency import Step
from helpline.domain.safeguarding import Words
from helpline.store import emergencies, transaction
from helpline.store.engines import open_engine
from helpline.store.hand_off_tables import Emergency
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from tests import makers
from tests.actions.evening import CRITICAL, ROUTINE, Evening, load_directory
from tests.promises.test_life_of_chats import NOW

IN_LINE = ("waiting", "offered")
# What a visitor must have been told before a chat is with somebody else, or in the line again.
TOLD_OF_HAVING = ("joined", "handed_over", "came_back")
TOLD_OF_A_TAKER = "handed_over"
TOLD_OF_THE_LINE = ("handed_to_queue", "stepped_out", "listener_lost", "put_back")
TOLD_OF_A_CALL = {"agreed": "emergency_agreed", "told": "emergency_told"}


class Crash(Exception):
    """The process is gone."""


class HandOffs(RuleBasedStateMachine):
    @staticmethod
    def line() -> tuple[Store, Any]:
        raise NotImplementedError

    @initialize(words=st.sampled_from([ROUTINE, CRITICAL]))
    def begin(self, words: str) -> None:
        self.store, cast = self.line()
        self.evening = Evening(self.store, cast, NOW)
        load_directory(self.store, NOW)
        self.people = [cast.leo, cast.lin, cast.sol]
        self.evening.ready(*self.people)
        self.talk = self.evening.talks(cast.leo, words)
        self.crashes = 0

    # -- one deed, and perhaps its crash ----------------------------------------------------------

    @rule(step=st.integers(1, 2))
    def the_next_one_crashes(self, step: int) -> None:
        """At its first commit, or at the second where a deed has more than one."""
        self.crashes = step

    def does(self, deed: Callable[..., Any], *facts: Any, **how: Any) -> None:
        crashes, self.crashes = self.crashes, 0
        try:
            with gone_before_its_commit(crashes) if crashes else as_ever():
                deed(self.store, *facts, now=self.evening.now, **how)
        except (errors.Refused, Crash):
            pass

    def holder(self) -> Who:
        """Who acts: the holder, or somebody who has no business with it."""
        holder = self.evening.chat(self.talk).holder_id
        return next((each for each in self.people if each.id == holder), self.people[0])

    def rows(self, query: str) -> list[RowMapping]:
        with self.store.reading() as tx:
            return list(tx.session.execute(text(query)).mappings())

    # -- hand-offs --------------------------------------------------------------------------------

    @rule(
        kind=st.sampled_from(["listener", "lead", "queue", "queue", "resource", "emergency"]),
        ask=st.booleans(),
        card=st.sampled_from(["ie-112", "ie-ear"]),
    )
    def hand_off(self, kind: str, ask: bool, card: str) -> None:
        to_id = card if kind == "resource" else None
        self.does(
            handing.hand_off, self.holder(), self.talk.chat_id, kind=kind, to_id=to_id, words="x",
            ask=ask, why="rest",
        )  # fmt: skip

    def asked(self) -> list[str]:
        """Every hand-off that was ever asked for, the last one first."""
        to_people = "SELECT id FROM offers WHERE from_id IS NOT NULL ORDER BY rowid DESC"
        others = "SELECT id FROM hand_offs ORDER BY rowid DESC"
        return [each["id"] for each in self.rows(to_people) + self.rows(others)]

    @rule(number=st.integers(0, 2), agrees=st.booleans())
    def the_visitor_answers(self, number: int, agrees: bool) -> None:
        for each in self.asked()[number : number + 1]:
            self.does(passing.answer, self.talk.token, each, agrees=agrees)

    @rule(
        number=st.integers(0, 2),
        state=st.sampled_from(["calling", "reached", "not_reached", "did_not_want"]),
        by_visitor=st.booleans(),
    )
    def it_is_told(self, number: int, state: str, by_visitor: bool) -> None:
        for each in self.asked()[number : number + 1]:
            if by_visitor:
                self.does(accompanying.say_as_visitor, self.talk.token, each, state)
            else:
                self.does(accompanying.say, self.holder(), each, state)

    @rule(number=st.integers(0, 2), how=st.sampled_from(["accept", "accept", "decline", "back"]))
    def somebody_answers(self, number: int, how: str) -> None:
        pending = self.rows("SELECT id, person_id FROM offers WHERE state = 'pending'")
        if how == "back":
            for each in self.asked()[number : number + 1]:
                self.does(handing.withdraw_hand_off, self.holder(), each)
        elif pending:
            offer = pending[number % len(pending)]
            who = next(each for each in self.people if each.id == offer["person_id"])
            self.does(listening.accept if how == "accept" else listening.decline, who, offer["id"])

    @rule()
    def step_out(self) -> None:
        self.does(handing.step_out, self.holder(), self.talk.chat_id, None)

    @rule(how=st.sampled_from(["close", "leave", "say", "say"]))
    def it_ends_or_goes_on(self, how: str) -> None:
        if how == "close":
            closing = Closing("felt_heard", "we talked")
            self.does(listening.close, self.holder(), self.talk.chat_id, closing, None)
        elif how == "leave":
            self.does(visiting.leave, self.talk.token, quick=False)
        else:
            self.does(visiting.say, self.talk.token, makers.client_id(), ROUTINE)

    # -- emergency calls and concerns -------------------------------------------------------------

    @rule()
    def a_call_begins(self) -> None:
        self.does(summoning.begin, self.holder(), self.talk.chat_id)

    @rule(
        said=st.sampled_from(
            [
                Step("called"),
                Step("way", way="agreed"),
                Step("way", way="told"),
                Step("way", way="not_told", note="x"),
                Step("place", place={"area": "x"}),
                Step("ended", result="help_comes"),
            ]
        )
    )
    def log(self, said: Step) -> None:
        for each in self.rows("SELECT id FROM emergencies ORDER BY rowid DESC LIMIT 1"):
            self.does(summoning.log, self.holder(), each["id"], said)

    @rule(number=st.integers(0, 2))
    def sign_off(self, number: int) -> None:
        for each in self.rows("SELECT id FROM emergencies")[number : number + 1]:
            self.does(summoning.sign_off, self.people[2], each["id"])

    @rule(raises=st.booleans(), hours=st.sampled_from([1, 24]))
    def concern(self, raises: bool, hours: int) -> None:
        if raises:
            raised = Raised("child", Words("x"), due_hours=hours)
            self.does(safeguarding.raise_concern, self.holder(), self.talk.chat_id, raised)
        for each in [] if raises else self.rows("SELECT id FROM concerns"):
            self.does(safeguarding.sign_off, self.people[2], each["id"])

    @rule()
    def a_lead_owns_every_alert(self) -> None:
        self.does(directing.own_everything, self.people[2])

    @rule(seconds=st.sampled_from([1, 20, 61, 130, 1900, 4000]), loses=st.booleans())
    def time_passes(self, seconds: int, loses: bool) -> None:
        """The sweeps look, the one of routing too; perhaps one of them is gone halfway."""
        if loses:
            self.evening.loses(self.holder())
        self.evening.passes(seconds, every=seconds, sweeps=())
        self.does(offering.sweep)
        self.does(handing.look)
        self.evening.ready(*self.people)
        for each in ("hand_offs", "emergencies", "concerns", "watching"):
            self.evening.sweep(each)

    # -- what holds -------------------------------------------------------------------------------

    @invariant()
    def one_owner_or_in_the_line(self) -> None:
        chat = self.evening.chat(self.talk)
        held = self.rows("SELECT person_id FROM holdings WHERE until IS NULL")
        owners = [each["person_id"] for each in held]
        if chat.state == "active":
            assert owners == [chat.holder_id], (chat.holder_id, owners)
        else:
            assert owners == [], (chat.state, owners)
        if chat.state in IN_LINE:
            assert chat.holder_id is None

    @invariant()
    def the_visitor_has_been_told(self) -> None:
        """Of who has it now, of a way back to the line, before it of what may be refused; and of a
        call, unless telling adds danger."""
        said = self.rows("SELECT line_code FROM messages WHERE author = 'line' ORDER BY seq")
        codes = [each["line_code"].partition(":")[0] for each in said]
        taken = self.rows(
            "SELECT kind FROM offers WHERE from_id IS NOT NULL AND state = 'accepted'"
        )
        assert codes.count(TOLD_OF_A_TAKER) >= len(taken)
        for each in taken:
            assert f"pass_{each['kind']}" in codes[: last(codes, TOLD_OF_A_TAKER)], codes
        chat = self.evening.chat(self.talk)
        if chat.state in IN_LINE:
            moves = [each for each in codes if each in (*TOLD_OF_THE_LINE, *TOLD_OF_HAVING)]
            assert moves[-1] in TOLD_OF_THE_LINE or "closed" in codes or "visitor_left" in codes
        for row in self.rows("SELECT state FROM hand_offs WHERE kind = 'queue'"):
            if row["state"] == "pending":
                assert "pass_queue" in codes
        ways = self.rows("SELECT step FROM emergency_steps")
        for each in {each["step"] for each in ways} & set(TOLD_OF_A_CALL):
            gone = {"visitor_left", "closed"} & set(codes) or chat.state != "active"
            in_line = set(TOLD_OF_THE_LINE) & set(codes)
            assert TOLD_OF_A_CALL[each] in codes or gone or in_line, codes

    @invariant()
    def no_sign_off_is_lost(self) -> None:
        """A call that nobody has signed off has an open alert; a concern once it is due."""
        alerts = self.rows("SELECT matter FROM alerts WHERE over_at IS NULL")
        told = {each["matter"] for each in alerts}
        for row in self.rows("SELECT id, ended_at FROM emergencies WHERE signed_at IS NULL"):
            kind = "emergency_to_sign_off" if row["ended_at"] else "emergency_begun"
            assert f"{kind}:{row['id']}" in told, (row["ended_at"], told)
        ended = self.rows("SELECT id FROM emergencies WHERE signed_at IS NOT NULL")
        assert not [each for each in ended if f"emergency_to_sign_off:{each['id']}" in told]
        for row in self.rows("SELECT id, due_at FROM concerns WHERE signed_at IS NULL"):
            if row["due_at"] <= str(self.evening.now.replace(tzinfo=None)):
                assert f"concern_due:{row['id']}" in told

    @invariant()
    def no_line_of_a_log_is_lost(self) -> None:
        assert lost_lines(self.store) == []


def lost_lines(store: Store) -> list[str]:
    """What stands on an emergency call and not in its log."""
    lost = []
    with store.reading() as tx:
        for row in tx.session.scalars(select(Emergency)):
            found = [each.step for each in emergencies.steps(tx, row)]
            known = ["begun", row.way, row.result, row.place_sealed and "place"]
            lost += [str(each) for each in known if each and each not in found]
            if found.count("signed") != (row.signed_at is not None):
                lost.append("signed")
    return lost


def last(codes: list[str], wanted: str) -> int:
    return len(codes) - codes[::-1].index(wanted)


@contextmanager
def as_ever() -> Iterator[None]:
    yield


@contextmanager
def gone_before_its_commit(number: int) -> Iterator[None]:
    """What was to be committed is not, and nobody hears of it."""
    commit, before = transaction._commit, iter(range(1, number))

    def dies(session: Any) -> None:
        if next(before, None) is not None:
            commit(session)
            return
        session.rollback()
        raise Crash

    transaction._commit = dies
    try:
        yield
    finally:
        transaction._commit = commit


ALWAYS = settings(
    max_examples=8,
    stateful_step_count=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
OFTEN = settings(ALWAYS, max_examples=100, stateful_step_count=40)
TO_BREAK = settings(OFTEN, phases=[Phase.generate], report_multiple_bugs=False)


@pytest.fixture(scope="module")
def machine(templates, tmp_path_factory, lexicon) -> Iterator[type[HandOffs]]:  # type: ignore[no-untyped-def]
    made, folder = templates("sqlite"), tmp_path_factory.mktemp("hand-offs")
    settled, cast = made.settled
    url = made.databases.copy(settled, folder)
    engine = open_engine(url)

    class OnSqlite(HandOffs):
        @staticmethod
        def line() -> tuple[Store, Any]:
            engine.dispose()
            made.databases.refill(url, settled)
            return Store(engine, Vault(folder / "keys"), packs=lexicon), cast

    yield OnSqlite
    engine.dispose()


def test_whatever_crashes_a_chat_is_owned_its_visitor_told_and_no_sign_off_lost(machine) -> None:  # type: ignore[no-untyped-def]
    run(machine, settings=ALWAYS)


@pytest.mark.full
@pytest.mark.slow
def test_and_for_much_longer(machine) -> None:  # type: ignore[no-untyped-def]
    run(machine, settings=OFTEN)


# -- the log of a call, step by step --------------------------------------------------------------


STEPS = (
    Step("called"),
    Step("way", way="agreed"),
    Step("place", place={"area": "x"}),
    Step("way", way="not_told", note="x"),
    Step("ended", result="help_comes"),
)


@pytest.fixture
def call(store: Store, cast: Any) -> str:
    """Leo talks with somebody in danger, and the call has begun."""
    evening = Evening(store, cast, NOW)
    evening.ready(cast.leo)
    talk = evening.talks(cast.leo, CRITICAL)
    return summoning.begin(store, cast.leo, talk.chat_id, now=NOW).id


def crashes_at_every_step(store: Store, cast: Any, call: str) -> list[str]:
    """Each step is gone before its first commit, before a second if there is one, and then done."""
    lost = []
    for said in STEPS:
        for commit in (1, 2):
            with suppress(Crash, errors.HandOffOver), gone_before_its_commit(commit):
                summoning.log(store, cast.leo, call, said, now=NOW)
            lost += lost_lines(store)
    for commit in (1, 2):
        with suppress(Crash), gone_before_its_commit(commit):
            summoning.sign_off(store, cast.sol, call, now=NOW)
        lost += lost_lines(store)
    return lost


def test_a_step_of_a_call_and_its_line_of_the_log_are_one(store, cast, call) -> None:  # type: ignore[no-untyped-def]
    assert crashes_at_every_step(store, cast, call) == []

    with store.reading() as tx:
        row = emergencies.one(tx, call)
        assert [each.step for each in emergencies.steps(tx, row)] == [
            "begun", "called", "agreed", "place", "not_told", "help_comes", "signed",
        ]  # fmt: skip


def a_log_is_written_afterwards(put: Callable[..., None]) -> None:
    """A way of calling is kept, and its line of the log in a transaction of its own."""
    step, write = summoning.log, emergencies.log
    late: list[Any] = []

    def in_two_steps(store: Store, *facts: Any, **how: Any) -> None:
        late.clear()
        step(store, *facts, **how)
        for emergency_id, *line in late:
            with store.transaction() as tx:
                write(tx, emergencies.one(tx, emergency_id), *line)

    def later(tx: Any, row: Any, said: str, *rest: Any) -> None:
        if said in emergency.WAYS:
            late.append((row.id, said, *rest))
        else:
            write(tx, row, said, *rest)

    put(summoning, "log", in_two_steps)
    put(emergencies, "log", later)


def test_a_line_that_is_written_afterwards_is_missed(store, cast, call, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    a_log_is_written_afterwards(monkeypatch.setattr)

    assert set(crashes_at_every_step(store, cast, call)) == {"agreed", "not_told"}


# -- faults, each met on the way ------------------------------------------------------------------


def nobody_is_asked(put: Callable[..., None]) -> None:
    """A chat is passed on, and its visitor hears of it afterwards only."""
    put(passing, "tell", lambda *_: None)


def the_line_is_silent(put: Callable[..., None]) -> None:
    """Back to the line without a word."""
    real = ending.line_says

    def line_says(tx: Any, chat: Any, code: str, *rest: Any, **how: Any) -> None:
        if code != "handed_to_queue":
            real(tx, chat, code, *rest, **how)

    put(ending, "line_says", line_says)


def an_end_asks_for_no_sign_off(put: Callable[..., None]) -> None:
    put(summoning, "_ask_for_sign_off", lambda *_: None)
    put(emergencies, "unsigned", lambda tx: [])


FAULTS = (
    nobody_is_asked,
    the_line_is_silent,
    an_end_asks_for_no_sign_off,
)


@pytest.mark.full
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_met_on_the_way(machine, monkeypatch, fault) -> None:  # type: ignore[no-untyped-def]
    fault(monkeypatch.setattr)

    with pytest.raises(AssertionError):
        run(machine, settings=TO_BREAK)
