"""What must never happen to somebody who waits: each test is named after its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from helpline import jobs
from helpline.actions import directing, ending, forgetting, handing, listening, offering, visiting
from helpline.boards import visitor as visitor_board
from helpline.domain import assigning, errors, queue, routing
from helpline.domain import chat as chat_rules
from helpline.domain.access import Who
from helpline.domain.chat import ChatState
from helpline.domain.queue import Waiting
from helpline.domain.urgency import Level
from helpline.store import chats, offers, people
from helpline.store.secrets import new_id
from helpline.store.tables import Holding
from tests import makers
from tests.actions.evening import CRITICAL, ELEVATED, HIGH, ROUTINE, Evening

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)

# -- 1. a chat is given to someone who is not there ---------------------------------------------


def never_said_ready(evening: Evening) -> Who:
    listening.be_here(evening.store, evening.cast.leo, now=evening.now)
    return evening.cast.leo


def went_away(evening: Evening) -> Who:
    evening.ready(evening.cast.leo)
    listening.go_away(evening.store, evening.cast.leo, now=evening.now)
    return evening.cast.leo


def lost_the_connection(evening: Evening) -> Who:
    evening.ready(evening.cast.leo)
    evening.loses(evening.cast.leo)
    evening.now += routing.LEASE_LASTS
    return evening.cast.leo


def is_not_on_shift(evening: Evening) -> Who:
    """As a moment after the shift's end, before anybody has noticed."""
    ada = evening.hires("ada", booked=False)
    with evening.store.transaction() as tx:
        presence = people.presence(tx, ada.id, evening.now)
        presence.ready, presence.lease_until = True, evening.now + routing.LEASE_LASTS
        tx.session.add(presence)
    return ada


def has_no_free_seat(evening: Evening) -> Who:
    evening.ready(evening.cast.leo)
    evening.talks(evening.cast.leo)
    evening.talks(evening.cast.leo)
    return evening.cast.leo


def is_with_a_critical_chat(evening: Evening) -> Who:
    evening.ready(evening.cast.leo)
    evening.talks(evening.cast.leo, CRITICAL)
    return evening.cast.leo


def rests_after_a_critical_chat(evening: Evening) -> Who:
    evening.ready(evening.cast.leo)
    hard = evening.talks(evening.cast.leo, CRITICAL)
    evening.closes(evening.cast.leo, hard.chat_id, anyway="it is over")
    return evening.cast.leo


def is_there(evening: Evening) -> Who:
    evening.ready(evening.cast.leo)
    return evening.cast.leo


