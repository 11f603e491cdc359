"""Open shifts: where the plan falls short of the need, and which shift mends it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from . import coverage, shifts
from .access import Role
from .cover import NO_DRAIN
from .coverage import DateNeed, Gap, Need
from .roster import Brings, Plan
from .shifts import Span

Needs = Iterable[Need | DateNeed]


@dataclass(frozen=True, slots=True)
class Lack:
    """What one shift lacks: the most that any of its hours does."""

    listeners: int = 0
    leads: int = 0
    minors: bool = False
    languages: frozenset[str] = frozenset()

    def places(self, role: Role, brings: Brings, span: Span) -> int:
        """How many places in that role are open to somebody who brings this. Where only a
        training or a language is missing, one, for who has it."""
        if role == Role.LEAD:
            return self.leads
        suits = (self.minors and brings.is_for_minors(span.date)) or bool(
            self.languages & brings.languages
        )
        return self.listeners or int(suits)


@dataclass(frozen=True, slots=True)
class Opening:
    span: Span
    role: Role
    lack: Lack


def openings(plan: Plan, needs: Needs, start: datetime, end: datetime) -> list[Opening]:
    """The shifts that begin after `start` and before `end`, in order, with what they lack.

    The last minutes of a shift in which nobody takes a new chat are no open place: somebody more
    on the same shift would not mend them.
    """
    short = coverage.gaps(plan, needs, start, end, drain=NO_DRAIN)
    found = []
    for span in shifts.spans(plan, start, end):
        lack = _lack(span, short)
        if start < span.starts_at and lack != Lack():
            found += [
                Opening(span, role, lack)
                for role, is_open in (
                    (Role.LISTENER, lack.listeners or lack.minors or lack.languages),
                    (Role.LEAD, lack.leads),
                )
                if is_open
            ]
    return found


def lack_of(plan: Plan, needs: Needs, span: Span) -> Lack:
    """What this one shift lacks now."""
    return _lack(span, coverage.gaps(plan, needs, span.starts_at, span.ends_at, drain=NO_DRAIN))


def _lack(span: Span, short: Sequence[Gap]) -> Lack:
    inside = [
        each.reason
        for each in short
        if each.starts_at < span.ends_at and span.starts_at < each.ends_at
    ]
    return Lack(
        max((each.listeners for each in inside), default=0),
        max((each.leads for each in inside), default=0),
        any(each.minors for each in inside),
        frozenset(language for each in inside for language in each.languages),
    )
