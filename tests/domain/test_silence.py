"""When somebody says nothing: each level, each time, each side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain import errors, silence, tuning
from helpline.domain.silence import Quiet, Step, Turn
from helpline.domain.urgency import Level

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
RULES = silence.rules({})
MINUTE = timedelta(minutes=1)
A_MOMENT = timedelta(seconds=1)
ROUTINE, ELEVATED, HIGH, CRITICAL = Level

# level -> what comes after 3, 7, 12 and 20 minutes
STEPS = {
    ROUTINE: ["check", "check", "park", "close"],
    ELEVATED: ["check", "check", "park", "close"],
    HIGH: ["check", "check", "check", "ask_lead"],
    CRITICAL: ["tell_lead", "check", "check", "wait"],
}
TIMES = [3, 7, 12, 20]
CELLS = [
    (level, taken, minutes, step)
    for level, steps in STEPS.items()
    for taken, (minutes, step) in enumerate(zip(TIMES, steps, strict=True))
]


def quiet(level: Level, minutes: float, taken: int = 0, **more: object) -> Quiet:
    return Quiet(level, Turn.VISITOR, NOW - minutes * MINUTE, taken, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("level, taken, minutes, step", CELLS)
def test_each_step_of_a_visitors_silence_has_its_time(
    level: Level, taken: int, minutes: int, step: str
) -> None:
    parked = NOW - 8 * MINUTE if step == "close" else None
    rung = silence.due(quiet(level, minutes, taken, parked=parked), RULES, NOW)

    assert rung == silence.Rung(taken + 1, Step(step), timedelta(0))
    assert silence.due(quiet(level, minutes, taken), RULES, NOW - A_MOMENT) is None
    if step != "close":
        assert silence.due(quiet(level, minutes, taken + 1), RULES, NOW) is None


@pytest.mark.parametrize("level", [HIGH, CRITICAL])
def test_nothing_comes_after_the_last_step(level: Level) -> None:
    assert silence.due(quiet(level, 24 * 60, 4), RULES, NOW) is None


@pytest.mark.parametrize(
    "minutes, parked_for, taken",
    [
        (20, None, 3),  # never set aside, or taken up again
        (20, 7.9, 3),  # set aside by hand a moment ago
        (22.1, 10.1, 3),  # nobody looked when it was due
        (24 * 60, 24 * 60, 3),
        (30, None, 4),  # high until now
    ],
)
def test_what_may_not_end_yet_is_set_aside_for_the_whole_last_wait(
    minutes: float, parked_for: float | None, taken: int
) -> None:
    parked = None if parked_for is None else NOW - parked_for * MINUTE
    rung = silence.due(quiet(ROUTINE, minutes, taken, parked=parked), RULES, NOW)

    assert rung == silence.Rung(3, Step.PARK, (minutes - 12) * MINUTE)


@pytest.mark.parametrize("taken", range(5))
def test_no_time_whatever_closes_or_parks_a_critical_chat(taken: int) -> None:
    rung = silence.due(quiet(CRITICAL, 24 * 60, taken), RULES, NOW)

    assert rung is None or rung.step not in (Step.CLOSE, Step.PARK)


@pytest.mark.parametrize("taken", range(5))
def test_no_time_whatever_closes_or_parks_a_high_chat(taken: int) -> None:
    rung = silence.due(quiet(HIGH, 24 * 60, taken), RULES, NOW)

    assert rung is None or rung.step not in (Step.CLOSE, Step.PARK)


def test_a_late_step_says_by_how_much() -> None:
    rung = silence.due(quiet(ROUTINE, 15), RULES, NOW)

    assert rung == silence.Rung(1, Step.CHECK, 12 * MINUTE)


def test_a_page_out_of_sight_slows_every_step_down() -> None:
    hidden = quiet(ROUTINE, 6, away=6 * MINUTE)
    half = quiet(ROUTINE, 6, away=4 * MINUTE)

    assert silence.length(hidden, RULES, NOW) == 3 * MINUTE
    assert silence.length(half, RULES, NOW) == 4 * MINUTE
    assert silence.due(hidden, RULES, NOW) is not None
    assert silence.due(hidden, RULES, NOW - A_MOMENT) is None


def test_nothing_keeps_back_what_the_leads_should_know_of_somebody_at_critical_risk() -> None:
    hidden = quiet(CRITICAL, 3, away=3 * MINUTE)

    assert silence.has_reached(hidden, Step.TELL_LEAD, RULES, NOW)


@pytest.mark.parametrize(
    "level, minutes, step, so",
    [
        (CRITICAL, 3, Step.TELL_LEAD, True),
        (CRITICAL, 2.9, Step.TELL_LEAD, False),
        (HIGH, 60, Step.TELL_LEAD, False),
        (HIGH, 20, Step.ASK_LEAD, True),
        (HIGH, 19.9, Step.ASK_LEAD, False),
        (ROUTINE, 60, Step.ASK_LEAD, False),
        (CRITICAL, 60, Step.ASK_LEAD, False),
    ],
)
def test_who_is_told_or_asked_when(level: Level, minutes: float, step: Step, so: bool) -> None:
    assert silence.has_reached(quiet(level, minutes), step, RULES, NOW) == so


# -- a listener's ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "level, reminded, told",
    [(ROUTINE, 3, 7), (ELEVATED, 3, 7), (HIGH, 1, 3), (CRITICAL, 1, 3)],
)
def test_a_listener_is_reminded_and_then_the_leads_are_told(
    level: Level, reminded: int, told: int
) -> None:
    def after(minutes: float) -> int:
        since = NOW - minutes * MINUTE
        return silence.listener_step(Quiet(level, Turn.LISTENER, since), NOW)

    assert (after(reminded - 0.1), after(reminded)) == (0, silence.REMINDED)
    assert (after(told - 0.1), after(told)) == (silence.REMINDED, silence.TOLD)


def test_whose_word_is_awaited_decides_whose_silence_it_is() -> None:
    listeners = Quiet(ROUTINE, Turn.LISTENER, NOW - 60 * MINUTE)

    assert silence.due(listeners, RULES, NOW) is None
    assert not silence.may_park(listeners, RULES, NOW)
    assert silence.listener_step(quiet(CRITICAL, 60), NOW) == 0


# -- set aside by hand ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "level, minutes, may",
    [(ROUTINE, 3, True), (HIGH, 3, True), (ROUTINE, 2.9, False), (CRITICAL, 60, False)],
)
def test_a_listener_may_set_aside_what_is_quiet_and_not_critical(
    level: Level, minutes: float, may: bool
) -> None:
    assert silence.may_park(quiet(level, minutes), RULES, NOW) == may


def test_typing_is_noted_now_and_then() -> None:
    assert silence.stirs(quiet(ROUTINE, 1), NOW)
    assert not silence.stirs(quiet(ROUTINE, 0.4), NOW)
    assert not silence.stirs(Quiet(ROUTINE, Turn.LISTENER, NOW - MINUTE), NOW)


# -- settings -------------------------------------------------------------------------------------


def test_the_steps_are_what_the_line_has_set() -> None:
    rules = silence.rules({"silence_third": 15, "silence_hidden_factor": 3, "surge": True})

    assert rules.steps == (3 * MINUTE, 7 * MINUTE, 15 * MINUTE, 20 * MINUTE)
    assert rules.hidden_factor == 3


@pytest.mark.parametrize(
    "name, number",
    [
        ("silence_first", 0),
        ("silence_last", 241),
        ("silence_hidden_factor", 0),
        ("silence_second", 12),  # not after the third
        ("silence_first", 7),
        ("surge", 1),
    ],
)
def test_steps_keep_their_limits_and_their_order(name: str, number: int) -> None:
    with pytest.raises(errors.BadRequest):
        tuning.group("silence").require({}, name, number)


def test_a_step_may_move_between_its_neighbours() -> None:
    tuning.group("silence").require({}, "silence_second", 11)
    tuning.group("silence").require({"silence_last": 60}, "silence_third", 45)
