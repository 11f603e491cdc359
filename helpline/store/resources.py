"""The resource directory, and the words a listener may start from."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import date, time
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from sqlalchemy import Row, func, insert, select
from sqlmodel import col

from helpline.domain import search
from helpline.domain.directory import standing
from helpline.domain.resources import Resource, Way
from helpline.domain.schedules import Schedule
from helpline.store.tables import Message, QuickReply, ResourceKey, ResourceRow
from helpline.store.transaction import Store, Transaction

MOST_NEAR = 60  # on one card: a country may have thousands of services
CLASS = 1 << 40  # places for resources of one standing
PLACES = (42, 41, 40)  # bits: no emergency number, not verified here, not day and night
NO_EMERGENCY = 1 << PLACES[0]  # from here on
NEVER_INDEXED = col(ResourceRow.standing).is_(None)


def all_resources(tx: Transaction) -> list[Resource]:
    """Those that this organisation shows."""
    shown = select(ResourceRow).where(col(ResourceRow.shown))
    return [read(row) for row in tx.session.scalars(shown)]


def handed_out(tx: Transaction) -> list[str]:
    """All that the line itself hands out to call, write to or open: ways, and ready words."""
    ways = tx.session.scalars(select(col(ResourceRow.ways)).where(col(ResourceRow.shown)))
    said = tx.session.scalars(select(col(QuickReply.text)))
    return [str(way["value"]) for each in ways for way in each] + list(said)


def of_country(tx: Transaction, country: str) -> list[Resource]:
    """The first of a country, in the order that time does not change."""
    here = (
        select(ResourceRow)
        .where(col(ResourceRow.shown), col(ResourceRow.country) == country)
        .order_by(col(ResourceRow.standing))
        .limit(MOST_NEAR)
    )
    return [read(row) for row in tx.session.scalars(here)]


def everything(tx: Transaction) -> list[Resource]:
    """Also those that are not shown, for who keeps the directory."""
    return [read(row) for row in tx.session.scalars(select(ResourceRow))]


def find(tx: Transaction, resource_id: str) -> Resource | None:
    """Also one that is not shown any more: a card that was sent stays readable."""
    row = tx.session.get(ResourceRow, resource_id)
    return None if row is None else read(row)


def find_shown(tx: Transaction, resource_id: str) -> Resource | None:
    """One that a visitor may be sent to: what this organisation shows, and nothing else."""
    found = find(tx, resource_id)
    return found if found and found.shown else None


def sent_in(tx: Transaction, chat_id: str) -> list[Resource]:
    """Those that were sent in a chat, each once, the first first."""
    sent = (
        select(col(Message.resource_id))
        .where(col(Message.chat_id) == chat_id, col(Message.resource_id).is_not(None))
        .order_by(col(Message.seq))
    )
    found = (find(tx, each) for each in dict.fromkeys(tx.session.scalars(sent)) if each)
    return [each for each in found if each]


def quick_replies(tx: Transaction) -> list[QuickReply]:
    return list(tx.session.scalars(select(QuickReply).order_by(col(QuickReply.place))))


def put(tx: Transaction, resource: Resource) -> None:
    """Adds a resource, or replaces the one of its id, with what it is found by."""
    before = tx.session.get(ResourceRow, resource.id)
    standing = _standing(tx, resource, before.standing if before else None)
    said = search.found_by(resource, countries(resource))
    row = as_row(resource)
    row.standing, row.found_by = standing, " ".join(said)
    if before is None or before.found_by != row.found_by:
        _keep_keys(tx, said)
    tx.session.merge(row)


def index(store: Store) -> None:
    """What was there before the directory could be searched."""
    with store.reading() as tx:
        if tx.session.scalar(select(col(ResourceRow.id)).where(NEVER_INDEXED).limit(1)) is None:
            return
    with store.transaction() as tx:
        for row in tx.session.scalars(select(ResourceRow).where(NEVER_INDEXED)).all():
            put(tx, read(row))


def _standing(tx: Transaction, resource: Resource, had: int | None) -> int:
    """Its place among all: in its class the one it had, or behind the last."""
    first = sum(flag << place for flag, place in zip(standing(resource), PLACES, strict=True))
    if had is not None and first <= had < first + CLASS:
        return had
    among = col(ResourceRow.standing).between(first, first + CLASS - 1)
    last = tx.session.scalar(select(func.max(ResourceRow.standing)).where(among))
    return first if last is None else last + 1


def _keep_keys(tx: Transaction, said: list[str]) -> None:
    """The words that are new to the directory, and the marks that a form offers."""
    words = [each for each in said if search.is_listed(each)]
    asked = select(col(ResourceKey.word)).where(
        col(ResourceKey.key) == col(ResourceKey.word), col(ResourceKey.word).in_(words)
    )
    new = set(words) - set(tx.session.scalars(asked))
    rows = [{"key": key, "word": word} for word in sorted(new) for key in search.keys(word)]
    if rows:
        tx.session.execute(insert(ResourceKey), rows)


@lru_cache(maxsize=1024)
def _country(code: str, language: str) -> str:
    try:
        return str(Locale.parse(language, sep="-").territories.get(code, ""))
    except (ValueError, UnknownLocaleError):
        return ""


def countries(resource: Resource) -> list[str]:
    """The name of its country, in English and in its languages."""
    languages = sorted({"en", *resource.languages})
    return [name for each in languages if (name := _country(resource.country, each))]


def as_row(resource: Resource) -> ResourceRow:
    """Without what it is found by."""
    return ResourceRow(
        id=resource.id,
        name=resource.name,
        operator=resource.organisation,
        country=resource.country,
        regions=sorted(resource.regions),
        languages=sorted(resource.languages),
        topics=sorted(resource.topics),
        youngest=resource.youngest,
        oldest=resource.oldest,
        emergency=resource.emergency,
        ways=[{"kind": way.kind, "value": way.value, "word": way.word} for way in resource.ways],
        hours=[_rule(each) for each in resource.hours],
        cost=resource.cost,
        place=resource.place,
        note=resource.note,
        notes=dict(resource.notes),
        description=resource.description,
        source=resource.source,
        seen_on=resource.assured_on,
        verified_on=resource.verified_on,
        shown=resource.shown,
    )


Told = Callable[[str, Any], Any]


def read(
    row: ResourceRow | Row[Any], told: Told = lambda name, value: LISTS[name](value)
) -> Resource:
    """`told` makes the domain's words of a column that holds a list."""
    return Resource(
        id=row.id,
        name=row.name,
        country=row.country,
        languages=told("languages", row.languages),
        ways=told("ways", row.ways),
        emergency=row.emergency,
        hours=told("hours", row.hours),
        note=row.note,
        topics=told("topics", row.topics),
        organisation=row.operator,
        regions=told("regions", row.regions),
        youngest=row.youngest,
        oldest=row.oldest,
        cost=row.cost,
        place=row.place,
        description=row.description,
        notes=told("notes", row.notes),
        source=row.source,
        assured_on=row.seen_on,
        verified_on=row.verified_on,
        shown=row.shown,
    )


