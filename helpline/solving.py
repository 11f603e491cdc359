"""The process in which a roster is thought out, beside the server and behind it in line.

`python -m helpline.solving SECONDS WORKERS` reads a pickled `rostering.Question` from its parent
and writes one line of JSON for each better roster; the last is the answer. First the plain way,
then, if ortools is installed, CP-SAT. It ends after its time, or when its parent is gone.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from helpline.domain import greedy, rostering, unfilled
from helpline.domain.access import Role
from helpline.domain.eligibility import Level
from helpline.domain.rostering import Assigned, Problem, Question
from helpline.domain.shifts import Span

WORKERS = 8  # searches of different kinds: even on two cores far better than two of them
BEHIND = 19  # how nice it is to the server: as nice as can be
CHAIN = 4  # shifts in a row that are looked at for being too long in one go

Found = Callable[[list[Assigned], float], None]


def main(seconds: float, workers: int) -> None:
    os.nice(BEHIND)
    question: Question = pickle.load(sys.stdin.buffer)
    answer(question, seconds, workers, sys.stdout.write)


def answer(question: Question, seconds: float, workers: int, write: Callable[[str], Any]) -> None:
    """Writes what it finds as it finds it, each line better than the one before."""
    found = rostering.problem(question)
    plain, _ = rostering.replayed(found, greedy.solve(found))
    best, cost = plain, rostering.worth(found, plain).cost

    def tell(kind: str, method: str, bound: float | None) -> None:
        line = told(found, best, final=kind == "end") | {"method": method, "bound": bound}
        write(json.dumps({"kind": kind, **line}) + "\n")
        sys.stdout.flush()

    tell("better", "greedy", None)
    method, lowest = "greedy", None

    def better(assigned: list[Assigned], bound: float) -> None:
        nonlocal best, cost, method, lowest
        allowed, _ = rostering.replayed(found, assigned)
        now_costs = rostering.worth(found, allowed).cost
        lowest = bound
        if now_costs < cost:
            best, cost, method = allowed, now_costs, "solver"
        tell("better", method, bound)

    if seconds > 0:
        with contextlib.suppress(ImportError):  # without ortools the plain way is the answer
            lowest = solve(found, seconds, workers, better)
    tell("end", method, lowest)


def told(found: Problem, assigned: list[Assigned], *, final: bool = False) -> dict[str, Any]:
    """A roster as JSON: what it changes and what it is worth; at the end what it leaves open."""
    value = rostering.worth(found, assigned)
    stays = {(each.slot, each.person_id): each for each in found.movable}
    there = {(each.slot, each.person_id): each for each in assigned}
    line: dict[str, Any] = {
        "cost": value.cost,
        "coverage": round(value.coverage, 4),
        "coverage_now": round(rostering.worth(found, found.movable).coverage, 4),
        "hours_without_lead": round(value.without_lead / 60, 1),
        "added": [_place(found, there[each]) for each in sorted(there.keys() - stays.keys())],
        "removed": [_place(found, stays[each]) for each in sorted(stays.keys() - there.keys())],
    }
    if final:
        line["unfilled"] = [each.as_json() for each in unfilled.unfilled(found, assigned)]
    return line


def _place(found: Problem, each: Assigned) -> list[str]:
    span = found.slots[each.slot]
    return [span.pattern_id, span.date.isoformat(), each.person_id, str(each.role)]


def solve(found: Problem, seconds: float, workers: int, better: Found) -> float | None:
    """The bound that CP-SAT proved. Raises ImportError without ortools."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    seats: dict[Assigned, Any] = {each: model.new_bool_var("") for each in found.options}
    _one_role_each(model, seats)
    for clause, joins, limit in clashes(found):
        joined = sum(seats[each] for each in joins)
        model.add(sum(seats[each] for each in clause) - joined <= limit)
    _weeks(found, model, seats)
    model.minimize(_cost(found, model, seats))

    parent = os.getppid()

    class Teller(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            chosen = [each for each in seats if self.boolean_value(seats[each])]
            better(chosen, self.best_objective_bound / 60)
            if os.getppid() != parent:
                self.stop_search()

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model, Teller())
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    better([each for each in seats if solver.boolean_value(seats[each])], _bound(solver))
    return _bound(solver)


def _bound(solver: Any) -> float:
    return round(float(solver.best_objective_bound) / 60, 1)


# -- what may not be -------------------------------------------------------------------------------


def _one_role_each(model: Any, seats: dict[Assigned, Any]) -> None:
    roles = defaultdict(list)
    for each, var in seats.items():
        roles[each.slot, each.person_id].append(var)
    for both in roles.values():
        if len(both) > 1:
            model.add_at_most_one(both)


