"""Our own downtime is nobody's absence: chats, places and readiness outlast a restart."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import handing, listening, visiting, waking
from helpline.domain import chat, routing
from helpline.domain.chat import ChatState
from helpline.store.tables import SweepRun
from tests import makers
from tests.actions.evening import CRITICAL, ROUTINE, Evening

GAPS = pytest.mark.parametrize(
    "gap",
    [timedelta(seconds=90), timedelta(minutes=10), timedelta(hours=12)],
    ids=["90 s", "10 min", "12 h"],
)
SECOND = timedelta(seconds=1)
LOST_AGAIN = routing.LEASE_LASTS + routing.LOST_AFTER


@pytest.fixture
def pushed_by() -> str:
    """A house that is down moves nothing."""
    return "sweeps"


def restarts(evening: Evening, gap: timedelta) -> None:
    """The house was last alive now, is down for so long, wakes up and looks at everything."""
    with evening.store.transaction() as tx:
        tx.session.merge(SweepRun(name="routing", ok_at=evening.now))
    evening.now += gap
    waking.wake_up(evening.store, now=evening.now)
    evening.look()


@GAPS
def test_a_listener_who_was_there_keeps_the_chat_and_stays_ready(
    evening: Evening, gap: timedelta
) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, CRITICAL)

    restarts(evening, gap)
    evening.passes(60)

    assert evening.chat(opened).holder_id == leo.id
    assert evening.presence(leo).ready


@GAPS
def test_who_does_not_come_back_after_it_is_lost_as_at_any_time(
    evening: Evening, gap: timedelta
) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)

    evening.loses(leo)
    restarts(evening, gap)
    evening.now += LOST_AGAIN - SECOND
    evening.sweep()
    assert evening.chat(opened).state == ChatState.ACTIVE
    evening.now += SECOND
    evening.sweep()

    assert evening.chat(opened).state == ChatState.WAITING
    assert not evening.presence(leo).ready


@GAPS
@pytest.mark.parametrize("is_here", [True, False], ids=["connected", "a moment away"])
def test_a_waiting_visitor_keeps_the_place(evening: Evening, gap: timedelta, is_here: bool) -> None:
    evening.hold_open()
    opened = evening.opens(ROUTINE)
    if not is_here:
        evening.disconnects(opened)
        evening.now += SECOND

    restarts(evening, gap)
    evening.now += chat.VISITOR_GRACE - SECOND
    evening.sweep()
    assert evening.in_line() == {opened.chat_id}
    evening.now += SECOND
    evening.sweep()

    assert evening.chat(opened).state == ChatState.LEFT


def test_who_was_gone_before_it_is_gone(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    held = evening.talks(leo)
    waiting = evening.opens(ROUTINE)
    evening.disconnects(waiting)
    evening.loses(leo)
    evening.now += chat.VISITOR_GRACE

    restarts(evening, timedelta(minutes=10))

    assert evening.chat(held).state == ChatState.WAITING
    assert evening.chat(waiting).state == ChatState.LEFT


def test_an_offer_that_nobody_could_answer_is_no_missed_offer(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.opens(ROUTINE)
    evening.sweep()

    restarts(evening, timedelta(seconds=90))
    evening.passes(20)

    assert evening.offered(leo) == [opened.chat_id]
    assert evening.presence(leo).missed == 0
    assert evening.accepts(leo) == opened.chat_id


def test_a_hand_off_can_be_answered_for_its_whole_time_again(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)
    handed = handing.hand_off(
        evening.store, leo, opened.chat_id,
        kind="listener", to_id=lin.id, words=None, now=evening.now,
    )  # fmt: skip

    restarts(evening, timedelta(minutes=10))
    evening.passes(routing.HAND_OFF_LASTS.total_seconds() - 1)
    listening.accept(evening.store, lin, handed.id, now=evening.now)

    assert evening.chat(opened).holder_id == lin.id


def test_a_restart_of_seconds_and_a_first_start_change_nothing(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    before = evening.presence(evening.cast.leo).lease_until

    waking.wake_up(evening.store, now=evening.now)
    restarts(evening, timedelta(seconds=9))

    assert evening.presence(evening.cast.leo).lease_until == before


def test_the_visitor_comes_back_to_the_same_talk(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, "hello")

    restarts(evening, timedelta(hours=12))
    _, said, _ = visiting.come_back(evening.store, opened.token, 0, now=evening.now)

    assert [each.text or each.line_code for each in said] == ["hello", "joined"]


@GAPS
@pytest.mark.parametrize("is_hidden", [True, False])
def test_a_silence_does_not_go_on_while_nobody_could_write(
    evening: Evening, gap: timedelta, is_hidden: bool
) -> None:
    opened = _awaited(evening, ROUTINE)
    if is_hidden:
        visiting.shows(evening.store, opened.chat_id, hidden=True, now=evening.now)
    evening.passes(120, sweeps=["silence"])

    restarts(evening, gap)
    evening.passes(50 * (1 + is_hidden), sweeps=["silence"])
    assert "[check_1]" not in makers.transcript(evening.store, opened.chat_id)
    evening.passes(11 + 170 * is_hidden, sweeps=["silence"])

    assert "[check_1]" in makers.transcript(evening.store, opened.chat_id)


def test_28_after_a_downtime_the_lead_hears_of_a_critical_silence_at_once(
    evening: Evening,
) -> None:
    _awaited(evening, CRITICAL)

    restarts(evening, timedelta(minutes=10))

    assert "visitor_silent" in evening.alerts()


def _awaited(evening: Evening, words: str) -> visiting.Opened:
    """A chat in which the listener has written last."""
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, words)
    listening.say(
        evening.store, leo, opened.chat_id, makers.client_id(), "I am here.", now=evening.now
    )
    return opened
