"""Each line of what must never happen has a fault that turns its test red (`docs/never.md`).

The tests are run once more in this process with the fault in place; each must fail by what it
asserts, and not by an accident on the way.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helpline.domain import events
from tests.actions import (
    faults,
    test_alerts,
    test_answering,
    test_canaries,
    test_never_for_people,
    test_never_in_real_time,
    test_never_in_routing,
    test_offers,
    test_ringing,
    test_silence,
    test_sweeps_suffice,
)
from tests.actions.evening import CRITICAL
from tests.actions.test_alerts import night  # noqa: F401 (a fixture)
from tests.actions.test_canaries import watched  # noqa: F401 (a fixture)
from tests.actions.test_ringing import late  # noqa: F401 (a fixture)
from tests.boards import test_lookback
from tests.cast import Cast
from tests.faces import test_waking_pages

ROUTING, PEOPLE, TIME = test_never_in_routing, test_never_for_people, test_never_in_real_time
TESTS = Path(__file__).parents[1]
TABLE = TESTS.parent / "docs" / "never.md"
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
NAMED = re.compile(r"`((?:\w+/)*test_\w+)\.py::(test_\w+)`")

# line, fault, the check that must see it, and what that check is given
PLANTED: list[tuple[int, Callable[..., None], Callable[..., None], dict[str, Any]]] = [
    (1, faults.presence_has_no_age, ROUTING.test_no_chat_is_given_to_someone_who_is_not_there,
     {"somebody": ROUTING.lost_the_connection, "is_asked": False}),
    (1, faults.the_last_one_is_paused_too,
     test_offers.test_the_last_one_who_is_there_is_never_paused_and_somebody_is_told, {}),
    (1, faults.who_was_asked_has_come,
     test_answering.test_no_chat_is_given_to_someone_who_was_asked_and_has_not_come, {}),
    (2, faults.a_chat_is_looked_at_once,
     ROUTING.test_no_chat_is_stranded_after_a_failed_pick, {"capacity": ROUTING.gets_ready}),
    (3, faults.a_rescue_is_one_try, ROUTING.test_a_rescue_does_not_try_only_once, {}),
    (4, faults.the_loop_is_slow,
     ROUTING.test_no_heartbeat_decides_how_fast_people_are_answered, {}),
    (4, faults.nobody_nudges,
     test_sweeps_suffice.test_what_brings_a_chat_or_a_seat_nudges_the_routing,
     {"happened": events.ChatArrived}),
    (5, faults.first_come_first_served,
     ROUTING.test_the_order_that_is_shown_is_the_order_that_is_served, {}),
    (6, faults.strict_priority,
     ROUTING.test_nobody_is_overtaken_by_somebody_who_came_forty_minutes_later, {}),
    (6, faults.time_lost_is_nobodys_business,
     test_lookback.test_time_lost_to_criticals_is_shown, {}),
    (7, faults.writing_again_is_arriving_again,
     ROUTING.test_writing_again_does_not_push_anybody_back, {}),
    (8, faults.old_chats_are_swept_away, ROUTING.test_no_waiting_chat_vanishes,
     {"something": ROUTING.waits_for_hours}),
    (8, faults.what_is_set_aside_is_out_of_mind,
     test_silence.test_8_a_chat_that_is_set_aside_does_not_vanish, {}),
    (9, faults.a_claim_does_not_look,
     ROUTING.test_the_row_count_is_the_verdict_on_who_gets_a_chat, {}),
    (10, faults.a_pending_offer_is_no_load, ROUTING.test_a_burst_never_goes_over_the_seats, {}),
    (11, faults.the_rotation_is_not_kept,
     ROUTING.test_the_rotation_is_fair_and_survives_a_restart, {}),
    (12, faults.one_chat_ends_the_pass, ROUTING.test_a_poison_chat_does_not_stop_the_loop, {}),
    (13, faults.a_decline_ends_the_chat, ROUTING.test_a_decline_touches_the_offer_only, {}),
    (14, faults.a_transfer_lets_go_at_once, ROUTING.test_no_transfer_goes_into_the_void, {}),
    (15, faults.an_alarm_has_a_typo,
     test_alerts.test_every_alarm_that_can_be_raised_has_its_words_and_none_is_left_over, {}),
    (15, faults.a_minute_is_an_hour,
     test_alerts.test_a_critical_chat_unanswered_for_a_minute_calls_lead_and_coordinator, {}),
    (15, faults.the_router_keeps_the_time,
     test_alerts.test_the_ages_are_the_databases_and_no_routers,
     {"router": test_alerts.stands_still}),
    (16, faults.heads_are_of_before,
     TIME.test_whoever_only_sends_is_told_what_they_did_not_hear, {}),
    (17, faults.recovery_by_a_window,
     TIME.test_recovery_goes_by_the_last_sequence_and_by_no_window_of_time, {}),
    (18, faults.a_page_sleeps_on,
     test_waking_pages.test_a_phone_that_slept_asks_for_what_it_missed, {"page": "visitor"}),
    (19, faults.boards_have_no_version, TIME.test_no_board_is_stale_until_reload, {}),
    (20, faults.a_message_may_be_there_twice,
     TIME.test_the_database_refuses_a_second_message_in_one_place, {"same": "seq"}),
    (21, faults.a_lost_connection_is_a_goodbye,
     TIME.test_a_reload_does_not_lose_the_place, {}),
    (21, faults.who_was_set_aside_queues_like_anybody,
     test_silence.test_21_the_place_belongs_to_the_token_whatever_the_ladder_did, {}),
    (22, faults.nobody_watches_the_channel,
     test_canaries.test_22_a_channel_that_nobody_watches_calls_the_coordinator, {}),
    (23, faults.a_quiet_chat_just_stops,
     test_silence.test_23_no_quiet_chat_ends_without_saying_so_and_showing_what_else_is_there, {}),
    (23, faults.the_line_says_nothing, TIME.test_no_chat_ends_in_silence,
     {"end": TIME.is_ended_by_the_visitor}),
    (24, faults.a_shift_ends_with_its_chats,
     PEOPLE.test_a_shift_change_takes_no_chat_from_its_listener, {"words": CRITICAL}),
    (24, faults.everybody_drains, test_ringing.test_nobody_drains_when_nobody_would_be_left, {}),
    (25, faults.a_filter_never_yields,
     PEOPLE.test_no_filter_strands_somebody_whose_language_nobody_has,
     {"words": CRITICAL, "waits": 30}),
    (26, faults.triage_comes_later,
     PEOPLE.test_the_emergency_card_comes_with_a_later_message_too, {}),
    (26, faults.the_card_waits_for_somebody,
     PEOPLE.test_the_emergency_card_comes_with_the_words_that_ask_for_it,
     {"when": PEOPLE.the_line_is_closed}),
    (27, faults.practice_on_every_address,
     PEOPLE.test_a_practice_line_never_meets_a_real_person, {"host": "0.0.0.0"}),
    (28, faults.a_timer_closes_what_waits,
     PEOPLE.test_no_timer_closes_a_critical_chat_that_waits, {}),
    (28, faults.silence_is_golden, test_alerts.test_a_listener_who_never_answers_is_noticed, {}),
    (28, faults.a_timer_closes_what_is_silent,
     test_silence.test_28_a_critical_chat_is_never_closed_by_a_timer_and_its_silence_tells_the_lead,
     {}),
    (28, faults.a_silent_visitor_is_left_alone,
     test_silence.test_28_the_lead_is_told_of_a_critical_silence_also_while_the_page_is_hidden, {}),
    (29, faults.stepping_out_asks_for_a_lead_first, PEOPLE.test_stepping_out_takes_one_press, {}),
    (29, faults.who_stepped_out_is_asked_again,
     PEOPLE.test_who_stepped_out_is_never_asked_about_that_chat_again, {}),
    (30, faults.privacy_is_a_leaflet,
     PEOPLE.test_what_is_said_about_privacy_follows_the_settings_that_rule_it,
     {"policies": {}, "keep_days": 7, "says": ["7 days"], "never": ["30 days"]}),
    (30, faults.a_wait_is_said_once,
     PEOPLE.test_what_was_promised_about_the_wait_is_corrected_when_it_slips, {}),
]  # fmt: skip


@pytest.fixture
def on() -> str:
    """One kind of database: the faults are in the rules."""
    return "sqlite"


@pytest.fixture
def pushed_by() -> str:
    return "sweeps"


@pytest.mark.parametrize(
    "fault, check, given",
    [row[1:] for row in PLANTED],
    ids=[f"{line}-{fault.__name__}" for line, fault, _, _ in PLANTED],
)
def test_a_planted_fault_turns_its_test_red(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    cast: Cast,
    fault: Callable[..., None],
    check: Callable[..., None],
    given: dict[str, Any],
) -> None:
    wanted = set(inspect.signature(check).parameters) - set(given)
    facts = given | {name: request.getfixturevalue(name) for name in wanted}
    fault(monkeypatch.setattr)

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check(**facts)


# -- the table in the book ------------------------------------------------------------------------


def rows() -> dict[int, tuple[str, str]]:
    """line -> (its tests, its faults), as the book says."""
    found = ROW.findall(TABLE.read_text("utf-8"))
    return {int(number): (tests, named) for number, _, tests, named in found}


def test_every_line_has_its_tests_and_its_fault_in_the_book() -> None:
    in_book = {line: set(re.findall(r"`(\w+)`", named)) for line, (_, named) in rows().items()}
    planted: dict[int, set[str]] = {}
    for line, fault, _, _ in PLANTED:
        planted.setdefault(line, set()).add(fault.__name__)

    assert set(in_book) == set(range(1, 31))
    assert in_book == planted


def test_every_test_that_the_book_names_is_there() -> None:
    for line, (tests, _) in rows().items():
        named = NAMED.findall(tests)
        assert named, line
        for file, test in named:
            assert f"def {test}(" in (TESTS / f"{file}.py").read_text("utf-8"), (line, test)


def test_every_check_is_a_test_that_the_book_names_for_its_line() -> None:
    for line, fault, check, _ in PLANTED:
        assert check.__name__ in {test for _, test in NAMED.findall(rows()[line][0])}, fault


def test_every_fault_that_is_kept_is_planted() -> None:
    kept = {
        name
        for name, each in vars(faults).items()
        if inspect.isfunction(each) and each.__module__ == faults.__name__ and name[0] != "_"
    }

    assert kept == {fault.__name__ for _, fault, _, _ in PLANTED}
