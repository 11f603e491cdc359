"""A chat's states and its lawful moves; the text a person may send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from . import errors
from .urgency import Level

MESSAGE_LENGTH = 4_000  # code points
NICKNAME_LENGTH = 40
TOPIC_LENGTH = 80
NEXT_STEP_LENGTH = 200

REOPEN_FOR = timedelta(minutes=15)
VISITOR_GRACE = timedelta(minutes=10)
VISITOR_GRACE_AT_RISK = timedelta(minutes=60)
STILL_LASTS = timedelta(minutes=15)  # a page that is held still counts as here for so long
WRAP_UP_LASTS = timedelta(minutes=5)


class ChatState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    ACTIVE = "active"
    WRAPPING_UP = "wrapping_up"
    CLOSED = "closed"
    LEFT = "left"
    CANARY = "canary"  # one of our own, on its way through: no person's chat


_S = ChatState

LAWFUL: dict[ChatState, frozenset[ChatState]] = {
    _S.WAITING: frozenset({_S.OFFERED, _S.ACTIVE, _S.LEFT, _S.CLOSED}),
    _S.OFFERED: frozenset({_S.WAITING, _S.ACTIVE, _S.LEFT, _S.CLOSED}),
    _S.ACTIVE: frozenset({_S.WAITING, _S.WRAPPING_UP, _S.CLOSED}),
    _S.WRAPPING_UP: frozenset({_S.ACTIVE, _S.WAITING, _S.CLOSED}),
    _S.CLOSED: frozenset({_S.ACTIVE, _S.WAITING}),
    _S.LEFT: frozenset({_S.WAITING, _S.CLOSED}),
    _S.CANARY: frozenset({_S.CLOSED}),
}

IN_LINE = frozenset({_S.WAITING, _S.OFFERED})
HELD = frozenset({_S.ACTIVE})
ENDED = frozenset({_S.WRAPPING_UP, _S.CLOSED})

OUTCOMES = (
    "felt_heard",
    "given_resource",
    "handed_to_emergency",
    "visitor_left",
    "not_for_us",
    "abusive",
    "other",
)
FEELINGS = ("better", "same", "worse")


def require_move(old: ChatState, new: ChatState) -> None:
    """Refused with `chat_closed` when a chat in `old` may not become `new`."""
    if new not in LAWFUL[old]:
        raise errors.ChatClosed


def seen_by_visitor(state: ChatState) -> str:
    """The four states a visitor knows; that an offer goes round is not among them."""
    if state in IN_LINE or state is _S.CANARY:
        return "waiting"
    if state in ENDED:
        return "closed"
    return str(state)


def grace(level: Level) -> timedelta:
    """How long a lost connection changes nothing."""
    return VISITOR_GRACE_AT_RISK if level >= Level.HIGH else VISITOR_GRACE


@dataclass(frozen=True, slots=True)
class Closing:
    """What a listener says when ending a chat."""

    outcome: str
    anyway: str | None = None


def require_closing(closing: Closing, level: Level, *, was_assessed: bool) -> None:
    """High and critical chats end only after a person's assessment, or `anyway` with a reason."""
    if closing.outcome not in OUTCOMES:
        raise errors.BadRequest(field="outcome")
    if level >= Level.HIGH and not was_assessed and not closing.anyway:
        raise errors.AssessFirst(field="anyway")


def may_reopen(closed_at: datetime | None, now: datetime) -> bool:
    return closed_at is not None and now - closed_at < REOPEN_FOR


def shows_words(state: ChatState, ended_at: datetime | None, now: datetime) -> bool:
    """Whether a visitor's page still shows what was written: as long as they could go on. A page
    that opens later than that does so for a check-in alone."""
    is_over = state in ENDED or state is ChatState.LEFT
    return not is_over or may_reopen(ended_at, now)
