"""A roster that was asked for: its states, and what is refused about it."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from . import errors

WEEKS_AT_MOST = 4
SECONDS = 30  # of thinking
SECONDS_AT_MOST = 300
LOST_AFTER = timedelta(seconds=20)  # without a beat whoever worked on it is gone
KEPT_FOR = timedelta(weeks=12)


class State(StrEnum):
    ASKED = "asked"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    PUBLISHED = "published"
    DROPPED = "dropped"


UNDER_WAY = (State.ASKED, State.RUNNING)
MAY_DROP = (*UNDER_WAY, State.READY, State.FAILED)


class NotSuggested(errors.BadRequest):
    """Nothing changed."""


class UnderWay(NotSuggested):
    message = "A roster is being thought out already. Wait for it, or drop it."


class NotReady(NotSuggested):
    message = "This roster cannot be published: it is not ready, or was decided about before."


class RosterMoved(NotSuggested):
    message = (
        "The roster changed meanwhile, and some of this can no longer be. Nothing was published. "
        "Ask for a new suggestion."
    )
