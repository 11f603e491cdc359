"""Climbing the ladder: gathers what is short, asks the rule which rungs are due, and tells people.

Each rung is a row under a key, and each notice another, in the same transaction: a look that comes
late, twice or from two processes says nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time

from helpline.actions import directing
from helpline.domain import (
    access,
    callouts,
    coverage,
    eligibility,
    errors,
    ladder,
    shifts,
    walltime,
)
from helpline.domain.access import Role, Who
from helpline.domain.callouts import When
from helpline.domain.ladder import OF_GAPS, Rung, Times
from helpline.domain.opening import ByHand
from helpline.domain.roster import DAY
from helpline.store import (
    alerts,
    eligible,
    journal,
    line,
    notices,
    occurrences,
    people,
    rungs,
    staffing,
)
from helpline.store import callouts as calls
from helpline.store.shifts import plan
from helpline.store.staffing import Case
from helpline.store.transaction import Store, Transaction


def look(store: Store, *, now: datetime) -> None:
    """One look at the shifts of the next days, and at those that run.

    Who is missing comes first, because their seats then count as open.
    """
    _digest(store, now)
    with store.reading() as tx:
        near = staffing.cases(tx, now)
        absent, due = _somebody_is_missing(tx, near), _something_is_due(tx, near, now)
    if absent:
        with store.transaction() as tx:
            _miss(tx, now)
    if absent or due:
        with store.transaction() as tx:
            _go_on(tx, now)


def _somebody_is_missing(tx: Transaction, near: Sequence[Case]) -> bool:
    return any(set(each.lost) & each.unnoted or _unpinged(tx, each) for each in near if each.unseen)


def _something_is_due(tx: Transaction, near: Sequence[Case], now: datetime) -> bool:
    times = staffing.times_of(tx)
    return bool(rungs.of_past_shifts(tx)) or any(
        _is_over(each) or ladder.due(each.facts, times, now) for each in near
    )


def _miss(tx: Transaction, now: datetime) -> None:
    """Pings who is not there, and opens the seats of who does not come."""
    for case in staffing.cases(tx, now, within=shifts.INSTANT):
        unpinged = _unpinged(tx, case)
        lost = [each for each in case.lost if each in case.unnoted]
        if unpinged:
            _tell(tx, case, unpinged, "no_check_in", case.span.ends_at, now, prefix="absent:")
            _write(tx, case, str(Rung.NO_CHECK_IN), 0, len(unpinged), now)
        if lost:
            _open_seats(tx, case, lost, now)


def _unpinged(tx: Transaction, case: Case) -> list[str]:
    keys = {f"absent:{occurrences.about_key(case.span)}:no_check_in:{each}" for each in case.unseen}
    known = notices.keys(tx, keys) if keys else set()
    return [
        each
        for each in case.unseen
        if f"absent:{occurrences.about_key(case.span)}:no_check_in:{each}" not in known
    ]


def _open_seats(tx: Transaction, case: Case, lost: Sequence[str], now: datetime) -> None:
    """The gap is another one by now: whoever was asked in vain about the old one is asked anew."""
    occurrences.note(tx, case.key, lost, "no_show_at", now)
    rungs.end(tx, case.climbed, now)
    notices.withdraw(tx, case.prefix, now)
    for each in lost:
        told = directing.whom_to_page(tx, (Role.LEAD, Role.COORDINATOR), now)
        others = [who for who in told if who != each]
        _tell(tx, case, others, "no_show", case.span.ends_at, now, prefix=f"absent:{each}:")
        journal.write(tx, "no_show", now=now, person_id=each, pattern=case.span.pattern_id)
    _write(tx, case, str(Rung.NO_SHOW), 0, len(lost), now)


def _go_on(tx: Transaction, now: datetime) -> None:
    """Climbs what is due, silences what is filled, ends what is past."""
    times, past = staffing.times_of(tx), rungs.of_past_shifts(tx)
    for each in staffing.cases(tx, now):
        if _is_over(each):
            _silence(tx, each, now)
            continue
        for name in ladder.due(each.facts, times, now):
            _climb(tx, each, name, times, now)
    rungs.end(tx, past, now)
    for row in past:
        directing.settle(tx, "shift_short", f"{row.pattern_id}:{row.on_date.isoformat()}", now)


# -- what follows ---------------------------------------------------------------------------------


def _is_over(case: Case) -> bool:
    """The gap was filled: what has not left of it stays."""
    return not case.facts.short and any(each.over_at is None for each in case.climbed)


def _silence(tx: Transaction, case: Case, now: datetime) -> None:
    rungs.end(tx, case.climbed, now)
    notices.withdraw(tx, case.prefix, now)
    directing.settle(tx, "shift_short", occurrences.about_key(case.span), now)
    journal.write(tx, "gap_filled", now=now, pattern=case.span.pattern_id, epoch=case.epoch)


def _climb(tx: Transaction, case: Case, name: str, times: Times, now: datetime) -> None:
    rung = ladder.rung_of(name)
    told = TOLD[rung](tx, case, times, now)
    _write(tx, case, name, case.epoch if rung in OF_GAPS else 0, told, now)


def _write(tx: Transaction, case: Case, name: str, epoch: int, told: int, now: datetime) -> None:
    if rungs.climb(tx, case.key, name, epoch, {"told": told}, now):
        journal.write(tx, "rung", now=now, pattern=case.span.pattern_id, rung=name, told=told)


def _ask(tx: Transaction, case: Case, times: Times, now: datetime) -> int:
    """The next wave: who may take it, fewest recent hours first, without those asked before."""
    chosen = _next(tx, case, now)[: times.wave]
    return _tell(tx, case, chosen, "ask", case.span.starts_at, now)


def _next(tx: Transaction, case: Case, now: datetime) -> list[str]:
    crew = eligible.crew(tx, now, until=case.span.ends_at)
    able = eligibility.may(crew, case.span, _role(case), now, running=case.span.starts_at <= now)
    asked = notices.keys(tx, (f"{case.prefix}ask:{each}" for each in able))
    return [each for each in able if f"{case.prefix}ask:{each}" not in asked]


def _role(case: Case) -> Role:
    listeners = any(each.reason.listeners for each in case.gaps)
    leads = any(each.reason.leads for each in case.gaps)
    return Role.LEAD if leads and not listeners else Role.LISTENER


def _tell_unconfirmed(tx: Transaction, case: Case, times: Times, now: datetime) -> int:
    return _tell(
        tx,
        case,
        _coordinators(tx),
        "unconfirmed",
        case.span.starts_at,
        now,
        number=case.facts.unconfirmed,
    )


def _tell_coordinators(tx: Transaction, case: Case, times: Times, now: datetime) -> int:
    return _tell(tx, case, _coordinators(tx), "ladder_coordinator", case.span.starts_at, now)


def _call_backup(tx: Transaction, case: Case, times: Times, now: datetime) -> int:
    """Whoever said that they may be asked off shift at this hour, and may serve there."""
    crew = eligible.crew(tx, now, until=case.span.ends_at)
    able = eligibility.may(crew, case.span, _role(case), now, running=case.span.starts_at <= now)
    wall = walltime.local(crew.zone, now).time()
    willing = {
        each.id
        for each in people.everyone(tx)
        if each.may_be_asked == When.ANY_TIME
        or (each.may_be_asked == When.BY_DAY and _is_day(wall))
    }
    pool = [each for each in able if each in willing]
    return _tell(tx, case, pool, "backup", case.span.ends_at, now)


def _is_day(wall: time) -> bool:
    return callouts.DAY_BEGINS <= wall < callouts.DAY_ENDS


def _page_lead(tx: Transaction, case: Case, times: Times, now: datetime) -> int:
    """An alert, which pages again every few minutes until somebody is on it."""
    directing.tell(tx, "shift_short", occurrences.about_key(case.span), now=now)
    return len(directing.whom_to_page(tx, (Role.LEAD, Role.COORDINATOR), now))


TOLD: dict[Rung, Callable[[Transaction, Case, Times, datetime], int]] = {
    Rung.ASK: _ask,
    Rung.UNCONFIRMED: _tell_unconfirmed,
    Rung.COORDINATOR: _tell_coordinators,
    Rung.BACKUP: _call_backup,
    Rung.LEAD: _page_lead,
}


def _coordinators(tx: Transaction) -> list[str]:
    return [each.id for each in people.with_role(tx, Role.COORDINATOR)]


def _tell(
    tx: Transaction,
    case: Case,
    person_ids: Iterable[str],
    kind: str,
    valid_until: datetime,
    now: datetime,
    *,
    prefix: str | None = None,
    **more: int,
) -> int:
    """Puts the same notice on its way to each, once per gap and person; how many were new."""
    begins = case.prefix if prefix is None else f"{prefix}{occurrences.about_key(case.span)}:"
    return sum(
        notices.add(
            tx,
            key=f"{begins}{kind}:{each}",
            person_id=each,
            kind=kind,
            detail=occurrences.about(case.span, **more),
            due_at=now,
            valid_until=valid_until,
            now=now,
        )
        for each in sorted(set(person_ids))
    )


# -- the digest -----------------------------------------------------------------------------------


def _digest(store: Store, now: datetime) -> None:
    """Each morning the coordinators are told how many shifts of the next week are short."""
    with store.reading() as tx:
        wall = walltime.local(plan(tx).zone, now)
        if not ladder.is_digest_time(wall) or tx.known.get("digested") == wall.date():
            return
        near = staffing.cases(tx, now, within=ladder.DIGEST_LOOKS)
    short = [each for each in near if each.facts.short and each.facts.starts_at > now]
    with store.transaction() as tx:
        ends = walltime.first_instant(plan(tx).zone, datetime.combine(wall.date() + DAY, time()))
        for person_id in _coordinators(tx) if short else ():
            notices.add(
                tx,
                key=f"digest:{wall.date().isoformat()}:{person_id}",
                person_id=person_id,
                kind="digest",
                detail={"number": len(short)},
                due_at=now,
                valid_until=ends,
                now=now,
            )
        asked_from = now + staffing.times_of(tx).ask
        for each in short:
            if each.facts.starts_at > asked_from:  # nearer, volunteers were asked before
                _write(tx, each, str(Rung.DIGEST), each.epoch, 0, now)
        tx.known["digested"] = wall.date()


# -- live -----------------------------------------------------------------------------------------


def watch_minimum(store: Store, *, now: datetime) -> None:
    """Fewer are there than this hour needs: the boards say so at once, the leads are paged when it
    lasts. With nobody there at all another alarm says more, and a line closed by hand needs none.
    """
    with store.reading() as tx:
        below = _is_below(tx, now)
        if below == bool(directing.alerts_about(tx, "below_need")):
            return
    with store.transaction() as tx:
        if _is_below(tx, now):
            directing.tell(tx, "below_need", "line", now=now, page_at=now + ladder.BELOW_FOR)
        else:
            directing.settle(tx, "below_need", "line", now)


def _is_below(tx: Transaction, now: datetime) -> bool:
    row, known = line.line(tx), plan(tx)
    asked = staffing.needs_of(tx, row)
    if not asked or line.by_hand(row, now) == ByHand.CLOSED:
        return False
    measured = coverage.measured(known, asked, now, now + ladder.MINUTE, drain=staffing.NO_DRAIN)
    needed = next((need.listeners for _, need in measured), 0)
    booked = {each.booked.person_id: each.booked.role for each in shifts.on_shift(known, now)}
    serving = set(booked) | set(calls.helping(tx))
    there = [
        each.person_id
        for each in people.presences(tx).values()
        if each.person_id in serving
        and each.ready
        and not each.paused
        and each.lease_until is not None
        and each.lease_until > now
    ]
    listening = [each for each in there if booked.get(each) != Role.LEAD]
    return len(there) > 0 and len(listening) < needed


# -- by hand --------------------------------------------------------------------------------------


def hold(store: Store, who: Who, pattern_id: str, on_date: date, *, now: datetime) -> None:
    """ "I am on it": the ladder waits for them, until the shift is near. Refused: `not_found`."""
    with store.transaction() as tx:
        access.require(who, "acknowledge")
        found = rungs.of_days(tx, on_date, on_date).get((pattern_id, on_date), [])
        still = [each for each in found if each.over_at is None]
        if not still:
            raise errors.NotFound
        rungs.acknowledge(tx, still, who.id, now)
        journal.write(tx, "ladder_held", now=now, person_id=who.id, pattern=pattern_id)
        for alert in alerts.still_open(tx):
            if alert.matter == f"shift_short:{pattern_id}:{on_date.isoformat()}":
                directing.own(tx, alert, who, now)


def ask_now(store: Store, who: Who, pattern_id: str, on_date: date, *, now: datetime) -> int:
    """Asks the next wave of volunteers at once, however far away the shift is; how many.

    The ladder goes on from there. Refused: `not_found` for a shift that is not short of people.
    """
    with store.transaction() as tx:
        access.require(who, "acknowledge")
        near = staffing.cases(tx, now, within=ladder.DIGEST_LOOKS)
        case = next((each for each in near if each.key == (pattern_id, on_date)), None)
        if case is None or not case.facts.short:
            raise errors.NotFound
        times = staffing.times_of(tx)
        told = _ask(tx, case, times, now)
        if told:
            _write(tx, case, f"{Rung.ASK}:{case.facts.waves + 1}", case.epoch, told, now)
        return told
