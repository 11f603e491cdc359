"""Contact plans: what was agreed with somebody who writes very often. A plan informs a person and
limits nothing by itself."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from . import errors
from .urgency import Level

LENGTH = 2_000
REVIEWED_WITHIN = timedelta(days=180)  # nobody is held to what was agreed long ago


class Standing(StrEnum):
    NOT_APPLIED = "not_applied"  # the chat is at risk: its listener does not even see the words
    NOT_TOLD = "not_told"  # the person does not know of it yet: not in force
    IN_FORCE = "in_force"


def standing(level: Level, *, told: bool) -> Standing:
    if level >= Level.HIGH:
        return Standing.NOT_APPLIED
    return Standing.IN_FORCE if told else Standing.NOT_TOLD


def require_review(review_on: date, today: date) -> None:
    """Refused with `bad_request` for a day that is over, or too far away."""
    if not today < review_on <= today + REVIEWED_WITHIN:
        raise errors.NotADayAhead(field="review_on")