@pytest.mark.parametrize(
    "somebody, is_asked",
    [
        (is_there, True),
        (never_said_ready, False),
        (went_away, False),
        (lost_the_connection, False),
        (is_not_on_shift, False),
        (has_no_free_seat, False),
        (is_with_a_critical_chat, False),
        (rests_after_a_critical_chat, False),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_no_chat_is_given_to_someone_who_is_not_there(
    evening: Evening, somebody: Callable[[Evening], Who], is_asked: bool
) -> None:
    evening.hold_open()
    who = somebody(evening)
    opened = evening.opens(CRITICAL)

    evening.sweep()

    assert evening.offered(who) == ([opened.chat_id] if is_asked else [])
    assert evening.asked(opened.chat_id) == ([who.name] if is_asked else [])


def test_somebody_paused_but_there_is_still_asked_about_a_critical_chat(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    with evening.store.transaction() as tx:
        presence = people.presence(tx, leo.id, evening.now)
        presence.paused = True
        tx.session.add(presence)
    listening.go_away(evening.store, lin, now=evening.now)
    routine, critical = evening.opens(ROUTINE), evening.opens(CRITICAL)

    evening.sweep()

    assert evening.offered(leo) == [critical.chat_id]
    assert evening.chat(routine).state == ChatState.WAITING


# -- 2. a chat is stranded after a failed pick --------------------------------------------------


def gets_ready(evening: Evening) -> None:
    evening.ready(evening.cast.lin)


def ends_a_chat_and_the_rest(evening: Evening) -> None:
    evening.closes(evening.cast.leo, evening.held[0])
    evening.ready(evening.cast.leo)


def hands_a_chat_over(evening: Evening) -> None:
    sol = evening.cast.sol
    evening.ready(sol)
    evening.sweep()
    evening.declines(sol)
    handed = handing.hand_off(
        evening.store, evening.cast.leo, evening.held[0], kind="lead", to_id=sol.id, words=None,
        now=evening.now,
    )  # fmt: skip
    listening.accept(evening.store, sol, handed.id, now=evening.now)


def sees_a_visitor_leave(evening: Evening) -> None:
    visiting.leave(evening.store, evening.tokens[0], quick=False, now=evening.now)
    evening.passes(5 * 60 + 1, sweeps=["wrap_ups", "routing"])


@pytest.mark.parametrize(
    "capacity", [gets_ready, ends_a_chat_and_the_rest, hands_a_chat_over, sees_a_visitor_leave]
)
def test_no_chat_is_stranded_after_a_failed_pick(
    evening: Evening, capacity: Callable[[Evening], None]
) -> None:
    evening.ready(evening.cast.leo)
    held = [evening.talks(evening.cast.leo), evening.talks(evening.cast.leo)]
    evening.held, evening.tokens = [each.chat_id for each in held], [each.token for each in held]
    waiting = evening.opens()
    evening.sweep()
    assert evening.asked(waiting.chat_id) == []

    capacity(evening)
    evening.sweep()

    assert len(evening.asked(waiting.chat_id)) == 1


# -- 3. a rescue that tries once ----------------------------------------------------------------


def test_a_rescue_does_not_try_only_once(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.loses(leo)
    evening.passes(100, every=25)
    assert evening.chat(opened).state == ChatState.WAITING

    evening.passes(300, every=60)
    evening.ready(evening.cast.lin)
    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Lin"]
    assert evening.chat(opened).arrived_at == opened.sent_at


# -- 4. a slow heartbeat decides how fast people are answered -----------------------------------


def test_no_heartbeat_decides_how_fast_people_are_answered(evening: Evening) -> None:
    every = {each.name: each.every_s for each in jobs.SWEEPS}
    evening.ready(evening.cast.leo)
    opened = evening.opens()

    evening.sweep()

    assert evening.chat(opened).first_offered_at == opened.sent_at
    assert every["routing"] <= 2


# -- 5. a priority that routing ignores ---------------------------------------------------------


def test_the_order_that_is_shown_is_the_order_that_is_served(evening: Evening) -> None:
    evening.hold_open()
    for words in (ROUTINE, ELEVATED, HIGH, ROUTINE, CRITICAL, HIGH):
        evening.opens(words)
        evening.now += SECOND
    shown = {
        visitor_board.chat_of(evening.store, each, evening.now)["place"]: each
        for each in evening.in_line()
    }
    ada, served = evening.hires("ada", seats=1), []

    for _ in shown:
        evening.ready(ada)
        evening.sweep()
        served.append(evening.accepts(ada))
        evening.closes(ada, served[-1], anyway="said goodbye")

    assert served == [shown[place] for place in range(1, 7)]


# -- 6. strict priority that starves ------------------------------------------------------------

OVERTAKEN_BY = timedelta(minutes=40)
START = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)

moments = st.integers(0, 4 * 60 * 60).map(lambda seconds: START + timedelta(seconds=seconds))
waiting = st.builds(
    Waiting,
    id=st.uuids().map(str),
    level=st.sampled_from(Level),
    arrived_at=moments,
    returned=st.booleans(),
)


@given(st.lists(waiting, max_size=12, unique_by=lambda each: each.id))
@example([Waiting("a", Level.ROUTINE, START), Waiting("b", Level.HIGH, START + OVERTAKEN_BY)])
@example([Waiting("a", Level.ROUTINE, START), Waiting("b", Level.HIGH, START + 2 * OVERTAKEN_BY)])
def test_nobody_is_overtaken_by_somebody_who_came_forty_minutes_later(
    everybody: list[Waiting],
) -> None:
    plain = [
        each
        for each in queue.order(everybody)
        if each.level is not Level.CRITICAL and not each.returned
    ]

    overtaken = [
        (first, second)
        for place, first in enumerate(plain)
        for second in plain[place + 1 :]
        if first.arrived_at - second.arrived_at > OVERTAKEN_BY
    ]

    assert overtaken == []


# -- 7. writing again pushes you back -----------------------------------------------------------


def test_writing_again_does_not_push_anybody_back(evening: Evening) -> None:
    evening.hold_open()
    first = evening.opens("hello")
    evening.now += MINUTE
    second = evening.opens("hello")

    for _ in range(3):
        evening.now += MINUTE
        evening.says(first, "are you there")
    evening.disconnects(first)
    visiting.come_back(evening.store, first.token, 0, now=evening.now)

    assert evening.chat(first).arrived_at == first.sent_at
    places = {
        each.chat_id: visitor_board.chat_of(evening.store, each.chat_id, evening.now)["place"]
        for each in (first, second)
    }
    assert places == {first.chat_id: 1, second.chat_id: 2}


def test_the_arrival_stays_whatever_happens_to_a_chat(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.now += MINUTE

    handing.hand_off(
        evening.store, leo, opened.chat_id, kind="queue", to_id=None, words=None, now=evening.now
    )
    evening.passes(130, every=30)
    evening.accepts(leo)
    evening.closes(leo, opened.chat_id)
    evening.loses(leo)
    evening.now += 2 * MINUTE
    evening.says(opened, "one more thing")

    assert evening.chat(opened).state == ChatState.WAITING
    assert evening.chat(opened).arrived_at == opened.sent_at


# -- 8. a waiting chat vanishes -----------------------------------------------------------------


def is_declined(evening: Evening) -> None:
    evening.declines(evening.cast.leo)


def lapses(evening: Evening) -> None:
    evening.passes(31)


def is_withdrawn(evening: Evening) -> None:
    listening.go_away(evening.store, evening.cast.leo, now=evening.now)


def meets_a_lost_listener(evening: Evening) -> None:
    evening.accepts(evening.cast.leo)
    evening.loses(evening.cast.leo)
    evening.passes(91)


def is_handed_to_the_queue(evening: Evening) -> None:
    chat = evening.accepts(evening.cast.leo)
    handing.hand_off(
        evening.store, evening.cast.leo, chat, kind="queue", to_id=None, words=None,
        now=evening.now,
    )  # fmt: skip


def is_stepped_out_of(evening: Evening) -> None:
    chat = evening.accepts(evening.cast.leo)
    handing.step_out(evening.store, evening.cast.leo, chat, None, now=evening.now)


def sees_the_line_close(evening: Evening) -> None:
    directing.set_line(
        evening.store, evening.cast.cora, is_open=False, reason="storm", now=evening.now
    )


def waits_for_hours(evening: Evening) -> None:
    listening.go_away(evening.store, evening.cast.leo, now=evening.now)
    for _ in range(9):
        evening.now += 20 * MINUTE
        evening.beat()
        evening.look()


def is_passed_by_the_forgetting(evening: Evening) -> None:
    evening.now += timedelta(days=31)
    evening.beat()
    forgetting.forget_due(evening.store, now=evening.now)


@pytest.mark.parametrize(
    "something",
    [
        is_declined,
        lapses,
        is_withdrawn,
        meets_a_lost_listener,
        is_handed_to_the_queue,
        is_stepped_out_of,
        sees_the_line_close,
        waits_for_hours,
        is_passed_by_the_forgetting,
    ],
)
def test_no_waiting_chat_vanishes(evening: Evening, something: Callable[[Evening], None]) -> None:
    evening.ready(evening.cast.leo)
    opened = evening.opens()
    evening.sweep()

    something(evening)
    evening.sweep()

    assert evening.in_line() == {opened.chat_id}
    assert evening.chat(opened).erased_at is None
    assert makers.transcript(evening.store, opened.chat_id)[0] == ROUTINE


def test_a_chat_leaves_the_line_only_by_a_taker_the_visitor_or_a_closing() -> None:
    ways = chat_rules.LAWFUL[ChatState.WAITING] | chat_rules.LAWFUL[ChatState.OFFERED]

    assert ways - chat_rules.IN_LINE == {ChatState.ACTIVE, ChatState.LEFT, ChatState.CLOSED}


# -- 9. two listeners get one chat --------------------------------------------------------------


def ask_both(evening: Evening) -> tuple[str, dict[str, str]]:
    """A chat that Leo and Lin are asked about at the same time; the offers by person."""
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.opens()
    evening.sweep()
    with evening.store.transaction() as tx:
        chat = chats.chat(tx, opened.chat_id)
        asked = {each.person_id for each in offers.pending_of_chat(tx, chat.id)}
        for who in (leo, lin):
            if who.id not in asked:
                offering.ask_one(tx, chat, who.id, now=evening.now)
    pending = makers.pending(evening.store, opened.chat_id)
    return opened.chat_id, {each.person_id: each.id for each in pending}


def test_a_second_listener_is_told_that_the_chat_is_taken(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    chat_id, asked = ask_both(evening)
    listening.accept(evening.store, lin, asked[lin.id], now=evening.now)

    with pytest.raises(errors.OfferTaken):
        listening.accept(evening.store, leo, asked[leo.id], now=evening.now)

    assert evening.chat(chat_id).holder_id == lin.id


def test_the_row_count_is_the_verdict_on_who_gets_a_chat(quiet_evening: Evening) -> None:
    evening = quiet_evening
    chat_id, _ = ask_both(evening)

    with evening.store.transaction() as tx:
        verdicts = [
            chats.claim(tx, chat_id, who.id, evening.now)
            for who in (evening.cast.lin, evening.cast.leo)
        ]

    assert verdicts == [True, False]
    assert evening.chat(chat_id).holder_id == evening.cast.lin.id


def test_two_listeners_never_get_one_chat(quiet_evening: Evening, open_again) -> None:
    evening = quiet_evening
    leo, lin = evening.cast.leo, evening.cast.lin
    chat_id, asked = ask_both(evening)
    start, outcomes = Barrier(2), []

    def accept(who: Who) -> None:
        store = open_again()
        start.wait()
        try:
            listening.accept(store, who, asked[who.id], now=evening.now)
            outcomes.append(who.id)
        except errors.OfferTaken as refused:
            outcomes.append(refused.code)

    threads = [Thread(target=accept, args=[who]) for who in (leo, lin)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    holder = evening.chat(chat_id).holder_id
    assert sorted(outcomes) == sorted([holder, "offer_taken"])


def test_the_database_refuses_a_second_holder(quiet_evening: Evening) -> None:
    evening = quiet_evening
    evening.ready(evening.cast.leo)
    opened = evening.talks(evening.cast.leo)

    def hold_it_too() -> None:
        with evening.store.transaction() as tx:
            lin = evening.cast.lin.id
            tx.session.add(
                Holding(
                    id=new_id(), chat_id=opened.chat_id, person_id=lin, epoch=2, since=evening.now
                )
            )

    with pytest.raises(IntegrityError):
        hold_it_too()


# -- 10. over the seats in a burst --------------------------------------------------------------


def load(evening: Evening, who: Who) -> int:
    with evening.store.reading() as tx:
        return people.loads(tx).get(who.id, people.Load()).used


def test_a_burst_never_goes_over_the_seats(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    ada = evening.hires("ada", seats=1)
    evening.ready(leo, lin, ada)

    for _ in range(8):
        evening.opens()
    evening.sweep()

    assert {who.name: load(evening, who) for who in (leo, lin, ada)} == {
        "Leo": 2, "Lin": 2, "Ada": 1,
    }  # fmt: skip
    for who in (leo, lin, ada):
        while evening.offered(who):
            evening.accepts(who)
            evening.sweep()
    assert [load(evening, who) for who in (leo, lin, ada)] == [2, 2, 1]
    assert len(evening.in_line()) == 3


# -- 11. a biased rotation ----------------------------------------------------------------------


def test_the_rotation_is_fair_and_survives_a_restart(evening: Evening, open_again) -> None:
    """Among people who speak the same languages: a scarce one is kept for those who need it."""
    leo, tom = evening.cast.leo, evening.hires("tom")
    ada = evening.hires("ada")
    evening.ready(leo, tom, ada)
    turns = []

    for _ in range(9):
        evening.now += SECOND
        opened = evening.opens()
        evening.sweep()
        turns += evening.asked(opened.chat_id)
        visiting.leave(evening.store, opened.token, quick=False, now=evening.now)
        tell, evening.store = evening.store.tell, open_again()
        evening.store.tell = tell

    assert turns == turns[:3] * 3
    assert set(turns) == {"Leo", "Tom", "Ada"}


# -- 12. a poison chat stops the loop -----------------------------------------------------------


def test_a_poison_chat_does_not_stop_the_loop(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    evening.hold_open()
    poison = evening.opens(CRITICAL)
    evening.now += SECOND
    plain = evening.opens()
    ask = assigning.Pass.ask

    def choke(self, chat):  # type: ignore[no-untyped-def]
        if chat.id == poison.chat_id:
            raise ZeroDivisionError
        return ask(self, chat)

    monkeypatch.setattr(assigning.Pass, "ask", choke)
    evening.ready(evening.cast.leo)
    evening.passes(20, sweeps=["routing", "watching"])

    assert evening.asked(plain.chat_id) == ["Leo"]
    assert evening.chat(poison).state == ChatState.WAITING
    alert = evening.alerts()["routing_failed"]
    assert alert.chat_id == poison.chat_id
    assert evening.paged("routing_failed") == ["Cora", "Sol"]

    directing.acknowledge(evening.store, evening.cast.sol, alert.id, now=evening.now)
    evening.passes(20, sweeps=["routing", "watching"])
    assert evening.paged("routing_failed") == ["Cora", "Sol"]

    monkeypatch.setattr(assigning.Pass, "ask", ask)
    evening.ready(evening.cast.lin)
    evening.passes(10, sweeps=["routing", "watching"])
    assert "Lin" in evening.asked(poison.chat_id)
    evening.accepts(evening.cast.lin)
    assert "routing_failed" not in evening.alerts()


@pytest.mark.parametrize("step", ["release", "leave_the_line"])
def test_a_poison_chat_stops_no_step_of_the_loop(
    evening: Evening, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Two lost listeners, or two lost visitors: what fails for the first is done for the second."""
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    poison, plain = evening.talks(leo), evening.talks(lin)
    first, second = evening.opens(), evening.opens()
    chokes_on = {"release": poison.chat_id, "leave_the_line": first.chat_id}[step]
    act = getattr(ending, step)

    def choke(tx, chat, **how):  # type: ignore[no-untyped-def]
        if chat.id == chokes_on:
            raise ZeroDivisionError
        act(tx, chat, **how)

    monkeypatch.setattr(ending, step, choke)
    evening.here.clear()
    for gone in (first, second):
        evening.disconnects(gone)
    sol = evening.cast.sol
    evening.passes(11 * 60, every=60, sweeps=["routing", "watching"])
    evening.ready(sol)
    evening.sweep()

    assert evening.alerts()["routing_failed"].chat_id == chokes_on
    assert set(evening.paged("routing_failed")) == {"Cora", "Sol"}
    assert evening.asked(plain.chat_id) == ["Sol"]
    assert evening.chat(second).state == ChatState.LEFT
    if step == "release":
        assert evening.chat(poison).holder_id == leo.id


# -- 13. a decline ends the chat ----------------------------------------------------------------


def test_a_decline_touches_the_offer_only(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.opens()
    evening.sweep()
    before = evening.chat(opened)

    evening.declines(leo)

    after = evening.chat(opened)
    assert after.state == ChatState.WAITING
    for untouched in (
        "arrived_at",
        "level",
        "epoch",
        "returned",
        "ended_at",
        "outcome",
        "last_seq",
    ):
        assert getattr(after, untouched) == getattr(before, untouched)
    assert [each.state for each in evening.offers_of(opened.chat_id)] == ["declined"]
    assert evening.presence(leo).ready


# -- 14. a transfer into the void ---------------------------------------------------------------


def test_no_transfer_goes_into_the_void(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)

    handing.hand_off(
        evening.store, leo, opened.chat_id, kind="listener", to_id=lin.id, words=None,
        now=evening.now,
    )  # fmt: skip
    evening.loses(lin)
    evening.passes(120, every=30)

    chat = evening.chat(opened)
    assert (chat.state, chat.holder_id) == (ChatState.ACTIVE, leo.id)
    listening.say(
        evening.store, leo, opened.chat_id, makers.client_id(), "I am still here.",
        epoch=chat.epoch, now=evening.now,
    )  # fmt: skip
    assert makers.transcript(evening.store, opened.chat_id)[-1] == "I am still here."
