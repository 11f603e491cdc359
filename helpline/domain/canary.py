"""Canary chats: how often one of our own goes the way of a visitor's, and when it is late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from . import errors

SETTING = "canary_minutes"  # in the line's policies; zero turns them off
EVERY = 5  # minutes, as long as nobody sets it
MOST = 60
LATE_AFTER = 2  # of them, and
GRACE = timedelta(minutes=1)  # for the way
FORGOTTEN_AFTER = timedelta(minutes=2)  # whatever became of it


def every(policies: Mapping[str, object]) -> timedelta | None:
    """How often; None for never."""
    found = policies.get(SETTING)
    minutes = found if isinstance(found, int) else EVERY
    return timedelta(minutes=minutes) if minutes else None


def require_setting(minutes: int) -> None:
    """Refused with `bad_request` beyond the limit."""
    if not 0 <= minutes <= MOST:
        raise errors.BadRequest(field=SETTING)


def is_due(sent_at: datetime, period: timedelta | None, now: datetime) -> bool:
    return period is not None and now - sent_at >= period


def is_late(through_at: datetime, period: timedelta | None, now: datetime) -> bool:
    """Whether the last that came through, or the moment since which they count, is too long ago."""
    return period is not None and now - through_at > LATE_AFTER * period + GRACE
