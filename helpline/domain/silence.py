"""When somebody says nothing: whose word is awaited, for how long, and what is due next.

Silence is no fault. A visitor may be hiding the screen, crying, or fetching a glass of water; a
listener may have lost the thread in another chat. The steps are slow, gentle, and in one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from . import bounds, errors
from .urgency import Level


class Turn(StrEnum):
    """Whose word is awaited: of the one who did not write last."""

    VISITOR = "visitor"
    LISTENER = "listener"


class Step(StrEnum):
    CHECK = "check"  # a gentle word to the visitor
    PARK = "park"  # the chat is kept, its seat is free for somebody else
    ASK_LEAD = "ask_lead"  # whether it may be closed: nothing closes without the answer
    TELL_LEAD = "tell_lead"
    CLOSE = "close"  # with the closing script
    WAIT = "wait"


# What a visitor's silence leads to at each of the four times. No timer takes a high chat from its
# listener or ends it, and none does anything to a critical one but tell.
LADDER: Mapping[Level, tuple[Step, Step, Step, Step]] = {
    Level.ROUTINE: (Step.CHECK, Step.CHECK, Step.PARK, Step.CLOSE),
    Level.ELEVATED: (Step.CHECK, Step.CHECK, Step.PARK, Step.CLOSE),
    Level.HIGH: (Step.CHECK, Step.CHECK, Step.CHECK, Step.ASK_LEAD),
    Level.CRITICAL: (Step.TELL_LEAD, Step.CHECK, Step.CHECK, Step.WAIT),
}
SPEAKS = frozenset({Step.CHECK, Step.TELL_LEAD})

_MINUTE = timedelta(minutes=1)
# level -> when a listener is reminded, and when the leads are told
LISTENER_LADDER: Mapping[Level, tuple[timedelta, timedelta]] = {
    Level.ROUTINE: (3 * _MINUTE, 7 * _MINUTE),
    Level.ELEVATED: (3 * _MINUTE, 7 * _MINUTE),
    Level.HIGH: (1 * _MINUTE, 3 * _MINUTE),
    Level.CRITICAL: (1 * _MINUTE, 3 * _MINUTE),
}
REMINDED, TOLD = 1, 2  # the steps of a listener's silence, as they are counted

STIRS_AT_MOST_EVERY = timedelta(seconds=30)  # typing counts as a sign of life, written so often
TOO_LATE_TO_CLOSE = timedelta(minutes=2)  # nobody looked for so long: perhaps nobody could write

# setting -> (as long as nobody sets it, the smallest, the largest); minutes, but for the factor
STEPS = ("silence_first", "silence_second", "silence_third", "silence_last")
FACTOR = "silence_hidden_factor"
SETTINGS: Mapping[str, tuple[int, int, int]] = {
    "silence_first": (3, 1, 240),
    "silence_second": (7, 2, 240),
    "silence_third": (12, 3, 240),
    "silence_last": (20, 5, 240),
    FACTOR: (2, 1, 10),
}


class StepsCrossed(errors.BadRequest):
    message = "Each step must come after the one before it."


@dataclass(frozen=True, slots=True)
class Rules:
    """When each step comes, and how much slower time goes while the page is out of sight."""

    steps: tuple[timedelta, ...]
    hidden_factor: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """A chat in which somebody's word is awaited. `taken` counts the steps of this silence, `away`
    is how much of it the visitor's page was out of sight, `parked` when it was set aside."""

    level: Level
    turn: Turn
    since: datetime
    taken: int = 0
    away: timedelta = timedelta(0)
    parked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """A step that is due, counted from 1, and by how much it comes too late."""

    number: int
    step: Step
    late: timedelta


def rules(policies: Mapping[str, object]) -> Rules:
    minutes = tuple(timedelta(minutes=bounds.number(policies, SETTINGS, name)) for name in STEPS)
    return Rules(minutes, bounds.number(policies, SETTINGS, FACTOR))


def require_order(policies: Mapping[str, object], name: str, number: int) -> None:
    """Refused with `bad_request` for a step that does not come after the one before it."""
    steps = rules({**policies, name: number}).steps
    if name in STEPS and any(one >= other for one, other in pairwise(steps)):
        raise StepsCrossed(field=name)


def length(quiet: Quiet, rules: Rules, now: datetime) -> timedelta:
    """How long it has been silent as it counts: a visitor's page out of sight slows it down, but
    not what the leads should know of somebody at critical risk."""
    whole = now - quiet.since
    if quiet.turn is Turn.LISTENER or quiet.level is Level.CRITICAL:
        return whole
    return whole - quiet.away * (1 - 1 / rules.hidden_factor)


def due(quiet: Quiet, rules: Rules, now: datetime) -> Rung | None:
    """The next step of a visitor's silence, if its time has come. One at a time, in order.

    Where the end is due and may not be (`_may_close`), the step before it is due once more.
    """
    if quiet.turn is not Turn.VISITOR:
        return None
    at = min(quiet.taken, len(rules.steps) - 1)
    step, before = LADDER[quiet.level][at], LADDER[quiet.level][at - 1]
    if quiet.taken > at and step is not Step.CLOSE:
        return None
    silent = length(quiet, rules, now)
    late = silent - rules.steps[at]
    if late < timedelta(0):
        return None
    if step is Step.CLOSE and not _may_close(quiet, late, rules, now):
        return Rung(at, before, silent - rules.steps[at - 1])
    return Rung(at + 1, step, late)


def _may_close(quiet: Quiet, late: timedelta, rules: Rules, now: datetime) -> bool:
    """Only a chat that was set aside, and told so, for the whole of the last wait; and not when
    this look comes too late, for then the visitor may have had no line to write to."""
    if quiet.parked is None or late > TOO_LATE_TO_CLOSE:
        return False
    return now - quiet.parked >= rules.steps[-1] - rules.steps[-2]


def has_reached(quiet: Quiet, step: Step, rules: Rules, now: datetime) -> bool:
    """Whether a visitor has been silent for as long as this step asks for, at this level."""
    if quiet.turn is not Turn.VISITOR or step not in LADDER[quiet.level]:
        return False
    return length(quiet, rules, now) >= rules.steps[LADDER[quiet.level].index(step)]


def listener_step(quiet: Quiet, now: datetime) -> int:
    """How far a listener's silence has come: 0, `REMINDED` or `TOLD`."""
    if quiet.turn is not Turn.LISTENER:
        return 0
    return sum(now - quiet.since >= after for after in LISTENER_LADDER[quiet.level])


def stirs(quiet: Quiet, now: datetime) -> bool:
    """Whether typing is to be noted: the visitor is awaited, and it was not noted just now."""
    return quiet.turn is Turn.VISITOR and now - quiet.since > STIRS_AT_MOST_EVERY


def may_park_at(quiet: Quiet, rules: Rules, now: datetime) -> datetime | None:
    """From when on a listener may set a chat aside: once it is quiet and answered, if not critical.

    While the page is out of sight that moment moves; it is told as it stands now.
    """
    if quiet.turn is not Turn.VISITOR or quiet.level >= Level.CRITICAL:
        return None
    return now + rules.steps[0] - length(quiet, rules, now)


def may_park(quiet: Quiet, rules: Rules, now: datetime) -> bool:
    at = may_park_at(quiet, rules, now)
    return at is not None and at <= now
