"""The door's limit: how long a wait may be before somebody new is told so and shown other help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from . import errors
from .opening import Opening
from .queue import ANSWERED_WITHIN
from .urgency import Level

SETTING = "door_limit"  # minutes, in the line's policies; zero turns it off
LIMIT = ANSWERED_WITHIN[Level.ROUTINE] // timedelta(minutes=1)  # our longest promise
LEAST, MOST = 5, 240
LETS_IN_BELOW = 0.75  # of the limit, so that the door does not go to and fro


@dataclass(frozen=True, slots=True)
class Door:
    """`full`: whoever comes now would probably wait longer than `limit_minutes`."""

    full: bool
    limit_minutes: int


def limit(policies: Mapping[str, object]) -> int:
    """In minutes; zero for none."""
    found = policies.get(SETTING)
    return found if isinstance(found, int) else LIMIT


def require_limit(minutes: int) -> None:
    """Refused with `bad_request` for what is neither off nor a reasonable wait."""
    if minutes != 0 and not LEAST <= minutes <= MOST:
        raise errors.BadNumber(field=SETTING)


def is_full(wait: float | None, limit_minutes: int, *, was_full: bool) -> bool:
    """Whether the wait of a newcomer, in minutes, is beyond the limit.

    Once full it stays so until the wait is well below; a wait that nobody can tell changes nothing.
    """
    if limit_minutes == 0:
        return False
    if wait is None:
        return was_full
    return wait > limit_minutes * (LETS_IN_BELOW if was_full else 1)


def admits(opening: Opening, door: Door, level: Level, *, undecided: bool = False) -> bool:
    """Whether a new chat may wait in line: a closed or full line still takes high and critical
    words.

    Words that no rule could read are among them: risk undecided is treated as higher.
    """
    return (opening.open and not door.full) or level >= Level.HIGH or undecided
