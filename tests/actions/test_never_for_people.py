"""What must never happen to the people on either side: each test is named after its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from helpline import settings
from helpline.actions import directing, handing, listening, offering, planning, visiting
from helpline.boards import listener as listener_board
from helpline.boards import visitor as visitor_board
from helpline.domain import errors, routing
from helpline.domain.chat import ChatState
from helpline.store import line
from helpline.store.shifts import plan
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening

MINUTE = timedelta(minutes=1)
ABUSE = "he beats me every night"  # asks for somebody trained for it

# -- 24. a shift change strands everyone --------------------------------------------------------


def end_the_shift(evening: Evening) -> None:
    """Midnight: a shift in which Leo is not booked begins."""
    with evening.store.reading() as tx:
        thursday = next(each for each in plan(tx).patterns if each.weekday == 3)
    planning.override(
        evening.store, evening.cast.cora, thursday.id, evening.now.date() + timedelta(days=1),
        "remove", person_id=evening.cast.leo.id, now=evening.now,
    )  # fmt: skip
    evening.now = evening.now.replace(hour=23, minute=59, second=50)
    evening.beat()
    evening.passes(20, sweeps=["routing", "shift_ends"])


@pytest.mark.parametrize("words", [ROUTINE, CRITICAL])
def test_a_shift_change_takes_no_chat_from_its_listener(evening: Evening, words: str) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, words)

    end_the_shift(evening)
    evening.passes(20 * 60, every=120, sweeps=["routing", "shift_ends"])

    chat = evening.chat(opened)
    assert (chat.state, chat.holder_id, chat.epoch) == (ChatState.ACTIVE, leo.id, 1)
    listening.say(
        evening.store, leo, opened.chat_id, makers.client_id(), "I am still here.", now=evening.now
    )
    assert not evening.presence(leo).ready


def test_who_goes_home_gets_nothing_new_and_the_next_shift_does(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    end_the_shift(evening)
    evening.ready(evening.cast.lin)

    opened = evening.opens()
    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Lin"]
    with pytest.raises(errors.NotOnShift):
        listening.get_ready(evening.store, evening.cast.leo, now=evening.now)


# -- 25. a filter strands the worst cases -------------------------------------------------------


@pytest.mark.parametrize(
    "words, waits",
    [(CRITICAL, 30), (ABUSE, 180), (ROUTINE, 20 * 60)],
    ids=["critical", "high", "routine"],
)
def test_no_filter_strands_somebody_whose_language_nobody_has(
    evening: Evening, words: str, waits: int
) -> None:
    """Lin speaks Spanish, and is busy all the time; Leo is free."""
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(lin)
    evening.talks(lin, CRITICAL)
    evening.ready(leo)
    opened = evening.opens(words, language="es")
    evening.passes(waits - 1, every=24)
    assert evening.asked(opened.chat_id) == []

    evening.passes(1, sweeps=["routing", "watching"])

    assert evening.asked(opened.chat_id) == ["Leo"]
    offer = listener_board.board(evening.store, leo, evening.now)["offers"][0]
    assert offer["note"] == "language"
    assert evening.alerts()["without_language"].chat_id == opened.chat_id
    assert evening.paged("without_language") == ["Sol"]


def test_no_filter_strands_somebody_whom_nobody_is_trained_for(evening: Evening) -> None:
    """Who has the training is busy; Ada has none and is free."""
    ada, leo = evening.hires("ada", skills=()), evening.cast.leo
    evening.ready(leo)
    evening.talks(leo, CRITICAL)
    evening.ready(ada)
    opened = evening.opens(ABUSE)
    evening.passes(179, every=20)
    assert evening.asked(opened.chat_id) == []

    evening.passes(1)

    assert evening.asked(opened.chat_id) == ["Ada"]
    assert makers.pending(evening.store, opened.chat_id)[0].note == "training"
    assert evening.paged("without_training") == ["Sol"]


def test_nobody_waits_for_somebody_who_is_booked_and_absent(evening: Evening) -> None:
    """Lin speaks Spanish and is on shift, but not there; Leo is."""
    evening.ready(evening.cast.leo)
    opened = evening.opens(CRITICAL, language="es")

    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Leo"]
    assert makers.pending(evening.store, opened.chat_id)[0].note == "language"


def test_nobody_waits_for_a_language_that_is_not_on_shift_at_all(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    opened = evening.opens(language="fi")

    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Leo"]
    assert makers.pending(evening.store, opened.chat_id)[0].note == "language"


# -- 26. the emergency card comes late ----------------------------------------------------------


def nobody_is_there(evening: Evening) -> None:
    evening.hold_open()


def everybody_is_busy(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    evening.talks(evening.cast.leo)
    evening.talks(evening.cast.leo)


def the_line_is_closed(evening: Evening) -> None:
    directing.set_line(evening.store, evening.cast.cora, is_open=False, reason="", now=evening.now)


@pytest.mark.parametrize("when", [nobody_is_there, everybody_is_busy, the_line_is_closed])
def test_the_emergency_card_comes_with_the_words_that_ask_for_it(
    quiet_evening: Evening, directory: list[str], when: Callable[[Evening], None]
) -> None:
    evening = quiet_evening
    when(evening)

    opened = evening.opens(CRITICAL)

    shown = visitor_board.page(evening.store, opened.token, evening.now)["chat"]
    assert shown["urgent_help"]
    assert [each["id"] for each in shown["resources"]] == directory
    assert not evening.says(opened, "please").urgent  # it does not open over the talk again


def test_the_emergency_card_comes_with_a_later_message_too(
    quiet_evening: Evening, directory: list[str]
) -> None:
    evening = quiet_evening
    evening.hold_open()
    opened = evening.opens(ROUTINE)
    assert not visitor_board.chat_of(evening.store, opened.chat_id, evening.now)["urgent_help"]

    kept = evening.says(opened, CRITICAL)

    assert kept.urgent
    cards = visitor_board.urgent(evening.store, opened.chat_id, evening.now)
    assert [each["id"] for each in cards] == directory


def test_a_closed_line_refuses_with_where_help_is(
    quiet_evening: Evening, directory: list[str]
) -> None:
    the_line_is_closed(quiet_evening)

    with pytest.raises(errors.LineClosed) as refused:
        quiet_evening.opens(ROUTINE)

    assert [each.resource.id for each in refused.value.extra["resources"]] == directory
    assert quiet_evening.in_line() == set()


# -- 27. a practice line meets a real person ----------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "helpline.example"])
def test_a_practice_line_never_meets_a_real_person(host: str) -> None:
    with pytest.raises(settings.MissingSetting, match="this machine only"):
        settings.read({"HELPLINE_DEMO": "1", "HELPLINE_HOST": host})

    assert settings.read({"HELPLINE_DEMO": "1"}).host == settings.LOOPBACK


# -- 28. a critical chat is closed by a timer ---------------------------------------------------


def test_no_timer_closes_a_critical_chat_that_waits(quiet_evening: Evening) -> None:
    """A visitor who stays connected stays in line, hour after hour."""
    evening = quiet_evening
    evening.hold_open()
    opened = evening.opens(CRITICAL)

    for _ in range(8):
        evening.now += 90 * MINUTE
        evening.beat()
        evening.look()

    assert evening.chat(opened).state == ChatState.WAITING
    assert evening.alerts()["unanswered"].chat_id == opened.chat_id


# -- 29. a listener is trapped with abuse -------------------------------------------------------


def test_stepping_out_takes_one_press(evening: Evening) -> None:
    leo, sol = evening.cast.leo, evening.cast.sol
    evening.ready(leo, sol)
    opened = evening.talks(leo, "hello")

    handing.step_out(evening.store, leo, opened.chat_id, None, now=evening.now)

    assert evening.asked(opened.chat_id) == ["Sol"]
    assert evening.alerts()["stepped_out"].chat_id == opened.chat_id
    assert evening.chat(opened).arrived_at == opened.sent_at
    assert makers.transcript(evening.store, opened.chat_id)[-1] == "[stepped_out]"
    assert evening.presence(leo).resting_until == evening.now + 5 * MINUTE
    with pytest.raises(errors.Stale):
        listening.read_on(evening.store, leo, opened.chat_id, 0, now=evening.now)
    assert opened.chat_id not in [
        each["id"] for each in listener_board.board(evening.store, leo, evening.now)["chats"]
    ]


def test_who_stepped_out_is_never_asked_about_that_chat_again(evening: Evening) -> None:
    """Also when somebody else has stepped out since, and by nobody's hand."""
    leo, lin, sol = evening.cast.leo, evening.cast.lin, evening.cast.sol
    evening.ready(leo)
    opened = evening.talks(leo, HIGH)
    handing.step_out(evening.store, leo, opened.chat_id, None, now=evening.now)
    evening.ready(lin)
    evening.sweep()
    evening.accepts(lin)
    handing.step_out(evening.store, lin, opened.chat_id, None, now=evening.now)

    evening.ready(leo, lin)
    evening.passes(300, every=30)

    assert evening.asked(opened.chat_id) == []
    with pytest.raises(errors.NotFound):
        offering.assign(evening.store, sol, opened.chat_id, leo.id, now=evening.now)
    evening.ready(sol)
    evening.sweep()
    assert evening.accepts(sol) == opened.chat_id
    for each in (leo, lin):
        with pytest.raises(errors.NotFound):
            handing.hand_off(
                evening.store, sol, opened.chat_id, kind="listener", to_id=each.id, words=None,
                now=evening.now,
            )  # fmt: skip
    with pytest.raises(errors.NoFreeSeat):
        handing.hand_off(
            evening.store, sol, opened.chat_id, kind="listener", to_id=None, words=None,
            now=evening.now,
        )  # fmt: skip


