"""What the coordinator's board shows, and what it never shows."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest

from helpline.actions import directing, furnishing, handing, offering, paging, planning, watching
from helpline.boards import briefing, coordinator, records, timetable, weekly
from helpline.boards import planning as plan_board
from helpline.domain import assigning, changes, opening
from tests.cast import make_ready
from tests.makers import open_chat, take_next

WORDS = "I took all my pills and nobody knows"
ROUTINE = "just a boring day, talk with me"


def shown(store, cast, now):
    return coordinator.board(store, cast.cora, now)


def test_the_queue_stands_in_its_order_with_the_critical_one_first(store, cast, now):
    make_ready(store, cast.leo, now=now)
    routine = open_chat(store, ROUTINE, now=now)
    critical = open_chat(store, WORDS, now=now + timedelta(minutes=5))

    queue = shown(store, cast, now + timedelta(minutes=6))["queue"]

    assert [each["chat"] for each in queue] == [critical.chat_id, routine.chat_id]
    assert [each["level"] for each in queue] == ["critical", "routine"]
    assert queue[1]["waited_s"] == 360
    assert queue[1]["deadline"] == "2026-11-18T20:45:00.000Z"


def test_no_word_of_a_visitor_is_on_the_board(store, cast, now):
    make_ready(store, cast.leo, now=now)
    open_chat(store, WORDS, now=now)
    taken = take_next(store, cast.leo, now=now)
    handing.ask_help(store, cast.leo, taken, why="they wrote about pills", now=now)
    open_chat(store, WORDS, now=now)

    told = json.dumps(shown(store, cast, now), default=str)

    assert "pills" not in told
    assert "nobody knows" not in told


def test_it_says_why_each_chat_waits_as_code_and_in_words(store, cast, now):
    make_ready(store, cast.leo, now=now)
    open_chat(store, ROUTINE, now=now)
    (waiting,) = shown(store, cast, now)["queue"]
    assert waiting["why_waiting"] == "next"

    offering.sweep(store, now=now)
    (waiting,) = shown(store, cast, now)["queue"]
    assert (waiting["why_waiting"], waiting["why_words"]) == ("offered", "being offered to Leo")

    gone = now + timedelta(minutes=2)
    offering.sweep(store, now=gone)
    (waiting,) = shown(store, cast, gone)["queue"]
    assert (waiting["why_waiting"], waiting["why_words"]) == ("nobody_ready", "nobody is ready")


def test_every_reason_to_wait_has_its_words():
    assert set(briefing.WHY_WAITING) == {"", "offered", *assigning.WHY_WAITING}


def test_people_on_shift_show_presence_seats_and_the_end_of_their_shift(store, cast, now):
    make_ready(store, cast.leo, now=now)
    open_chat(store, ROUTINE, now=now)
    take_next(store, cast.leo, now=now)

    people = {each["name"]: each for each in shown(store, cast, now)["people"]}

    assert set(people) == {"Leo", "Lin", "Sol"}
    leo = people["Leo"]
    assert (leo["presence"], leo["used"], leo["seats"], leo["here"]) == ("ready", 1, 2, True)
    assert leo["askable"]
    assert leo["shift_ends_at"].endswith("Z")
    assert (people["Sol"]["role"], people["Sol"]["here"]) == ("lead", False)
    assert not people["Sol"]["askable"]


def test_the_light_is_red_with_its_reason_while_nobody_is_ready(store, cast, now):
    make_ready(store, cast.leo, now=now)
    open_chat(store, ROUTINE, now=now)

    health = shown(store, cast, now + timedelta(minutes=11))["health"]

    assert health["light"] == "red"
    assert health["reasons"][0] == "nobody_there"
    assert "1 waiting, oldest 11 min (target 45 min)" in health["words"]
    assert "nobody is ready" in health["words"]


def test_the_light_is_green_while_somebody_is_ready_and_nobody_waits(store, cast, now):
    make_ready(store, cast.leo, cast.lin, now=now)

    health = shown(store, cast, now)["health"]

    assert (health["light"], health["reasons"]) == ("green", [])
    assert health["words"] == "Nobody is waiting · 0 of 2 listeners busy"


def test_gaps_of_the_next_seven_days_come_with_their_reason(store, cast, now):
    planning.set_need(store, cast.cora, 3, 10, 12, 5, 1, now=now)

    (gap,) = shown(store, cast, now)["gaps"]

    assert (gap["starts_at"], gap["ends_at"]) == (
        "2026-11-19T10:00:00.000Z",
        "2026-11-19T12:00:00.000Z",
    )
    assert gap["need"] == {"listeners": 5, "leads": 1, "minors": 0, "languages": []}
    assert gap["cover"] == {"listeners": 2, "leads": 1, "minors": 0, "languages": []}
    assert gap["missing"] == {"listeners": 3, "leads": 0, "minors": 0, "languages": []}
    assert gap["reason"] == "too_few"
    assert gap["words"] == "two of five"
    assert gap["says"] == "Thu 19 Nov 10–12: two of five"
    assert gap["when"] == "Thu 19 Nov 10:00–12:00"


def test_the_shifts_of_the_next_24_hours_name_who_serves(store, cast, now):
    shifts = shown(store, cast, now)["shifts"]

    assert [each["starts_at"] for each in shifts] == [
        "2026-11-18T00:00:00.000Z",
        "2026-11-19T00:00:00.000Z",
    ]
    assert [each["name"] for each in shifts[0]["people"]] == ["Leo", "Lin", "Sol"]


def test_alerts_name_who_is_on_it(store, cast, now):
    open_chat(store, WORDS, now=now)
    later = now + timedelta(minutes=3)
    watching.look(store, now=later)
    alerts = {each["kind"]: each for each in shown(store, cast, later)["alerts"]}
    assert alerts["unanswered"]["acknowledged_by"] is None

    directing.acknowledge(store, cast.cora, alerts["unanswered"]["id"], now=later)

    again = {each["kind"]: each for each in shown(store, cast, later)["alerts"]}
    assert again["unanswered"]["acknowledged_by"] == "Cora"


def test_the_line_says_whether_it_is_open_and_why(store, cast, now):
    line = shown(store, cast, now)["line"]
    assert (line["open"], line["why"]) == (False, "nobody_ready")

    make_ready(store, cast.leo, now=now)
    line = shown(store, cast, now)["line"]

    assert (line["open"], line["words"]) == (True, "The line is open.")


def test_risk_in_line_and_in_conversation_are_told_apart(store, cast, now):
    furnishing.set_door_limit(store, 0, now=now)
    make_ready(store, cast.leo, now=now)
    open_chat(store, WORDS, now=now)
    take_next(store, cast.leo, now=now)
    open_chat(store, WORDS, now=now)
    open_chat(store, ROUTINE, now=now)

    words = shown(store, cast, now)["health"]["words"]

    assert words.startswith("2 waiting, ")
    assert "1 at high risk waits" in words
    assert "1 at high risk is in conversation" in words


@pytest.mark.parametrize(
    "is_open, hours, words",
    [
        (True, 2, "Kept open by hand by Cora, since 20:00 until 22:00."),
        (True, None, "Kept open by hand by Cora, since 20:00, until somebody changes it."),
        (False, None, "Closed by hand by Cora, since 20:00, until somebody changes it."),
    ],
)
def test_a_hand_on_the_line_shows_whose_since_when_and_until_when(
    store, cast, now, is_open, hours, words
):
    until = opening.by_hand_until(hours, now)
    directing.set_line(store, cast.cora, is_open=is_open, reason="x", until=until, now=now)

    assert shown(store, cast, now + timedelta(minutes=1))["line"]["by_hand_words"] == words


def test_a_hand_that_has_let_go_is_not_shown(store, cast, now):
    until = opening.by_hand_until(1, now)
    directing.set_line(store, cast.cora, is_open=True, reason="", until=until, now=now)

    line = shown(store, cast, now + timedelta(hours=1))["line"]

    assert (line["by_hand"], line["by_hand_words"]) == (None, None)


def test_a_change_of_the_plan_makes_a_larger_version(store, cast, now):
    before = shown(store, cast, now)["version"]

    planning.set_need(store, cast.cora, 3, 10, 12, 5, 1, now=now)

    assert shown(store, cast, now)["version"] > before


def test_counts_by_level_stand_on_the_board(store, cast, now):
    make_ready(store, cast.leo, now=now)
    open_chat(store, ROUTINE, now=now)
    open_chat(store, WORDS, now=now)

    board = shown(store, cast, now)

    assert board["waiting"] == {"critical": 1, "high": 0, "elevated": 0, "routine": 1}
    assert board["line"]["waiting_words"] == "1 critical, 1 routine"


# -- the week -----------------------------------------------------------------------------------


def test_each_hour_of_the_week_has_figures_and_a_word(store, cast, now):
    planning.set_need(store, cast.cora, 2, 18, 19, 3, 1, now=now)
    planning.set_need(store, cast.cora, 2, 19, 20, 2, 1, now=now)

    week = weekly.week_board(store, cast.cora, None, now)

    wednesday = week["rows"][2]
    assert wednesday["is_today"]
    (thin,), (enough,), (free,) = wednesday["hours"][18:21]
    assert (thin["figures"], thin["mark"], thin["heat"]) == ("2/3", "!", "thin")
    assert thin["words"] == "too few: 2 listeners, 1 lead; needed: 3 listeners, 1 lead"
    assert (enough["figures"], enough["heat"]) == ("2/2", "enough")
    assert (free["figures"], free["words"]) == ("2", "none needed: 2 listeners, 1 lead")
    assert week["title"] == "Mon 16 Nov – Sun 22 Nov: 1 hour lacks people"


@pytest.mark.parametrize(
    ("sunday", "hour", "cells"), [(date(2026, 10, 25), 1, 2), (date(2027, 3, 28), 1, 0)]
)
def test_the_map_shows_the_hours_that_the_clocks_repeat_or_skip(
    store, cast, now, sunday, hour, cells
):
    week = weekly.week_board(store, cast.cora, sunday, now)

    assert len(week["rows"][6]["hours"][hour]) == cells


def test_a_week_too_far_away_is_this_week(store, cast, now):
    assert weekly.week_board(store, cast.cora, date(9999, 12, 31), now)["is_this"]


# -- the plan -----------------------------------------------------------------------------------


def test_the_plan_says_what_a_pattern_is_in_words(store, cast, now):
    night = planning.add_pattern(
        store, cast.cora, "Night", 4, time(22), time(6), now.date(), date(2027, 3, 1), 2, now=now
    )
    day = planning.add_pattern(
        store, cast.cora, "On call", 4, time(8), time(8), now.date(), now=now
    )

    patterns = {
        each["id"]: each for each in plan_board.plan_board(store, cast.cora, now)["patterns"]
    }

    assert patterns[night]["words"] == (
        "22:00–06:00, into the next day, every 2 weeks, last on Mon 1 Mar 2027"
    )
    assert patterns[day]["words"] == "08:00–08:00, 24 hours"


def test_the_days_of_a_shift_show_what_was_changed(store, cast, now):
    pattern = planning.add_pattern(
        store, cast.cora, "Late", 4, time(18), time(21), now.date(), now=now
    )
    planning.book(store, cast.cora, pattern, cast.leo.id, "listener", now.date(), now=now)
    friday = date(2026, 11, 20)
    planning.override(store, cast.cora, pattern, friday, "cancel", now=now)
    planning.override(store, cast.cora, pattern, friday + timedelta(7), "add", cast.lin.id, now=now)

    shift = plan_board.pattern_board(store, cast.cora, pattern, now)

    first, second = shift["days"][:2]
    assert first["cancelled"]
    assert [each["name"] for each in second["people"]] == ["Leo", "Lin"]
    assert [each["words"] for each in shift["changes"]] == [
        "This shift is cancelled",
        "Lin serves on this day",
    ]


# -- what was ------------------------------------------------------------------------------------


def test_the_outbox_shows_what_left_and_what_did_not(store, cast, now):
    open_chat(store, WORDS, now=now)
    later = now + timedelta(minutes=3)
    watching.look(store, now=later)
    paging.send_due(store, lambda call: call.person_name == "Cora", clock=lambda: later)

    pages = records.outbox(store, cast.cora, later)

    states = {(each["to"], each["state"]) for each in pages}
    assert ("Cora", "sent") in states
    assert ("Sol", "trying") in states
    assert "pills" not in json.dumps(pages)


def test_a_window_of_the_timetable_runs_forwards_and_ends(now):
    for start, end in (
        (now, now),
        (now, now - timedelta(hours=1)),
        (now, now + timedelta(days=93)),
        (datetime(9990, 1, 1, tzinfo=UTC), datetime(9990, 1, 2, tzinfo=UTC)),
    ):
        with pytest.raises(changes.NotPlanned):
            timetable.window(start, end, now)
