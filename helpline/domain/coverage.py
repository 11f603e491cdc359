"""Need against cover: where somebody is missing, and by how much.

Sentences are made by the boards; here a gap carries its reason as kind and numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from . import cover, walltime
from .cover import NO_DRAIN, Heads, Piece
from .roster import Plan


@dataclass(frozen=True, slots=True)
class Need:
    """How many must serve on a weekday (Monday 0) from one local hour to another (at most 24).

    Where needs overlap the larger number counts.
    """

    weekday: int
    from_hour: int
    to_hour: int
    listeners: int
    leads: int = 0


class Kind(StrEnum):
    NOBODY = "nobody"
    TOO_FEW = "too_few"
    NO_LEAD = "no_lead"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """The gravest reason why a need is not met, and how many are missing."""

    kind: Kind
    listeners: int
    leads: int


@dataclass(frozen=True, slots=True)
class Gap:
    starts_at: datetime
    ends_at: datetime
    need: Heads
    cover: Heads
    reason: Shortfall


def gaps(
    plan: Plan,
    needs: Iterable[Need],
    start: datetime,
    end: datetime,
    *,
    drain: timedelta = NO_DRAIN,
) -> list[Gap]:
    """Where cover is below need, to the minute; neighbours of the same need and cover are one."""
    found: list[Gap] = []
    for piece, need in measured(plan, needs, start, end, drain=drain):
        reason = shortfall(need, piece.heads)
        if reason is None:
            continue
        gap = Gap(piece.starts_at, piece.ends_at, need, piece.heads, reason)
        if found and _continues(found[-1], gap):
            found[-1] = replace(found[-1], ends_at=gap.ends_at)
        else:
            found.append(gap)
    return found


def measured(
    plan: Plan,
    needs: Iterable[Need],
    start: datetime,
    end: datetime,
    *,
    drain: timedelta = NO_DRAIN,
) -> Iterator[tuple[Piece, Heads]]:
    """The pieces of cover, none longer than a clock hour, each with its need."""
    table: dict[tuple[int, int], Heads] = {}
    for each in needs:
        for hour in range(each.from_hour, each.to_hour):
            known = table.get((each.weekday, hour), Heads(0, 0))
            table[each.weekday, hour] = Heads(
                max(known.listeners, each.listeners), max(known.leads, each.leads)
            )

    cuts = [hour.starts_at for hour in walltime.hours(plan.zone, start, end)]
    for piece in cover.pieces(plan, start, end, drain=drain, cuts=cuts):
        wall = walltime.local(plan.zone, piece.starts_at)
        yield piece, table.get((wall.weekday(), wall.hour), Heads(0, 0))


def shortfall(need: Heads, heads: Heads) -> Shortfall | None:
    listeners = max(0, need.listeners - heads.listeners)
    leads = max(0, need.leads - heads.leads)
    if not listeners and not leads:
        return None
    if heads == Heads(0, 0):
        return Shortfall(Kind.NOBODY, listeners, leads)
    return Shortfall(Kind.TOO_FEW if listeners else Kind.NO_LEAD, listeners, leads)


def _continues(gap: Gap, following: Gap) -> bool:
    alike = (gap.need, gap.cover) == (following.need, following.cover)
    return alike and gap.ends_at == following.starts_at
