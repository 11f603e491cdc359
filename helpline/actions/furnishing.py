"""Furnishing the line: its one row, the resource directory, the words that lie ready."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from helpline.actions import exchanging
from helpline.domain import canary, door, errors, events, schedules, tuning
from helpline.domain.resources import Resource, Way
from helpline.domain.schedules import Schedule
from helpline.store import canaries, journal, line
from helpline.store.tables import QuickReply
from helpline.store.transaction import Store, Transaction

# May we tell somebody when a life is in danger; may a supervisor read along; may a listener be
# asked for one seat more when it is critical.
POLICIES = ("may_tell", "supervised", "surge")
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


def set_up_line(
    store: Store,
    *,
    name: str,
    zone: str,
    country: str,
    languages: list[str],
    policies: Mapping[str, Any] | None = None,
    by_hand: str | None = None,
    now: datetime,
) -> None:
    """Makes the line's row. Refused with `bad_request` for an unknown zone, or a second time."""
    if zone not in available_timezones() or ZoneInfo(zone) is None:
        raise errors.BadRequest(field="zone")
    if len(country) != 2 or not languages:
        raise errors.BadRequest(field="country" if languages else "languages")
    with store.transaction() as tx:
        if line.exists(tx.session):
            raise errors.BadRequest(field="line")
        row = line.make(
            tx, name=name, zone=zone, country=country.upper(), languages=languages, now=now
        )
        row.policies = dict(policies or {})
        row.by_hand = by_hand
        tx.session.add(row)
        journal.write(tx, "line_made", now=now)


def set_policy(store: Store, name: str, on: bool, *, now: datetime) -> None:
    """Turns one of the line's policies on or off. Refused with `bad_request` for an unknown one."""
    if name not in POLICIES:
        raise errors.BadRequest(field="policy")
    with store.transaction() as tx:
        _set(tx, {name: on}, "policy_set", None, now)


def set_care(store: Store, name: str, number: int, *, now: datetime) -> None:
    """Sets how listeners are spared. Refused with `bad_request` for what is unknown or too much."""
    tune(store, "care", {name: number}, now=now)


def set_call_outs(store: Store, name: str, number: int, *, now: datetime) -> None:
    """Sets when and how people off shift are asked. Refused with `bad_request` for what is unknown
    or out of bounds."""
    tune(store, "call_outs", {name: number}, now=now)


def set_door_limit(
    store: Store, minutes: int, *, now: datetime, person_id: str | None = None
) -> None:
    """How long a wait may be before the door says so, in minutes; zero for no limit. Refused with
    `bad_request` for what is no reasonable wait."""
    tune(store, "door", {door.SETTING: minutes}, now=now, person_id=person_id)


def set_silence(store: Store, name: str, number: int, *, now: datetime) -> None:
    """Sets when a silence is looked after: minutes, each step after the one before, or how much
    slower while the page is out of sight. Refused: `bad_request`."""
    tune(store, "silence", {name: number}, now=now)


def set_canary(store: Store, minutes: int, *, now: datetime) -> None:
    """How often a chat of our own proves the way, in minutes; zero for never. It counts from now.
    Refused with `bad_request` beyond the limit."""
    canary.require_setting(minutes)
    with store.transaction() as tx:
        _set(tx, {canary.SETTING: minutes}, "canary_set", None, now)
        canaries.begin(tx, now)


def tune(
    store: Store,
    group: str,
    numbers: Mapping[str, int],
    *,
    now: datetime,
    person_id: str | None = None,
) -> None:
    """Sets some of a group's settings, all of them or none; the journal keeps each.

    Refused: `bad_request` for what is unknown, out of bounds, or does not go with the others.
    """
    of = tuning.group(group)
    with store.transaction() as tx:
        policies = line.line(tx).policies
        for name, number in numbers.items():
            of.require({**policies, **numbers}, name, number)

        kept = {name: bool(it) if name in POLICIES else it for name, it in numbers.items()}
        _set(tx, kept, of.moment, person_id, now)


def _set(
    tx: Transaction,
    values: Mapping[str, bool | int],
    moment: str,
    person_id: str | None,
    now: datetime,
) -> None:
    row = line.line(tx)
    row.policies = {**row.policies, **values}
    tx.session.add(row)
    for name, value in values.items():
        journal.write(tx, moment, now=now, person_id=person_id, setting=name, value=value)
    tx.announce(events.LineChanged())


def is_set_up(store: Store) -> bool:
    with store.reading() as tx:
        return line.exists(tx.session)


def load_resources(store: Store, entries: Iterable[Mapping[str, Any]], *, now: datetime) -> int:
    """Puts verified resources into the directory, by id; how many. All of them, or none.

    An entry without a source, a day it was seen or `verified` is refused with `bad_request`.
    """
    return exchanging.load(store, [_resource(each) for each in entries], now=now)


def _resource(entry: Mapping[str, Any]) -> Resource:
    seen = entry.get("seen")
    if not entry.get("verified") or not entry.get("source") or not isinstance(seen, date):
        raise errors.BadRequest(field=str(entry.get("id", "id")))
    return Resource(
        id=entry["id"],
        name=entry["name"],
        organisation=entry.get("operator", ""),
        country=entry["country"],
        regions=frozenset(entry.get("regions", [])),
        languages=frozenset(entry["languages"]),
        topics=frozenset(entry.get("topics", [])),
        youngest=entry.get("youngest"),
        oldest=entry.get("oldest"),
        emergency=bool(entry.get("emergency", False)),
        ways=tuple(Way(each["kind"], each["value"], each.get("word")) for each in entry["ways"]),
        hours=_hours(entry["hours"]),
        cost=entry.get("cost", "unknown"),
        place=entry.get("place", ""),
        note=entry.get("note") or "",
        notes=entry.get("notes", {}),
        description=entry.get("description", ""),
        source=entry["source"],
        assured_on=seen,
    )


def _hours(hours: Any) -> tuple[Schedule, ...]:
    """Day and night is no hours at all; else one schedule for each opening of the week, and for
    each of some days of the month."""
    if hours == "always":
        return ()
    zone = hours["zone"]
    weekly = [
        schedules.weekly(zone, each.get("days", EVERY_DAY), *_from_to(each))
        for each in hours["weekly"]
    ]
    monthly = [
        Schedule(zone, *_from_to(each), freq="MONTHLY", bymonthday=tuple(each["days"]))
        for each in hours.get("monthly", [])
    ]
    return (*weekly, *monthly)


def _from_to(opening: Mapping[str, Any]) -> tuple[time, time]:
    return time.fromisoformat(opening["from"]), time.fromisoformat(opening["to"])


def load_quick_replies(store: Store, entries: Iterable[Mapping[str, Any]]) -> None:
    """Replaces what lies ready by id."""
    with store.transaction() as tx:
        for place, each in enumerate(entries):
            tx.session.merge(
                QuickReply(
                    id=each["id"],
                    language=each["language"],
                    title=each["title"],
                    text=each["text"],
                    place=place,
                )
            )
