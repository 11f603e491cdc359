"""How many may take a new chat, moment by moment: the spans of the plan, counted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from . import roster, shifts
from .access import Role
from .roster import DAY, Brings, Plan
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


class Piece(NamedTuple):
    """A piece of time in which those who may take a new chat stay the same."""

    starts_at: datetime
    ends_at: datetime
    heads: Heads


class Crew(NamedTuple):
    """Those of one shift who may take a new chat until the same moment; alike crews bear the
    same number."""

    starts_at: datetime
    until: datetime
    number: int


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
    crews = _crews_of(plan, drain)
    coming = [each for each in crews.between(start, end) if each.until > start]
    going = sorted(coming, key=_until)
    edges = {start, end, *cuts, *(each.starts_at for each in coming), *map(_until, going)}

    found: list[Piece] = []
    there: dict[int, int] = {}  # how many crews of each number
    heads, came, went = NOBODY, 0, 0
    for at, until in pairwise(sorted(each for each in edges if start <= each <= end)):
        before = came, went
        while came < len(coming) and coming[came].starts_at <= at:
            number = coming[came].number
            there[number] = there.get(number, 0) + 1
            came += 1
        while went < came and going[went].until <= at:
            number = going[went].number
            there[number] -= 1
            if not there[number]:
                del there[number]
            went += 1
        if before != (came, went):
            heads = crews.heads(frozenset(there))
        found.append(Piece(at, until, heads))
    return found


def _crews_of(plan: Plan, drain: timedelta) -> _Crews:
    known: _Crews | None = plan.worked_out.get(("crews", drain))
    if known is None:
        known = plan.worked_out["crews", drain] = _Crews(plan, drain)
    return known


class _Crews:
    """The crews of a plan, worked out day by day, and once: a plan never changes."""

    def __init__(self, plan: Plan, drain: timedelta) -> None:
        self._plan, self._drain = plan, drain
        self._looks = shifts.MARGIN + DAY * (drain // DAY + 1)
        self._trainees = {each for each, brings in plan.people.items() if brings.in_training}
        self._lapses = sorted(
            each.minors_until for each in plan.people.values() if each.minors_until is not None
        )
        self._on: dict[date, list[Crew]] = {}
        self._numbers: dict[tuple[tuple[Booked, ...], int], int] = {}
        self._alike: list[tuple[tuple[Booked, ...], date]] = []
        self._heads: dict[frozenset[int], Heads] = {frozenset(): NOBODY}

    def between(self, start: datetime, end: datetime) -> list[Crew]:
        """Those who come before `end` and may still be there at `start`, in order."""
        days = list(shifts.days_around(self._plan, start, end))
        missing = [day for day in days if day not in self._on]
        if missing:
            self._work_out(missing[0], missing[-1])
        found = (crew for day in days for crew in self._on[day])
        return sorted(each for each in found if each.starts_at < end)

    def heads(self, there: frozenset[int]) -> Heads:
        known = self._heads.get(there)
        if known is None:
            known = self._heads[there] = self._count(there)
        return known

    def _work_out(self, first: date, last: date) -> None:
        """Reads the shifts from the last end to the first, so that of everybody it is known
        already whether they stay on after a shift, and until when.
        """
        found: dict[date, list[Crew]] = {day: [] for day in roster.days(first, last)}
        stints: dict[str, tuple[datetime, datetime]] = {}  # the earliest known of each person
        around = roster.days(first - shifts.MARGIN, last + self._looks)
        spans = [span for day in around for span in shifts.starting(self._plan, day)]
        for span in sorted(spans, key=_end, reverse=True):
            parts: dict[datetime, list[Booked]] = {}
            starts_at, ends_at = span.starts_at, span.ends_at
            for each in span.people:
                begins, ends = stints.get(each.person_id, AFTER_ALL)
                if begins > ends_at:
                    begins = ends = ends_at
                stints[each.person_id] = starts_at if starts_at < begins else begins, ends
                if each.person_id not in self._trainees:
                    parts.setdefault(ends, []).append(each)
            if span.date in found:
                found[span.date] += self._crews(span, parts)
        self._on.update(found)

    def _crews(self, span: Span, parts: dict[datetime, list[Booked]]) -> Iterator[Crew]:
        lapsed = bisect_left(self._lapses, span.date)
        for ends, people in parts.items():
            until = min(span.ends_at, ends - self._drain)
            if span.starts_at < until:
                alike = (tuple(people), lapsed)
                number = self._numbers.setdefault(alike, len(self._alike))
                if number == len(self._alike):
                    self._alike.append((alike[0], span.date))
                yield Crew(span.starts_at, until, number)

    def _count(self, there: frozenset[int]) -> Heads:
        """Each person once; who is booked as both is a lead."""
        days: dict[str, date] = {}
        leads: set[str] = set()
        for people, day in (self._alike[number] for number in there):
            days.update((each.person_id, day) for each in people)
            leads.update(each.person_id for each in people if each.role == Role.LEAD)
        brings = [(self._plan.people.get(each, BRINGS_NOTHING), day) for each, day in days.items()]
        return Heads(
            len(days) - len(leads),
            len(leads),
            sum(each.is_for_minors(day) for each, day in brings),
            frozenset().union(*(each.languages for each, _ in brings)),
        )


def _until(crew: Crew) -> datetime:
    return crew.until


def _end(span: Span) -> datetime:
    return span.ends_at
