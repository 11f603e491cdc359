"""What it means for others that this house itself was down: nobody is absent because of us."""

from __future__ import annotations

from datetime import datetime, timedelta

from . import chat, routing
from .urgency import Level

COUNTS_FROM = timedelta(seconds=10)  # the house says no more often than this that it is alive


def lease_after(until: datetime, *, down_since: datetime, now: datetime) -> datetime:
    """Who was there has a whole lease to come back; who was lost is as long lost as before."""
    if until > down_since:
        return now + routing.LEASE_LASTS
    return until + (now - down_since)


def expiry_after(
    expires_at: datetime, *, is_hand_off: bool, down_since: datetime, now: datetime
) -> datetime:
    """An offer that could not be answered can be answered for its whole time again."""
    if expires_at <= down_since:
        return expires_at
    return now + (routing.HAND_OFF_LASTS if is_hand_off else routing.OFFER_LASTS)


def seen_after(
    seen_at: datetime, *, is_here: bool, level: Level, down_since: datetime, now: datetime
) -> datetime:
    """A visitor who was here, or might still have come back, has the whole grace again."""
    might_come_back = is_here or seen_at + chat.grace(level) > down_since
    return max(now, seen_at) if might_come_back else seen_at


def silent_since(since: datetime, *, level: Level, down_since: datetime, now: datetime) -> datetime:
    """A silence does not go on while nobody could write; at critical risk it is told at once."""
    if level is Level.CRITICAL:
        return since
    return since + (now - max(since, down_since))
