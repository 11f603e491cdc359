"""What volunteers ask, as a coordinator decides it: approvals that wait, and what was settled."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from helpline.boards import briefing
from helpline.boards.volunteer import STATES, back_of, when_of
from helpline.boards.wording import N_, iso, say
from helpline.domain import changes, eligibility, errors, requests
from helpline.domain.access import Who
from helpline.domain.requests import AWAITS_APPROVAL, Kind, State
from helpline.domain.roster import DAY, Plan
from helpline.store import line, people, wishes
from helpline.store import requests as rows
from helpline.store.shift_tables import Qualification, ShiftRequest
from helpline.store.shifts import plan
from helpline.store.transaction import Store

Board = dict[str, Any]

SETTLED_SHOWN = timedelta(days=30)

WORDS = {
    Kind.COVER: N_("%(by)s asks %(to)s to take the shift %(when)s."),
    Kind.SWAP: N_("%(by)s offers %(to)s the shift %(when)s for %(back)s."),
    Kind.TIME_OFF: N_("%(by)s asks for time off: %(when)s."),
    Kind.TAKE: N_("%(by)s took the open shift %(when)s."),
}
ANYBODY = N_("whoever may")


def board(store: Store, who: Who, now: datetime) -> Board:
    """What waits for a coordinator first, then what waits for somebody else, then what was."""
    with store.reading() as tx:
        known, names = plan(tx), people.names(tx)
        today = changes.today(known, now)
        found = [
            _request(known, names, who.language, row, now)
            for row in rows.in_states(tx, list(State), today - SETTLED_SHOWN)
        ]
        return {
            "to_decide": [each for each in found if each["to_decide"]],
            "open": [each for each in found if each["open"] and not each["to_decide"]],
            "settled": [each for each in found if not each["open"]],
        }


def as_list(
    store: Store, who: Who, now: datetime, *, kinds: Collection[str] = tuple(Kind)
) -> list[Board]:
    """What waits for a coordinator first, then what is open, then what was settled."""
    shown = board(store, who, now)
    found = [*shown["to_decide"], *shown["open"], *shown["settled"]]
    return [each for each in found if each["kind"] in kinds]


def availability(store: Store, who: Who, now: datetime) -> list[Board]:
    """By name, what everybody said of their week, and which days they keep free."""
    with store.reading() as tx:
        since = changes.today(plan(tx), now) - DAY
        return [
            {
                "person": {"id": each.id, "name": each.name},
                "hours": [
                    {
                        "weekday": hours.weekday,
                        "from_hour": hours.from_hour,
                        "to_hour": hours.to_hour,
                        "level": hours.level,
                    }
                    for hours in wishes.hours_of(tx, each.id)
                ],
                "free": [
                    {
                        "first_date": row.first_date.isoformat(),
                        "last_date": row.last_date.isoformat(),
                    }
                    for row in wishes.blackouts_of(tx, each.id, since)
                ],
                "week_hours": each.weekly_hours,
            }
            for each in people.everyone(tx)
            if {"listener", "lead"} & set(each.roles)
        ]


def brings(store: Store, who: Who, now: datetime) -> Board:
    """Per person the trainings and checks they have and whether they learn still, and what the
    line asks of everybody."""
    with store.reading() as tx:
        found: dict[str, Board] = {
            each.id: {"checks": [], "in_training": each.in_training} for each in people.everyone(tx)
        }
        for row in wishes.checks(tx):
            found[row.person_id]["checks"].append(_check(row, who.language))
        needed = eligibility.rules(line.line(tx).policies).checks
        return {
            "of": found,
            "needed": list(needed),
            "names": sorted({*needed, *(row.name for row in wishes.checks(tx))}),
            "today": changes.today(plan(tx), now).isoformat(),
        }


def _check(row: Qualification, language: str) -> Board:
    until = row.valid_until
    return {
        "id": row.id,
        "name": row.name,
        "given_on": row.given_on.isoformat(),
        "valid_until": until.isoformat() if until else None,
        "until_words": briefing.long_day(language, until) if until else "",
    }


def _request(
    known: Plan, names: dict[str, str], language: str, row: ShiftRequest, now: datetime
) -> Board:
    kind, state = Kind(row.kind), State(row.state)

    def name(person_id: str | None) -> str:
        return f"\u2068{names.get(person_id or '') or say(language, ANYBODY)}\u2069"

    return {
        "id": row.id,
        "kind": kind,
        "state": state,
        "state_words": say(language, STATES[state]),
        "open": state in requests.OPEN,
        "to_decide": AWAITS_APPROVAL.get(kind) == state,
        "words": say(
            language,
            WORDS[kind],
            by=name(row.by_id),
            to=name(row.to_id),
            when=when_of(known, language, row),
            back=back_of(known, language, row),
        ),
        "by": {"id": row.by_id, "name": names.get(row.by_id, "")},
        "to": {"id": row.to_id, "name": names.get(row.to_id, "")} if row.to_id else None,
        "pattern": row.pattern_id,
        "date": row.on_date.isoformat(),
        "until_date": row.until_date.isoformat() if row.until_date else None,
        "return_pattern": row.return_pattern_id,
        "return_date": row.return_date.isoformat() if row.return_date else None,
        "made_at": iso(row.made_at),
        "soon": _begins_soon(known, row, now),
    }


def _begins_soon(known: Plan, row: ShiftRequest, now: datetime) -> bool:
    if row.pattern_id is None:
        return row.on_date <= changes.today(known, now) + DAY
    try:
        span = requests.occurrence(known, row.pattern_id, row.on_date)
    except errors.NotFound:
        return False
    return now < span.starts_at <= now + requests.SHORT_NOTICE
