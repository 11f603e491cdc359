"""The rest after a chat: how long it is, and from when on one is called out of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain.care import Care, Rest, rest_after

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)


def at(minute: float | None) -> datetime | None:
    return None if minute is None else NOW + timedelta(minutes=minute)


@pytest.mark.parametrize(
    "was_critical, pause, before, until, alone_until",
    [
        (False, 15, None, 5, None),
        (True, 15, None, 15, 5),
        (True, 0, None, 5, 5),  # the pause is off; the first minutes stay theirs
        (False, 15, (10, 0), 10, 0),  # a pause goes on
        (False, 15, (13, 3), 13, 3),  # ... and so do its first minutes
        (False, 15, (2, -8), 5, -8),
        (False, 15, (-1, -11), 5, None),  # that one was over
        (True, 15, (10, 0), 15, 5),
        (False, 15, (3, None), 5, None),
    ],
)
def test_the_rest_after_a_chat(was_critical, pause, before, until, alone_until):
    earlier = Rest(at(before[0]), at(before[1])) if before else None
    care = Care(timedelta(minutes=pause), 3, 0, 0)

    rest = rest_after(care, was_critical=was_critical, finishes=at(5), before=earlier, now=NOW)

    assert rest == Rest(at(until), at(alone_until))


def test_who_stepped_out_is_left_alone_altogether():
    rest = rest_after(
        Care(timedelta(minutes=15), 3, 0, 0),
        was_critical=False, stepped_out=True, finishes=at(5), before=None, now=NOW,
    )  # fmt: skip

    assert rest == Rest(at(5), at(5))
