"""Notices about the roster: what may break somebody's night, when it may leave, when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from . import walltime

QUIET_ENDS = timedelta(hours=12)  # so near a shift, a notice about it comes at any hour
CLAIM_LASTS = timedelta(minutes=1)
# How long after each failed try the next one comes; after the last of them it is given up.
TRIED_AGAIN_AFTER = tuple(timedelta(seconds=each) for each in (10, 60, 300, 900, 1800))

# What is said at any hour of the night: somebody is needed now, and every minute counts.
BREAKS_QUIET = frozenset({"backup", "no_check_in", "no_show", "not_coming", "shift_cancelled"})


@dataclass(frozen=True, slots=True)
class Quiet:
    """Somebody's night in the line's wall time; both None for none. May pass midnight."""

    since: time | None = None
    until: time | None = None

    def covers(self, wall: time) -> bool:
        if self.since is None or self.until is None or self.since == self.until:
            return False
        if self.since < self.until:
            return self.since <= wall < self.until
        return wall >= self.since or wall < self.until


def may_leave(
    kind: str, quiet: Quiet, *, starts_at: datetime | None, zone: str, now: datetime
) -> bool:
    """Whether a notice may reach its person now; `starts_at` is the shift's that it is about."""
    if kind in BREAKS_QUIET or (starts_at is not None and starts_at - now <= QUIET_ENDS):
        return True
    return not quiet.covers(walltime.local(zone, now).time())


def next_try(tries: int, now: datetime) -> datetime | None:
    """When a notice that could not leave after so many tries is tried again; None: given up."""
    if tries > len(TRIED_AGAIN_AFTER):
        return None
    return now + TRIED_AGAIN_AFTER[tries - 1]


def is_stale(valid_until: datetime, now: datetime) -> bool:
    """Whether it would speak of the past by now."""
    return valid_until <= now
