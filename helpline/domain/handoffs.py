"""Hand-offs: whom a chat may be handed to, what the visitor may say to it, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

from . import errors
from .urgency import Level

TO_PEOPLE = ("listener", "lead")
KINDS = (*TO_PEOPLE, "queue", "resource", "emergency")
WHYS = ("shift_ends", "language", "experience", "rest")  # what the visitor may be told as a reason

ASKED_FOR = timedelta(seconds=60)  # so long the visitor may say no to going back to the line
NO_COUNTS_FOR = timedelta(minutes=2)  # after a colleague took it: who accepts fast outruns nobody
RESOURCE_LASTS = timedelta(minutes=30)  # then the listener is reminded to say what became of it

AGREES, REFUSES = "agrees", "refuses"

# A warm hand-off to a resource; what has ended stays.
OUTCOMES = ("reached", "not_reached", "did_not_want", "unknown")
LAWFUL: dict[str, frozenset[str]] = {
    "offered": frozenset({"calling", *OUTCOMES}),
    "calling": frozenset(OUTCOMES),
}
SAID_OF_RESOURCES = ("calling", *OUTCOMES[:-1])  # what a person may say became of it


def asked_until(level: Level, now: datetime) -> datetime:
    """When a chat goes back to the line. At high and critical nobody is kept for a question."""
    return now if level >= Level.HIGH else now + ASKED_FOR


def no_still_counts(taken_at: datetime | None, now: datetime) -> bool:
    """Whether a no brings back who handed the chat to a colleague that took it then. The risk makes
    no difference: nobody waits for it."""
    return taken_at is not None and now - taken_at < NO_COUNTS_FOR


def require_move(old: str, new: str) -> bool:
    """Whether saying `new` of a warm hand-off changes anything: the same again does not. Refused:
    `offer_gone` once it has ended otherwise, `bad_request` for what nobody may say."""
    if new not in SAID_OF_RESOURCES:
        raise errors.BadRequest(field="state")
    if old == new:
        return False
    if new not in LAWFUL.get(old, frozenset()):
        raise errors.HandOffOver
    return True


def has_ended(state: str) -> bool:
    return state in OUTCOMES
