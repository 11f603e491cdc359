"""Messages left while the line is closed: who may leave one, who answers it, and when it is late.

Only what can wait is ever left. High and critical words, and what no rule could read, open a chat
that waits in line, and somebody is paged: more urgent rather than less.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from . import bounds
from .opening import Opening

LEFT_MESSAGES = "left_messages"
ANSWER_HOURS = "left_answer_hours"
# setting -> (as long as nobody sets it, the smallest, the largest)
SETTINGS: Mapping[str, tuple[int, int, int]] = {
    LEFT_MESSAGES: (0, 0, 1),
    ANSWER_HOURS: (4, 1, 72),  # from when the line is open again
}
SWITCHES = frozenset({LEFT_MESSAGES})

TAKEN_FOR = timedelta(hours=1)  # without an answer another listener may take it then


def may_leave(policies: bounds.Policies, opening: Opening, *, on_call: bool) -> bool:
    """A full line is open: who comes there is told how long it takes and shown other help."""
    return not opening.open and on_call and bool(bounds.number(policies, SETTINGS, LEFT_MESSAGES))


def may_take(taken_by: str | None, taken_at: datetime | None, who_id: str, now: datetime) -> bool:
    """Nobody has it, or they do themselves, or whoever took it gave no answer for too long."""
    return taken_by in (None, who_id) or taken_at is None or now - taken_at >= TAKEN_FOR


def is_late(open_since: datetime | None, policies: bounds.Policies, now: datetime) -> bool:
    """`open_since` is when the line was first seen open after the message was left."""
    hours = timedelta(hours=bounds.number(policies, SETTINGS, ANSWER_HOURS))
    return open_since is not None and now - open_since >= hours
