"""What a planner asks for, by form or by JSON: read here once, handed to the action.

Every deed takes (store, who, given, now) and answers with the ids it made or changed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from helpline.actions import planning
from helpline.domain.access import Who
from helpline.domain.roster import Change
from helpline.faces import given as read
from helpline.faces.given import Given
from helpline.store.transaction import Store

Answer = dict[str, Any]
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
    kind = read.words(given, "kind")
    made = planning.override(
        store,
        who,
        read.chosen(given, "pattern"),
        read.day(given, "on_date"),
        kind,
        None if kind == Change.CANCEL else read.chosen(given, "person_id"),
        read.words(given, "role") or "listener",
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
        read.number(given, "from_hour"),
        read.number(given, "to_hour"),
        read.number(given, "listeners"),
        read.number(given, "leads", default=0),
        now=now,
    )
    return {}


def remove_need(store: Store, who: Who, given: Given, now: datetime) -> Answer:
    need = read.chosen(given, "need")
    planning.remove_need(store, who, need, now=now)
    return {"need": need}
