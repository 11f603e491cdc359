"""How the line is doing, as one light with its reasons: red asks for somebody now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from . import alarms, queue, routing
from .opening import Opening, Why
from .queue import Waiting
from .routing import Listener
from .urgency import Level


class Light(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Trouble(StrEnum):
    """In order of gravity; the first three are red."""

    NOBODY_THERE = "nobody_there"
    CRITICAL_WAITS = "critical_waits"
    PAST_TARGET = "past_target"
    NO_LEAD = "no_lead"
    ALL_BUSY = "all_busy"
    HIGH_WAITS = "high_waits"
    ALERT_UNOWNED = "alert_unowned"


RED = frozenset({Trouble.NOBODY_THERE, Trouble.CRITICAL_WAITS, Trouble.PAST_TARGET})


@dataclass(frozen=True, slots=True)
class Facts:
    """`waiting` in any order; `critical_since` of those in line; `ready` are on shift and there."""

    opening: Opening
    waiting: Sequence[Waiting]
    critical_since: Sequence[datetime]
    ready: Sequence[Listener]
    lead_reachable: bool
    unowned_alerts: int


@dataclass(frozen=True, slots=True)
class Health:
    light: Light
    troubles: tuple[Trouble, ...]
    busy: int
    past_target: int


def health(facts: Facts, now: datetime) -> Health:
    """The light and every reason for it, the gravest first."""
    busy = sum(not routing.can_take(each, now) for each in facts.ready)
    late = sum(queue.deadline(each.level, each.arrived_at) < now for each in facts.waiting)
    on_duty = facts.opening.open or facts.opening.why in (Why.NOBODY_READY, Why.NO_LEAD)
    should_answer = on_duty or bool(facts.waiting)

    seen = {
        Trouble.NOBODY_THERE: should_answer and not facts.ready,
        Trouble.CRITICAL_WAITS: any(
            alarms.is_unanswered(since, now) for since in facts.critical_since
        ),
        Trouble.PAST_TARGET: late > 0,
        Trouble.NO_LEAD: should_answer and not facts.lead_reachable,
        Trouble.ALL_BUSY: bool(facts.ready) and busy == len(facts.ready),
        Trouble.HIGH_WAITS: any(each.level >= Level.HIGH for each in facts.waiting),
        Trouble.ALERT_UNOWNED: facts.unowned_alerts > 0,
    }
    troubles = tuple(trouble for trouble, is_so in seen.items() if is_so)
    return Health(_light(troubles), troubles, busy, late)


def _light(troubles: tuple[Trouble, ...]) -> Light:
    if RED & set(troubles):
        return Light.RED
    return Light.AMBER if troubles else Light.GREEN
