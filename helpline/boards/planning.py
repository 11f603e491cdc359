"""The plan as a coordinator works on it: patterns, who is booked, what changes on single days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from babel.dates import get_day_names

from helpline.boards import briefing
from helpline.boards.wording import N_, catalogue, say
from helpline.domain import changes, roster, shifts
from helpline.domain.access import Role, Who
from helpline.domain.roster import DAY, Change, Pattern, Plan
from helpline.store import line, people, planned
from helpline.store import shifts as rota
from helpline.store.tables import Booking, Person, ShiftOverride
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

DAYS_SHOWN = 10
DAYS_LOOKED = timedelta(days=5 * 366)

CHANGES = {
    Change.ADD: N_("%(name)s serves on this day"),
    Change.REMOVE: N_("%(name)s is off on this day"),
    Change.CANCEL: N_("This shift is cancelled"),
}


def plan_board(store: Store, who: Who, now: datetime) -> Board:
    """Every pattern that still runs, the need, and whom one may book."""
    with store.reading() as tx:
        plan = rota.plan(tx)
        today = changes.today(plan, now)
        names = people.names(tx)
        booked = planned.bookings(tx)
        running = [each for each in plan.patterns if (each.last_date or today) >= today]
        return {
            "zone": plan.zone,
            "today": today.isoformat(),
            "weekdays": weekdays(who.language),
            "patterns": [
                pattern_dict(each, who.language)
                | {
                    "bookings": [
                        booking_dict(row, names, who.language)
                        for row in briefing.by_name(booked, names)
                        if row.pattern_id == each.id and (row.last_date or today) >= today
                    ],
                    "changes": len(
                        planned.overrides_since(tx, today, pattern_id=each.id),
                    ),
                }
                for each in running
            ],
            "needs": needs(tx, who.language),
        }


def pattern_board(store: Store, who: Who, pattern_id: str, now: datetime) -> Board:
    """One pattern with all that can be changed about it. Refused: `not_found`."""
    with store.reading() as tx:
        plan = rota.plan(tx)
        shift = rota.pattern_of(rota.pattern(tx, pattern_id))
        today, names = changes.today(plan, now), people.names(tx)
        begun = changes.begun_until(plan, shift, now)
        changed = planned.overrides_since(tx, today - DAY, pattern_id=pattern_id)
        rows = [each for each in planned.bookings(tx) if each.pattern_id == pattern_id]
        return {
            "zone": plan.zone,
            "today": today.isoformat(),
            "changeable_from": (begun + DAY).isoformat(),
            "weekdays": weekdays(who.language),
            "pattern": pattern_dict(shift, who.language),
            "over": shift.last_date is not None and shift.last_date < today,
            "bookings": [
                booking_dict(row, names, who.language)
                for row in briefing.by_name(rows, names)
                if (row.last_date or today) >= today
            ],
            "changes": [
                change_dict(row, names, who.language)
                for row in changed
                if not changes.is_over(plan, shift, row.on_date, now)
            ],
            "days": _days(plan, shift, names, who.language, now),
            "people": [_bookable(each) for each in people.everyone(tx) if _may_serve(each)],
        }


def _days(
    plan: Plan, shift: Pattern, names: dict[str, str], language: str, now: datetime
) -> list[Board]:
    """The next days of the pattern that are not over, each with who serves."""
    first = changes.today(plan, now) - DAY
    coming = (
        day
        for day in roster.dates(shift, first, first + DAYS_LOOKED)
        if not changes.is_over(plan, shift, day, now)
    )
    found = []
    for day in islice(coming, DAYS_SHOWN):
        people_ = shifts.who_serves(plan, shift, day)
        found.append(
            {
                "date": day.isoformat(),
                "words": briefing.day(language, day),
                "cancelled": people_ is None,
                "people": [
                    {"id": each.person_id, "name": names.get(each.person_id, ""), "role": each.role}
                    for each in briefing.by_name(people_ or (), names)
                ],
            }
        )
    return found


def pattern_dict(each: Pattern, language: str) -> Board:
    return {
        "id": each.id,
        "title": each.title,
        "weekday": each.weekday,
        "starts": f"{each.starts:%H:%M}",
        "ends": f"{each.ends:%H:%M}",
        "every_weeks": each.every_weeks,
        "first_date": each.first_date.isoformat(),
        "last_date": each.last_date.isoformat() if each.last_date else None,
        "words": _pattern_words(each, language),
    }


def _pattern_words(each: Pattern, language: str) -> str:
    """ "18:00–21:00, every 2 weeks, until Tue 19 Jan 2027"."""
    many = catalogue(language).ngettext
    parts = [f"{each.starts:%H:%M}–{each.ends:%H:%M}"]
    if each.ends == each.starts:
        parts.append(say(language, N_("24 hours")))
    elif each.ends < each.starts:
        parts.append(say(language, N_("into the next day")))
    if each.every_weeks > 1:
        often = many("every %(n)d week", "every %(n)d weeks", each.every_weeks)
        parts.append(often % {"n": each.every_weeks})
    if each.last_date is not None:
        parts.append(
            say(language, N_("last on %(day)s"), day=briefing.long_day(language, each.last_date))
        )
    return ", ".join(parts)


def booking_dict(row: Booking, names: dict[str, str], language: str) -> Board:
    return {
        "id": row.id,
        "person": {"id": row.person_id, "name": names.get(row.person_id, "")},
        "role": row.role,
        "first_date": row.first_date.isoformat(),
        "last_date": row.last_date.isoformat() if row.last_date else None,
        "words": _since_until(row.first_date, row.last_date, language),
    }


def _since_until(first: date, last: date | None, language: str) -> str:
    since = briefing.long_day(language, first)
    if last is None:
        return say(language, N_("from %(first)s on"), first=since)
    until = briefing.long_day(language, last)
    return say(language, N_("from %(first)s until %(last)s"), first=since, last=until)


def change_dict(row: ShiftOverride, names: dict[str, str], language: str) -> Board:
    name = names.get(row.person_id or "", "")
    return {
        "id": row.id,
        "pattern": row.pattern_id,
        "date": row.on_date.isoformat(),
        "day": briefing.day(language, row.on_date),
        "kind": row.kind,
        "person": {"id": row.person_id, "name": name} if row.person_id else None,
        "role": row.role,
        "words": say(language, CHANGES[Change(row.kind)], name=name),
    }


def needs(tx: Transaction, language: str) -> list[Board]:
    names = weekdays(language)
    return [
        {
            "id": row.id,
            "weekday": row.weekday,
            "weekday_words": names[row.weekday],
            "from_hour": row.from_hour,
            "to_hour": row.to_hour,
            "listeners": row.listeners,
            "leads": row.leads,
        }
        for row in planned.needs(tx)
    ]


def weekdays(language: str) -> list[str]:
    """Monday first."""
    names = get_day_names("wide", "stand-alone", locale=language)
    return [names[number] for number in range(7)]


# -- people -------------------------------------------------------------------------------------


def people_board(store: Store, who: Who) -> Board:
    """Everybody who may sign in, and what they bring."""
    with store.reading() as tx:
        return {
            "languages": list(line.line(tx).languages),
            "people": [
                _bookable(each)
                | {
                    "email": each.email,
                    "languages": [
                        briefing.language_name(who.language, code) for code in each.languages
                    ],
                    "skills": list(each.skills),
                    "seats": each.seats,
                    "takes_surge": each.takes_surge,
                    "second_factor": each.totp_sealed is not None,
                    "is_you": each.id == who.id,
                }
                for each in people.everyone(tx)
            ],
        }


def _bookable(person: Person) -> Board:
    return {"id": person.id, "name": person.name, "roles": list(person.roles)}


def _may_serve(person: Person) -> bool:
    return bool({Role.LISTENER, Role.LEAD} & set(person.roles))
