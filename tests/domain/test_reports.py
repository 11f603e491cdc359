"""Reports of whole weeks: who came, how long they waited, how it ended."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from helpline.domain import reports
from helpline.domain.reports import HandedOff, Visit
from helpline.domain.urgency import Level

DUBLIN = "Europe/Dublin"
NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)  # a Wednesday
MONDAYS = reports.mondays(DUBLIN, 4, NOW)
LAST = MONDAYS[-1]
EVENING = datetime(2026, 11, 10, 19, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def visits(count: int, *, waited: float = 2, at: datetime = EVENING, **more: object) -> list[Visit]:
    found = dict(
        arrived_at=at, answered_at=at + waited * MINUTE, ended_at=at + (waited + 30) * MINUTE,
        left=False, level=Level.ROUTINE, outcome="felt_heard", feeling=None,
    ) | more  # fmt: skip
    return [Visit(**found)] * count  # type: ignore[arg-type]


def report(*some: Visit, handed: tuple[HandedOff, ...] = ()) -> reports.Report:
    return reports.report(some, handed, MONDAYS, DUBLIN)


def test_the_weeks_are_the_last_whole_ones() -> None:
    assert (
        date(2026, 10, 19), date(2026, 10, 26), date(2026, 11, 2), date(2026, 11, 9),
    ) == MONDAYS  # fmt: skip


def test_a_monday_begins_at_midnight_of_the_line_in_summer_and_in_winter() -> None:
    assert reports.begin(DUBLIN, date(2026, 10, 19)).isoformat() == "2026-10-18T23:00:00+00:00"
    assert reports.begin(DUBLIN, date(2026, 11, 9)).isoformat() == "2026-11-09T00:00:00+00:00"


def test_half_and_nine_in_ten_waited_at_most_so_long() -> None:
    some = [each for minutes in range(1, 11) for each in visits(1, waited=minutes)]

    week = report(*some).weeks[LAST]

    assert (week.came, week.parts["answered"]) == (10, 10)
    assert (week.waits.half, week.waits.nine_in_ten) == (5.0, 9.0)
    assert week.length == 30.0


def test_of_fewer_than_five_who_were_answered_no_wait_is_told() -> None:
    group = report(*visits(4), *visits(20, answered_at=None, left=True)).weeks[LAST]

    assert group.came == 24
    assert group.parts["answered"] is None
    assert (group.waits.half, group.length) == (None, None)


def test_who_went_before_an_answer_left_and_whoever_was_closed_in_line_did_otherwise() -> None:
    group = report(
        *visits(6), *visits(7, answered_at=None, left=True), *visits(8, answered_at=None)
    ).all

    assert group.parts == {"answered": 6, "left": 7, "otherwise": 8}


def test_an_hour_is_one_of_the_clock_on_the_wall() -> None:
    """Nine in the evening is another hour of UTC before the clocks went back."""
    summer = datetime(2026, 10, 20, 20, 0, tzinfo=UTC)
    winter = datetime(2026, 11, 10, 21, 0, tzinfo=UTC)

    found = report(*visits(5, at=summer), *visits(5, at=winter)).hours

    assert found[21].came == 10
    assert sum(each.came or 0 for each in found.values()) == 10
    assert len(found) == 24


def test_each_week_and_each_level_has_its_row_also_when_nobody_came() -> None:
    found = report(*visits(5))

    assert [each.came for each in found.weeks.values()] == [0, 0, 0, 5]
    assert {level: each.came for level, each in found.levels.items()} == {
        Level.ROUTINE: 5, Level.ELEVATED: 0, Level.HIGH: 0, Level.CRITICAL: 0,
    }  # fmt: skip


def test_feelings_and_outcomes_are_counted_and_small_ones_hidden() -> None:
    some = [*visits(9, feeling="better"), *visits(6, feeling="same"), *visits(2, feeling="worse")]

    found = report(*some, *visits(5, outcome="given_resource"))

    assert found.all_feelings == {"better": 9, "same": None, "worse": None}  # two are no group
    assert found.feelings[LAST]["worse"] is None
    assert found.outcomes["felt_heard"] == 17
    assert found.outcomes["given_resource"] == 5
    assert found.outcomes["abusive"] == 0


def test_hand_offs_are_counted_by_whom_they_went_to() -> None:
    handed = (HandedOff("lead", "accepted"),) * 6 + (HandedOff("lead", "declined"),) * 5

    found = report(handed=handed).handed_off

    assert found == {"lead": {"accepted": 6, "declined": 5, "otherwise": 0}}
