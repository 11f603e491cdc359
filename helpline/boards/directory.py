"""The directory as coordinators keep it: what waits to be verified, what visitors see."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from helpline.boards import briefing
from helpline.boards.wording import N_, iso, say
from helpline.domain import access, bounds, entrytext, errors, verifying, walltime, weektext
from helpline.domain.access import Who
from helpline.domain.hsds import entries as reading
from helpline.domain.resources import Resource
from helpline.domain.verifying import LIMIT, SETTINGS
from helpline.store import entries as held
from helpline.store import line, people, records, resources
from helpline.store.directory_tables import DirectoryEntry
from helpline.store.tables import Line
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

MOST = 100  # entries of each list: the rest is found by searching

STATES = {
    "shown": N_("Visitors see it."),
    "hidden": N_("Hidden from visitors."),
    "unverified": N_("Nobody has verified it here. Visitors do not see it."),
    "old": N_("Visitors do not see it: it was not verified for too long."),
}
LACKS = {
    "way": N_("It has no number or address by which it can be reached."),
    "hours": N_("Its hours are not known."),
    "country": N_("Its country is not known."),
    "language": N_("Its languages are not known."),
    "status": N_("Whoever sent it says that it is not active."),
    "gone": N_("Whoever sent it does not send it any more."),
}
ORIGINS = {"seed": N_("came with the software"), "here": N_("entered here")}
FIELDS = {
    "name": N_("Name"),
    "organisation": N_("Organisation"),
    "country": N_("Country"),
    "regions": N_("Regions"),
    "languages": N_("Languages"),
    "topics": N_("Topics"),
    "emergency": N_("A number for emergencies"),
    "ways": N_("Ways to reach it"),
    "hours": N_("Hours"),
    "zone": N_("Zone of the hours"),
    "youngest": N_("From this age"),
    "oldest": N_("Up to this age"),
    "cost": N_("Cost"),
    "place": N_("Place"),
    "note": N_("What happens when you call, in English"),
    "notes": N_("The same in other languages"),
    "description": N_("Description"),
    "source": N_("Page where it was read"),
}
COSTS = {
    "free": N_("free"),
    "local": N_("the price of a local call"),
    "paid": N_("it costs something"),
    "unknown": N_("not known"),
}


def listing(store: Store, who: Who, now: datetime, *, country: str = "", find: str = "") -> Board:
    """`waiting`: to be verified; `found`: by country and name; `limit` in days. Refused:
    `not_allowed`."""
    access.require(who, "keep_directory")
    with store.reading() as tx:
        row, names = line.line(tx), people.names(tx)
        fresh_since = verifying.fresh_since(row.policies, _today(row, now))
        waiting = held.to_verify(tx, fresh_since, MOST)
        found = held.search(tx, country.upper(), find, MOST)
        return {
            "country": country.upper(),
            "find": find,
            "countries": held.countries(tx),
            "limit": bounds.number(row.policies, SETTINGS, LIMIT),
            "waiting": [_brief(tx, who, each.resource_id, row, names, now) for each, _ in waiting],
            "count": held.count_to_verify(tx, fresh_since),
            "found": [_brief(tx, who, each.resource_id, row, names, now) for each, _ in found],
            "more": len(found) == MOST,
        }


def one(store: Store, who: Who, resource_id: str, now: datetime) -> Board:
    """An entry with its form, and field by field what whoever sent it says now."""
    access.require(who, "keep_directory")
    with store.reading() as tx:
        shown = _brief(tx, who, resource_id, line.line(tx), people.names(tx), now)
        return {
            **shown,
            "form": entrytext.written(_resource(tx, resource_id)),
            "news": _news(tx, held.entry(tx, resource_id), who.language),
        }


def resource(store: Store, who: Who, resource_id: str) -> Resource:
    """An entry as it is held, for the form that changes it. Refused: `not_found`."""
    access.require(who, "keep_directory")
    with store.reading() as tx:
        held.entry(tx, resource_id)
        return _resource(tx, resource_id)


def fields(language: str) -> dict[str, str]:
    return {name: say(language, words) for name, words in FIELDS.items()}


def costs(language: str) -> list[tuple[str, str]]:
    return [(each, say(language, words)) for each, words in COSTS.items()]


def new_form(store: Store) -> dict[str, str]:
    """A form with nothing in it but what is true here."""
    with store.reading() as tx:
        row = line.line(tx)
        here = {"country": row.country, "zone": row.zone, "languages": ", ".join(row.languages)}
    return {**dict.fromkeys(entrytext.FIELDS, ""), **here, "hours": "always", "cost": "unknown"}


def _brief(
    tx: Transaction, who: Who, resource_id: str, row: Line, names: dict[str, str], now: datetime
) -> Board:
    entry, each = held.entry(tx, resource_id), _resource(tx, resource_id)
    today = _today(row, now)
    hours = weektext.words(each.hours)
    at = entry.verified_at
    return {
        "id": each.id,
        "name": each.name,
        "organisation": each.organisation,
        "country": each.country,
        "emergency": each.emergency,
        "ways": [
            {"kind": way.kind, "value": way.value, "word": way.word or ""} for way in each.ways
        ],
        "languages": sorted(each.languages),
        "topics": sorted(each.topics),
        "hours": hours.splitlines() if hours else [weektext.AS_IT_IS],
        "source": each.source,
        "seen_on": _iso(each.assured_on),
        "origin": say(who.language, ORIGINS[entry.origin])
        if entry.origin in ORIGINS
        else entry.origin,
        "state": (state := _state(entry, each)),
        "state_words": say(who.language, STATES[state]),
        "stale": at is not None and verifying.is_stale(each.verified_on, row.policies, today),
        "verified_on": _iso(each.verified_on),
        "verified_at": iso(at),
        "verified_by": names.get(entry.verified_by or ""),
        "verified_when": briefing.long_day(who.language, each.verified_on)
        if each.verified_on
        else "",
        "seen_when": briefing.long_day(who.language, each.assured_on) if each.assured_on else "",
        "lacks": [say(who.language, LACKS[code]) for code in entry.lacks],
        "has_news": entry.news_at is not None,
        "is_whole": not entry.lacks,
    }


def _state(entry: DirectoryEntry, each: Resource) -> str:
    if entry.hidden_at is not None:
        return "hidden"
    if entry.verified_at is None:
        return "unverified"
    return "shown" if each.shown else "old"


def _news(tx: Transaction, entry: DirectoryEntry, language: str) -> list[Board]:
    """What differs between what was verified and what its records say."""
    found = records.belonging(tx, [entry.service_id])
    if entry.news_at is None or ("service", entry.service_id) not in found:
        return []
    said = reading.Reader(found).entry(entry.service_id, entry.resource_id).resource
    ours, theirs = (entrytext.written(each) for each in (_resource(tx, entry.resource_id), said))
    return [
        {"field": say(language, FIELDS[name]), "ours": ours[name], "theirs": theirs[name]}
        for name in FIELDS
        if ours[name] != theirs[name]
    ]


def _resource(tx: Transaction, resource_id: str) -> Resource:
    found = resources.find(tx, resource_id)
    if found is None:
        raise errors.NotFound
    return found


def _today(row: Line, now: datetime) -> date:
    return walltime.local(row.zone, now).date()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