def read_text(row: Row[Any]) -> Resource:
    """The same of a row whose lists are JSON still: thousands say the same, which is read once."""
    return read(row, _read_list)


@lru_cache(maxsize=8192)
def _read_list(name: str, said: str) -> Any:
    return LISTS[name](json.loads(said))


def _rule(schedule: Schedule) -> dict[str, Any]:
    """A schedule as JSON, without what it does not say."""
    said = {each.name: getattr(schedule, each.name) for each in fields(schedule)}
    return {
        name: value.isoformat() if isinstance(value, date | time) else value
        for name, value in said.items()
        if value not in (None, ())
    }


def _schedule(rule: dict[str, Any]) -> Schedule:
    return Schedule(**{name: READS.get(name, _same)(value) for name, value in rule.items()})


def _ways(said: list[dict[str, Any]]) -> tuple[Way, ...]:
    return tuple(Way(each["kind"], each["value"], each.get("word")) for each in said)


def _hours(said: list[dict[str, Any]]) -> tuple[Schedule, ...]:
    return tuple(_schedule(each) for each in said)


def _same(value: Any) -> Any:
    return value


READS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("opens", "closes"), time.fromisoformat),
    **dict.fromkeys(("dtstart", "until", "valid_from", "valid_to"), date.fromisoformat),
    **dict.fromkeys(("byday", "bymonthday", "byyearday", "byweekno"), tuple),
}
LISTS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("languages", "topics", "regions"), frozenset),
    "ways": _ways,
    "hours": _hours,
    "notes": dict,
}
