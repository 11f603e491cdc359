"""Everybody who may serve, gathered once for many questions: who may take which shift."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from helpline.domain import eligibility, shifts
from helpline.domain.access import LISTENERS
from helpline.domain.eligibility import Candidate, Crew, Hours, Level
from helpline.domain.roster import DAY, Change
from helpline.store import people
from helpline.store.line import line
from helpline.store.shift_tables import Availability, Blackout, Qualification
from helpline.store.shifts import plan
from helpline.store.transaction import Transaction

BEFORE = eligibility.NEW_FOR  # how far back shifts are read, and how far ahead without being told
AHEAD = timedelta(weeks=8)


def crew(tx: Transaction, now: datetime, *, until: datetime | None = None) -> Crew:
    """Everybody on the list who serves, for shifts that end before `until`: three queries and one
    reading of the plan. Ask `eligibility.may(crew, span, role, now)` as often as you like."""
    until = max(until or now, now + AHEAD) + eligibility.WEEK
    known = plan(tx)
    stints = shifts.stints(shifts.spans(known, now - BEFORE, until))
    checks: dict[str, dict[str, date | None]] = defaultdict(dict)
    for check in tx.session.scalars(select(Qualification)):
        checks[check.person_id][check.name] = check.valid_until
    away = defaultdict(list)
    yesterday = now.date() - DAY  # it may still be yesterday on the line's wall
    for row in tx.session.scalars(select(Blackout).where(col(Blackout.last_date) >= yesterday)):
        away[row.person_id].append((row.first_date, row.last_date))
    for (
        off
    ) in known.overrides:  # time off, whoever wrote it; once it is lifted they are asked again
        if off.pattern_id is None and off.kind == Change.REMOVE and off.person_id is not None:
            away[off.person_id].append((off.date, off.until_date or off.date))
    hours = defaultdict(list)
    for said in tx.session.scalars(select(Availability)):
        hours[said.person_id].append(
            Hours(said.weekday, said.from_hour, said.to_hour, Level(said.level))
        )
    serving = [each for each in people.everyone(tx) if LISTENERS & set(each.roles)]
    return Crew(
        zone=known.zone,
        rules=eligibility.rules(line(tx).policies),
        people={
            each.id: Candidate(
                id=each.id,
                roles=frozenset(each.roles),
                skills=frozenset(each.skills),
                in_training=each.in_training,
                week=timedelta(hours=each.weekly_hours) if each.weekly_hours else None,
                blackouts=tuple(away[each.id]),
                checks=checks[each.id],
                hours=tuple(hours[each.id]),
                stints=tuple(stints.get(each.id, ())),
            )
            for each in serving
        },
    )