# -- 30. a promise that practice does not keep --------------------------------------------------


@pytest.mark.parametrize(
    "policies, keep_days, says, never",
    [
        ({}, 30, ["we may have to tell someone", "may read along", "30 days"], []),
        ({"may_tell": False}, 30, ["we tell no one"], ["may have to tell"]),
        (
            {"supervised": False},
            30,
            ["If your listener asks for help, or somebody may be in danger, a supervisor"],
            ["A supervisor may read along"],
        ),
        ({}, 7, ["7 days"], ["30 days"]),
    ],
)
def test_what_is_said_about_privacy_follows_the_settings_that_rule_it(
    quiet_evening: Evening, policies: dict, keep_days: int, says: list[str], never: list[str]
) -> None:
    with quiet_evening.store.transaction() as tx:
        row = line.line(tx)
        row.policies, row.keep_days = policies, keep_days
        tx.session.add(row)

    shown = visitor_board.front(quiet_evening.store, "en", None, quiet_evening.now)
    text = " ".join(shown["confidentiality"])

    assert all(each in text for each in says)
    assert not any(each in text for each in never)
    assert "anonymous" not in text.lower()


def test_what_was_promised_about_the_wait_is_corrected_when_it_slips(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    evening.talks(leo)
    evening.talks(leo)
    opened = evening.opens()
    evening.sweep("watching")
    first = evening.chat(opened)
    assert first.promised_by is not None
    assert not first.slipped

    evening.now = first.promised_by
    evening.beat()
    evening.sweep("watching")

    again = evening.chat(opened)
    assert again.slipped
    assert again.promised_by > first.promised_by


def test_a_promise_is_taken_back_when_nobody_is_left_to_keep_it(evening: Evening, told) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    evening.talks(leo)
    evening.talks(leo)
    opened = evening.opens()
    evening.sweep("watching")
    promised = evening.chat(opened).promised_by
    evening.connected.add(opened.chat_id)
    evening.loses(leo)

    evening.now = promised + routing.LOST_AFTER
    evening.beat()
    evening.sweep("watching")
    evening.sweep("watching")

    chat = evening.chat(opened)
    assert (chat.slipped, chat.promised_by) == (True, None)
    slips = [each for each in told if type(each).__name__ == "PromiseSlipped"]
    assert [each.chat_id for each in slips] == [opened.chat_id]
    assert visitor_board.chat_of(evening.store, opened.chat_id, evening.now)["estimate"] is None


def test_hours_are_promised_only_when_somebody_is_booked(quiet_evening: Evening) -> None:
    evening = quiet_evening
    with pytest.raises(errors.LineClosed) as refused:
        evening.opens(ROUTINE)

    with evening.store.reading() as tx:
        booked = {each.pattern_id for each in plan(tx).bookings}
        assert booked
    assert refused.value.extra["opens_at"] is not None


def test_a_visitor_who_goes_is_not_kept_in_line(quiet_evening: Evening) -> None:
    quiet_evening.hold_open()
    opened = quiet_evening.opens()

    visiting.leave(quiet_evening.store, opened.token, quick=True, now=quiet_evening.now)

    assert quiet_evening.in_line() == set()
