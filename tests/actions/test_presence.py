"""Presence is a lease of thirty seconds; a minute after it is lost, chats go back to the line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import handing, listening
from helpline.boards import listener as listener_board
from helpline.boards import visitor as visitor_board
from helpline.domain import errors, events, routing
from helpline.domain.chat import ChatState
from tests import makers
from tests.actions.evening import CRITICAL, Evening

SECOND = timedelta(seconds=1)


def test_a_chat_goes_back_a_minute_after_the_lease_was_lost(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)

    evening.loses(leo)
    evening.passes(89)
    assert evening.chat(opened).state == ChatState.ACTIVE
    evening.passes(1)

    chat = evening.chat(opened)
    assert chat.state == ChatState.WAITING
    assert (chat.holder_id, chat.returned, chat.arrived_at) == (None, True, opened.sent_at)


def test_whoever_was_lost_to_is_first_in_line_again(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo)
    evening.talks(leo, CRITICAL)
    evening.ready(lin)
    lost = evening.talks(lin)
    evening.now += timedelta(minutes=1)
    evening.beat()
    earlier_promise = evening.opens("I keep thinking about suicide")
    evening.sweep()
    evening.loses(lin)
    evening.passes(91)

    shown = [
        visitor_board.chat_of(evening.store, each.chat_id, evening.now)["place"]
        for each in (lost, earlier_promise)
    ]

    assert shown == [1, 2]


def test_the_old_holder_finds_the_chat_moved_on(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    held_under = evening.chat(opened).epoch
    evening.loses(leo)
    evening.passes(90)

    assert evening.chat(opened).epoch == held_under + 1
    for epoch in (held_under, None):
        with pytest.raises(errors.Stale):
            listening.say(
                evening.store, leo, opened.chat_id, makers.client_id(), "late words",
                epoch=epoch, now=evening.now,
            )  # fmt: skip
    assert "late words" not in makers.transcript(evening.store, opened.chat_id)


def test_late_words_are_refused_even_when_the_same_listener_has_the_chat_again(
    evening: Evening,
) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    held_under = evening.chat(opened).epoch
    evening.loses(leo)
    evening.passes(90)
    evening.ready(leo)
    evening.sweep()
    assert evening.accepts(leo) == opened.chat_id

    def say(epoch: int) -> None:
        listening.say(
            evening.store, leo, opened.chat_id, makers.client_id(), f"under {epoch}",
            epoch=epoch, now=evening.now,
        )  # fmt: skip

    with pytest.raises(errors.Stale):
        say(held_under)
    say(evening.chat(opened).epoch)
    assert makers.transcript(evening.store, opened.chat_id)[-1] == f"under {held_under + 2}"


def test_the_visitor_is_told_kindly(evening: Evening, told: list[events.Event]) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, "hello")
    evening.loses(leo)

    evening.passes(90)

    page = visitor_board.page(evening.store, opened.token, evening.now)
    assert page["chat"]["state"] == "waiting"
    assert page["messages"][-1]["text"].startswith("Leo has lost their connection. It is not")
    assert events.ChatReleased(opened.chat_id, leo.id, "lost") in told


def test_what_was_offered_to_somebody_lost_passes_on_at_once(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo)
    evening.passes(10)
    opened = evening.opens()
    evening.sweep()
    evening.ready(lin)
    evening.loses(leo)

    evening.now += routing.LEASE_LASTS - SECOND
    listening.be_here(evening.store, lin, now=evening.now)
    evening.sweep()
    assert evening.asked(opened.chat_id) == ["Leo"]
    evening.now += SECOND
    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Lin"]
    assert evening.offers_of(opened.chat_id)[0].state in ("withdrawn", "lapsed")


def test_an_offer_made_late_in_a_lease_ends_with_the_lease(quiet_evening: Evening) -> None:
    evening, leo = quiet_evening, quiet_evening.cast.leo
    evening.ready(leo)
    evening.now += 20 * SECOND
    opened = evening.opens()
    evening.sweep()

    evening.now += 10 * SECOND
    evening.sweep()

    assert [each.state for each in evening.offers_of(opened.chat_id)] == ["withdrawn"]
    assert evening.presence(leo).missed == 0


def test_a_hand_off_to_somebody_lost_is_withdrawn(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)
    handing.hand_off(
        evening.store, leo, opened.chat_id, kind="listener", to_id=lin.id, words=None,
        now=evening.now,
    )  # fmt: skip
    evening.loses(lin)

    evening.passes(31)

    assert evening.offers_of(opened.chat_id)[-1].state == "withdrawn"
    assert evening.chat(opened).holder_id == leo.id


def test_ready_is_forgotten_after_the_minute_and_not_before(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    evening.loses(leo)

    evening.passes(89)
    assert evening.presence(leo).ready
    evening.passes(1)

    assert not evening.presence(leo).ready
    listening.be_here(evening.store, leo, now=evening.now)
    opened = _let_somebody_in(evening)
    evening.sweep()
    assert evening.asked(opened) == []


def _let_somebody_in(evening: Evening) -> str:
    evening.hold_open()
    return evening.opens().chat_id


def test_a_short_gap_changes_nothing(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.loses(leo)
    evening.passes(60)

    evening.here.add(leo)
    evening.passes(60)

    assert evening.chat(opened).holder_id == leo.id
    assert evening.chat(opened).epoch == 1
    assert evening.presence(leo).ready


def test_coming_back_is_told_once(evening: Evening, told: list[events.Event]) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    evening.now += 40 * SECOND
    told.clear()

    listening.be_here(evening.store, leo, now=evening.now)
    listening.be_here(evening.store, leo, now=evening.now + SECOND)

    assert told.count(events.PresenceChanged(leo.id)) == 1


def test_going_away_keeps_the_chats_and_passes_on_the_offers(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo)
    held = evening.talks(leo)
    offered = evening.opens()
    evening.sweep()
    evening.ready(lin)

    listening.go_away(evening.store, leo, now=evening.now)
    evening.sweep()

    assert evening.chat(held).holder_id == leo.id
    assert evening.asked(offered.chat_id) == ["Lin"]
    assert listener_board.presence_of(evening.store, leo, evening.now)["state"] == "away"
    evening.passes(60)
    assert evening.chat(held).holder_id == leo.id


def test_only_who_is_on_shift_can_get_ready(quiet_evening: Evening) -> None:
    evening = quiet_evening
    ada = evening.hires("ada", booked=False)

    with pytest.raises(errors.NotOnShift):
        listening.get_ready(evening.store, ada, now=evening.now)
    with pytest.raises(errors.NotAllowed):
        listening.get_ready(evening.store, evening.cast.cora, now=evening.now)
    with pytest.raises(errors.NotAllowed):
        listening.get_ready(evening.store, evening.cast.max, now=evening.now)
