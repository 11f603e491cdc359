"""How many may take a new chat, moment by moment: the spans of the plan, counted."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from . import shifts
from .access import Role
from .roster import Brings, Plan
from .shifts import Booked, Span

NO_DRAIN = timedelta(0)
BRINGS_NOTHING = Brings()
AFTER_ALL = (datetime.max.replace(tzinfo=UTC),) * 2


class Heads(NamedTuple):
    """How many listeners and leads; how many of all those are trained for minors, and which
    languages they speak between them.

    A lead is not counted among the listeners: leads stay free for those who need help. But a
    language or a training that only a lead has is there when it is needed.
    """

    listeners: int
    leads: int
    minors: int = 0
    languages: frozenset[str] = frozenset()


NOBODY = Heads(0, 0)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of time in which those who may take a new chat stay the same."""

    starts_at: datetime
    ends_at: datetime
    heads: Heads


class Crew(NamedTuple):
    """Those of one shift who may take a new chat until the same moment."""

    starts_at: datetime
    until: datetime
    people: tuple[Booked, ...]
    date: date  # of the shift: what one is trained for on that day counts


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
    Nor does anybody count who is in training. Pieces end wherever somebody comes or goes, and
    at the `cuts`.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    crews = list(_crews(plan, shifts.spans(plan, start, end + drain), drain))
    comes: dict[datetime, list[int]] = defaultdict(list)
    goes: dict[datetime, list[int]] = defaultdict(list)
    for number, crew in enumerate(crews):
        since, until = max(start, crew.starts_at), min(end, crew.until)
        if since < until:
            comes[since].append(number)
            goes[until].append(number)

    inside = (cut for cut in cuts if start < cut < end)
    found: list[Piece] = []
    there: dict[int, Crew] = {}
    heads, counted = NOBODY, _Counted(plan)
    for at, until in pairwise(sorted({start, end, *comes, *goes, *inside})):
        if at in comes or at in goes:
            for number in goes.get(at, ()):
                del there[number]
            for number in comes.get(at, ()):
                there[number] = crews[number]
            heads = counted.heads(there.values())
        found.append(Piece(at, until, heads))
    return found


def _crews(plan: Plan, booked: Iterable[Span], drain: timedelta) -> Iterator[Crew]:
    """Each shift's people, parted by when they stop taking chats.

    Read from the last end to the first, so that of everybody it is known already whether they
    stay on after a shift, and until when.
    """
    trainees = {each for each, brings in plan.people.items() if brings.in_training}
    stints: dict[str, tuple[datetime, datetime]] = {}  # the earliest known of each person
    for span in sorted(booked, key=_end, reverse=True):
        parts: dict[datetime, list[Booked]] = {}
        for each in span.people:
            begins, ends = stints.get(each.person_id, AFTER_ALL)
            if begins > span.ends_at:
                begins = ends = span.ends_at
            stints[each.person_id] = min(begins, span.starts_at), ends
            if each.person_id not in trainees:
                parts.setdefault(ends, []).append(each)
        for ends, people in parts.items():
            until = min(span.ends_at, ends - drain)
            yield Crew(span.starts_at, until, tuple(people), span.date)


class _Counted:
    """Heads of those who are there together, counted once however often they meet."""

    def __init__(self, plan: Plan) -> None:
        self._people = plan.people
        self._lapses = sorted(
            each.minors_until for each in plan.people.values() if each.minors_until is not None
        )
        self._known: dict[frozenset[tuple[tuple[Booked, ...], int]], Heads] = {}

    def heads(self, there: Iterable[Crew]) -> Heads:
        crews = {(each.people, bisect_left(self._lapses, each.date)): each for each in there}
        key = frozenset(crews)
        if key not in self._known:
            self._known[key] = self._count(crews.values())
        return self._known[key]

    def _count(self, crews: Iterable[Crew]) -> Heads:
        """Each person once; who is booked as both is a lead."""
        there: dict[str, date] = {}
        leads: set[str] = set()
        for crew in crews:
            there.update((each.person_id, crew.date) for each in crew.people)
            leads.update(each.person_id for each in crew.people if each.role == Role.LEAD)
        brings = [(self._people.get(each, BRINGS_NOTHING), day) for each, day in there.items()]
        return Heads(
            len(there) - len(leads),
            len(leads),
            sum(each.is_for_minors(day) for each, day in brings),
            frozenset().union(*(each.languages for each, _ in brings)),
        )


def _end(span: Span) -> datetime:
    return span.ends_at
