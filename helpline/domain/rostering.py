"""A roster for some weeks as a problem: which shifts, who may take them, and what a gap costs.

Whoever is booked stays, unless the question lets people be moved; a booking that somebody confirmed
or agreed with others stays in any case. Nothing is suggested that `eligibility` would refuse:
`replayed` asks it about every booking again, one after the other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from . import coverage, eligibility, shifts, walltime
from .access import Role
from .cover import NOBODY, Heads
from .coverage import DateNeed, Need
from .eligibility import Candidate, Crew, Level, Obstacle, Why
from .roster import Plan
from .shifts import Booked, Span, Stint

MINUTE = timedelta(minutes=1)
BALANCED_OVER = timedelta(weeks=12)

# What each hour of a shortfall costs, and what is worth avoiding besides. In no unit but its own.
NO_LEAD, NO_LISTENER, NO_MINORS, NO_LANGUAGE = 150, 100, 60, 30
TOO_MANY = 5  # each hour of somebody beyond the need
NOT_GLADLY = 1  # each hour of somebody who can, and did not say gladly
UNFAIR = 3  # each weighted hour beyond somebody's share
MOVED = 60  # each booking that is taken back

NIGHT, WEEKEND = 1.5, 1.25  # what an hour weighs, when it is shared out
NIGHT_HOURS = frozenset((22, 23, 0, 1, 2, 3, 4, 5))
SATURDAY = 5
USUAL_WEEK = timedelta(hours=24)  # of who has no limit, when shares are made


class Assigned(NamedTuple):
    """Somebody on the shift with that number, in that role."""

    slot: int
    person_id: str
    role: Role


@dataclass(frozen=True)
class Question:
    """Everything that a suggestion rests on. `kept` are bookings that somebody confirmed or asked
    for, as pattern, date and person; with `may_move` others may be taken back."""

    plan: Plan
    needs: Sequence[Need | DateNeed]
    crew: Crew
    start: datetime
    end: datetime
    now: datetime
    may_move: bool = False
    kept: frozenset[tuple[str, date, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time with one need, during which the same shifts run, by their numbers."""

    starts_at: datetime
    ends_at: datetime
    need: Heads
    slots: tuple[int, ...]

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at) / MINUTE)


@dataclass(frozen=True)
class Problem:
    """`slots` hold who stays; `movable` are on them as well, for as long as nobody moves them.
    `options` are who else may take which shift, and how they feel about it. `share` is the time in
    weighted minutes beyond which somebody does more than their part of the period."""

    question: Question
    slots: tuple[Span, ...]
    movable: tuple[Assigned, ...]
    stretches: tuple[Stretch, ...]
    options: Mapping[Assigned, Level]
    weights: tuple[int, ...]
    share: Mapping[str, int]
    crew: Crew = field(repr=False)  # with the stints of who stays, and of nobody who may move


def problem(question: Question) -> Problem:
    """What there is to decide about the shifts that begin between `start` and `end`, and after
    `now`. Those that run already at the start are there as they are."""
    spans = shifts.spans(question.plan, question.start, question.end)
    movable = [
        Assigned(number, each.person_id, each.role)
        for number, span in enumerate(spans)
        for each in span.people
        if question.may_move
        and _is_open(question, span)
        and each.person_id in question.crew.people
        and (span.pattern_id, span.date, each.person_id) not in question.kept
    ]
    crew = question.crew
    slots = list(spans)
    for each in movable:
        crew = _freed(crew, each.person_id, spans[each.slot])
        there = slots[each.slot]
        slots[each.slot] = replace(
            there, people=tuple(one for one in there.people if one.person_id != each.person_id)
        )
    return Problem(
        question=question,
        slots=tuple(slots),
        movable=tuple(movable),
        stretches=tuple(_stretches(question, spans)),
        options=_options(question, crew, slots, movable),
        weights=tuple(
            weighted(question.plan.zone, [Stint(each.starts_at, each.ends_at)]) for each in spans
        ),
        share=_shares(question, crew),
        crew=crew,
    )


# -- what a roster is worth -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Worth:
    """`cost` counts everything; the minutes say what of the need is met, and what misses."""

    cost: int
    needed: int  # minutes of listeners and leads
    met: int
    without_lead: int

    @property
    def coverage(self) -> float:
        return self.met / self.needed if self.needed else 1.0


