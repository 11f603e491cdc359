"""What is expected: chats and heads for each hour of the week, beside the need that is set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.dates import get_day_names
from babel.numbers import format_decimal

from helpline.boards.wording import N_, catalogue, say
from helpline.domain import bounds
from helpline.domain import forecast as rules
from helpline.domain.access import Role, Who
from helpline.domain.coverage import Need
from helpline.domain.forecast import Expected, Forecast, Suggestion
from helpline.store import demand, line, people
from helpline.store import shifts as rota
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

STEPS = 8  # of the bar behind an hour


def read_forecast(tx: Transaction, now: datetime) -> Forecast:
    """Worked out once for each hour that is counted, and for what it rests on besides."""
    row = line.line(tx)
    all_seats = [each.seats for each in people.everyone(tx) if Role.LISTENER in each.roles]
    seats = 1 if all_seats and sum(all_seats) < 1.5 * len(all_seats) else 2
    settings = tuple(bounds.number(row.policies, rules.SETTINGS, each) for each in rules.SETTINGS)
    key = (demand.last_counted(tx), now.date(), now.hour, row.zone, settings, seats)
    if tx.known.get("forecast_of") != key:
        counted = demand.since(tx, now - rules.LOOKS_BACK)
        found = rules.forecast(counted, row.zone, now, policies=row.policies, seats=seats)
        tx.known.update(forecast=found, forecast_of=key)
    known: Forecast = tx.known["forecast"]
    return known


def behind(language: str, found: Forecast, weekday: int, hour: int) -> Board:
    """What stands behind an hour of a map: how high its bar is, and that in words."""
    each = found.at(weekday, hour)
    most = max((one.chats or 0.0 for one in found.hours), default=0.0)
    if each.chats is None:
        return {"step": 0, "words": ""}
    return {
        "step": round(each.chats / most * STEPS) if most else 0,
        "words": say(language, N_("%(chats)s chats expected"), chats=_number(language, each.chats)),
    }


def forecast_board(store: Store, who: Who, now: datetime) -> Board:
    """The forecast beside the need, as numbers and in words."""
    with store.reading() as tx:
        found, needs = read_forecast(tx, now), rota.needs(tx)
        zone, policies = line.line(tx).zone, line.line(tx).policies
    made = rules.suggestions(found, needs)
    asked = rules.asked_for(needs)
    most = max((each.chats or 0.0 for each in found.hours), default=0.0)
    language = who.language
    names = get_day_names("wide", "stand-alone", locale=language)
    return {
        "title": _title(language, found, made),
        "says_anything": found.says_anything,
        "weeks": found.weeks,
        "weeks_needed": rules.WEEKS_NEEDED,
        "zone": zone,
        "spread": round(found.spread, 2),
        "talk_minutes": round(found.talks.minutes, 1),
        "talk_minutes_known": found.talks_known,
        "late_percent": bounds.number(policies, rules.SETTINGS, "late_percent"),
        "rests_on": _rests_on(language, found, policies),
        "suggestions": [_suggestion(language, each) for each in made],
        "rows": [
            {
                "weekday": weekday,
                "day": names[weekday],
                "hours": [
                    _hour(language, found.at(weekday, hour), asked[weekday, hour], most)
                    for hour in range(24)
                ],
            }
            for weekday in range(7)
        ],
    }


def _title(language: str, found: Forecast, made: list[Suggestion]) -> str:
    """The finding, not the subject."""
    many = catalogue(language).ngettext
    if not found.says_anything:
        told = many(
            "There is too little history yet: %(n)d week of the %(needed)d that a forecast takes",
            "There is too little history yet: %(n)d weeks of the %(needed)d that a forecast takes",
            found.weeks,
        )
        return told % {"n": found.weeks, "needed": rules.WEEKS_NEEDED}
    hours = sum(each.to_hour - each.from_hour for each in made)
    if not hours:
        return say(language, N_("The need that is set is enough for what is expected"))
    told = many(
        "%(n)d hour of the week will need more people than is set",
        "%(n)d hours of the week will need more people than is set",
        hours,
    )
    return told % {"n": hours}


def _rests_on(language: str, found: Forecast, policies: dict[str, Any]) -> str:
    minutes = _number(language, found.talks.minutes)
    length = (
        N_("Talks of this line last %(minutes)s minutes on the mean.")
        if found.talks_known
        else N_("Too few talks were counted yet: %(minutes)s minutes each are assumed.")
    )
    aim = N_(
        "Planned so that at most %(late)s in 100 wait longer than a minute or leave, in four weeks "
        "of five; that 15 in 100 of those booked do not come; and that nobody is alone."
    )
    late = bounds.number(policies, rules.SETTINGS, "late_percent")
    return f"{say(language, length, minutes=minutes)} {say(language, aim, late=late)}"


def _suggestion(language: str, each: Suggestion) -> Board:
    names = get_day_names("abbreviated", "stand-alone", locale=language)
    return {
        "weekday": each.weekday,
        "from_hour": each.from_hour,
        "to_hour": each.to_hour,
        "need": each.need,
        "listeners": each.listeners,
        "chats_an_hour": round(each.chats, 2),
        "words": say(
            language,
            N_(
                "%(day)s %(since)s–%(until)s: need %(need)s, forecast %(n)s: "
                "%(chats)s chats an hour"
            ),
            day=names[each.weekday],
            since=f"{each.from_hour:02}",
            until=f"{each.to_hour:02}",
            need=each.need,
            n=each.listeners,
            chats=_number(language, each.chats),
        ),
    }


def _hour(language: str, each: Expected, need: Need, most: float) -> Board:
    """`step`: how high the bar behind the hour stands, from 0 to STEPS."""
    if each.chats is None or each.listeners is None:
        words = say(language, N_("too little history; needed: %(need)s"), need=need.listeners)
        return {
            "hour": each.hour, "weeks": each.weeks, "chats_an_hour": None, "planned_for": None,
            "need": need.listeners, "listeners": None, "heat": "free", "mark": "", "step": 0,
            "figures": f"{need.listeners}/?", "words": words,
        }  # fmt: skip
    short, spare = each.listeners > need.listeners, each.listeners < need.listeners
    return {
        "hour": each.hour,
        "weeks": each.weeks,
        "chats_an_hour": round(each.chats, 2),
        "planned_for": round(each.planned_for or 0.0, 2),
        "need": need.listeners,
        "listeners": each.listeners,
        "heat": "thin" if short else "spare" if spare else "enough",
        "mark": "!" if short else "+" if spare else "",
        "step": round(each.chats / most * STEPS) if most else 0,
        "figures": f"{need.listeners}/{each.listeners}",
        "words": say(
            language,
            N_("%(chats)s chats an hour; need %(need)s, forecast %(n)s"),
            chats=_number(language, each.chats),
            need=need.listeners,
            n=each.listeners,
        ),
    }


def _number(language: str, number: float) -> str:
    return format_decimal(round(number, 1), locale=language)
