"""When a shift lead may read a chat that they do not hold, why, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from . import bounds, errors
from .urgency import Level

READS_ALONG_FOR = timedelta(minutes=30)  # then it ends by itself; who still needs it says so again
AT_RISK = Level.HIGH  # from here on leads may look unasked on every line

SUPERVISED = "supervised"
# setting -> (as long as nobody sets it, the smallest, the largest)
SETTINGS: Mapping[str, tuple[int, int, int]] = {SUPERVISED: (1, 0, 1)}

# Why somebody reads along, where they give no words of their own.
HIGH_RISK, ASKED, JOINED, SAID = "high_risk", "asked", "joined", "said"


def unasked(policies: Mapping[str, object]) -> bool:
    """Whether leads may read along without a call for help."""
    return bool(bounds.number(policies, SETTINGS, SUPERVISED))


def require_reason(
    level: Level, *, said: bool, joins: bool, asked: bool, policies: Mapping[str, object]
) -> str:
    """Why this lead may be beside this chat: how it is recorded.

    Refused: `not_allowed` on a line where it takes a call for help or risk, `bad_request` with the
    field when there is no reason to be read from the chat, and none is given.
    """
    at_risk = level >= AT_RISK
    if not (at_risk or asked or unasked(policies)):
        raise errors.NotUnasked
    if said:
        return SAID
    if at_risk:
        return HIGH_RISK
    if asked:
        return ASKED
    if joins:
        return JOINED
    raise errors.BadRequest(field="reason")
