"""Shifts as they happen: each opens and closes once, what passed is missed, presence checks in."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from helpline.actions import asking, furnishing, planning, reminding, serving, shifting, waking
from helpline.domain import attendance
from helpline.store.shift_tables import Notice, ShiftRow
from helpline.store.tables import Moment, SweepRun
from tests.actions.week_of_shifts import DAY, HOUR, MINUTE, Shifts

FRIDAY = datetime(2026, 11, 20, tzinfo=UTC)
START, END = FRIDAY.replace(hour=18), FRIDAY.replace(hour=21)


@pytest.fixture
def line(store, now) -> Shifts:
    return Shifts(store, now)


@pytest.fixture
def leo(line):
    return line.person("leo")


@pytest.fixture
def late(line, leo) -> str:
    """Fridays 18:00–21:00 with Leo."""
    made = line.pattern(4, "18:00", "21:00", FRIDAY.date())
    line.book(made, leo, FRIDAY.date())
    return made


def moments(line, kind):
    return [each for each in line.rows(Moment) if each.kind == kind]


def test_a_shift_opens_at_its_start_and_closes_at_its_end_once_however_often_one_looks(line, late):
    for minutes in (-1, 0, 0, 1, 179, 180, 180, 181):
        line.at(START + minutes * MINUTE)
        seen = line.states()["2026-11-20"]
        assert seen == ("upcoming" if minutes < 0 else "open" if minutes < 180 else "closed")

    assert len(moments(line, "shift_opened")) == len(moments(line, "shift_closed")) == 1


def test_after_a_downtime_what_is_current_opens_and_what_passed_is_missed(line, late, leo):
    second = line.pattern(5, "10:00", "12:00", FRIDAY.date())
    third = line.pattern(5, "13:00", "16:00", FRIDAY.date())
    for each in (second, third):
        line.book(each, leo, FRIDAY.date())
    line.at(FRIDAY)

    before = line.said()
    line.at(FRIDAY + DAY + 14 * HOUR)

    of = {
        each.pattern_id: each for each in line.rows(ShiftRow) if each.on_date <= FRIDAY.date() + DAY
    }
    assert [of[each].state for each in (late, second, third)] == ["missed", "missed", "open"]
    assert of[third].opened_at == line.now
    assert line.said() == before


def test_after_weeks_of_downtime_the_shifts_in_between_are_missed_not_unknown(line, late):
    line.at(FRIDAY)

    line.at(FRIDAY + 29 * DAY)

    assert line.states() == {
        "2026-11-20": "missed", "2026-11-27": "missed", "2026-12-04": "missed",
        "2026-12-11": "missed", "2026-12-18": "missed", "2026-12-25": "upcoming",
    }  # fmt: skip


def test_a_cancelled_shift_never_opens_and_whoever_was_booked_hears_of_it(line, late):
    line.at(FRIDAY)
    change = line.on_day(late, FRIDAY.date(), "cancel")
    line.at(FRIDAY + HOUR)

    assert line.states()["2026-11-20"] == "cancelled"
    assert line.said("shift_cancelled") == ["Leo"]

    planning.lift_override(line.store, line.cora, change, now=line.now)
    line.at(START)
    assert line.states()["2026-11-20"] == "open"


def test_whoever_is_booked_by_others_moved_or_taken_off_hears_of_it_once(line, late):
    line.at(FRIDAY - DAY)
    lin = line.person("lin")
    line.at(FRIDAY - DAY + MINUTE)
    assert line.said("shift_added") == []

    added = line.on_day(late, FRIDAY.date(), "add", lin)
    line.at(FRIDAY - DAY + HOUR)
    line.at(FRIDAY - DAY + 2 * HOUR)
    assert line.said("shift_added") == ["Lin"]

    fresh = planning.change_pattern(
        line.store, line.cora, late, FRIDAY.date(), title="Later", weekday=4, starts=time(19),
        ends=time(22), now=line.now,
    )  # fmt: skip
    line.at(FRIDAY - DAY + 3 * HOUR)
    assert line.said("shift_moved") == ["Leo", "Lin"]
    assert line.said("shift_off") == line.said("shift_cancelled") == []

    planning.lift_override(line.store, line.cora, added, now=line.now)
    line.on_day(fresh, FRIDAY.date(), "cancel")
    line.at(FRIDAY - DAY + 4 * HOUR)
    assert line.said("shift_off") == ["Lin"]
    assert line.said("shift_cancelled") == ["Leo"]


def test_what_a_volunteer_asked_for_themselves_is_no_news(line, late):
    lin = line.person("lin")
    line.at(FRIDAY - DAY)
    line.need(4, 18, 21, 2)
    serving.take(line.store, lin, late, FRIDAY.date(), "listener", now=line.now)
    line.at(FRIDAY - DAY + HOUR)

    assert line.said("shift_added") == []
    line.at(START - DAY + MINUTE)
    assert line.said("confirm") == ["Leo", "Lin"]

    line.on_day(late, FRIDAY.date(), "remove", lin)
    line.at(START - DAY + HOUR)
    assert line.said("shift_off") == ["Lin"]  # by others, whoever asked for it at first


def test_days_that_only_come_nearer_are_no_news(line, late):
    line.at(FRIDAY - 20 * DAY)
    for days in range(19, 0, -1):
        line.at(FRIDAY - days * DAY)

    assert line.said("shift_added") == line.said("shift_moved") == line.said("shift_off") == []


def test_one_that_is_cancelled_while_it_runs_closes(line, late):
    line.at(START)
    line.on_day(late, FRIDAY.date(), "cancel")
    line.at(START + MINUTE)

    assert line.states()["2026-11-20"] == "closed"


def test_a_shift_moves_with_its_plan_until_it_begins(line, late):
    line.at(FRIDAY)
    planning.change_pattern(
        line.store, line.cora, late, FRIDAY.date(), title="Later", weekday=4, starts=time(19),
        ends=time(22), now=line.now,
    )  # fmt: skip
    line.at(START + MINUTE)
    assert line.states()["2026-11-20"] == "upcoming"

    line.at(START + HOUR)
    assert line.states()["2026-11-20"] == "open"


def test_two_processes_that_look_at_once_write_one_row(line, late, open_again):
    beside = open_again()
    for store in (line.store, beside, line.store):
        shifting.look(store, now=START)

    assert len([each for each in line.rows(ShiftRow) if each.on_date == FRIDAY.date()]) == 1
    assert len(moments(line, "shift_opened")) == 1


# -- who came -------------------------------------------------------------------------------------


def test_who_is_there_at_the_start_is_checked_in_without_a_button(line, late, leo):
    line.at(START - MINUTE, leo)
    assert line.came(leo) is None

    line.at(START, leo)

    assert line.came(leo).checked_in_at == START


def test_who_comes_late_is_checked_in_then(line, late, leo):
    line.at(START)
    line.at(START + 7 * MINUTE, leo)
    line.at(START + 8 * MINUTE, leo)

    came = line.came(leo)
    assert came.checked_in_at == START + 7 * MINUTE
    assert attendance.is_late(attendance.Came(checked_in_at=came.checked_in_at), START)


def test_who_is_there_and_not_booked_is_no_part_of_it(line, late):
    lin = line.person("lin")
    line.at(START, lin)

    assert line.came(lin) is None


def test_who_is_not_there_is_asked_after_five_minutes_and_missed_after_ten(line, late, leo):
    line.at(START)
    line.at(START + 5 * MINUTE - timedelta(seconds=1))
    assert line.said("no_check_in") == []
    line.at(START + 5 * MINUTE)
    assert line.said("no_check_in") == ["Leo"]
    assert line.came(leo).no_show_at is None

    line.at(START + 10 * MINUTE)
    line.at(START + 11 * MINUTE)

    assert line.came(leo).no_show_at == START + 10 * MINUTE
    assert line.said("no_check_in") == ["Leo"]
    assert line.said("no_show") == ["Cora"]


def test_nobody_is_absent_because_we_were_down(line, late, leo):
    line.at(START)
    with line.store.transaction() as tx:
        tx.session.merge(SweepRun(name="shifts", ok_at=START + MINUTE))

    line.now = START + HOUR
    waking.wake_up(line.store, now=line.now)
    line.at(START + HOUR)
    assert line.said("no_check_in") == []
    line.at(START + HOUR + 4 * MINUTE, leo)

    assert line.came(leo).no_show_at is None
    assert line.came(leo).checked_in_at == line.now


def test_who_is_booked_while_it_runs_has_their_ten_minutes(line, late):
    lin = line.person("lin")
    line.at(START)
    line.now = START + HOUR
    line.on_day(late, FRIDAY.date(), "add", lin)
    line.at(START + HOUR)
    line.at(START + HOUR + 9 * MINUTE)
    assert line.came(lin).no_show_at is None

    line.at(START + HOUR + 10 * MINUTE)
    assert line.came(lin).no_show_at == line.now


# -- reminders ------------------------------------------------------------------------------------


def test_people_are_asked_the_day_before_and_reminded_an_hour_before_each_once(line, late):
    line.at(START - 24 * HOUR - MINUTE)
    assert line.said() == []
    for before in (24 * HOUR, 23 * HOUR, HOUR, HOUR, 30 * MINUTE):
        line.at(START - before)

    assert line.said("confirm") == line.said("reminder") == ["Leo"]


def test_who_is_booked_late_is_told_late_and_never_of_the_past(line, late, leo):
    lin, ada = line.person("lin"), line.person("ada")
    line.at(START - 40 * MINUTE)
    line.on_day(late, FRIDAY.date(), "add", lin)
    line.at(START - 30 * MINUTE)
    assert line.said("reminder") == ["Leo", "Lin"]
    line.at(START + MINUTE)
    line.on_day(late, FRIDAY.date(), "add", ada)
    line.at(START + 2 * MINUTE)

    assert line.said("reminder") == ["Leo", "Lin"]
    assert "Ada" not in line.said("confirm")


def test_who_serves_two_shifts_in_a_row_is_reminded_of_the_first(line, late, leo):
    night = line.pattern(4, "21:00", "00:00", FRIDAY.date())
    line.book(night, leo, FRIDAY.date())
    line.goes_on(FRIDAY + DAY - line.now, every=30 * MINUTE)

    assert line.said("reminder") == ["Leo"]


def test_who_is_off_by_then_is_reminded_of_nothing(line, late, leo):
    line.at(START - 25 * HOUR)
    furnishing.tune(line.store, "shifts", {"time_off_approved": 0}, now=line.now)
    asking.ask_time_off(line.store, leo, FRIDAY.date(), FRIDAY.date(), now=line.now)
    line.goes_on(26 * HOUR, every=HOUR)

    assert line.said() == []


def test_who_is_taken_off_by_others_hears_of_that_and_is_reminded_of_nothing(line, late, leo):
    line.at(START - 25 * HOUR)
    line.on_day(late, FRIDAY.date(), "remove", leo)
    line.goes_on(26 * HOUR, every=HOUR)

    assert line.said() == line.said("shift_off") == ["Leo"]


def test_a_reminder_that_could_not_leave_in_time_never_does(line, late):
    """The sweep ran, and whatever delivers stood still until the shift had begun."""
    line.now = START - 30 * MINUTE
    shifting.look(line.store, now=line.now)
    reminding.look(line.store, now=line.now)
    line.now = START + MINUTE
    line.deliver()

    with line.store.reading() as tx:
        of = {each.kind: each for each in tx.session.scalars(select(Notice))}
    assert of["reminder"].sent_at is None
    assert of["reminder"].given_up_at is not None
