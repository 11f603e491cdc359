"""When people off shift are asked to help, whom, how many, and until when: tables of cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from helpline.domain import bounds, callouts, errors
from helpline.domain.callouts import AtRisk, Running, Volunteer, When, Why
from helpline.domain.queue import Pace, Waiting
from helpline.domain.urgency import Level

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
RULES = callouts.limits({})
ROUTINE, HIGH, CRITICAL = Level.ROUTINE, Level.HIGH, Level.CRITICAL

NOBODY = Pace(seats=0, free_seats=0)
FREE = Pace(seats=4, free_seats=2)
ONE_FULL = Pace(seats=2, free_seats=0)
CROWD_FULL = Pace(seats=60, free_seats=0)  # somebody is done every 45 seconds


def s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def waits(level: Level, waited: timedelta, *, asked: bool = False, ahead: int = 0) -> AtRisk:
    return AtRisk(level, NOW - waited, asked, ahead)


# -- is there a need ------------------------------------------------------------------------------

NEEDS = [
    # nobody there: at once, whatever the clock says
    ([waits(CRITICAL, s(0))], NOBODY, Why.NOBODY),
    ([waits(HIGH, s(0))], NOBODY, Why.NOBODY),
    ([], NOBODY, None),
    # who is being asked has the time of an answer
    ([waits(CRITICAL, s(59), asked=True)], NOBODY, None),
    ([waits(CRITICAL, s(60), asked=True)], NOBODY, Why.NOBODY),
    ([waits(HIGH, minutes(5), asked=True)], ONE_FULL, Why.WAIT),
    ([waits(HIGH, minutes(4.9), asked=True)], ONE_FULL, None),
    # everybody is busy: routing looks first, then the projected wait decides
    ([waits(HIGH, s(29))], ONE_FULL, None),
    ([waits(HIGH, s(30))], ONE_FULL, Why.WAIT),
    ([waits(CRITICAL, s(30))], ONE_FULL, Why.WAIT),
    # a large line answers soon: 5 minutes are shown, 10 may be waited, by a critical chat 5
    ([waits(HIGH, minutes(5))], CROWD_FULL, None),
    ([waits(HIGH, minutes(5) + s(1))], CROWD_FULL, Why.WAIT),
    ([waits(CRITICAL, s(30))], CROWD_FULL, Why.WAIT),
    ([waits(HIGH, s(30), ahead=30)], CROWD_FULL, Why.WAIT),
    # a free seat, and nobody is asked: a critical chat does not wait for that
    ([waits(HIGH, minutes(4))], FREE, None),
    ([waits(CRITICAL, s(31))], FREE, Why.WAIT),
    # one in need is enough
    ([waits(HIGH, s(1)), waits(HIGH, minutes(20))], FREE, Why.WAIT),
]  # fmt: skip


@pytest.mark.parametrize("waiting, pace, why", NEEDS)
def test_the_need_follows_the_projected_wait(
    waiting: list[AtRisk], pace: Pace, why: Why | None
) -> None:
    assert callouts.need(waiting, pace, RULES, NOW) == why


def test_the_threshold_is_the_lines_and_zero_asks_nobody_by_itself() -> None:
    waiting = [waits(HIGH, s(30))]

    patient = callouts.limits({"call_out_after": 60})
    off = callouts.limits({"call_out_after": 0})

    assert callouts.need(waiting, ONE_FULL, RULES, NOW) is Why.WAIT
    assert callouts.need(waiting, ONE_FULL, patient, NOW) is None
    assert callouts.need(waiting, NOBODY, off, NOW) is None


CALM = [
    ([], FREE, True),
    ([], NOBODY, True),  # nobody has to be kept
    ([], ONE_FULL, False),  # whoever came now would wait for long
    ([], CROWD_FULL, True),
    ([Waiting("a", HIGH, NOW)], FREE, False),
    ([Waiting("a", CRITICAL, NOW)], NOBODY, False),
    ([Waiting("a", ROUTINE, NOW)], FREE, True),
    # those who wait since long would be served before somebody at high risk who comes now
    ([Waiting(str(n), ROUTINE, NOW - minutes(50)) for n in range(2)], FREE, False),
    ([Waiting(str(n), ROUTINE, NOW - minutes(30)) for n in range(9)], FREE, True),
]  # fmt: skip


@pytest.mark.parametrize("in_line, pace, calm", CALM)
def test_calm_is_when_nobody_at_risk_waits_and_the_next_would_not(
    in_line: list[Waiting], pace: Pace, calm: bool
) -> None:
    assert callouts.is_calm(in_line, pace, NOW) == calm


def test_what_is_calm_never_calls() -> None:
    """Hysteresis: a chat that comes into a calm line is no need by itself."""
    for pace in (FREE, CROWD_FULL):
        assert callouts.is_calm([], pace, NOW)
        assert callouts.need([waits(HIGH, s(31))], pace, RULES, NOW) is None


# -- its course -----------------------------------------------------------------------------------

BEGUN = Running(
    by_hand=False,
    started_at=NOW - hours(2),
    wave=1,
    wave_at=NOW - minutes(5),
    calm_since=None,
    helping=0,
)
BY_HAND = replace(BEGUN, by_hand=True)

WAVES = [
    (BEGUN, Why.WAIT, True),
    (BEGUN, None, False),
    (replace(BEGUN, helping=1), Why.WAIT, True),  # one came, and it is not enough
    (replace(BEGUN, wave_at=NOW - minutes(5) + s(1)), Why.WAIT, False),
    (replace(BEGUN, wave=0, wave_at=None), Why.WAIT, True),
    (BY_HAND, None, True),
    (replace(BY_HAND, helping=1), None, False),
    (replace(BY_HAND, helping=1), Why.NOBODY, True),
    (replace(BY_HAND, wave_at=NOW), None, False),
]  # fmt: skip


@pytest.mark.parametrize("it, needed, due", WAVES)
def test_waves_go_while_the_need_lasts(it: Running, needed: Why | None, due: bool) -> None:
    assert callouts.wave_is_due(it, needed, RULES, NOW) == due


ENDS = [
    (BEGUN, False),
    (replace(BEGUN, calm_since=NOW - minutes(15)), True),
    (replace(BEGUN, calm_since=NOW - minutes(15) + s(1)), False),
    (replace(BY_HAND, calm_since=NOW - minutes(15)), True),
    (replace(BY_HAND, calm_since=NOW - minutes(15), started_at=NOW - minutes(59)), False),
]  # fmt: skip


@pytest.mark.parametrize("it, over", ENDS)
def test_it_is_over_after_some_minutes_of_calm(it: Running, over: bool) -> None:
    assert callouts.is_over(it, RULES, NOW) == over


@pytest.mark.parametrize("ended, begins", [(None, True), (hours(0.5), True), (minutes(29), False)])
def test_who_ends_one_is_not_overruled_at_once(ended: timedelta | None, begins: bool) -> None:
    assert callouts.may_begin(NOW - ended if ended else None, NOW) == begins


@pytest.mark.parametrize(
    "ago, here, comes",
    [(minutes(9.9), False, True), (minutes(10), False, False), (hours(3), True, True)],
)
def test_a_yes_counts_while_they_may_be_on_the_way(ago: timedelta, here: bool, comes: bool) -> None:
    assert callouts.is_coming(NOW - ago, NOW, here=here) == comes


# -- whom to ask ----------------------------------------------------------------------------------

ANY = Volunteer("ada", When.ANY_TIME)
BY_DAY = replace(ANY, when=When.BY_DAY)
NIGHT, DAY = time(3), time(13)

WHO = [
    (ANY, NIGHT, True),
    (replace(ANY, when=When.NEVER), DAY, False),
    (BY_DAY, DAY, True),
    (BY_DAY, NIGHT, False),
    (BY_DAY, time(8), True),
    (BY_DAY, time(7, 59), False),
    (BY_DAY, time(22), False),
    (replace(ANY, on_shift=True), DAY, False),
    (replace(ANY, here=True), DAY, False),
    (replace(ANY, holds=True), DAY, False),
    (replace(ANY, asked_at=NOW - hours(12)), DAY, True),
    (replace(ANY, asked_at=NOW - hours(12) + s(1)), DAY, False),
    (replace(ANY, off_since=NOW - hours(8)), DAY, True),
    (replace(ANY, off_since=NOW - hours(8) + s(1)), DAY, False),
    (replace(ANY, on_from=NOW + hours(2)), DAY, True),
    (replace(ANY, on_from=NOW + hours(2) - s(1)), DAY, False),
]  # fmt: skip


@pytest.mark.parametrize("who, local, may", WHO)
def test_who_may_be_asked(who: Volunteer, local: time, may: bool) -> None:
    assert callouts.may_be_asked(who, RULES, local, NOW) == may


def test_the_order_is_language_then_longest_not_asked_then_least_served() -> None:
    people = [
        replace(ANY, id="busy", recent=hours(9)),
        replace(ANY, id="asked-lately", asked_at=NOW - hours(20)),
        replace(ANY, id="rested", recent=hours(1)),
        replace(ANY, id="asked-long-ago", asked_at=NOW - hours(90), recent=hours(30)),
        replace(ANY, id="speaks", languages=frozenset({"es"}), asked_at=NOW - hours(13)),
        replace(ANY, id="never", when=When.NEVER),
    ]
    all_at_once = callouts.limits({"call_out_wave": 20})

    def asked(*languages: str) -> list[str]:
        return callouts.next_wave(
            people, all_at_once, languages=frozenset(languages), local=DAY, now=NOW
        )

    assert asked("es") == ["speaks", "rested", "busy", "asked-long-ago", "asked-lately"]
    assert asked() == ["rested", "busy", "asked-long-ago", "asked-lately", "speaks"]


def test_a_wave_is_a_few_people() -> None:
    people = [replace(ANY, id=each) for each in "abcdef"]

    found = callouts.next_wave(people, RULES, languages=frozenset(), local=DAY, now=NOW)

    assert found == ["a", "b", "c"]


# -- what may be set ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", callouts.SETTINGS)
def test_a_setting_stays_within_its_bounds(name: str) -> None:
    usual, least, most = callouts.SETTINGS[name]

    for number in (usual, least, most):
        bounds.require(callouts.SETTINGS, name, number)
    for number in (least - 1, most + 1):
        with pytest.raises(errors.BadRequest):
            bounds.require(callouts.SETTINGS, name, number)


def test_unknown_words_are_refused() -> None:
    with pytest.raises(errors.BadRequest):
        bounds.require(callouts.SETTINGS, "call_out_colour", 1)
    with pytest.raises(errors.BadRequest):
        callouts.require_when("always")
    assert callouts.require_when("by_day") is When.BY_DAY
