"""Open shifts: where the plan falls short of the need, and which shift mends it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from . import coverage, shifts
from .access import Role
from .cover import NO_DRAIN
from .coverage import Gap, Need
from .roster import Plan
from .shifts import Span


@dataclass(frozen=True, slots=True)
class Opening:
    """So many places of a role on one shift; the most that any of its hours lacks."""

    span: Span
    role: Role
    places: int


def openings(plan: Plan, needs: Iterable[Need], start: datetime, end: datetime) -> list[Opening]:
    """The shifts from `start` to `end` that have begun by neither, in order, each with its places.

    The last minutes of a shift in which nobody takes a new chat are no open place: somebody more
    on the same shift would not mend them.
    """
    short = coverage.gaps(plan, needs, start, end, drain=NO_DRAIN)
    return [
        Opening(span, role, count)
        for span in shifts.spans(plan, start, end)
        if start < span.starts_at
        for role, count in places(span, short).items()
        if count
    ]


def open_places(plan: Plan, needs: Iterable[Need], span: Span) -> dict[Role, int]:
    """How many of each role this one shift lacks now."""
    return places(span, coverage.gaps(plan, needs, span.starts_at, span.ends_at, drain=NO_DRAIN))


def places(span: Span, short: Sequence[Gap]) -> dict[Role, int]:
    """How many of each role the shift lacks."""
    inside = [
        each.reason
        for each in short
        if each.starts_at < span.ends_at and span.starts_at < each.ends_at
    ]
    return {
        Role.LISTENER: max((each.listeners for each in inside), default=0),
        Role.LEAD: max((each.leads for each in inside), default=0),
    }
