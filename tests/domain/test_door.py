"""The door says when the wait is too long, does not go to and fro, and never keeps the gravest out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.domain import door, errors, queue
from helpline.domain.door import Door
from helpline.domain.opening import Opening, Why
from helpline.domain.queue import Pace
from helpline.domain.urgency import Level

OPEN, CLOSED = Opening(True, Why.OPEN), Opening(False, Why.OUTSIDE_HOURS)
WIDE, FULL = Door(False, 45), Door(True, 45)


@pytest.mark.parametrize(
    "wait, limit, was_full, full",
    [
        (45.0, 45, False, False),
        (45.1, 45, False, True),
        # once full it stays so until the wait is three quarters of the limit
        (45.0, 45, True, True),
        (33.8, 45, True, True),
        (33.75, 45, True, False),
        (0.0, 45, True, False),
        # nobody can tell: it stays as it is
        (None, 45, False, False),
        (None, 45, True, True),
        # no limit
        (500.0, 0, False, False),
        (500.0, 0, True, False),
        (None, 0, True, False),
    ],
)
def test_the_door_limits_beyond_its_limit_and_not_to_and_fro(
    wait: float | None, limit: int, was_full: bool, full: bool
) -> None:
    assert door.is_full(wait, limit, was_full=was_full) == full


@pytest.mark.parametrize(
    "state, at, level, admitted",
    [
        (OPEN, WIDE, Level.ROUTINE, True),
        (CLOSED, WIDE, Level.ROUTINE, False),
        (CLOSED, WIDE, Level.ELEVATED, False),
        (CLOSED, WIDE, Level.HIGH, True),
        (CLOSED, WIDE, Level.CRITICAL, True),
        (OPEN, FULL, Level.ROUTINE, False),
        (OPEN, FULL, Level.ELEVATED, False),
        (OPEN, FULL, Level.HIGH, True),
        (OPEN, FULL, Level.CRITICAL, True),
        (CLOSED, FULL, Level.HIGH, True),
    ],
)
def test_a_closed_or_full_line_still_admits_high_and_critical_words(
    state: Opening, at: Door, level: Level, admitted: bool
) -> None:
    assert door.admits(state, at, level) == admitted


@pytest.mark.parametrize("state, at", [(CLOSED, WIDE), (OPEN, FULL)])
def test_a_closed_or_full_line_admits_what_no_rule_could_read(state: Opening, at: Door) -> None:
    assert door.admits(state, at, Level.ROUTINE, undecided=True)


def test_the_limit_is_the_longest_promise_until_somebody_sets_it() -> None:
    assert door.limit({}) == 45
    assert door.limit({door.SETTING: 60}) == 60
    assert door.limit({door.SETTING: 0}) == 0


@pytest.mark.parametrize("minutes", [0, 5, 45, 240])
def test_a_reasonable_limit_is_taken(minutes: int) -> None:
    door.require_limit(minutes)


@pytest.mark.parametrize("minutes", [-1, 1, 4, 241])
def test_any_other_is_not(minutes: int) -> None:
    with pytest.raises(errors.BadRequest):
        door.require_limit(minutes)


# -- the wait that it rests on ------------------------------------------------------------------

paces = st.builds(Pace, st.integers(1, 40), st.integers(0, 3), st.floats(5, 180))


@given(st.integers(0, 60), paces)
def test_the_middle_of_the_wait_lies_in_the_range_that_is_shown(ahead: int, pace: Pace) -> None:
    middle, shown = queue.middle_wait(ahead, pace), queue.wait_range(ahead, pace)

    assert middle is not None
    assert shown is not None
    assert shown.low_minutes <= middle <= shown.high_minutes


def test_of_one_seat_the_middle_is_that_of_an_exponential_wait() -> None:
    found = queue.middle_wait(0, Pace(seats=1, free_seats=0, chat_minutes=45))

    assert found == pytest.approx(45 * 0.693, rel=0.02)  # ln 2


def test_nobody_knows_a_wait_while_nobody_is_there() -> None:
    assert queue.middle_wait(3, Pace(seats=0, free_seats=0)) is None
    assert queue.middle_wait(1, Pace(seats=4, free_seats=2)) == 0.0
