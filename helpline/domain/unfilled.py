"""What a roster leaves open, and for each such time what binds: why nobody more could be found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from . import coverage, eligibility, rostering
from .access import Role
from .coverage import Kind, Shortfall
from .eligibility import Level, Why
from .rostering import Assigned, Problem, Replay, Stretch


class Binds(StrEnum):
    """Beside what `eligibility` has against somebody: the closed list."""

    NO_SHIFT = "no_shift"  # no shift runs then, so nobody can be put on one
    NOBODY_TRAINED = "nobody_trained"  # nobody has the role, the training or the language
    ALL_SERVE = "all_serve"  # everybody who has it serves at that time already
    RATHER_NOT = "rather_not"  # who could come would rather not
    FREE = "free"  # somebody may; it costs more than it mends, or time was up


@dataclass(frozen=True, slots=True)
class Unfilled:
    """`why` says of how many people who would do what keeps them: their first obstacle."""

    starts_at: datetime
    ends_at: datetime
    missing: Shortfall
    why: tuple[tuple[str, int], ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "kind": str(self.missing.kind),
            "listeners": self.missing.listeners,
            "leads": self.missing.leads,
            "minors": self.missing.minors,
            "languages": list(self.missing.languages),
            "why": [list(each) for each in self.why],
        }


# The first of these that somebody meets is what keeps them.
GRAVEST = (
    Why.CHECK_MISSING, Why.CHECK_EXPIRED, Why.BLACKOUT, Why.BOOKED, Why.WEEK_FULL, Why.REST,
    Why.TOO_LONG, Why.NO_MENTOR, Why.ALL_NEW, Why.ROLE, Why.BEGUN, Why.NOT_OPEN_YET,
)  # fmt: skip


def unfilled(found: Problem, assigned: Sequence[Assigned]) -> list[Unfilled]:
    """Every stretch that lacks somebody; neighbours alike are one."""
    replay = Replay(found)
    for each in assigned:
        replay.make(each)
    open_: list[Unfilled] = []
    for stretch, there in rostering.covered(found, assigned):
        missing = coverage.shortfall(stretch.need, there)
        if missing is None:
            continue
        one = Unfilled(stretch.starts_at, stretch.ends_at, missing, _why(replay, stretch, missing))
        last = open_[-1] if open_ else None
        if last and (last.ends_at, last.missing, last.why) == (
            one.starts_at, one.missing, one.why
        ):  # fmt: skip
            open_[-1] = replace(last, ends_at=one.ends_at)
        else:
            open_.append(one)
    return open_


def _why(replay: Replay, stretch: Stretch, missing: Shortfall) -> tuple[tuple[str, int], ...]:
    """About the gravest of what misses."""
    if not stretch.slots:
        return ((Binds.NO_SHIFT, 0),)
    leads = missing.kind == Kind.NO_LEAD or (missing.leads and not missing.listeners)
    role = Role.LEAD if leads else Role.LISTENER
    people = list(_who_would_do(replay, stretch, missing, role))
    if not people:
        return ((Binds.NOBODY_TRAINED, 0),)
    serving = {one.person_id for number in stretch.slots for one in replay.slots[number].people}
    idle = [each for each in people if each not in serving]
    if not idle:
        return ((Binds.ALL_SERVE, len(people)),)
    counted = Counter(_keeps(replay, stretch, person_id, role) for person_id in idle)
    return tuple(sorted(counted.items(), key=lambda each: (-each[1], each[0])))


def _who_would_do(
    replay: Replay, stretch: Stretch, missing: Shortfall, role: Role
) -> Iterable[str]:
    plan = replay.found.question.plan
    for who in replay.people.values():
        one = Assigned(stretch.slots[0], who.id, role)
        if who.in_training or str(role) not in who.roles:
            continue
        if missing.kind == Kind.NO_MINORS and not rostering.is_for_minors(
            plan, one, stretch.starts_at
        ):
            continue
        if missing.kind == Kind.NO_LANGUAGE and not any(
            rostering.speaks(plan, one, each) for each in missing.languages
        ):
            continue
        yield who.id


def _keeps(replay: Replay, stretch: Stretch, person_id: str, role: Role) -> str:
    """What is least in the way on any of the shifts that run then."""
    zone = replay.found.question.plan.zone
    found = []
    for number in stretch.slots:
        against = {each.why for each in replay.obstacles(Assigned(number, person_id, role))}
        level = eligibility.level(zone, replay.people[person_id], replay.slots[number])
        if not against:
            found.append(
                (2, str(Binds.RATHER_NOT)) if level == Level.RATHER_NOT else (3, str(Binds.FREE))
            )
        else:
            found.append((1, str(next(each for each in GRAVEST if each in against))))
    return max(found)[1]
