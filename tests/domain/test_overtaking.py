"""What critical chats cost those who came before them, worked out on small queues by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain.overtaking import Answer, overtaken, overtakers
from helpline.domain.urgency import Level

START = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
ROUTINE, HIGH, CRITICAL = Level.ROUTINE, Level.HIGH, Level.CRITICAL


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def answer(chat_id: str, came: float, taken: float, level: Level = ROUTINE) -> Answer:
    return Answer(chat_id, level, at(came), at(taken))


def lost(*answers: Answer) -> dict[str, tuple[int, float]]:
    """Per chat by how many it was overtaken, and the minutes that it lost."""
    return {
        each.chat_id: (each.by, each.lost / timedelta(minutes=1)) for each in overtaken(answers)
    }


CASES = {
    "nobody came": ([], {}),
    "in turn": ([answer("a", 0, 10), answer("b", 1, 20)], {}),
    "one goes first": ([answer("a", 0, 30), answer("c", 5, 10, CRITICAL)], {"a": (1, 20)}),
    "it came before": ([answer("c", 0, 10, CRITICAL), answer("a", 5, 30)], {}),
    "it was answered before they came": (
        [answer("c", 0, 10, CRITICAL), answer("a", 12, 30)],
        {},
    ),
    "it came later and was answered later": (
        [answer("a", 0, 30), answer("c", 5, 40, CRITICAL)],
        {},
    ),
    "everybody behind it moves by one seat": (
        [answer("a", 0, 30), answer("b", 1, 45), answer("c", 5, 10, CRITICAL)],
        {"a": (1, 20), "b": (1, 15)},
    ),
    "two go first": (
        [answer("a", 0, 60), answer("c", 5, 10, CRITICAL), answer("d", 6, 25, CRITICAL)],
        {"a": (2, 50)},
    ),
    "a critical one loses nothing": (
        [answer("c", 0, 20, CRITICAL), answer("d", 5, 10, CRITICAL)],
        {},
    ),
    "high is not critical": ([answer("a", 0, 30), answer("h", 5, 10, HIGH)], {}),
    "the first answer counts": (
        [answer("a", 0, 10), answer("c", 15, 20, CRITICAL), answer("a", 0, 40)],
        {},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_time_is_lost_to_the_critical_chats_that_came_later_and_went_first(case: str) -> None:
    answers, expected = CASES[case]

    assert lost(*answers) == expected
    assert lost(*reversed(answers)) == expected


def test_in_all_as_much_is_lost_as_the_last_one_waited_longer() -> None:
    """Each seat moves on by one: the sum is from the seat of the critical chat to the last."""
    answers = [answer(str(n), n / 100, 10 + 7 * n) for n in range(1, 8)]
    answers.append(answer("c", 3, 10, CRITICAL))

    assert sum(minutes for _, minutes in lost(*answers).values()) == 7 * 7


def test_who_still_waits_counts_who_went_first() -> None:
    answers = [answer("c", 5, 10, CRITICAL), answer("d", 6, 20, CRITICAL), answer("x", 1, 11)]

    assert [each.chat_id for each in overtakers(at(2), at(15), answers)] == ["c"]
    assert overtakers(at(7), at(30), answers) == []
