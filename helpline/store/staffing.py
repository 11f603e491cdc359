"""What the ladder knows of the shifts to come and of those that run, in few questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from helpline.domain import attendance, coverage, ladder, shifts
from helpline.domain.attendance import Came, State
from helpline.domain.coverage import DateNeed, Gap, Need
from helpline.domain.ladder import OF_GAPS, Facts, Rung, Times
from helpline.domain.roster import DAY, Change, Override, Plan
from helpline.domain.shifts import Span
from helpline.store import line, notices, occurrences, rungs
from helpline.store.occurrences import Key
from helpline.store.shift_tables import Rung as Row
from helpline.store.shift_tables import ShiftRow
from helpline.store.shifts import needs, plan
from helpline.store.tables import Line
from helpline.store.transaction import Transaction

NO_DRAIN = timedelta(0)  # a drain at the end of a shift is no seat that somebody could be asked for


@dataclass(frozen=True, slots=True)
class Case:
    """A shift that comes or runs, with what the ladder knows of it."""

    span: Span
    row: ShiftRow
    facts: Facts
    gaps: Sequence[Gap]
    climbed: Sequence[Row]
    epoch: int
    unseen: tuple[str, ...]
    lost: tuple[str, ...]
    unnoted: frozenset[str]  # of whom it is not written yet that they did not come

    @property
    def key(self) -> Key:
        return (self.span.pattern_id, self.span.date)

    @property
    def prefix(self) -> str:
        """How the keys begin of all notices about this gap."""
        return f"ladder:{occurrences.about_key(self.span)}:{self.epoch}:"


def cases(tx: Transaction, now: datetime, *, within: timedelta | None = None) -> list[Case]:
    """Every shift that runs or starts within this time (else the ladder's reach), in order."""
    row, known = line.line(tx), plan(tx)
    times = ladder.times(row.policies)
    reach = max(times.ask, times.confirm, times.coordinator) + shifts.INSTANT
    until = now + (reach if within is None else within)
    rows = {
        (each.pattern_id, each.on_date): each
        for each in occurrences.around(tx, now, until)
        if each.state in (State.UPCOMING, State.OPEN)
    }
    spans = [
        each for each in shifts.spans(known, now, until) if (each.pattern_id, each.date) in rows
    ]
    if not spans:
        return []
    came = occurrences.who_came(tx, rows)
    short = _gaps(tx, row, known, came, now, max(until, *(each.ends_at for each in spans)))
    days = [each.date for each in spans]
    climbed = rungs.of_days(tx, min(days), max(days))
    unsure = [
        _confirm_key(each, who.person_id)
        for each in spans
        if each.starts_at - times.coordinator <= now < each.starts_at
        for who in each.people
    ]
    asked = notices.keys(tx, unsure) if unsure else set()
    return [
        _case(each, rows[each.pattern_id, each.date], came, short, climbed, asked, times, now)
        for each in spans
    ]


def _confirm_key(span: Span, person_id: str) -> str:
    return f"confirm:{occurrences.about_key(span)}:{person_id}"


def _case(
    span: Span,
    row: ShiftRow,
    came: Mapping[tuple[str, date, str], Came],
    short: Sequence[Gap],
    climbed: Mapping[Key, list[Row]],
    asked: set[str],
    times: Times,
    now: datetime,
) -> Case:
    key = (span.pattern_id, span.date)
    known = climbed.get(key, [])
    of_gap = [each for each in known if ladder.rung_of(each.rung) in OF_GAPS]
    last = max((each.epoch for each in of_gap), default=0)
    goes_on = any(each.epoch == last and each.over_at is None for each in of_gap)
    epoch = last if goes_on or not of_gap else last + 1
    own = [
        each for each in known if ladder.rung_of(each.rung) not in OF_GAPS or each.epoch == epoch
    ]
    waves = [each for each in own if ladder.rung_of(each.rung) == Rung.ASK]
    gaps = [
        each for each in short if each.starts_at < span.ends_at and span.starts_at < each.ends_at
    ]

    people_ = {
        each.person_id: came.get((*key, each.person_id), attendance.NOTHING) for each in span.people
    }
    missing = {
        after: tuple(
            sorted(
                person_id
                for person_id, each in people_.items()
                if row.state == State.OPEN and attendance.is_missing(each, after, now)
            )
        )
        for after in (times.ping, times.no_show)
    }
    facts = Facts(
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        short=bool(gaps),
        climbed=frozenset(each.rung for each in own),
        waves=len(waves),
        wave_at=max((each.climbed_at for each in waves), default=None),
        acknowledged_at=max(
            (each.acknowledged_at for each in own if each.acknowledged_at), default=None
        ),
        unconfirmed=sum(
            each.confirmed_at is None and _confirm_key(span, person_id) in asked
            for person_id, each in people_.items()
        ),
        unseen=len(missing[times.ping]),
        lost=len(missing[times.no_show]),
    )
    return Case(
        span, row, facts, gaps, [each for each in of_gap if each.epoch == epoch], epoch,
        missing[times.ping], missing[times.no_show],
        frozenset(each for each, of in people_.items() if of.no_show_at is None),
    )  # fmt: skip


def expected(known: Plan, came: Mapping[tuple[str, date, str], Came]) -> Plan:
    """The plan without those who did not come: their seats are open again. The plan itself is not
    changed, so that who comes late after all is on shift."""
    lost = [
        Override(pattern_id, on_date, person_id, Change.REMOVE)
        for (pattern_id, on_date, person_id), each in came.items()
        if each.no_show_at is not None and each.checked_in_at is None
    ]
    return replace(known, overrides=(*known.overrides, *lost)) if lost else known


def _gaps(
    tx: Transaction,
    row: Line,
    known: Plan,
    came: Mapping[tuple[str, date, str], Came],
    start: datetime,
    end: datetime,
) -> list[Gap]:
    """Where people will be missing from `start` to `end`: worked out once per version of the
    roster and day, but for those who did not come."""
    without = expected(known, came)
    asked = needs_of(tx, row)
    if not asked:
        return []
    if without is not known:
        return coverage.gaps(without, asked, start, end, drain=NO_DRAIN)
    version, since, until, found = tx.known.get("gaps", (None, start, start, []))
    if version != (row.roster_version, row.zone) or start < since or until < end:
        since, until = start, end + DAY
        found = coverage.gaps(known, asked, since, until, drain=NO_DRAIN)
        tx.known["gaps"] = ((row.roster_version, row.zone), since, until, found)
    return [each for each in found if each.ends_at > start]


def needs_of(tx: Transaction, row: Line) -> list[Need | DateNeed]:
    """What is needed, read once per version of the roster."""
    if tx.known.get("needs_version") != row.roster_version:
        tx.known.update(needs=needs(tx), needs_version=row.roster_version)
    known: list[Need | DateNeed] = tx.known["needs"]
    return known


def times_of(tx: Transaction) -> Times:
    return ladder.times(line.line(tx).policies)
