"""The whole permission table on one page: may(who, verb, subject)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from . import errors


class Role(StrEnum):
    LISTENER = "listener"
    LEAD = "lead"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True)
class Who:
    """A signed-in person, as looked up for this very act."""

    id: str
    name: str
    roles: frozenset[str] = field(default_factory=frozenset)
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a verb is about: who holds the chat, to whom an offer was made, which lead reads along
    in it, and which of them writes too."""

    holder_id: str | None = None
    asked_id: str | None = None
    beside_id: str | None = None
    joined_id: str | None = None


LISTENERS = frozenset({Role.LISTENER, Role.LEAD})
LEADS = frozenset({Role.LEAD})
COORDINATORS = frozenset({Role.COORDINATOR})
WATCHERS = frozenset({Role.LEAD, Role.COORDINATOR})
STAFF = LISTENERS | COORDINATORS

# verb -> (roles, relation to the subject)
TABLE: dict[str, tuple[frozenset[Role], str | None]] = {
    "enter_console": (LISTENERS, None),
    "enter_dashboard": (COORDINATORS, None),
    "be_present": (LISTENERS, None),
    "answer_call_out": (LISTENERS, None),
    "serve": (LISTENERS, None),
    "answer_request": (LISTENERS, "asked"),
    "withdraw_request": (LISTENERS, "holder"),
    "accept": (LISTENERS, "asked"),
    "decline": (LISTENERS, "asked"),
    "read": (LISTENERS, "reader"),
    "say": (LISTENERS, "writer"),
    "send_resource": (LISTENERS, "writer"),
    "assess": (LISTENERS, "holder"),
    "answer_flag": (LISTENERS, "holder"),
    "missed": (LISTENERS, "holder"),
    "note": (LISTENERS, "holder"),
    "ask_help": (LISTENERS, "holder"),
    "step_out": (LISTENERS, "holder"),
    "hand_off": (LISTENERS, "holder"),
    "summon": (LISTENERS, "holder"),
    "raise_concern": (LISTENERS, "holder"),
    "sign_off": (LEADS, None),
    "close": (LISTENERS, "holder"),
    "reopen": (LISTENERS, "holder"),
    "park": (LISTENERS, "holder"),
    "keep_apart": (LISTENERS, "holder"),
    "tell_plan": (LISTENERS, "holder"),
    "offer_follow_up": (LISTENERS, "holder"),
    "withdraw_follow_up": (LISTENERS, "aside"),
    "write_follow_up": (LISTENERS, "aside"),
    "keep_plans": (LEADS, None),
    "watch": (LEADS, None),
    "whisper": (LISTENERS, "aside"),
    "join": (LEADS, None),
    "take_over": (LEADS, None),
    "keep_others_apart": (LEADS, None),
    "lift_cap": (LEADS, None),
    "link_chats": (LEADS, None),
    "close_waiting": (LEADS, None),
    "read_notices": (STAFF, None),
    "hand_over_shift": (LEADS, None),
    "take_left": (LISTENERS, None),
    "answer_left": (LISTENERS, "holder"),
    "have_feed": (LISTENERS, None),
    "look_back": (WATCHERS, None),
    "assign": (WATCHERS, None),
    "acknowledge": (WATCHERS, None),
    "answer_alert": (WATCHERS, None),
    "hold_chat": (WATCHERS, None),
    "report_incident": (WATCHERS, None),
    "look_into": (WATCHERS, None),
    "review_lost": (LEADS, None),
    "read_held": (LEADS, None),
    "set_line": (COORDINATORS, None),
    "call_out": (COORDINATORS, None),
    "plan": (COORDINATORS, None),
    "keep_packs": (COORDINATORS, None),
    "keep_directory": (COORDINATORS, None),
    "keep_pages": (COORDINATORS, None),
}


def may(who: Who, verb: str, subject: Subject | None = None) -> bool:
    roles, relation = TABLE[verb]
    return bool(roles & who.roles) and _stands(relation, who, subject)


def require(who: Who, verb: str, subject: Subject | None = None) -> None:
    """Refused with `not_allowed` for the role, `not_found` for what is somebody else's."""
    roles, relation = TABLE[verb]
    if not roles & who.roles:
        raise errors.NotAllowed
    if not _stands(relation, who, subject):
        raise errors.NotFound


def _stands(relation: str | None, who: Who, subject: Subject | None) -> bool:
    if relation is None:
        return True
    if subject is None:
        return False
    return STANDS[relation](who, subject, Role.LEAD in who.roles)


# relation -> whether somebody stands in it to the subject, given whether they lead
STANDS: dict[str, Callable[[Who, Subject, bool], bool]] = {
    "holder": lambda who, subject, leads: who.id == subject.holder_id,
    "asked": lambda who, subject, leads: who.id == subject.asked_id,
    "reader": lambda who, subject, leads: (
        who.id == subject.holder_id or (leads and who.id == subject.beside_id)
    ),
    "writer": lambda who, subject, leads: (
        who.id == subject.holder_id or (leads and who.id == subject.joined_id)
    ),
    "aside": lambda who, subject, leads: leads or who.id == subject.holder_id,
}
