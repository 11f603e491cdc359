"""What must be forgotten, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain import chat, retention

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "keep_days, before",
    [
        (30, datetime(2026, 10, 19, 20, 0, tzinfo=UTC)),
        (1, datetime(2026, 11, 17, 20, 0, tzinfo=UTC)),
        (0, NOW),
    ],
)
def test_chats_are_forgotten_so_many_days_after_their_end(keep_days: int, before: datetime) -> None:
    assert retention.forget_before(NOW, keep_days) == before


def test_a_token_lives_as_long_as_a_chat_can_be_reopened() -> None:
    """Else the page would promise a way back that the token no longer opens."""
    assert retention.TOKEN_LIVES_AFTER_CLOSE == chat.REOPEN_FOR


def test_nobody_stays_signed_in_for_more_than_a_long_shift() -> None:
    assert retention.SESSION_IDLES <= retention.SESSION_LIVES == timedelta(hours=12)
    assert timedelta(hours=12) == retention.STAFF_TOKEN_LIVES
