"""What the line does so that hard chats do not wear listeners out: settings with their limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import bounds
from .urgency import Level

# setting -> (as long as nobody sets it, the smallest, the largest); zero turns it off
SETTINGS: Mapping[str, tuple[int, int, int]] = {
    "pause_after_critical": (15, 0, 120),  # minutes, the wrap-up included
    "critical_per_shift": (3, 0, 20),
    # In seven days, told and never enforced. Fewer than two shifts at the cap above, and about
    # what four usual evenings bring: three chats in ten are heavy.
    "critical_per_week": (5, 0, 50),
    "heavy_per_week": (10, 0, 100),  # high and critical
}

FIVE = timedelta(minutes=5)  # what a listener may take after a hard chat, beside the wrap-up
PAUSE, FINE, TALK = "pause", "ok", "talk"
AFTER_HARD = (PAUSE, FINE, TALK)  # what they may say to the offer

WANTS_CALL = "call"
LEAVINGS = ("fine", "heavy", WANTS_CALL)  # how somebody goes home, in their own words
WEEK = timedelta(days=7)
LOOKED_BACK = 4 * WEEK

# What a chat asks of whoever takes it, against one without risk: a critical one fills both seats,
# lasts longer and wants a pause after it.
WEIGHT: Mapping[Level, int] = {
    Level.ROUTINE: 1,
    Level.ELEVATED: 1,
    Level.HIGH: 2,
    Level.CRITICAL: 3,
}

Taken = Mapping[Level, int]  # how many chats of each level somebody took


@dataclass(frozen=True, slots=True)
class Care:
    pause_after_critical: timedelta
    critical_per_shift: int
    critical_per_week: int
    heavy_per_week: int

    def is_enough(self, critical_taken: int) -> bool:
        """Whether this many critical chats are what one shift may ask of a person."""
        return 0 < self.critical_per_shift <= critical_taken

    def is_heavy_week(self, taken: Taken) -> bool:
        """Whether what somebody took in seven days is as much as a week may ask of a person."""
        critical, heavy = taken.get(Level.CRITICAL, 0), heavy_of(taken)
        return 0 < self.critical_per_week <= critical or 0 < self.heavy_per_week <= heavy


def heavy_of(taken: Taken) -> int:
    """High and critical chats."""
    return sum(count for level, count in taken.items() if level >= Level.HIGH)


def load(taken: Taken) -> int:
    """What was taken, heavy chats weighted."""
    return sum(WEIGHT[level] * count for level, count in taken.items())


@dataclass(frozen=True, slots=True)
class Rest:
    """No offers `until` then, and only as a last resort a critical chat: not even that before
    `recovers_from`, after a critical chat or one that somebody stepped out of."""

    until: datetime
    recovers_from: datetime | None = None


def rest_after(
    care: Care,
    *,
    was_critical: bool,
    stepped_out: bool = False,
    finishes: datetime,
    before: Rest | None,
    now: datetime,
) -> Rest:
    """The rest after a chat that ends now and is wrapped up at `finishes`. A new rest cuts no
    pause that goes on from `before`."""
    until, alone_until = finishes, finishes if was_critical or stepped_out else None
    if was_critical:
        until = max(until, now + care.pause_after_critical)
    if before is not None and before.recovers_from is not None and before.until > now:
        until = max(until, before.until)
        alone_until = alone_until or before.recovers_from
    return Rest(until, alone_until)


def was_hard(level: Level, urgency: Level, *, called: bool) -> bool:
    """Whether a pause is offered after it: at high or critical risk, also if it calmed down, or
    when the emergency services were `called`."""
    return called or max(level, urgency) >= Level.HIGH


def take_five(finishes: datetime, before: Rest | None, now: datetime) -> Rest:
    """Five minutes after the wrap-up, which ends at `finishes`, or from now: no offer at all, not
    even as a last resort. It cuts no pause that goes on from `before`, and ends by itself."""
    until = alone = max(now, finishes) + FIVE
    if before is not None:
        until = max(until, before.until)
        alone = max(alone, before.recovers_from or alone)
    return Rest(until, alone)


def care(policies: Mapping[str, object]) -> Care:
    minutes, *caps = (bounds.number(policies, SETTINGS, name) for name in SETTINGS)
    return Care(timedelta(minutes=minutes), *caps)
