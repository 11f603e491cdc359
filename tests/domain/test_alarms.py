"""Who is told when, and when once more: rules on literal times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain import alarms

NOW = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    "waited, leads, told, shown",
    [
        (29, False, False, False),
        (30, True, False, False),
        (59, True, False, False),
        (60, False, True, False),
        (119, False, True, False),
        (120, False, True, True),
    ],
)
def test_a_critical_chat_that_waits_is_told_and_then_shown_more(
    waited: int, leads: bool, told: bool, shown: bool
) -> None:
    since = NOW - waited * SECOND

    assert alarms.rings_too_long(since, NOW) == leads
    assert alarms.is_unanswered(since, NOW) == told
    assert alarms.needs_more_help(since, NOW) == shown


def test_that_nobody_is_there_can_wait_only_while_nobody_waits() -> None:
    assert alarms.nobody_is_paged_at(NOW, somebody_waits=True) == NOW
    assert alarms.nobody_is_paged_at(NOW, somebody_waits=False) == NOW + 2 * MINUTE


@pytest.mark.parametrize(
    "rung, minutes, next_one",
    [(1, 4.99, None), (1, 5, 2), (1, 600, 2), (11, 5, 12), (12, 5, None)],
)
def test_what_nobody_owns_calls_again_until_the_last_rung(
    rung: int, minutes: float, next_one: int | None
) -> None:
    assert alarms.next_rung(rung, NOW - minutes * MINUTE, NOW) == next_one


@pytest.mark.parametrize("tries, seconds", [(1, 10), (2, 20), (4, 40), (5, None), (6, None)])
def test_a_page_is_tried_less_and_less_often_and_then_given_up(
    tries: int, seconds: int | None
) -> None:
    again = None if seconds is None else NOW + seconds * SECOND

    assert alarms.next_try(tries, NOW) == again
