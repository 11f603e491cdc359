"""Hours that people gave: for themselves, for a certificate, and for coordinators who plan."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from helpline.boards import briefing, obstacles
from helpline.boards.wording import N_, catalogue, say
from helpline.domain import changes, hours, shifts, walltime
from helpline.domain.access import LISTENERS, Who
from helpline.domain.hours import Given
from helpline.domain.roster import DAY
from helpline.store import line, people, wishes
from helpline.store.shifts import plan
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

LONGEST = timedelta(days=5 * 366)
MINUTE = timedelta(minutes=1)


def own(store: Store, who: Who, now: datetime) -> Board:
    """What this person gave this year, and in all the time that the plan knows of."""
    with store.reading() as tx:
        today = changes.today(plan(tx), now)
        year = date(today.year, 1, 1)
        return {
            "year": words(who.language, _of(tx, who.id, year, today, now)),
            "since": year.isoformat(),
            "until": today.isoformat(),
        }


def certificate(
    store: Store, who: Who, person_id: str, first: date | None, last: date | None, now: datetime
) -> Board:
    """One person's hours between two days, to be printed and signed. Refused: `not_found`, and
    days the wrong way round."""
    with store.reading() as tx:
        person, today = people.person(tx, person_id), changes.today(plan(tx), now)
        first = first or date(today.year, 1, 1)
        last = min(last or today, today)
        if last < first:
            raise changes.DaysCrossed(field="last_date")
        if today - first > LONGEST:
            raise changes.DayIsTooFar(field="first_date")
        given = _of(tx, person_id, first, last, now)
        return {
            "line": line.line(tx).name,
            "name": person.name,
            "person": person_id,
            "first": first.isoformat(),
            "last": last.isoformat(),
            "from_words": briefing.long_day(who.language, first),
            "until_words": briefing.long_day(who.language, last),
            "today": briefing.long_day(who.language, today),
            "latest": today.isoformat(),
            "hours": obstacles.hours(given.time // MINUTE),
            "shifts": given.shifts,
            "words": words(who.language, given),
        }


def everybody(store: Store, who: Who, now: datetime) -> Board:
    """By name: hours of the last twelve weeks and of the year, what the next four weeks bring, and
    how far each is from an even share once nights and weekends weigh more."""
    with store.reading() as tx:
        known = plan(tx)
        today = changes.today(known, now)
        serving = [each for each in people.everyone(tx) if LISTENERS & set(each.roles)]
        weeks = _served(tx, now - hours.BALANCED_OVER, now)
        year = _served(tx, _midnight(tx, date(today.year, 1, 1)), now)
        ahead = now + 4 * timedelta(weeks=1)
        coming = hours.served(known.zone, shifts.spans(known, now, ahead), frozenset(), now, ahead)
        balance = hours.balance(weeks, [each.id for each in serving])
        return {
            "people": [
                {
                    "id": each.id,
                    "name": each.name,
                    "hours": hours.in_hours(weeks.get(each.id, Given()).time),
                    "weighed": hours.in_hours(weeks.get(each.id, Given()).weighed),
                    "shifts": weeks.get(each.id, Given()).shifts,
                    "year": hours.in_hours(year.get(each.id, Given()).time),
                    "coming": hours.in_hours(coming.get(each.id, Given()).time),
                    "balance": hours.in_hours(balance[each.id]),
                    "limit": each.weekly_hours,
                }
                for each in serving
            ],
            "weeks": hours.BALANCED_OVER // timedelta(weeks=1),
            "night": hours.NIGHT_WEIGHS,
            "weekend": hours.WEEKEND_WEIGHS,
        }


def words(language: str, given: Given) -> str:
    """ "12 hours in 4 shifts"."""
    many = catalogue(language).ngettext
    total = say(language, N_("%(hours)s hours"), hours=obstacles.hours(given.time // MINUTE))
    in_shifts = many("in %(n)d shift", "in %(n)d shifts", given.shifts) % {"n": given.shifts}
    return f"{total} {in_shifts}"


def _of(tx: Transaction, person_id: str, first: date, last: date, now: datetime) -> Given:
    start, end = _midnight(tx, first), min(_midnight(tx, last + DAY), now)
    return _served(tx, start, end).get(person_id, Given())


def _served(tx: Transaction, start: datetime, end: datetime) -> dict[str, Given]:
    known = plan(tx)
    missed = wishes.missed(tx, start.date() - 2 * DAY)
    return hours.served(known.zone, shifts.spans(known, start, end), missed, start, end)


def _midnight(tx: Transaction, day: date) -> datetime:
    return walltime.first_instant(plan(tx).zone, datetime.combine(day, time.min))