def worth(found: Problem, assigned: Sequence[Assigned]) -> Worth:
    """Of who stays and these together. The solver minimises this very cost."""
    cost = needed = met = without_lead = 0
    for stretch, there in covered(found, assigned):
        need, lasts = stretch.need, stretch.minutes
        missing = coverage.shortfall(need, there)
        cost += TOO_MANY * max(0, there.listeners - need.listeners) * lasts
        needed += (need.listeners + need.leads) * lasts
        met += min(need.listeners, there.listeners) * lasts + min(need.leads, there.leads) * lasts
        if missing is None:
            continue
        without_lead += bool(missing.leads) * lasts
        cost += lasts * (
            NO_LISTENER * missing.listeners
            + NO_LEAD * missing.leads
            + NO_MINORS * missing.minors
            + NO_LANGUAGE * len(missing.languages)
        )
    served = Counter[str]()
    for each in assigned:
        served[each.person_id] += found.weights[each.slot]
        if each in found.movable or found.options.get(each) == Level.GLADLY:
            continue
        cost += NOT_GLADLY * minutes(found.slots[each.slot])
    for person_id, weight in served.items():
        cost += UNFAIR * max(0, weight - found.share.get(person_id, 0))
    cost += MOVED * 60 * len({*_places(found.movable)} - {*_places(assigned)})
    return Worth(cost // 60, needed, met, without_lead)


def covered(
    found: Problem, assigned: Iterable[Assigned], stretches: Iterable[Stretch] | None = None
) -> Iterator[tuple[Stretch, Heads]]:
    """Each stretch, or these, with who is there then. Trainees serve, and are no cover."""
    on: dict[int, list[Booked]] = defaultdict(list)
    for each in assigned:
        on[each.slot].append(Booked(each.person_id, each.role))
    for stretch in found.stretches if stretches is None else stretches:
        roles: dict[str, Role] = {}
        for number in stretch.slots:
            for one in (*found.slots[number].people, *on[number]):
                if roles.get(one.person_id) != Role.LEAD:
                    roles[one.person_id] = one.role
        yield stretch, heads(found.question.plan, roles, stretch.starts_at)


def heads(plan: Plan, roles: Mapping[str, Role], at: datetime) -> Heads:
    day = walltime.local(plan.zone, at).date()
    there = {each: plan.people[each] for each in roles if each in plan.people}
    cover = {each for each in roles if each not in there or not there[each].in_training}
    leads = sum(roles[each] == Role.LEAD for each in cover)
    return Heads(
        len(cover) - leads,
        leads,
        sum(there[each].is_for_minors(day) for each in cover if each in there),
        frozenset().union(*(there[each].languages for each in cover if each in there)),
    )


# -- what may be -----------------------------------------------------------------------------------


class Replay:
    """Bookings made one after the other, each as `eligibility` allows it beside those before."""

    def __init__(self, found: Problem) -> None:
        self.found = found
        self.slots = list(found.slots)
        self.people: dict[str, Candidate] = dict(found.crew.people)
        self.made: list[Assigned] = []

    @property
    def crew(self) -> Crew:
        return replace(self.found.crew, people=self.people)

    def obstacles(self, each: Assigned) -> list[Obstacle]:
        who, span = self.people[each.person_id], self.slots[each.slot]
        return eligibility.obstacles(self.crew, who, span, each.role, self.found.question.now)

    def make(self, each: Assigned) -> None:
        span, who = self.slots[each.slot], self.people[each.person_id]
        self.slots[each.slot] = replace(
            span, people=(*span.people, Booked(each.person_id, each.role))
        )
        stints = sorted([*who.stints, Stint(span.starts_at, span.ends_at)])
        self.people[each.person_id] = replace(who, stints=tuple(_merged(stints)))
        self.made.append(each)


def replayed(found: Problem, assigned: Iterable[Assigned]) -> tuple[list[Assigned], list[Assigned]]:
    """Those that may be, and those that may not, asked in the order of their shifts; on one shift
    leads and old hands first, so that nobody is refused for want of company that comes."""

    def order(each: Assigned) -> tuple[datetime, datetime, bool, bool, str]:
        span, who = found.slots[each.slot], found.crew.people[each.person_id]
        is_new = eligibility.is_new(who, found.question.now)
        return span.starts_at, span.ends_at, each.role != Role.LEAD, is_new, each.person_id

    replay, refused = Replay(found), []
    stays = set(_places(found.movable))
    for each in sorted(assigned, key=order):
        # Who is on the shift today needs nobody's leave to stay on it.
        if (each.slot, each.person_id) not in stays and replay.obstacles(each):
            refused.append(each)
        else:
            replay.make(each)
    return replay.made, refused


def minutes(span: Span) -> int:
    return int((span.ends_at - span.starts_at) / MINUTE)


def weighted(zone: str, stints: Iterable[Stint]) -> int:
    """Minutes, those of nights and weekends counted for more."""
    total = 0.0
    for stint in stints:
        for hour in walltime.hours(zone, stint.starts_at, stint.ends_at):
            weekday = walltime.local(zone, hour.starts_at).weekday()
            weight = NIGHT if hour.hour in NIGHT_HOURS else 1.0
            weight *= WEEKEND if weekday >= SATURDAY else 1.0
            total += weight * ((hour.ends_at - hour.starts_at) / MINUTE)
    return round(total)


def weeks(found: Problem, span: Span) -> set[tuple[datetime, datetime]]:
    """The local weeks into which a shift reaches."""
    zone = found.question.plan.zone
    last = span.ends_at - shifts.INSTANT
    return {eligibility.week_of(zone, span.starts_at), eligibility.week_of(zone, last)}


def minutes_within(span: Span | Stint, week: tuple[datetime, datetime]) -> int:
    return max(0, int((min(span.ends_at, week[1]) - max(span.starts_at, week[0])) / MINUTE))


def week_left(found: Problem, person_id: str, week: tuple[datetime, datetime]) -> int | None:
    """Minutes that somebody may still be booked in that week, beside where they stay."""
    who = found.crew.people[person_id]
    limit = min((each for each in (found.crew.rules.week, who.week) if each), default=None)
    if limit is None:
        return None
    return int(limit / MINUTE) - sum(minutes_within(each, week) for each in who.stints)


def is_for_minors(plan: Plan, each: Assigned, at: datetime) -> bool:
    known = plan.people.get(each.person_id)
    return known is not None and known.is_for_minors(walltime.local(plan.zone, at).date())


def speaks(plan: Plan, each: Assigned, language: str) -> bool:
    known = plan.people.get(each.person_id)
    return known is not None and language in known.languages


def _places(assigned: Iterable[Assigned]) -> Iterator[tuple[int, str]]:
    return ((each.slot, each.person_id) for each in assigned)


def _stretches(question: Question, spans: Sequence[Span]) -> Iterator[Stretch]:
    """Where anybody is needed, or serves all the same. The last minutes of a shift count like the
    others: what is lost to a change of shift no further booking gives back."""
    cuts = {edge for each in spans for edge in (each.starts_at, each.ends_at)}
    bare = replace(question.plan, bookings=(), rotations=(), overrides=(), drain=timedelta(0))
    since = max(question.start, question.now)
    pieces = coverage.measured(bare, question.needs, since, question.end, cuts=cuts)
    for piece, need in pieces:
        running = tuple(
            number
            for number, each in enumerate(spans)
            if each.starts_at < piece.ends_at and piece.starts_at < each.ends_at
        )
        if need != NOBODY or running:
            yield Stretch(piece.starts_at, piece.ends_at, need, running)


def _is_open(question: Question, span: Span) -> bool:
    return span.starts_at >= question.start and span.starts_at > question.now


def _options(
    question: Question, crew: Crew, slots: Sequence[Span], movable: Sequence[Assigned]
) -> dict[Assigned, Level]:
    """Who may take what, each for itself. Nobody who would rather not; trainees fill no gap."""
    company = {Why.NO_MENTOR, Why.ALL_NEW}  # may come to be with others on the shift
    stays = {(each.slot, each.person_id): each.role for each in movable}
    found: dict[Assigned, Level] = {each: Level.GLADLY for each in movable}
    for number, span in enumerate(slots):
        if not _is_open(question, span):
            continue
        for who in crew.people.values():
            if who.in_training or (number, who.id) in stays:
                continue
            level = eligibility.level(question.plan.zone, who, span)
            if level == Level.RATHER_NOT:
                continue
            for role in (Role.LISTENER, Role.LEAD):
                against = eligibility.obstacles(crew, who, span, role, question.now)
                if not {each.why for each in against} - company:
                    found[Assigned(number, who.id, role)] = level
    return found


def _shares(question: Question, crew: Crew) -> dict[str, int]:
    """Everybody's part of the need, by how much they may serve, less what they did beyond it in the
    twelve weeks before."""
    zone = question.plan.zone
    before = question.start - BALANCED_OVER
    done = {
        who.id: weighted(
            zone,
            [
                Stint(max(each.starts_at, before), min(each.ends_at, question.start))
                for each in who.stints
                if each.starts_at < question.start and before < each.ends_at
            ],
        )
        for who in crew.people.values()
        if not who.in_training
    }
    limits = {
        each: min(
            limit for limit in (crew.people[each].week, crew.rules.week or USUAL_WEEK) if limit
        )
        / MINUTE
        for each in done
    }
    needed = sum(
        (need.listeners + need.leads) * weighted(zone, [Stint(piece.starts_at, piece.ends_at)])
        for piece, need in coverage.measured(
            replace(question.plan, bookings=(), rotations=(), overrides=(), drain=timedelta(0)),
            question.needs,
            question.start,
            question.end,
        )
    )
    whole = sum(limits.values())
    return {
        each: round((sum(done.values()) + needed) * limits[each] / whole) - done[each]
        for each in done
    }


def _freed(crew: Crew, person_id: str, span: Span) -> Crew:
    """As if this person were not on this shift."""
    who = crew.people[person_id]
    left = [
        piece
        for each in who.stints
        for piece in (
            Stint(each.starts_at, min(each.ends_at, span.starts_at)),
            Stint(max(each.starts_at, span.ends_at), each.ends_at),
        )
        if piece.starts_at < piece.ends_at
    ]
    return replace(
        crew, people={**crew.people, person_id: replace(who, stints=tuple(_merged(sorted(left))))}
    )


def _merged(stints: Iterable[Stint]) -> Iterator[Stint]:
    whole: Stint | None = None
    for each in stints:
        if whole is not None and each.starts_at <= whole.ends_at:
            whole = Stint(whole.starts_at, max(whole.ends_at, each.ends_at))
            continue
        if whole is not None:
            yield whole
        whole = each
    if whole is not None:
        yield whole
