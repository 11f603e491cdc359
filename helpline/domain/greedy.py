"""A roster by the plain way: the shift that lacks most, who is asked first for it, and so on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from . import coverage, eligibility, rostering
from .access import Role
from .coverage import Shortfall
from .rostering import Assigned, Problem, Replay

Seat = tuple[int, Role]  # on the shift with that number


def solve(found: Problem) -> list[Assigned]:
    """Bookings that `eligibility` allows, for as long as one more fills some of a gap."""
    replay = Replay(found)
    for each in found.movable:
        replay.make(each)
    able: dict[Seat, list[str]] = defaultdict(list)
    for option in found.options:
        able[option.slot, option.role].append(option.person_id)

    lack = _Lack(found, replay.made)
    while True:
        open_to = [seat for seat in lack.cost if lack.cost[seat] > 0 and able.get(seat)]
        if not open_to:
            return replay.made
        seat = max(open_to, key=lambda each: _comes_first(found, each, lack.cost[each]))
        who = _first(replay, seat, able[seat], lack.asks_for(seat[0]))
        if who is None:
            del able[seat]
        else:
            replay.make(Assigned(seat[0], who, seat[1]))
            lack.look_again(seat[0], replay.made)


def _comes_first(found: Problem, seat: Seat, cost: int) -> tuple[int, int, int]:
    """What mends most; of those alike the shortest shift, then the soonest."""
    number, _ = seat
    return cost, -rostering.minutes(found.slots[number]), -number


class _Lack:
    """What misses in each stretch, and what mending it is worth for each seat that would."""

    def __init__(self, found: Problem, made: Sequence[Assigned]) -> None:
        self._found = found
        self._missing: list[Shortfall | None] = [None] * len(found.stretches)
        self._on: dict[int, list[int]] = defaultdict(list)
        for place, stretch in enumerate(found.stretches):
            for number in stretch.slots:
                self._on[number].append(place)
        self.cost: Counter[Seat] = Counter()
        self._look(range(len(found.stretches)), made)

    def look_again(self, number: int, made: Sequence[Assigned]) -> None:
        """Somebody was put on this shift."""
        self._look(self._on[number], made)

    def asks_for(self, number: int) -> tuple[bool, frozenset[str]]:
        """Whether somebody for minors misses on this shift, and which languages."""
        missing = [each for place in self._on[number] if (each := self._missing[place])]
        return (
            any(each.minors for each in missing),
            frozenset().union(*(each.languages for each in missing)),
        )

    def _look(self, places: Sequence[int], made: Sequence[Assigned]) -> None:
        stretches = [self._found.stretches[place] for place in places]
        counted = rostering.covered(self._found, made, stretches)
        for place, (stretch, there) in zip(places, counted, strict=True):
            self._add(place, -1)
            self._missing[place] = coverage.shortfall(stretch.need, there)
            self._add(place, 1)

    def _add(self, place: int, sign: int) -> None:
        missing, stretch = self._missing[place], self._found.stretches[place]
        if missing is None:
            return
        for number in stretch.slots:
            if missing.leads:
                self.cost[number, Role.LEAD] += sign * rostering.NO_LEAD * stretch.minutes
            if missing.listeners:
                self.cost[number, Role.LISTENER] += sign * rostering.NO_LISTENER * stretch.minutes


def _first(
    replay: Replay, seat: Seat, people: Sequence[str], asks_for: tuple[bool, frozenset[str]]
) -> str | None:
    """Who would be asked first, among them first who brings what misses besides."""
    number, role = seat
    span, (minors, languages) = replay.slots[number], asks_for
    able = [each for each in people if not replay.obstacles(Assigned(number, each, role))]
    ranked = eligibility.rank(replay.crew, [replay.people[each] for each in able], span)

    def brings(person_id: str) -> int:
        known = replay.found.question.plan.people.get(person_id)
        if known is None:
            return 0
        return (minors and known.is_for_minors(span.date)) + len(languages & known.languages)

    return max((each.id for each in ranked), key=brings, default=None)
