"""What a planner asks for, by form or by JSON: read here once, handed to the action.

Every deed takes (store, who, given, now) and answers with the ids it made or changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from helpline.actions import declaring, planning, rotating
from helpline.domain import changes, errors
from helpline.domain.access import Who
from helpline.domain.roster import EACH_MONTH, Change
from helpline.faces import given as read
from helpline.faces.given import Given
from helpline.store.transaction import Store

Answer = dict[str, Any]
NTH = {str(each): each for each in EACH_MONTH}
TURN = "turn-"  # and a person's id: their place in a rotation
Deed = Callable[[Store, Who, Given, datetime], Answer]


def add_pattern(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    made = planning.add_pattern(
        store,
        who,
        title=read.words(given, "title"),
        weekday=read.number(given, "weekday"),
        starts=read.wall_time(given, "starts"),
        ends=read.wall_time(given, "ends"),
        first_date=read.day(given, "first_date"),
        last_date=read.maybe_day(given, "last_date"),
        every_weeks=read.number(given, "every_weeks", default=1),
        nth=_nth(given),
        off_on_holidays=read.yes(given, "off_on_holidays"),
        now=now,
    )
    return {"pattern": made}


def change_pattern(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    goes_on = planning.change_pattern(
        store,
        who,
        read.chosen(given, "pattern"),
        read.day(given, "from_date"),
        title=read.words(given, "title"),
        weekday=read.number(given, "weekday"),
        starts=read.wall_time(given, "starts"),
        ends=read.wall_time(given, "ends"),
        every_weeks=read.number(given, "every_weeks", default=1),
        nth=_nth(given),
        off_on_holidays=read.yes(given, "off_on_holidays"),
        now=now,
    )
    return {"pattern": goes_on}


def end_pattern(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    pattern = read.chosen(given, "pattern")
    planning.end_pattern(store, who, pattern, read.day(given, "last_date"), now=now)
    return {"pattern": pattern}


def book(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    made = planning.book(
        store,
        who,
        read.chosen(given, "pattern"),
        read.chosen(given, "person_id"),
        read.words(given, "role") or "listener",
        read.day(given, "first_date"),
        read.maybe_day(given, "last_date"),
        now=now,
    )
    return {"booking": made}


def unbook(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    booking = read.chosen(given, "booking")
    planning.unbook(store, who, booking, read.maybe_day(given, "last_date"), now=now)
    return {"booking": booking}


def override(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    """Without a pattern it lies over all of them; the changes of one pattern name it."""
    kind = read.words(given, "kind")
    made = planning.override(
        store,
        who,
        read.maybe_chosen(given, "pattern"),
        read.day(given, "on_date"),
        kind,
        None if kind == Change.CANCEL else read.chosen(given, "person_id"),
        read.words(given, "role") or "listener",
        until_date=read.maybe_day(given, "until_date"),
        in_place_of=read.chosen(given, "in_place_of") if kind == Change.REPLACE else None,
        now=now,
    )
    return {"change": made}


def lift_override(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    change = read.chosen(given, "change")
    planning.lift_override(store, who, change, now=now)
    return {"change": change}


def set_need(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    planning.set_need(
        store,
        who,
        read.number(given, "weekday"),
        **_needed(given),
        now=now,
    )
    return {}


def remove_need(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    need = read.chosen(given, "need")
    planning.remove_need(store, who, need, now=now)
    return {"need": need}


def rotate(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    made = rotating.rotate(
        store,
        who,
        read.chosen(given, "pattern"),
        _groups(given),
        read.words(given, "role") or "listener",
        read.day(given, "first_date"),
        read.maybe_day(given, "last_date"),
        shifts_each=read.number(given, "shifts_each", default=1),
        now=now,
    )
    return {"rotation": made}


def end_rotation(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    rotation = read.chosen(given, "rotation")
    rotating.end_rotation(store, who, rotation, read.maybe_day(given, "last_date"), now=now)
    return {"rotation": rotation}


def declare_day(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    day, kind = read.day(given, "on_date"), read.words(given, "kind")
    declaring.declare_day(store, who, day, read.words(given, "name"), kind, now=now)
    return {"on_date": day.isoformat()}


def withdraw_day(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    day = read.day(given, "on_date")
    declaring.withdraw_day(store, who, day, now=now)
    return {"on_date": day.isoformat()}


def keep_holidays_of(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    country, region = (read.words(given, field).strip() for field in ("country", "region"))
    declaring.keep_holidays_of(store, who, country, region, now=now)
    return {"country": country, "region": region}


def set_date_need(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    declaring.set_date_need(
        store,
        who,
        read.day(given, "on_date"),
        **_needed(given),
        why=read.words(given, "why"),
        now=now,
    )
    return {}


def remove_date_need(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    need = read.chosen(given, "need")
    declaring.remove_date_need(store, who, need, now=now)
    return {"need": need}


def _needed(given: Given) -> dict[str, Any]:
    """Who is needed, and in which hours."""
    return {
        "from_hour": read.number(given, "from_hour"),
        "to_hour": read.number(given, "to_hour"),
        "listeners": read.number(given, "listeners"),
        "leads": read.number(given, "leads", default=0),
        "minors": read.number(given, "minors", default=0),
        "languages": read.several(given, "languages"),
    }


def _nth(given: Given) -> int | None:
    """Which such weekday of each month, -1 the last; none for a pattern that goes by weeks."""
    value = given.get("nth")
    if value in (None, ""):
        return None
    if str(value) not in NTH:
        raise changes.BadNumber(field="nth")
    return NTH[str(value)]


def _groups(given: Given) -> list[list[str]]:
    """Lists of ids, or from a form each person's number: who shares one serves together."""
    groups = given.get("groups")
    if groups is None:
        turns: dict[int, list[str]] = {}
        for field in given:
            if field.startswith(TURN) and given[field] not in (None, ""):
                turns.setdefault(read.number(given, field), []).append(field.removeprefix(TURN))
        return [turns[turn] for turn in sorted(turns)]
    if not isinstance(groups, list) or not all(isinstance(each, list) for each in groups):
        raise errors.BadRequest(field="groups")
    return [[read.chosen({"groups": one}, "groups") for one in each] for each in groups]