def clashes(found: Problem) -> Iterator[tuple[list[Assigned], list[Assigned], int]]:
    """Seats of one person of which only so many may be taken: too near, or too long in one go. The
    second list allows as many more as are taken of it: shifts that fill the break in between."""
    rules = found.question.crew.rules
    by_person: dict[str, dict[int, list[Assigned]]] = defaultdict(lambda: defaultdict(list))
    for each in found.options:
        by_person[each.person_id][each.slot].append(each)
    for slots in by_person.values():
        numbers = sorted(slots, key=lambda number: found.slots[number].starts_at)
        for one, other in combinations(numbers, 2):
            first, second = found.slots[one], found.slots[other]
            gap = second.starts_at - first.ends_at
            if gap < rules.rest and gap != timedelta(0):
                joins = [
                    seat
                    for number in numbers
                    if gap > timedelta(0)
                    and found.slots[number].starts_at == first.ends_at
                    and found.slots[number].ends_at <= second.starts_at
                    for seat in slots[number]
                ]
                yield slots[one] + slots[other], joins, 1
        for row in _rows(found, numbers):
            whole = found.slots[row[-1]].ends_at - found.slots[row[0]].starts_at
            longest = max(rules.longest, *(_length(found.slots[each]) for each in row))
            if rules.longest and whole > longest:
                yield [seat for number in row for seat in slots[number]], [], len(row) - 1


def _rows(found: Problem, numbers: list[int]) -> Iterator[list[int]]:
    """Shifts that touch, two to four in a row."""
    after: dict[datetime, list[int]] = defaultdict(list)
    for number in numbers:
        after[found.slots[number].starts_at].append(number)
    rows = [[number] for number in numbers]
    for _ in range(CHAIN - 1):
        rows = [[*row, n] for row in rows for n in after[found.slots[row[-1]].ends_at]]
        yield from rows


def _length(span: Span) -> timedelta:
    return span.ends_at - span.starts_at


def _weeks(found: Problem, model: Any, seats: dict[Assigned, Any]) -> None:
    """Nobody beyond what they, or the line, want of a week."""
    by_week: dict[tuple[str, tuple[datetime, datetime]], list[Any]] = defaultdict(list)
    for each, var in seats.items():
        span = found.slots[each.slot]
        for week in rostering.weeks(found, span):
            by_week[each.person_id, week].append(var * rostering.minutes_within(span, week))
    for (person_id, week), served in by_week.items():
        most = rostering.week_left(found, person_id, week)
        if most is not None:
            kept = sum(
                rostering.minutes_within(found.slots[each.slot], week)
                for each in found.movable
                if each.person_id == person_id
            )
            model.add(sum(served) <= max(most, kept))


# -- what it costs ---------------------------------------------------------------------------------


def _cost(found: Problem, model: Any, seats: dict[Assigned, Any]) -> Any:
    """The same as `rostering.worth`, in terms of the seats."""
    plan = found.question.plan
    on: dict[int, list[Assigned]] = defaultdict(list)
    for each in seats:
        on[each.slot].append(each)
    terms: list[Any] = []
    for stretch, there in rostering.covered(found, ()):
        lasts, need = stretch.minutes, stretch.need
        at_work = [each for number in stretch.slots for each in on[number]]
        listeners = [seats[each] for each in at_work if each.role == Role.LISTENER]
        leads = [seats[each] for each in at_work if each.role == Role.LEAD]
        if lacks := max(0, need.listeners - there.listeners):
            terms.append(rostering.NO_LISTENER * lasts * _under(model, lacks, listeners))
        if lacks := max(0, need.leads - there.leads):
            terms.append(rostering.NO_LEAD * lasts * _under(model, lacks, leads))
        if listeners:
            room = need.listeners - there.listeners
            over = model.new_int_var(0, len(listeners) + max(0, -room), "")
            model.add(over >= sum(listeners) - room)
            terms.append(rostering.TOO_MANY * lasts * over)
        day = stretch.starts_at
        if lacks := max(0, need.minors - there.minors):
            able = [seats[each] for each in at_work if rostering.is_for_minors(plan, each, day)]
            terms.append(rostering.NO_MINORS * lasts * _under(model, lacks, able))
        for language in need.languages - there.languages:
            able = [seats[each] for each in at_work if rostering.speaks(plan, each, language)]
            terms.append(rostering.NO_LANGUAGE * lasts * _under(model, 1, able))
    terms += _of_people(found, model, seats)
    return sum(terms)


def _under(model: Any, lacks: int, able: list[Any]) -> Any:
    under = model.new_int_var(0, lacks, "")
    model.add(under >= lacks - sum(able))
    return under


def _of_people(found: Problem, model: Any, seats: dict[Assigned, Any]) -> Iterable[Any]:
    movable = {(each.slot, each.person_id) for each in found.movable}
    own: dict[str, list[Assigned]] = defaultdict(list)
    for each in seats:
        own[each.person_id].append(each)
        if found.options[each] != Level.GLADLY and (each.slot, each.person_id) not in movable:
            yield rostering.NOT_GLADLY * rostering.minutes(found.slots[each.slot]) * seats[each]
    for person_id, theirs in own.items():
        weights = [found.weights[each.slot] for each in theirs]
        beyond = model.new_int_var(0, sum(weights) + abs(found.share.get(person_id, 0)), "")
        served = sum(w * seats[each] for w, each in zip(weights, theirs, strict=True))
        share = found.share.get(person_id, 0)
        some = model.new_bool_var("")  # who serves nothing new is not unfair to themselves
        model.add_max_equality(some, [seats[each] for each in theirs])
        model.add(beyond >= served - share).only_enforce_if(some)
        yield rostering.UNFAIR * beyond
    for each in found.movable:
        same = [
            seats[one] for one in seats if (one.slot, one.person_id) == (each.slot, each.person_id)
        ]
        yield rostering.MOVED * 60 * (1 - sum(same))


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
