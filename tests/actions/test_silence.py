"""When nobody writes: gentle checks, chats set aside and back first, a lead who is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline import jobs
from helpline.actions import (
    directing,
    furnishing,
    handing,
    judging,
    likening,
    listening,
    parking,
    quieting,
    visiting,
)
from helpline.boards import coordinator as coordinator_board
from helpline.boards import listener as listener_board
from helpline.boards import visitor as visitor_board
from helpline.domain import errors
from helpline.domain.access import Who
from helpline.domain.chat import ChatState
from helpline.domain.urgency import Level
from helpline.store import people
from tests import makers
from tests.actions.evening import CRITICAL, ELEVATED, HIGH, ROUTINE, Evening

MINUTE = timedelta(minutes=1)


@pytest.fixture
def evening(quiet_evening: Evening) -> Evening:
    return quiet_evening


def answered(evening: Evening, words: str = ROUTINE, who: Who | None = None) -> visiting.Opened:
    """A chat in which the listener has written last, this very moment."""
    who = who or evening.cast.leo
    evening.ready(who)
    opened = evening.talks(who, words)
    replies(evening, opened, who)
    return opened


def replies(evening: Evening, opened: visiting.Opened, who: Who | None = None) -> None:
    who = who or evening.cast.leo
    listening.say(
        evening.store, who, opened.chat_id, makers.client_id(), "I am here.", now=evening.now
    )


def minutes(evening: Evening, count: float, *, every: float = 60) -> None:
    evening.passes(count * 60, every=every, sweeps=["silence"])


def line_said(evening: Evening, opened: visiting.Opened) -> list[str]:
    """What the line itself has said since somebody joined."""
    said = makers.transcript(evening.store, opened.chat_id)
    return [each.strip("[]") for each in said if each.startswith("[") and each != "[joined]"]


def shown(evening: Evening, opened: visiting.Opened) -> dict:
    return visitor_board.chat_of(evening.store, opened.chat_id, evening.now)


def used(evening: Evening, who: Who) -> int:
    with evening.store.reading() as tx:
        return people.loads(tx).get(who.id, people.Load()).used


# -- the ladder -----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [ROUTINE, ELEVATED])
def test_a_quiet_chat_is_asked_gently_set_aside_and_ended_kindly(
    evening: Evening, words: str
) -> None:
    opened = answered(evening, words)

    minutes(evening, 2.9)
    assert line_said(evening, opened) == []
    minutes(evening, 0.2)
    assert line_said(evening, opened) == ["check_1"]
    minutes(evening, 4)
    assert line_said(evening, opened) == ["check_1", "check_2"]
    minutes(evening, 5)
    assert line_said(evening, opened) == ["check_1", "check_2", "set_aside"]
    assert evening.chat(opened).parked_at == evening.now
    minutes(evening, 7.9)
    assert evening.chat(opened).state == ChatState.ACTIVE
    minutes(evening, 0.2)

    assert line_said(evening, opened)[3:] == ["closed_quietly"]
    chat = evening.chat(opened)
    assert (chat.state, chat.outcome) == (ChatState.WRAPPING_UP, "went_quiet")


def test_a_high_chat_is_neither_set_aside_nor_closed_by_a_timer_but_the_lead_is_asked(
    evening: Evening,
) -> None:
    opened = answered(evening, HIGH)

    minutes(evening, 19.9)
    assert line_said(evening, opened) == ["check_1", "check_2", "check_3"]
    assert evening.alerts() == {}
    minutes(evening, 0.2)

    assert evening.alerts()["shall_it_close"].chat_id == opened.chat_id
    assert evening.paged("shall_it_close") == ["Sol"]
    minutes(evening, 90)
    chat = evening.chat(opened)
    assert (chat.state, chat.parked_at, chat.holder_id) == (
        ChatState.ACTIVE,
        None,
        evening.cast.leo.id,
    )


def test_28_a_critical_chat_is_never_closed_by_a_timer_and_its_silence_tells_the_lead(
    evening: Evening,
) -> None:
    opened = answered(evening, CRITICAL)

    minutes(evening, 2.9)
    assert "visitor_silent" not in evening.alerts()
    minutes(evening, 0.2)
    assert evening.paged("visitor_silent") == ["Sol"]
    assert line_said(evening, opened) == ["check_1"]

    evening.passes(90 * 60, every=60, sweeps=["watching", "silence"])
    evening.look()
    chat = evening.chat(opened)
    assert (chat.state, chat.parked_at) == (ChatState.ACTIVE, None)
    assert line_said(evening, opened) == ["check_1", "check_2", "check_3"]
    evening.says(opened, "still here")
    evening.sweep("watching")
    assert "visitor_silent" not in evening.alerts()


def test_28_the_lead_is_told_of_a_critical_silence_also_while_the_page_is_hidden(
    evening: Evening,
) -> None:
    opened = answered(evening, CRITICAL)
    visiting.shows(evening.store, opened.chat_id, hidden=True, now=evening.now)

    minutes(evening, 3.1)

    assert "visitor_silent" in evening.alerts()


def test_23_no_quiet_chat_ends_without_saying_so_and_showing_what_else_is_there(
    evening: Evening, directory: list[str]
) -> None:
    opened = answered(evening)

    minutes(evening, 21)

    page = visitor_board.page(evening.store, opened.token, evening.now)
    last = page["messages"][-1]
    assert last["code"] == "closed_quietly"
    assert "You did nothing wrong" in last["text"]
    assert "within 15 minutes" in last["text"]
    assert [each["id"] for each in page["chat"]["resources"]] == directory
    assert page["chat"]["open_until"] is not None
    evening.says(opened, "I am back")
    assert evening.chat(opened).state in (ChatState.ACTIVE, ChatState.WAITING)


@pytest.mark.parametrize("after", [1, 5, 10])
def test_whatever_the_visitor_writes_starts_it_anew(evening: Evening, after: float) -> None:
    opened = answered(evening)
    minutes(evening, after)
    before = line_said(evening, opened)

    evening.says(opened, "sorry, I was away")
    replies(evening, opened)
    minutes(evening, 2.9)
    assert line_said(evening, opened) == before
    minutes(evening, 0.2)

    assert line_said(evening, opened) == [*before, "check_1"]


def test_another_word_of_the_listener_starts_it_anew_too(evening: Evening) -> None:
    opened = answered(evening)
    minutes(evening, 2.5)
    replies(evening, opened)

    minutes(evening, 2.9)

    assert line_said(evening, opened) == []


def test_who_types_for_long_is_there(evening: Evening) -> None:
    opened = answered(evening)

    for _ in range(24):
        evening.passes(60, every=60, sweeps=["silence"])
        visiting.types(evening.store, opened.chat_id, now=evening.now)

    assert line_said(evening, opened) == []
    assert evening.chat(opened).state == ChatState.ACTIVE


def test_while_the_page_is_hidden_each_step_takes_twice_as_long(evening: Evening) -> None:
    opened = answered(evening)
    visiting.shows(evening.store, opened.chat_id, hidden=True, now=evening.now)

    minutes(evening, 5.9)
    assert line_said(evening, opened) == []
    minutes(evening, 0.2)
    assert line_said(evening, opened) == ["check_1"]
    minutes(evening, 33.8)
    assert evening.chat(opened).state == ChatState.ACTIVE
    minutes(evening, 0.3)

    assert evening.chat(opened).state == ChatState.WRAPPING_UP


def test_who_looks_at_the_page_again_is_not_hurried_for_the_time_before(evening: Evening) -> None:
    """Ten minutes hidden count as five: the second check comes two minutes later, and no park."""
    opened = answered(evening)
    visiting.shows(evening.store, opened.chat_id, hidden=True, now=evening.now)
    minutes(evening, 10)
    visiting.shows(evening.store, opened.chat_id, hidden=False, now=evening.now)

    minutes(evening, 1.9)
    assert line_said(evening, opened) == ["check_1"]
    minutes(evening, 0.2)

    assert line_said(evening, opened) == ["check_1", "check_2"]


def test_a_lost_connection_counts_as_a_hidden_page(evening: Evening) -> None:
    opened = answered(evening)
    evening.disconnects(opened)

    minutes(evening, 5.9)
    assert line_said(evening, opened) == []
    minutes(evening, 0.2)

    assert line_said(evening, opened) == ["check_1"]


def test_a_page_without_scripts_that_stops_asking_is_out_of_sight(evening: Evening) -> None:
    """It asks again and again: that is being here. No goodbye comes when it is closed."""
    opened = answered(evening)
    evening.connected.discard(opened.chat_id)

    evening.passes(4 * 60, every=40, sweeps=["visitors", "silence"])

    assert line_said(evening, opened) == []
    assert evening.chat(opened).away_since is not None


def test_the_steps_are_settings_of_the_line(evening: Evening) -> None:
    opened = answered(evening)
    furnishing.set_silence(evening.store, "silence_first", 2, now=evening.now)

    minutes(evening, 2.1)

    assert line_said(evening, opened) == ["check_1"]


def test_each_step_is_taken_once_however_often_and_by_whomever_it_is_looked_at(
    evening: Evening, open_again
) -> None:
    other = open_again()
    opened = answered(evening)
    evening.now += 3 * MINUTE

    for store in (evening.store, other, evening.store, other):
        quieting.look(store, now=evening.now)

    assert line_said(evening, opened) == ["check_1"]


def test_after_a_downtime_nobody_is_closed_at_once(evening: Evening) -> None:
    opened = answered(evening)

    evening.now += 60 * MINUTE
    for _ in range(5):
        evening.now += timedelta(seconds=5)
        evening.beat()
        evening.sweep("silence")

    assert line_said(evening, opened) == ["check_1"]
    minutes(evening, 4)
    assert line_said(evening, opened) == ["check_1", "check_2"]


def test_after_a_downtime_nobody_is_closed_who_was_set_aside_before_it(evening: Evening) -> None:
    """Who could not write while we were down has the whole last wait again."""
    opened = set_aside(evening)
    minutes(evening, 16)

    evening.now += 60 * MINUTE
    evening.sweep("silence")
    minutes(evening, 7.9)
    assert evening.chat(opened).state == ChatState.ACTIVE
    minutes(evening, 0.2)

    assert line_said(evening, opened) == ["check_1", "set_aside", "check_2", "closed_quietly"]


def test_a_chat_that_its_listener_took_up_again_is_not_closed_under_their_hands(
    evening: Evening,
) -> None:
    opened = answered(evening)
    minutes(evening, 19.9)
    quieting.take_up(evening.store, evening.cast.leo, opened.chat_id, now=evening.now)

    minutes(evening, 19.9)
    assert (evening.chat(opened).state, evening.chat(opened).parked_at) == (ChatState.ACTIVE, None)
    minutes(evening, 0.2)
    assert evening.chat(opened).parked_at is not None
    minutes(evening, 8)

    assert evening.chat(opened).state == ChatState.WRAPPING_UP


def test_a_chat_that_calmed_down_after_the_lead_was_asked_is_looked_after_again(
    evening: Evening,
) -> None:
    opened = answered(evening, HIGH)
    minutes(evening, 25)

    judging.assess(
        evening.store, evening.cast.leo, opened.chat_id, Level.ROUTINE, "a film", now=evening.now
    )
    minutes(evening, 1)
    assert line_said(evening, opened)[-1] == "set_aside"
    minutes(evening, 7.9)
    assert evening.chat(opened).state == ChatState.ACTIVE
    minutes(evening, 0.2)

    assert evening.chat(opened).state == ChatState.WRAPPING_UP


def test_12_a_chat_that_cannot_be_looked_after_is_an_alert_and_keeps_back_no_other(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, other = answered(evening), answered(evening)
    take = quieting._take

    def fails(tx, chat, rung, now):
        if chat.id == poisoned.chat_id:
            raise RuntimeError
        take(tx, chat, rung, now)

    monkeypatch.setattr(quieting, "_take", fails)
    minutes(evening, 3.1)

    assert line_said(evening, other) == ["check_1"]
    assert evening.alerts()["not_looked_after"].chat_id == poisoned.chat_id


# -- the lead's answer ------------------------------------------------------------------------


def test_the_lead_lets_it_be_closed(evening: Evening) -> None:
    opened = answered(evening, HIGH)
    minutes(evening, 20.1)
    alert = evening.alerts()["shall_it_close"]

    quieting.answer(evening.store, evening.cast.sol, alert.id, "close", now=evening.now)

    assert line_said(evening, opened)[-1] == "closed_quietly"
    assert evening.chat(opened).state == ChatState.WRAPPING_UP
    assert evening.alerts() == {}
    assert "answered_close" in makers.journal_kinds(evening.store, opened.chat_id)


def test_the_lead_keeps_it_open_and_is_asked_again_after_as_long(evening: Evening) -> None:
    opened = answered(evening, HIGH)
    minutes(evening, 20.1)
    alert = evening.alerts()["shall_it_close"]

    quieting.answer(evening.store, evening.cast.sol, alert.id, "keep_open", now=evening.now)

    assert evening.alerts() == {}
    minutes(evening, 19.9)
    assert evening.alerts() == {}
    assert line_said(evening, opened) == ["check_1", "check_2", "check_3"]
    minutes(evening, 0.2)
    assert "shall_it_close" in evening.alerts()
    assert evening.chat(opened).state == ChatState.ACTIVE


def test_i_am_on_it_is_no_answer(evening: Evening) -> None:
    opened = answered(evening, HIGH)
    minutes(evening, 20.1)
    alert = evening.alerts()["shall_it_close"]
    directing.acknowledge(evening.store, evening.cast.sol, alert.id, now=evening.now)

    minutes(evening, 60, every=300)

    assert evening.chat(opened).state == ChatState.ACTIVE
    assert evening.alerts()["shall_it_close"].id == alert.id


@pytest.mark.parametrize("word", ["close", "keep_open"])
def test_an_answer_that_comes_after_the_visitor_is_stale(evening: Evening, word: str) -> None:
    opened = answered(evening, HIGH)
    minutes(evening, 20.1)
    alert = evening.alerts()["shall_it_close"]
    evening.says(opened, "I am here")

    with pytest.raises(errors.Stale):
        quieting.answer(evening.store, evening.cast.sol, alert.id, word, now=evening.now)
    assert evening.chat(opened).state == ChatState.ACTIVE


def test_28_no_answer_closes_a_chat_that_has_become_critical(evening: Evening) -> None:
    opened = answered(evening, HIGH)
    minutes(evening, 20.1)
    alert = evening.alerts()["shall_it_close"]
    judging.assess(
        evening.store, evening.cast.leo, opened.chat_id, Level.CRITICAL, "a call", now=evening.now
    )

    with pytest.raises(errors.Stale):
        quieting.answer(evening.store, evening.cast.sol, alert.id, "close", now=evening.now)
    assert evening.chat(opened).state == ChatState.ACTIVE


def test_an_alert_takes_only_the_answers_it_asks_for(evening: Evening) -> None:
    answered(evening, HIGH)
    minutes(evening, 20.1)
    alert = evening.alerts()["shall_it_close"]

    with pytest.raises(errors.BadRequest):
        quieting.answer(evening.store, evening.cast.sol, alert.id, "put_back", now=evening.now)


# -- set aside, and back first ------------------------------------------------------------------


def set_aside(evening: Evening, words: str = ROUTINE) -> visiting.Opened:
    opened = answered(evening, words)
    minutes(evening, 3.1)
    quieting.park(evening.store, evening.cast.leo, opened.chat_id, now=evening.now)
    return opened


def test_a_chat_that_is_set_aside_frees_its_seat_and_stays_with_its_listener(
    evening: Evening, told: list
) -> None:
    leo = evening.cast.leo
    told.clear()
    opened = set_aside(evening)

    chat = evening.chat(opened)
    assert (chat.state, chat.holder_id) == (ChatState.ACTIVE, leo.id)
    assert used(evening, leo) == 0
    assert line_said(evening, opened) == ["check_1", "set_aside"]
    snapshot = shown(evening, opened)
    assert (snapshot["state"], snapshot["parked"], snapshot["listener"]) == ("active", True, None)
    mine = listener_board.board(evening.store, leo, evening.now)["chats"][0]
    assert mine["parked"] is not None
    kept = coordinator_board.board(evening.store, evening.cast.cora, evening.now)["parked"]
    assert [(each["chat"], each["level"]) for each in kept] == [(opened.chat_id, "routine")]
    nudged = {name for each in told for name in jobs.NUDGES.get(type(each), ())}
    assert "routing" in nudged  # somebody who waits may have the seat at once


def test_the_freed_seat_is_given_to_somebody_who_waits(evening: Evening) -> None:
    leo = evening.cast.leo
    first, _ = answered(evening), answered(evening)
    waiting = evening.opens()
    minutes(evening, 3.1)
    assert evening.asked(waiting.chat_id) == []

    quieting.park(evening.store, leo, first.chat_id, now=evening.now)
    evening.sweep()

    assert evening.asked(waiting.chat_id) == ["Leo"]


def test_only_a_quiet_chat_may_be_set_aside(evening: Evening) -> None:
    opened = answered(evening)
    with pytest.raises(errors.NotQuiet):
        quieting.park(evening.store, evening.cast.leo, opened.chat_id, now=evening.now)
    minutes(evening, 3.1)
    evening.says(opened, "wait")

    with pytest.raises(errors.NotQuiet):
        quieting.park(evening.store, evening.cast.leo, opened.chat_id, now=evening.now)


def test_28_a_critical_chat_is_not_set_aside(evening: Evening) -> None:
    opened = answered(evening, CRITICAL)
    minutes(evening, 30)

    with pytest.raises(errors.NotQuiet):
        quieting.park(evening.store, evening.cast.leo, opened.chat_id, now=evening.now)


def test_28_a_chat_that_becomes_critical_is_not_aside_any_more(evening: Evening) -> None:
    leo = evening.cast.leo
    opened = set_aside(evening)

    judging.assess(
        evening.store, leo, opened.chat_id, Level.CRITICAL, "their sister called", now=evening.now
    )

    assert evening.chat(opened).parked_at is None
    minutes(evening, 90)
    assert evening.chat(opened).state == ChatState.ACTIVE


@pytest.mark.parametrize("free", [True, False])
def test_28_one_that_becomes_critical_by_another_goes_to_whoever_has_a_seat_for_it(
    evening: Evening, free: bool
) -> None:
    """The words were said in a chat of perhaps the same person: nobody goes over their seats."""
    leo, lin = evening.cast.leo, evening.cast.lin
    opened = set_aside(evening)
    for _ in range(0 if free else 2):
        evening.talks(leo)
    other = evening.opens()
    likening.link(evening.store, evening.cast.sol, opened.chat_id, other.chat_id, now=evening.now)
    evening.ready(lin)

    evening.says(other, CRITICAL)
    evening.sweep()

    chat = evening.chat(opened)
    assert chat.parked_at is None
    if free:
        assert (chat.state, chat.holder_id) == (ChatState.ACTIVE, leo.id)
    else:
        assert (chat.state, chat.returned, used(evening, leo)) == (ChatState.OFFERED, True, 2)
        assert line_said(evening, opened)[-1] == "put_back"


def test_a_visitor_who_writes_again_is_first_in_line_with_their_arrival_unchanged(
    evening: Evening,
) -> None:
    leo = evening.cast.leo
    opened = set_aside(evening)
    for _ in range(2):
        evening.talks(leo)
    for _ in range(3):
        evening.opens(HIGH)

    evening.says(opened, "I am back")

    chat = evening.chat(opened)
    assert (chat.state, chat.returned, chat.arrived_at) == (
        ChatState.WAITING,
        True,
        opened.sent_at,
    )
    assert shown(evening, opened)["place"] == 1
    assert makers.transcript(evening.store, opened.chat_id)[-2:] == [
        "[back_from_hold]",
        "I am back",
    ]
    assert evening.asked(opened.chat_id) == []  # Leo has no seat for it now
    evening.ready(evening.cast.lin)
    evening.sweep()
    assert evening.asked(opened.chat_id) == ["Lin"]


def test_the_earlier_listener_is_asked_first_and_then_anybody(evening: Evening) -> None:
    opened = set_aside(evening)
    evening.ready(evening.cast.lin)

    evening.says(opened, "I am back")

    assert evening.asked(opened.chat_id) == ["Leo"]
    evening.passes(29, every=10)
    assert evening.asked(opened.chat_id) == ["Leo"]
    evening.passes(2, every=1)
    assert evening.asked(opened.chat_id) == ["Lin"]


def test_the_earlier_listener_goes_on_where_they_were(evening: Evening) -> None:
    leo = evening.cast.leo
    opened = set_aside(evening)
    evening.says(opened, "I am back")

    assert evening.accepts(leo) == opened.chat_id

    chat = evening.chat(opened)
    assert (chat.state, chat.holder_id, chat.parked_at) == (ChatState.ACTIVE, leo.id, None)
    assert used(evening, leo) == 1


def test_an_earlier_listener_who_is_gone_is_not_waited_for(evening: Evening) -> None:
    opened = set_aside(evening)
    evening.loses(evening.cast.leo)
    evening.passes(120, every=40)
    assert evening.chat(opened).parked_at is not None  # nothing to take from who is gone
    evening.ready(evening.cast.lin)

    evening.says(opened, "I am back")
    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Lin"]


def test_who_comes_back_with_critical_words_rings_everybody_at_once(evening: Evening) -> None:
    opened = set_aside(evening)
    evening.ready(evening.cast.lin, evening.cast.sol)

    kept = evening.says(opened, CRITICAL)
    evening.sweep()

    assert kept.urgent
    assert evening.asked(opened.chat_id) == ["Leo", "Lin", "Sol"]


def test_8_a_chat_that_is_set_aside_does_not_vanish(evening: Evening) -> None:
    """Its own end of the ladder ends it, said and recorded; nobody has to come back for it."""
    opened = set_aside(evening)
    evening.loses(evening.cast.leo)

    evening.passes(20 * 60, every=60, sweeps=["silence", "routing"])

    assert evening.chat(opened).state == ChatState.WRAPPING_UP
    assert line_said(evening, opened)[-1] == "closed_quietly"
    assert "closed" in makers.journal_kinds(evening.store, opened.chat_id)


def test_a_high_chat_that_was_set_aside_by_hand_asks_the_lead_too(evening: Evening) -> None:
    opened = set_aside(evening, HIGH)

    minutes(evening, 18)

    assert "shall_it_close" in evening.alerts()
    minutes(evening, 90)
    assert evening.chat(opened).state == ChatState.ACTIVE


def test_the_end_of_a_chat_set_aside_gives_no_rest_from_offers(evening: Evening) -> None:
    set_aside(evening)

    minutes(evening, 18)

    assert evening.presence(evening.cast.leo).resting_until is None


def test_a_listener_who_writes_in_it_takes_it_up_again(evening: Evening) -> None:
    leo = evening.cast.leo
    opened = set_aside(evening)

    replies(evening, opened)

    assert evening.chat(opened).parked_at is None
    assert used(evening, leo) == 1


def test_without_a_free_seat_it_is_not_taken_up(evening: Evening) -> None:
    leo = evening.cast.leo
    opened = set_aside(evening)
    for _ in range(2):
        evening.talks(leo)

    with pytest.raises(errors.NoFreeSeat):
        quieting.take_up(evening.store, leo, opened.chat_id, now=evening.now)
    with pytest.raises(errors.NoFreeSeat):
        replies(evening, opened)
    assert evening.chat(opened).parked_at is not None


def test_21_the_place_belongs_to_the_token_whatever_the_ladder_did(evening: Evening) -> None:
    evening.ready(evening.cast.lin)
    for _ in range(2):
        evening.talks(evening.cast.lin)
    evening.opens()  # came before
    evening.now += MINUTE
    opened = set_aside(evening)
    evening.disconnects(opened)
    minutes(evening, 5)

    chat_id, _, _ = visiting.come_back(evening.store, opened.token, 0, now=evening.now)

    assert chat_id == opened.chat_id
    assert evening.chat(opened).parked_at is not None
    evening.says(opened, "back")
    assert shown(evening, opened)["place"] == 1


def test_a_hand_off_of_a_chat_set_aside_takes_it_up(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    opened = set_aside(evening)
    evening.ready(lin)
    handed = handing.hand_off(
        evening.store, leo, opened.chat_id, kind="listener", to_id=lin.id, words=None,
        now=evening.now,
    )  # fmt: skip

    listening.accept(evening.store, lin, handed.id, now=evening.now)

    assert evening.chat(opened).parked_at is None


# -- a listener who does not answer ---------------------------------------------------------------


def unanswered(evening: Evening, words: str = ROUTINE) -> visiting.Opened:
    evening.ready(evening.cast.leo)
    return evening.talks(evening.cast.leo, words)


def step_of(evening: Evening) -> int:
    mine = listener_board.board(evening.store, evening.cast.leo, evening.now)["chats"][0]
    assert mine["quiet"]["of"] == "listener"
    return mine["quiet"]["step"]


@pytest.mark.parametrize(
    "words, reminded, lead, kind",
    [
        (ROUTINE, 3, 7, "waits_for_answer"),
        (ELEVATED, 3, 7, "waits_for_answer"),
        (HIGH, 1, 3, "silent"),
        (CRITICAL, 1, 3, "silent"),
    ],
)
def test_a_listener_is_reminded_the_lead_told_and_the_visitor_not_left_alone_with_it(
    evening: Evening, words: str, reminded: int, lead: int, kind: str
) -> None:
    opened = unanswered(evening, words)

    minutes(evening, reminded - 0.1)
    assert step_of(evening) == 0
    minutes(evening, 0.2)
    assert step_of(evening) == 1
    assert line_said(evening, opened) == []
    minutes(evening, lead - reminded - 0.2)
    assert kind not in evening.alerts()
    minutes(evening, 0.2)

    assert evening.paged(kind) == ["Sol"]
    assert line_said(evening, opened) == ["listener_quiet"]
    minutes(evening, 5)
    assert line_said(evening, opened) == ["listener_quiet"]
    replies(evening, opened)
    evening.sweep("watching")
    assert kind not in evening.alerts()


def test_what_the_visitor_is_told_blames_nobody(evening: Evening) -> None:
    opened = unanswered(evening)

    minutes(evening, 7.1)

    said = visitor_board.page(evening.store, opened.token, evening.now)["messages"][-1]["text"]
    assert "Leo has not answered for a while" in said
    assert "not because of anything you wrote" in said
    assert "shift lead knows" in said


def test_the_lead_puts_an_unanswered_chat_back_in_line(evening: Evening) -> None:
    opened = unanswered(evening)
    evening.ready(evening.cast.lin)
    minutes(evening, 7.1)
    alert = evening.alerts()["waits_for_answer"]

    quieting.answer(evening.store, evening.cast.sol, alert.id, "put_back", now=evening.now)
    evening.sweep()

    chat = evening.chat(opened)
    assert (chat.returned, chat.arrived_at) == (True, opened.sent_at)
    assert evening.asked(opened.chat_id) == ["Lin"]  # Leo is not asked again at once
    assert line_said(evening, opened)[-1] == "put_back"
    assert "waits_for_answer" not in evening.alerts()
    with pytest.raises(errors.Stale):
        replies(evening, opened)


def test_a_listener_who_answers_in_time_keeps_the_chat(evening: Evening) -> None:
    opened = unanswered(evening)
    minutes(evening, 7.1)
    alert = evening.alerts()["waits_for_answer"]
    replies(evening, opened)

    with pytest.raises(errors.Stale):
        quieting.answer(evening.store, evening.cast.sol, alert.id, "put_back", now=evening.now)
    assert evening.chat(opened).holder_id == evening.cast.leo.id


def test_a_visitor_who_has_written_nothing_is_greeted_by_the_listener(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    evening.talks(evening.cast.leo, None)

    minutes(evening, 3.1)

    assert step_of(evening) == 1


def test_a_visitor_who_goes_on_writing_does_not_start_the_listeners_silence_anew(
    evening: Evening,
) -> None:
    opened = unanswered(evening)
    for _ in range(3):
        minutes(evening, 1)
        evening.says(opened, "are you there?")

    minutes(evening, 0.1)

    assert step_of(evening) == 1


def test_the_seat_that_a_ladder_took_up_again_counts_in_the_same_commit(evening: Evening) -> None:
    """10: two chats set aside, one seat left: only one of them can be taken up."""
    leo = evening.cast.leo
    first, second = answered(evening), answered(evening)
    minutes(evening, 3.1)
    for each in (first, second):
        quieting.park(evening.store, leo, each.chat_id, now=evening.now)
    evening.talks(leo)

    with evening.store.transaction() as tx:
        parking.take_up(tx, tx.session.get(type(evening.chat(first)), first.chat_id), evening.now)
    with pytest.raises(errors.NoFreeSeat):
        quieting.take_up(evening.store, leo, second.chat_id, now=evening.now)
