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
from helpline.domain.roster import DAY, LAST, Change, Pattern, Plan
from helpline.store import line, people, planned
from helpline.store import shifts as rota
from helpline.store.shift_tables import DateNeed, Rotation
from helpline.store.tables import Booking, NeedRow, Person, ShiftOverride
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

DAYS_SHOWN = 10
DAYS_LOOKED = timedelta(days=5 * 366)

CHANGES = {
    Change.ADD: N_("%(name)s serves on this day"),
    Change.REMOVE: N_("%(name)s is off on this day"),
    Change.REPLACE: N_("%(name)s serves in place of %(other)s"),
    Change.CANCEL: N_("This shift is cancelled"),
}
OVER_DAYS = {
    Change.ADD: N_("%(name)s serves %(days)s"),
    Change.REMOVE: N_("%(name)s is off %(days)s"),
    Change.REPLACE: N_("%(name)s serves in place of %(other)s %(days)s"),
    Change.CANCEL: N_("cancelled %(days)s"),
}
MONTHLY = {
    1: N_("the first of each month"),
    2: N_("the second of each month"),
    3: N_("the third of each month"),
    4: N_("the fourth of each month"),
    LAST: N_("the last of each month"),
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
                    "rotates": any(
                        (row.last_date or today) >= today
                        for row in planned.rotations_of(tx, each.id)
                    ),
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
                if row.until_date or not changes.is_over(plan, shift, row.on_date, now)
            ],
            "rotations": [
                rotation_dict(row, names, who.language)
                for row in planned.rotations_of(tx, pattern_id)
                if (row.last_date or today) >= today
            ],
            "days": _days(plan, shift, names, who.language, now),
            "people": bookable(tx),
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
                "special": plan.special_days[day].name if day in plan.special_days else None,
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
        "nth": each.nth,
        "off_on_holidays": each.off_on_holidays,
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
    if each.nth is not None:
        parts.append(say(language, MONTHLY[each.nth]))
    if each.off_on_holidays:
        parts.append(say(language, N_("not on holidays")))
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
    until, other = row.until_date, row.in_place_of
    return {
        "id": row.id,
        "pattern": row.pattern_id,
        "date": row.on_date.isoformat(),
        "until": until.isoformat() if until else None,
        "day": briefing.day(language, row.on_date),
        "kind": row.kind,
        "person": {"id": row.person_id, "name": names.get(row.person_id, "")}
        if row.person_id
        else None,
        "in_place_of": {"id": other, "name": names.get(other, "")} if other else None,
        "role": row.role,
        "words": _change_words(row, names, language),
    }


def _change_words(row: ShiftOverride, names: dict[str, str], language: str) -> str:
    sentences = CHANGES if row.until_date is None else OVER_DAYS
    return say(
        language,
        sentences[Change(row.kind)],
        name=names.get(row.person_id or "", ""),
        other=names.get(row.in_place_of or "", ""),
        days=_since_until(row.on_date, row.until_date, language),
    )


def rotation_dict(row: Rotation, names: dict[str, str], language: str) -> Board:
    return {
        "id": row.id,
        "pattern": row.pattern_id,
        "role": row.role,
        "groups": [
            [{"id": each, "name": names.get(each, "")} for each in group] for group in row.groups
        ],
        "shifts_each": row.shifts_each,
        "first_date": row.first_date.isoformat(),
        "last_date": row.last_date.isoformat() if row.last_date else None,
        "words": _since_until(row.first_date, row.last_date, language),
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
            "minors": row.minors,
            "languages": list(row.languages),
            "words": need_words(row, language),
        }
        for row in planned.needs(tx)
    ]


def need_words(row: NeedRow | DateNeed, language: str) -> str:
    """ "2 listeners, 1 lead, 1 trained for minors, Spanish"."""
    parts = [briefing.heads(language, row.listeners, row.leads)]
    if row.minors:
        many = catalogue(language).ngettext
        trained = many("%(n)d trained for minors", "%(n)d trained for minors", row.minors)
        parts.append(trained % {"n": row.minors})
    parts += [briefing.language_name(language, code) for code in row.languages]
    return ", ".join(parts)


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


def bookable(tx: Transaction) -> list[Board]:
    return [_bookable(each) for each in people.everyone(tx) if _may_serve(each)]


def _bookable(person: Person) -> Board:
    return {"id": person.id, "name": person.name, "roles": list(person.roles)}


def _may_serve(person: Person) -> bool:
    return bool({Role.LISTENER, Role.LEAD} & set(person.roles))
