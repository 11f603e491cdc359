"""The queue: who is next, and how long it will honestly take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.domain import queue
from helpline.domain.queue import Pace, Waiting, WaitRange
from helpline.domain.urgency import Level

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)


def waits(id: str, level: Level, minutes: float, *, returned: bool = False) -> Waiting:
    """Somebody who came so many minutes ago."""
    return Waiting(id, level, NOW - timedelta(minutes=minutes), returned)


ROUTINE, ELEVATED, HIGH, CRITICAL = Level

ORDERS = [
    # alone, and by arrival
    ([waits("a", ROUTINE, 5)], "a"),
    ([waits("a", ROUTINE, 5), waits("b", ROUTINE, 6)], "ba"),
    # critical before everything, however long the others have waited
    ([waits("a", ROUTINE, 300), waits("b", CRITICAL, 0)], "ba"),
    ([waits("a", HIGH, 60, returned=True), waits("b", CRITICAL, 0)], "ba"),
    ([waits("a", CRITICAL, 1), waits("b", CRITICAL, 2)], "ba"),
    # whom a listener lost before who was not yet answered, at the same rank
    ([waits("a", HIGH, 4), waits("b", ROUTINE, 1, returned=True)], "ba"),
    ([waits("a", CRITICAL, 9), waits("b", CRITICAL, 1, returned=True)], "ba"),
    ([waits("a", ROUTINE, 9, returned=True), waits("b", HIGH, 1, returned=True)], "ba"),
    # then by the promise that falls due first: 5, 20 and 45 minutes after arrival
    ([waits("a", ROUTINE, 1), waits("b", ELEVATED, 1), waits("c", HIGH, 1)], "cba"),
    ([waits("a", ROUTINE, 41), waits("b", HIGH, 0)], "ab"),
    ([waits("a", ROUTINE, 39), waits("b", HIGH, 0)], "ba"),
    ([waits("a", ROUTINE, 26), waits("b", ELEVATED, 0)], "ab"),
    ([waits("a", ROUTINE, 24), waits("b", ELEVATED, 0)], "ba"),
    ([waits("a", ELEVATED, 16), waits("b", HIGH, 0)], "ab"),
    ([waits("a", ELEVATED, 14), waits("b", HIGH, 0)], "ba"),
    # a promise that falls due at the same moment: who came first
    ([waits("b", HIGH, 0), waits("a", ROUTINE, 40)], "ab"),
    ([waits("b", ROUTINE, 3), waits("a", ROUTINE, 3)], "ab"),
]


@pytest.mark.parametrize("everybody, expected", ORDERS)
def test_the_order_of_those_who_wait(everybody: list[Waiting], expected: str) -> None:
    assert "".join(each.id for each in queue.order(everybody)) == expected


@given(st.permutations([waits(f"{n}", Level(n % 4), n * 7 % 11) for n in range(8)]))
def test_the_order_does_not_depend_on_how_the_facts_come(everybody: list[Waiting]) -> None:
    assert queue.order(everybody) == queue.order(sorted(everybody, key=lambda each: each.id))


@pytest.mark.parametrize(
    "level, minutes", [(CRITICAL, 1), (HIGH, 5), (ELEVATED, 20), (ROUTINE, 45)]
)
def test_the_promise_of_each_level(level: Level, minutes: int) -> None:
    assert queue.deadline(level, NOW) == NOW + timedelta(minutes=minutes)


# ahead, seats, free seats, minutes a chat takes; from, to (minutes), or None
RANGES = [
    # nobody is there: no promise
    (0, 0, 0, 45, None),
    (3, 0, 0, 12, None),
    # a seat is free for them
    (0, 2, 1, 45, (0, 5)),
    (1, 4, 2, 45, (0, 5)),
    # all busy: of one seat it takes a whole chat, of many only a part of one
    (0, 1, 0, 45, (0, 50)),
    (0, 2, 0, 45, (0, 25)),
    (1, 2, 0, 45, (5, 40)),
    (0, 4, 0, 45, (0, 15)),
    (0, 8, 0, 45, (0, 10)),
    (4, 8, 0, 45, (5, 25)),
    # seats that are free go to those ahead first
    (1, 2, 1, 45, (0, 25)),
    # how long chats took counts
    (0, 8, 0, 20, (0, 5)),
    (0, 8, 0, 90, (0, 15)),
]


@pytest.mark.parametrize("ahead, seats, free, minutes, expected", RANGES)
def test_the_wait_that_is_shown(
    ahead: int, seats: int, free: int, minutes: int, expected: tuple[int, int] | None
) -> None:
    found = queue.wait_range(ahead, Pace(seats, free, minutes))

    assert found == (None if expected is None else WaitRange(*expected))


def test_the_usual_length_is_the_published_one_until_the_line_has_its_own() -> None:
    assert queue.usual_length([]) == 45
    assert queue.usual_length([45.0 + 12] * 5) == 45 + 6
    assert queue.usual_length([20.0] * 50) < 25


paces = st.builds(Pace, st.integers(1, 40), st.integers(0, 3), st.floats(5, 180))


@given(st.integers(0, 60), paces)
def test_the_wait_is_a_range_of_whole_five_minutes(ahead: int, pace: Pace) -> None:
    found = queue.wait_range(ahead, pace)

    assert found is not None
    assert 0 <= found.low_minutes < found.high_minutes
    assert found.low_minutes % 5 == found.high_minutes % 5 == 0


@given(st.integers(0, 60), paces)
def test_nobody_behind_is_promised_less(ahead: int, pace: Pace) -> None:
    sooner, later = queue.wait_range(ahead, pace), queue.wait_range(ahead + 1, pace)

    assert sooner is not None
    assert later is not None
    assert sooner.low_minutes <= later.low_minutes
    assert sooner.high_minutes <= later.high_minutes
