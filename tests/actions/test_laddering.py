"""The ladder on a real store: who is told what, in which order, and what silences it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from helpline.actions import (
    answering,
    directing,
    furnishing,
    laddering,
    listening,
    notifying,
    planning,
    serving,
)
from helpline.domain import errors
from helpline.domain.access import Role
from helpline.store import alerts, floor
from helpline.store.shift_tables import Notice, Rung
from helpline.store.tables import Alert, Page
from tests.actions.week_of_shifts import DAY, HOUR, MINUTE, Shifts

FRIDAY = datetime(2026, 11, 20, tzinfo=UTC)
START, END = FRIDAY.replace(hour=18), FRIDAY.replace(hour=21)
SECOND = timedelta(seconds=1)


@pytest.fixture
def line(store, now) -> Shifts:
    made = Shifts(store, now - 14 * DAY)
    made.names = {each: made.person(each) for each in ("leo", "lin", "ada", "ben")}
    made.sol = made.person("sol", Role.LISTENER, Role.LEAD)
    answering.choose_when(store, made.names["ben"], "any_time", now=made.now)
    made.late = made.pattern(4, "18:00", "21:00", FRIDAY.date())
    made.book(made.late, made.names["leo"], FRIDAY.date())
    made.book(made.late, made.sol, FRIDAY.date(), "lead")
    made.need(4, 18, 21, 2)
    return made


def day_by_day(line: Shifts, until: datetime, every: timedelta = HOUR) -> None:
    line.goes_on(until - line.now, every=every)


def fill(line: Shifts, who: str = "lin") -> str:
    return line.on_day(line.late, FRIDAY.date(), "add", line.names[who])


def test_a_gap_that_nobody_fills_climbs_every_rung_in_order_and_once(line):
    line.now = FRIDAY - 8 * DAY
    day_by_day(line, START - 3 * HOUR, every=3 * HOUR)
    day_by_day(line, START + 30 * MINUTE, every=15 * MINUTE)

    climbed = [name for name, _ in line.rungs() if not name.startswith("ask")]
    assert climbed[:3] == ["digest", "unconfirmed", "coordinator"]
    assert climbed[3:5] == ["backup", "lead"]
    assert len(line.rungs()) == len(set(line.rungs()))
    assert line.said("digest") == ["Cora"] * 7  # each morning of the last week
    assert line.said("ladder_coordinator") == ["Cora"]
    assert "shift_short" in line.alarms()


def test_volunteers_are_asked_in_waves_the_fewest_hours_first_and_nobody_twice(line):
    earlier = line.pattern(2, "10:00", "14:00", FRIDAY.date() - 9 * DAY)
    line.now = FRIDAY - 10 * DAY
    for name in ("ada", "ben"):
        line.book(earlier, line.names[name], FRIDAY.date() - 9 * DAY)
    furnishing.tune(line.store, "ladder", {"ladder_wave": 1}, now=line.now)

    line.at(START - 72 * HOUR)
    assert line.said("ask") == ["Lin"]
    line.at(START - 66 * HOUR)
    line.at(START - 60 * HOUR)
    assert line.said("ask") == ["Ada", "Ben", "Lin"]
    line.at(START - 54 * HOUR)
    assert line.said("ask") == ["Ada", "Ben", "Lin"]


def test_by_hand_people_are_asked_days_before_and_the_ladder_goes_on_from_there(line):
    furnishing.tune(line.store, "ladder", {"ladder_wave": 1}, now=line.now)
    line.at(START - 5 * DAY)
    told = laddering.ask_now(line.store, line.cora, line.late, FRIDAY.date(), now=line.now)
    assert told == 1
    line.at(line.now + MINUTE)
    assert len(line.said("ask")) == 1

    line.at(START - 72 * HOUR)
    line.at(START - 66 * HOUR)
    assert line.said("ask") == ["Ada", "Ben", "Lin"]
    fill(line)
    with pytest.raises(errors.NotFound):
        laddering.ask_now(line.store, line.cora, line.late, FRIDAY.date(), now=line.now)


def test_a_filled_gap_silences_the_rest_also_what_waits_for_the_morning(line):
    notifying.choose_quiet(line.store, line.names["ada"], time(0), time(23, 59), now=line.now)
    line.at(START - 72 * HOUR)
    waiting = line.said("ask", sent=False)
    assert "Ada" in waiting

    fill(line)
    day_by_day(line, START, every=2 * HOUR)

    assert "Ada" not in line.said("ask")
    assert {name for name, _ in line.rungs() if name in ("coordinator", "backup", "lead")} == set()
    assert all(each.over_at is not None for each in line.rows(Rung) if each.rung.startswith("ask"))


def test_a_gap_that_comes_back_climbs_anew_under_the_next_epoch(line):
    line.at(START - 20 * HOUR)
    line.at(START - 11 * HOUR)
    change = fill(line)
    line.at(START - 10 * HOUR)
    planning.lift_override(line.store, line.cora, change, now=line.now)
    line.at(START - 9 * HOUR)

    assert ("coordinator", 0) in line.rungs()
    assert ("coordinator", 1) in line.rungs()
    assert line.said("ladder_coordinator") == ["Cora", "Cora"]


def test_whoever_is_on_it_holds_the_ladder_until_two_hours_before(line):
    line.at(START - 50 * HOUR)
    laddering.hold(line.store, line.cora, line.late, FRIDAY.date(), now=line.now)
    line.at(START - 12 * HOUR)
    assert line.said("ladder_coordinator") == []

    line.at(START - 2 * HOUR)
    assert ("backup", 0) in line.rungs()


def test_nobody_can_be_on_what_is_not_short(line):
    with pytest.raises(errors.NotFound):
        laddering.hold(line.store, line.cora, line.late, FRIDAY.date(), now=line.now)


def test_the_lead_is_paged_again_until_somebody_is_on_it_and_it_ends_with_the_shift(line):
    line.at(START - 30 * MINUTE)
    assert "shift_short" in line.alarms()
    assert "Sol" not in line.said("ladder_coordinator")

    laddering.hold(line.store, line.cora, line.late, FRIDAY.date(), now=line.now)
    with line.store.reading() as tx:
        assert alerts.unowned(tx) == []
    line.at(END)
    line.at(END + MINUTE)
    assert line.alarms() == set()


def test_only_who_may_be_asked_off_shift_is_the_backup(line):
    line.at(START - 2 * HOUR)

    assert line.said("backup") == ["Ben"]


def test_who_does_not_come_opens_their_place_and_the_backup_is_called(line):
    fill(line)
    line.at(START - MINUTE)
    assert line.said("backup") == []
    here = [line.names["lin"], line.sol]
    line.at(START, *here)
    line.goes_on(9 * MINUTE, *here)
    assert line.said("backup") == []
    line.goes_on(MINUTE, *here, every=30 * SECOND)

    assert line.said("no_show") == ["Cora", "Sol"]
    assert line.said("backup") == ["Ben"]
    line.goes_on(5 * MINUTE, *here)
    assert line.said("backup") == ["Ben"]
    with line.store.reading() as tx:
        assert line.names["leo"].id in floor.on_shift(tx, line.now)  # and may still come


def test_who_comes_late_after_all_fills_their_place_again(line):
    fill(line)
    here = [line.names["lin"], line.sol]
    line.at(START, *here)
    line.goes_on(12 * MINUTE, *here)
    assert "shift_short" in line.alarms()

    line.goes_on(MINUTE, line.names["leo"], *here)

    assert "shift_short" not in line.alarms()


def test_a_confirmation_asked_for_and_not_given_is_told_to_the_coordinators(line):
    fill(line)
    line.at(START - 24 * HOUR)
    assert line.said("confirm") == ["Leo", "Lin", "Sol"]
    for who in (line.names["leo"], line.sol):
        serving.confirm(line.store, who, line.late, FRIDAY.date(), now=line.now)

    line.at(START - 12 * HOUR)

    (told,) = [each for each in line.rows(Notice) if each.kind == "unconfirmed"]
    assert told.detail["number"] == 1


def test_nothing_about_the_past_is_sent_after_hours_of_downtime(line):
    line.at(START - 80 * HOUR)
    line.at(END + HOUR)

    assert line.said() == ["Cora"]
    assert {each.kind for each in line.rows(Notice)} == {"digest"}
    assert line.states()["2026-11-20"] == "missed"


def test_late_doubled_and_skipped_sweeps_say_the_same(line):
    line.now = FRIDAY - 3 * DAY
    day_by_day(line, START + 20 * MINUTE, every=3 * HOUR)
    for _ in range(2):
        line.look()

    keys = [each.key for each in line.rows(Notice)]
    assert len(keys) == len(set(keys))
    assert {"backup", "lead", "coordinator"} <= {name for name, _ in line.rungs()}


# -- live -----------------------------------------------------------------------------------------


def test_fewer_than_this_hour_needs_is_shown_at_once_and_paged_within_a_minute(line):
    leo, lin = line.names["leo"], line.names["lin"]
    fill(line)
    for who in (leo, lin):
        listening.get_ready(line.store, who, now=START)
    line.at(START, leo, lin, line.sol)
    assert "below_need" not in line.alarms()

    line.goes_on(MINUTE, leo, line.sol, every=15 * SECOND)

    assert "below_need" in line.alarms()
    (alert,) = [each for each in line.rows(Alert) if each.kind == "below_need"]
    pages = [each for each in line.rows(Page) if each.alert_id == alert.id]
    assert pages
    assert all(each.due_at - alert.since == 30 * SECOND for each in pages)

    line.goes_on(MINUTE, leo, lin, line.sol, every=15 * SECOND)
    assert "below_need" not in line.alarms()


def test_a_line_closed_by_hand_needs_nobody(line):
    leo = line.names["leo"]
    listening.get_ready(line.store, leo, now=START)
    directing.set_line(line.store, line.cora, is_open=False, reason="", now=START)
    line.at(START, leo)

    assert "below_need" not in line.alarms()


def test_with_nobody_there_the_line_says_that_it_is_closed_and_when_it_opens(line):
    line.at(START + 20 * MINUTE)

    with line.store.reading() as tx:
        state = floor.opening(tx, line.now)
    assert not state.open
    assert state.why == "nobody_ready"
