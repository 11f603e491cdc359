"""Who may take a shift and who is asked first: one obstacle at a time, and both clock changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from helpline.domain import bounds, eligibility, errors, walltime
from helpline.domain.access import Role
from helpline.domain.eligibility import Candidate, Crew, Hours, Level, Rules, Why
from helpline.domain.shifts import Booked, Span, Stint

BERLIN = "Europe/Berlin"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FRIDAY = date(2027, 1, 15)
LISTENER, LEAD = Role.LISTENER, Role.LEAD


def at(wall: str) -> datetime:
    """A wall time of Berlin, "2027-01-15 18:00"."""
    return walltime.first_instant(BERLIN, datetime.fromisoformat(wall))


def stint(starts: str, ends: str) -> Stint:
    return Stint(at(starts), at(ends))


def shift(starts: str, ends: str, *people: Booked) -> Span:
    return Span("late", date.fromisoformat(starts[:10]), "Late", at(starts), at(ends), people)


LONG_AGO = stint("2026-12-01 18:00", "2026-12-01 21:00")
SPAN = shift("2027-01-15 18:00", "2027-01-15 22:00", Booked("sol", LEAD))
NOW = at("2027-01-10 12:00")
LEO = Candidate("leo", frozenset({"listener"}), stints=(LONG_AGO,))
SOL = Candidate("sol", frozenset({"listener", "lead"}))
NIA = Candidate("nia", frozenset({"listener"}))  # has served nothing yet
TIM = replace(NIA, id="tim", in_training=True)
RULES = Rules()


def found(
    who: Candidate,
    span: Span = SPAN,
    role: Role = LISTENER,
    *others: Candidate,
    rules: Rules = RULES,
    now: datetime = NOW,
    **more: object,
) -> list[tuple[str, int, int]]:
    crew = Crew(BERLIN, rules, {each.id: each for each in (SOL, *others, who)})
    got = eligibility.obstacles(crew, who, span, role, now, **more)  # type: ignore[arg-type]
    return [(each.why, each.number, each.limit) for each in got]


def whys(*given: object, **more: object) -> list[str]:
    return [why for why, _, _ in found(*given, **more)]  # type: ignore[arg-type]


def test_somebody_rested_and_free_may_take_it():
    assert found(LEO) == []


@pytest.mark.parametrize(
    "who, role, why",
    [
        (replace(LEO, roles=frozenset({"coordinator"})), LISTENER, "role"),
        (LEO, LEAD, "role"),
        (replace(LEO, roles=frozenset({"lead"})), LISTENER, None),
        (replace(LEO, stints=(LONG_AGO, stint("2027-01-15 21:00", "2027-01-15 23:00"))),
         LISTENER, "booked"),
        (replace(LEO, blackouts=((FRIDAY, FRIDAY),)), LISTENER, "blackout"),
        (replace(LEO, blackouts=((FRIDAY - 3 * DAY, FRIDAY + DAY),)), LISTENER, "blackout"),
        (replace(LEO, blackouts=((FRIDAY - DAY, FRIDAY - DAY), (FRIDAY + DAY, FRIDAY + DAY))),
         LISTENER, None),
    ],
)  # fmt: skip
def test_each_plain_obstacle_by_itself(who, role, why):
    assert whys(who, SPAN, role) == ([why] if why else [])


def test_who_is_there_already_is_booked():
    assert whys(LEO, replace(SPAN, people=(Booked("leo", LISTENER),))) == ["booked"]


def test_a_blackout_of_the_day_on_which_a_night_ends_counts():
    night = shift("2027-01-15 22:00", "2027-01-16 06:00", Booked("sol", LEAD))
    midnight = shift("2027-01-15 20:00", "2027-01-16 00:00", Booked("sol", LEAD))
    away = replace(LEO, blackouts=((FRIDAY + DAY, FRIDAY + DAY),))

    assert whys(away, night) == ["blackout"]
    assert whys(away, midnight) == []


@pytest.mark.parametrize(
    "before, starts, minutes",
    [
        # The wall shows ten hours between; on the night in March the clock leapt over one.
        ("2027-03-27 21:00", "2027-03-28 07:00", 9 * 60),
        ("2027-03-27 20:59", "2027-03-28 07:59", None),
        # In October nine hours on the wall are ten, and eight are nine.
        ("2027-10-30 22:00", "2027-10-31 07:00", None),
        ("2027-10-30 22:00", "2027-10-31 06:00", 9 * 60),
        # On any other night the wall is right.
        ("2027-01-14 21:00", "2027-01-15 07:00", None),
        ("2027-01-14 21:01", "2027-01-15 07:00", 10 * 60 - 1),
    ],
)
def test_rest_is_counted_between_instants_on_nights_when_the_clocks_change(before, starts, minutes):
    end = f"{starts[:11]}{int(starts[11:13]) + 3:02}{starts[13:]}"
    span = shift(starts, end, Booked("sol", LEAD))
    evening = Stint(at(before) - 3 * HOUR, at(before))
    morning_after = replace(LEO, stints=(evening,))
    now = at(before) - 5 * DAY

    wanted = [] if minutes is None else [("rest", minutes, 600)]
    assert found(morning_after, span, rules=replace(RULES, newcomers_alone=True), now=now) == wanted


def test_rest_is_asked_for_before_the_next_shift_too():
    early = replace(LEO, stints=(LONG_AGO, stint("2027-01-16 07:00", "2027-01-16 10:00")))

    assert found(early) == [("rest", 540, 600)]


def test_shifts_that_touch_are_one_stint_that_may_not_be_too_long():
    goes_on = replace(LEO, stints=(LONG_AGO, stint("2027-01-15 12:00", "2027-01-15 18:00")))
    too_long = replace(LEO, stints=(LONG_AGO, stint("2027-01-15 09:00", "2027-01-15 18:00")))

    assert found(goes_on) == []
    assert found(too_long) == [("too_long", 13 * 60, 12 * 60)]
    assert found(too_long, rules=replace(RULES, longest=timedelta(0))) == []


def test_one_shift_alone_is_never_too_long():
    assert found(LEO, shift("2027-01-15 00:00", "2027-01-16 00:00", Booked("sol", LEAD))) == []


def test_a_week_has_an_end_by_the_lines_limit_or_the_persons_own():
    week = (
        stint("2027-01-11 09:00", "2027-01-11 17:00"),
        stint("2027-01-13 09:00", "2027-01-13 20:00"),
    )
    busy = replace(LEO, stints=(LONG_AGO, *week))

    assert found(busy) == []
    assert found(busy, rules=replace(RULES, week=22 * HOUR)) == [("week_full", 23 * 60, 22 * 60)]
    assert found(replace(busy, week=8 * HOUR)) == [("week_full", 23 * 60, 8 * 60)]
    assert found(replace(busy, week=80 * HOUR), rules=replace(RULES, week=22 * HOUR)) == [
        ("week_full", 23 * 60, 22 * 60)
    ]


def test_a_week_ends_on_sunday_at_midnight_of_the_lines_zone():
    """Sunday 22:00 to Monday 06:00: two hours in the old week and six in the new one."""
    night = shift("2027-01-17 22:00", "2027-01-18 06:00", Booked("sol", LEAD))
    old = replace(LEO, stints=(LONG_AGO, stint("2027-01-12 09:00", "2027-01-12 12:00")))

    assert found(old, night, rules=replace(RULES, week=6 * HOUR)) == []
    assert found(old, night, rules=replace(RULES, week=5 * HOUR)) == [("week_full", 360, 300)]


def test_a_night_shift_in_the_week_of_a_clock_change_counts_its_real_hours():
    night = shift("2027-03-27 22:00", "2027-03-28 06:00", Booked("sol", LEAD))
    crowd = replace(RULES, week=7 * HOUR, newcomers_alone=True)
    longer = shift("2027-10-30 22:00", "2027-10-31 06:00", Booked("sol", LEAD))

    assert found(LEO, night, rules=crowd, now=at("2027-03-20 12:00")) == []
    assert found(LEO, longer, rules=crowd, now=at("2027-10-20 12:00")) == [("week_full", 540, 420)]


@pytest.mark.parametrize(
    "checks, why",
    [
        ({}, "check_missing"),
        ({"police": None}, None),
        ({"police": FRIDAY}, None),
        ({"police": FRIDAY - DAY}, "check_expired"),
    ],
)
def test_a_check_that_the_line_asks_for_must_hold_on_that_day(checks, why):
    asked = replace(RULES, checks=("police",))

    assert whys(replace(LEO, checks=checks), rules=asked) == ([why] if why else [])


def test_a_trainee_needs_somebody_to_learn_from():
    leo_is_there = replace(SPAN, people=(Booked("leo", LISTENER),))
    a_lead_who_listens = replace(SPAN, people=(Booked("sol", LISTENER), Booked("leo", LISTENER)))
    teaches = replace(LEO, skills=frozenset({"mentor"}))
    learns = replace(teaches, in_training=True)

    assert whys(TIM) == []
    assert whys(TIM, leo_is_there, LISTENER, LEO) == ["no_mentor"]
    assert whys(TIM, a_lead_who_listens, LISTENER, LEO) == ["no_mentor"]
    assert whys(TIM, leo_is_there, LISTENER, teaches) == []
    assert whys(TIM, leo_is_there, LISTENER, learns) == ["no_mentor"]
    assert whys(TIM, leo_is_there, LISTENER, LEO, rules=replace(RULES, mentor_needed=False)) == []


def test_who_comes_in_place_of_a_mentor_may_not_leave_the_trainee_alone():
    span = replace(SPAN, people=(Booked("sol", LEAD), Booked("tim", LISTENER)))

    assert whys(LEO, span, LISTENER, TIM, in_place_of="sol") == ["no_mentor"]
    assert whys(LEO, span, LISTENER, TIM) == []


def test_newcomers_are_not_left_among_themselves():
    empty, with_another = (
        replace(SPAN, people=people) for people in ((), (Booked("tom", LISTENER),))
    )
    tom = replace(NIA, id="tom")

    assert whys(NIA, empty) == ["all_new"]
    assert whys(NIA, with_another, LISTENER, tom) == ["all_new"]
    assert whys(NIA) == []
    assert whys(LEO, empty) == []
    assert whys(NIA, empty, rules=replace(RULES, newcomers_alone=True)) == []


def test_somebody_who_was_away_for_a_season_is_new_again():
    last_served = replace(NIA, stints=(LONG_AGO,))

    assert not eligibility.is_new(last_served, NOW)
    assert eligibility.is_new(last_served, LONG_AGO.ends_at + eligibility.NEW_FOR)


def test_people_help_themselves_once_a_shift_is_open_and_are_asked_before():
    opens = at("2026-12-18 12:00")  # 28 days before, at noon

    assert whys(LEO, now=opens - eligibility.shifts.INSTANT, signs_up=True) == ["not_open_yet"]
    assert whys(LEO, now=opens, signs_up=True) == []
    assert whys(LEO, now=opens - DAY) == []
    assert whys(LEO, now=opens - DAY, signs_up=True, rules=replace(RULES, opens_days=0)) == []


def test_what_has_begun_is_history():
    assert whys(LEO, now=SPAN.starts_at) == ["begun"]
    assert whys(LEO, now=SPAN.starts_at - eligibility.shifts.INSTANT) == []


def test_a_shift_given_back_in_a_swap_no_longer_stands_in_the_way():
    given = shift("2027-01-16 07:00", "2027-01-16 10:00")
    early = replace(LEO, stints=(LONG_AGO, Stint(given.starts_at, given.ends_at)))

    assert whys(early) == ["rest"]
    assert whys(early, gives=given) == []


def test_every_obstacle_is_named_at_once():
    tired = replace(
        LEO,
        roles=frozenset(),
        blackouts=((FRIDAY, FRIDAY),),
        stints=(LONG_AGO, stint("2027-01-15 07:00", "2027-01-15 12:00")),
    )

    assert whys(tired, now=SPAN.ends_at) == ["begun", "role", "rest", "blackout"]


# -- who is asked first ----------------------------------------------------------------------------


def ranked(*people: Candidate, span: Span = SPAN) -> list[str]:
    crew = Crew(BERLIN, RULES, {each.id: each for each in people})
    return [each.id for each in eligibility.rank(crew, people, span)]


def test_fewest_recent_hours_come_first_then_preference_then_rest():
    served = stint("2027-01-08 18:00", "2027-01-08 21:00")
    later = stint("2027-01-13 18:00", "2027-01-13 21:00")
    friday = [Hours(4, 18, 22, level) for level in Level]
    busy = replace(LEO, id="busy", stints=(served, later), hours=(friday[0],))
    gladly, can, rather_not = (
        replace(LEO, id=each.level, stints=(served,), hours=(each,)) for each in friday
    )
    rested = replace(can, id="rested")
    tired = replace(can, id="tired", stints=(later,))

    assert ranked(busy, rather_not, tired, rested, gladly) == [
        "gladly", "rested", "tired", "rather_not", "busy",
    ]  # fmt: skip


def test_hours_of_four_weeks_count_and_what_is_booked_before_the_shift():
    old = replace(LEO, id="old", stints=(stint("2026-12-18 14:00", "2026-12-18 20:00"),))

    assert eligibility.recent(old, SPAN.starts_at) == 2 * HOUR
    assert eligibility.recent(old, NOW - 60 * DAY) == timedelta(0)


@pytest.mark.parametrize(
    "hours, level",
    [
        ((), "can"),
        ((Hours(4, 18, 22, Level.GLADLY),), "gladly"),
        ((Hours(4, 18, 21, Level.GLADLY),), "can"),  # nothing was said of the last hour
        ((Hours(4, 18, 22, Level.GLADLY), Hours(4, 21, 22, Level.RATHER_NOT)), "rather_not"),
        ((Hours(3, 18, 22, Level.GLADLY),), "can"),
    ],
)
def test_a_shift_is_as_welcome_as_its_least_welcome_hour(hours, level):
    assert eligibility.level(BERLIN, replace(LEO, hours=hours), SPAN) == level


def test_only_who_may_is_asked_and_a_running_shift_on_request():
    crew = Crew(BERLIN, RULES, {each.id: each for each in (SOL, LEO, TIM)})
    nobody_teaches = replace(SPAN, people=())

    assert eligibility.may(crew, nobody_teaches, LISTENER, NOW) == ["sol", "leo"]
    assert eligibility.may(crew, nobody_teaches, LISTENER, SPAN.starts_at) == []
    assert eligibility.may(crew, nobody_teaches, LISTENER, SPAN.starts_at, running=True) == [
        "sol", "leo",
    ]  # fmt: skip


# -- settings --------------------------------------------------------------------------------------


def test_rules_come_from_the_lines_policies_and_their_usual_values():
    assert eligibility.rules({}) == RULES
    assert eligibility.rules(
        {"rest_hours": 0, "week_hours": 0, "newcomers_alone": 1, "needed_checks": ["police"]}
    ) == Rules(rest=timedelta(0), week=timedelta(0), newcomers_alone=True, checks=("police",))
    assert eligibility.is_on({}, "time_off_approved")
    assert not eligibility.is_on({"time_off_approved": 0}, "time_off_approved")


@pytest.mark.parametrize("name, number", [("rest_hours", 25), ("opens_days", -1), ("swaps", 1)])
def test_a_setting_out_of_bounds_is_refused(name, number):
    with pytest.raises(errors.BadRequest):
        bounds.require(eligibility.SETTINGS, name, number)


def test_every_code_is_met_above():
    assert set(Why) == {
        "begun", "not_open_yet", "role", "booked", "blackout", "rest", "too_long", "week_full",
        "check_missing", "check_expired", "no_mentor", "all_new",
    }  # fmt: skip
