"""How many may take a new chat, moment by moment: the spans of the plan, counted."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from . import shifts
from .access import Role
from .roster import Plan
from .shifts import Booked, Span, Stint

NO_DRAIN = timedelta(0)


class Heads(NamedTuple):
    """A lead is not counted among the listeners: leads stay free for those who need help."""

    listeners: int
    leads: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of time in which those who may take a new chat stay the same."""

    starts_at: datetime
    ends_at: datetime
    heads: Heads


def pieces(
    plan: Plan,
    start: datetime,
    end: datetime,
    *,
    drain: timedelta = NO_DRAIN,
    cuts: Iterable[datetime] = (),
) -> list[Piece]:
    """Who may take a new chat from `start` to `end`, without a hole, in UTC.

    Nobody counts in the last `drain` of a stint: a chat taken then would outlast the shift. So
    a change of shift is covered where the next people overlap, or where the same person stays.
    Pieces end wherever a shift does, and at the `cuts`.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    booked = shifts.spans(plan, start, end + drain)
    stints = shifts.stints(booked)
    comes: dict[datetime, list[Booked]] = defaultdict(list)
    goes: dict[datetime, list[Booked]] = defaultdict(list)
    for span in booked:
        for person in span.people:
            stays_until = _stint_with(span, stints[person.person_id]).ends_at - drain
            since, until = max(start, span.starts_at), min(end, span.ends_at, stays_until)
            if since < until:
                comes[since].append(person)
                goes[until].append(person)

    inside = (cut for cut in cuts if start < cut < end)
    found, there, heads = [], Counter[Booked](), Heads(0, 0)
    for at, until in pairwise(sorted({start, end, *comes, *goes, *inside})):
        if at in comes or at in goes:
            there.update(comes[at])
            there.subtract(goes[at])
            there = +there  # keeps only those who are still there
            heads = count(there)
        found.append(Piece(at, until, heads))
    return found


def count(people: Iterable[Booked]) -> Heads:
    """Each person once; who is booked as both is a lead."""
    leads = {each.person_id for each in people if each.role == Role.LEAD}
    return Heads(len({each.person_id for each in people} - leads), len(leads))


def _stint_with(span: Span, stints: list[Stint]) -> Stint:
    return stints[bisect_right(stints, span.starts_at, key=lambda each: each.starts_at) - 1]
