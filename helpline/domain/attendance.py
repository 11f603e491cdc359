"""Who came to a shift, from who is there: nobody presses a button for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LATE_AFTER = timedelta(minutes=5)


class State(StrEnum):
    """A row of `shifts`: every occurrence opens and closes once, or was missed, or is cancelled."""

    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Came:
    """What is known of one person about one shift; they are missed since `expected_from`."""

    expected_from: datetime | None = None
    confirmed_at: datetime | None = None
    checked_in_at: datetime | None = None
    no_show_at: datetime | None = None


NOTHING = Came()


def next_state(state: State, starts_at: datetime, ends_at: datetime, now: datetime) -> State:
    """What a shift is now: what passed while nobody looked was missed, and is never opened."""
    if state == State.UPCOMING and starts_at <= now:
        return State.OPEN if now < ends_at else State.MISSED
    if state == State.OPEN and ends_at <= now:
        return State.CLOSED
    return state


def is_missing(came: Came, after: timedelta, now: datetime) -> bool:
    """Whether somebody who should be there was not seen for so long."""
    since = came.expected_from
    return came.checked_in_at is None and since is not None and now - since >= after


def is_late(came: Came, starts_at: datetime) -> bool:
    return came.checked_in_at is not None and came.checked_in_at - starts_at > LATE_AFTER
