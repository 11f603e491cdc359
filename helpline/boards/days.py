"""Days out of the ordinary as a coordinator keeps them: holidays, closed days, what a date needs,
and changes that lie over several days or shifts.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from babel import Locale

from helpline.boards import briefing, planning
from helpline.boards.wording import N_, say
from helpline.domain import changes
from helpline.domain.access import Who
from helpline.domain.roster import DAY, Plan
from helpline.store import calendars, line, people, planned
from helpline.store import shifts as rota
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

LOOKS_AHEAD = timedelta(days=366)
KINDS = {calendars.HOLIDAY: N_("holiday"), calendars.CLOSED: N_("the line is closed")}


def days_board(store: Store, who: Who, now: datetime) -> Board:
    """All that is kept for dates from today on, a year ahead, and what one may choose from."""
    with store.reading() as tx:
        plan = rota.plan(tx)
        today, names = changes.today(plan, now), people.names(tx)
        country, region = calendars.place(line.line(tx))
        return {
            "zone": plan.zone,
            "today": today.isoformat(),
            "country": country,
            "region": region,
            "countries": _countries(who.language),
            "regions": calendars.regions(country),
            "special_days": special_days(tx, plan, who.language, today),
            "date_needs": date_needs(tx, who.language, today),
            "changes": [
                planning.change_dict(row, names, who.language)
                | {"shift": _shift(plan, row.pattern_id)}
                for row in planned.overrides_since(tx, today)
                if row.pattern_id is None or row.until_date is not None
            ],
            "people": planning.bookable(tx),
            "patterns": [
                (each.id, f"{planning.weekdays(who.language)[each.weekday]} {each.title}")
                for each in plan.patterns
                if (each.last_date or today) >= today
            ],
        }


def overrides_board(store: Store, who: Who, now: datetime) -> list[Board]:
    """Every change over a shift that is still to come, in the order of their days."""
    with store.reading() as tx:
        today, names = changes.today(rota.plan(tx), now), people.names(tx)
        rows = planned.overrides_since(tx, today - DAY)
        return [planning.change_dict(row, names, who.language) for row in rows]


def rotations_board(store: Store, who: Who, now: datetime) -> list[Board]:
    with store.reading() as tx:
        today, names = changes.today(rota.plan(tx), now), people.names(tx)
        return [
            planning.rotation_dict(row, names, who.language)
            for row in planned.rotations(tx)
            if (row.last_date or today) >= today
        ]


def special_days(tx: Transaction, plan: Plan, language: str, today: date) -> list[Board]:
    """The organisation's own and the public ones, in order; only one's own can be withdrawn."""
    own = {each.on_date for each in calendars.own_days(tx)}
    coming = (day for day in sorted(plan.special_days) if today <= day <= today + LOOKS_AHEAD)
    found = []
    for day in [*coming, *sorted(each for each in own if each > today + LOOKS_AHEAD)]:
        each = plan.special_days[day]
        kind = calendars.CLOSED if each.closed else calendars.HOLIDAY
        found.append(
            {
                "date": day.isoformat(),
                "day": briefing.long_day(language, day),
                "name": each.name,
                "kind": kind,
                "kind_words": say(language, KINDS[kind]),
                "own": day in own,
            }
        )
    return found


def date_needs(tx: Transaction, language: str, today: date) -> list[Board]:
    return [
        {
            "id": row.id,
            "date": row.on_date.isoformat(),
            "day": briefing.long_day(language, row.on_date),
            "from_hour": row.from_hour,
            "to_hour": row.to_hour,
            "listeners": row.listeners,
            "leads": row.leads,
            "minors": row.minors,
            "languages": list(row.languages),
            "why": row.why,
            "words": planning.need_words(row, language),
        }
        for row in planned.date_needs(tx, today)
    ]


def _countries(language: str) -> list[tuple[str, str]]:
    names = Locale.parse(language, sep="-").territories
    known = ((code, str(names.get(code, code))) for code in calendars.countries())
    return sorted(known, key=lambda each: each[1])


def _shift(plan: Plan, pattern_id: str | None) -> str | None:
    return next((each.title for each in plan.patterns if each.id == pattern_id), None)
