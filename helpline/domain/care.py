"""What the line does so that hard chats do not wear listeners out: settings with their limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from . import errors

# setting -> (as long as nobody sets it, the largest); zero turns it off
SETTINGS: Mapping[str, tuple[int, int]] = {
    "pause_after_critical": (15, 120),  # minutes, the wrap-up included
    "critical_per_shift": (3, 20),
}


@dataclass(frozen=True, slots=True)
class Care:
    pause_after_critical: timedelta
    critical_per_shift: int

    def is_enough(self, critical_taken: int) -> bool:
        """Whether this many critical chats are what one shift may ask of a person."""
        return 0 < self.critical_per_shift <= critical_taken


def care(policies: Mapping[str, object]) -> Care:
    minutes, most = (_number(policies, name) for name in SETTINGS)
    return Care(timedelta(minutes=minutes), most)


def _number(policies: Mapping[str, object], name: str) -> int:
    found = policies.get(name)
    return found if isinstance(found, int) else SETTINGS[name][0]


def require_setting(name: str, number: int) -> None:
    """Refused with `bad_request` for an unknown one, or beyond its limit."""
    if name not in SETTINGS:
        raise errors.BadRequest(field="setting")
    if not 0 <= number <= SETTINGS[name][1]:
        raise errors.BadRequest(field=name)
