"""Incidents: what went wrong or may have, who looks into it, and what came of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from . import errors
from .urgency import Level

WORDS_AT_MOST = 4_000
QUIET_FOR = timedelta(minutes=5)  # the visitor's silence at the end of a talk: they were gone
PER_CHAT = 3  # complaints about one chat: what says more is words, not rows


class Kind(StrEnum):
    CONTACT_LOST = "contact_lost"
    COMPLAINT = "complaint"
    FOLLOW_UP_MISSED = "follow_up_missed"
    EMERGENCY = "emergency"
    THREAT = "threat"
    TECHNICAL = "technical"
    OTHER = "other"


class State(StrEnum):
    OPEN = "open"
    TAKEN = "taken"  # somebody looks into it
    REVIEWED = "reviewed"
    CLOSED = "closed"


BY_HAND = (Kind.THREAT, Kind.EMERGENCY, Kind.TECHNICAL, Kind.OTHER)  # what people report
OUTCOMES = ("nothing_wrong", "cannot_tell", "learned", "changed", "passed_on")
CAME_BACK = "came_back"  # of a lost contact: by itself

# state -> what it may become; a review can be taken up by another and said again until it is closed
LAWFUL: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.TAKEN, State.REVIEWED, State.CLOSED}),
    State.TAKEN: frozenset({State.TAKEN, State.REVIEWED, State.CLOSED}),
    State.REVIEWED: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
}


def require_move(old: str, new: State) -> None:
    """Refused: `not_found` for what is over."""
    if new not in LAWFUL[State(old)]:
        raise errors.NotFound


def require_kind(kind: str) -> Kind:
    """What people may report. Refused: `bad_request`."""
    if kind not in BY_HAND:
        raise errors.BadRequest(field="kind")
    return Kind(kind)


def require_outcome(outcome: str) -> str:
    """Refused: `bad_request`."""
    if outcome not in OUTCOMES:
        raise errors.BadRequest(field="outcome")
    return outcome


def is_contact_lost(
    level: Level, *, awaited: str | None, since: datetime | None, is_here: bool, now: datetime
) -> bool:
    """Whether a talk at high or critical risk ended with a visitor who was gone.

    `awaited` is whose word was awaited, `since` when: a listener's last words stayed without an
    answer, and the visitor's page was closed or has been quiet for long.
    """
    if level < Level.HIGH or awaited != "visitor" or since is None:
        return False
    return not is_here or now - since >= QUIET_FOR


def may_look_into(kind: Kind, *, held_it: bool, other_leads: int) -> bool:
    """Who was in the chat looks into no complaint about it, and into a lost contact only if no
    other lead could."""
    if kind is Kind.COMPLAINT:
        return not held_it
    return kind is not Kind.CONTACT_LOST or not held_it or other_leads == 0


def may_see(kind: Kind, *, held_it: bool) -> bool:
    """A complaint is not told to whom it may be about."""
    return kind is not Kind.COMPLAINT or not held_it
