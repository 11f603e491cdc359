"""Concerns about somebody at risk: about whom, who looks after it, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from . import errors

ABOUT = ("child", "adult")
DUE_HOURS = (1, 24, 72)  # what may be chosen; the first is for danger now
USUAL_HOURS = 24


@dataclass(frozen=True, slots=True)
class Words:
    """What was written of a concern; empty where nothing was, or once it was forgotten."""

    concern: str = ""
    their_words: str = ""
    told: str = ""


def due_at(hours: int | None, now: datetime) -> datetime:
    """Refused: `bad_request` for hours that are not offered."""
    chosen = USUAL_HOURS if hours is None else hours
    if chosen not in DUE_HOURS:
        raise errors.BadRequest(field="due_hours")
    return now + timedelta(hours=chosen)
