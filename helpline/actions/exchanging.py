"""Bringing HSDS data into the directory, all of it or nothing, and taking it out again.

What comes in is not shown to visitors: for a new service until somebody verifies it here, for one
that is shown until somebody verifies what changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time

from helpline.domain import access, errors, events, verifying
from helpline.domain.access import Who
from helpline.domain.bounds import Policies
from helpline.domain.hsds import (
    Body,
    Key,
    Reading,
    comparing,
    entries,
    reading,
    vocabulary,
    writing,
)
from helpline.domain.hsds.comparing import Changes, Report
from helpline.domain.hsds.writing import Records
from helpline.domain.resources import Resource
from helpline.store import entries as held
from helpline.store import journal, line, records, resources
from helpline.store.directory_tables import DirectoryEntry
from helpline.store.transaction import Store, Transaction

PARTNER = "import"  # whose file it is, unless somebody says
SEED, HERE = "seed", "here"  # what came with the software, and what was entered here
AT_ONCE = 300  # services whose records are read together


def bring(
    store: Store,
    who: Who | None,
    read: Reading,
    *,
    origin: str = PARTNER,
    takes_away: bool = False,
    dry_run: bool = False,
    now: datetime,
) -> Report:
    """Adds and changes records by their ids. `takes_away` removes what the same origin brought
    before and does not send any more; nothing else is ever removed.

    `who` is None for the hands at the server. Refused: `not_allowed`, `bad_request` for an origin
    that is ours.
    """
    if who is not None:
        access.require(who, "keep_directory")
    if origin in (SEED, HERE) or not origin.strip():
        raise errors.BadRequest(field="origin")
    if dry_run:
        with store.reading() as tx:
            return _weigh(tx, read, origin, takes_away)
    with store.transaction() as tx:
        report = _weigh(tx, read, origin, takes_away)
        if not report.refused and report.changes:
            _change(tx, report.changes, origin, now)
            _tell(tx, "directory_imported", report.changes, who, now)
    return report


def _weigh(tx: Transaction, read: Reading, origin: str, takes_away: bool) -> Report:
    lost = reading.dangling(read, records.known(tx, reading.outside(read)))
    problems = (*read.problems, *lost)
    if any(each.fatal for each in problems):
        return Report(problems, Changes())
    gone = records.of_origin(tx, origin) - read.records.keys() if takes_away else set()
    changes = comparing.changes(read, records.find(tx, read.records), sorted(gone))
    return Report(problems, changes)


def _tell(tx: Transaction, kind: str, changes: Changes, who: Who | None, now: datetime) -> None:
    journal.write(
        tx,
        kind,
        now=now,
        person_id=who.id if who else None,
        added=len(changes.added),
        changed=len(changes.changed),
        removed=len(changes.removed),
    )
    tx.announce(events.LineChanged())


def _change(tx: Transaction, changes: Changes, origin: str, now: datetime) -> None:
    old = [*changes.changed, *changes.removed]
    touched = records.services_touched(tx, old)
    records.put(tx, dict(changes.bodies), origin=origin, now=now)
    records.remove(tx, changes.removed)
    touched |= records.services_touched(tx, changes.bodies)
    some = sorted(touched)
    for start in range(0, len(some), AT_ONCE):
        read_again(tx, some[start : start + AT_ONCE], origin, now)


def read_again(tx: Transaction, service_ids: Iterable[str], origin: str, now: datetime) -> None:
    """Brings the entries of services in step with their records. What this organisation verified
    stays as it was, and waits for somebody to look at the news."""
    wanted = list(service_ids)
    found = records.belonging(tx, wanted)
    known = held.of_services(tx, wanted)
    reader = entries.Reader(found)
    for service_id in wanted:
        entry = known.get(service_id)
        if ("service", service_id) not in found:
            _lost(tx, entry, now)
            continue
        read = reader.entry(service_id, entry.resource_id if entry else service_id)
        if entry is None:
            resources.put(tx, replace(read.resource, shown=False))
            tx.session.flush()
            held.add(tx, read, service_id, origin)
        elif entry.verified_at is None:
            resources.put(tx, replace(read.resource, shown=False))
            entry.lacks, entry.removed_at = list(read.lacks), None
        else:
            _compare(tx, entry, read, now)


def _compare(tx: Transaction, entry: DirectoryEntry, read: entries.Entry, now: datetime) -> None:
    shown = resources.find(tx, entry.resource_id)
    same = shown is not None and entries.same(shown, read.resource) and not read.lacks
    entry.lacks = list(read.lacks)
    entry.news_at = None if same else entry.news_at or now


def _lost(tx: Transaction, entry: DirectoryEntry | None, now: datetime) -> None:
    """Its partner sends it no more. What visitors may have seen stays until somebody looks."""
    if entry is None:
        return
    if entry.verified_at is None:
        tx.session.flush()
        held.forget(tx, entry.resource_id)
        tx.session.expunge(entry)
        return
    entry.lacks, entry.news_at = ["gone"], entry.news_at or now


# -- out --------------------------------------------------------------------------------------


def taken_out(store: Store, *, everything: bool = False) -> Records:
    """The records of what visitors see, as it was verified here; or of all there is, as it came."""
    with store.reading() as tx:
        if everything:
            return records.everything(tx)
        shown = held.of_services(tx, held.shown_services(tx))
        found = records.belonging(tx, shown)
        for service_id, entry in shown.items():
            verified = resources.find(tx, entry.resource_id)
            if verified is None:
                continue
            if entry.news_at is not None or ("service", service_id) not in found:
                mine = writing.belonging(found, [service_id])
                new, gone = entries.rewritten(mine, verified, service_id)
                found = {key: body for key, body in found.items() if key not in gone} | new
            days = [day for day in (verified.verified_on, verified.assured_on) if day]
            service = found["service", service_id]
            found["service", service_id] = {**service, "assured_date": max(days).isoformat()}
    return found


# -- ours -------------------------------------------------------------------------------------


def load(store: Store, found: Iterable[Resource], *, now: datetime) -> int:
    """Puts entries that the project verified on their day `assured_on` into the directory; how
    many. What a coordinator verified later, hid or took out stays so."""
    by_service = {vocabulary.made_id("service", each.id): each for each in found}
    with store.transaction() as tx:
        known = held.of_services(tx, by_service)
        fresh = {
            service_id: each
            for service_id, each in by_service.items()
            if service_id not in known or not _is_ours(known[service_id], each.assured_on)
        }
        write(tx, fresh, origin=SEED, now=now)
        policies = line.line(tx).policies if line.exists(tx.session) else {}
        for service_id, each in fresh.items():
            entry = known.get(service_id)
            resources.put(tx, _by_project(each, entry, policies, now.date()))
        tx.session.flush()
        for service_id, each in fresh.items():
            entry = known.get(service_id) or held.add(tx, entries.Entry(each), service_id, SEED)
            entry.verified_at = midnight(each.assured_on) if each.assured_on else now
            entry.verified_by, entry.news_at, entry.lacks = None, None, []
        journal.write(tx, "resources_loaded", now=now, count=len(by_service))
        tx.announce(events.LineChanged())
    return len(by_service)


def write(tx: Transaction, wanted: Mapping[str, Resource], *, origin: str, now: datetime) -> None:
    """Lets the records of these services say what the entries say."""
    before = records.belonging(tx, wanted)
    new: dict[Key, Body] = {}
    gone: set[Key] = set()
    for service_id, each in wanted.items():
        mine = writing.belonging(before, [service_id]) if before else {}
        written, away = entries.rewritten(mine, each, service_id)
        new |= written
        gone |= away
    records.remove(tx, gone - new.keys())
    records.put(tx, new, origin=origin, now=now)


def _is_ours(entry: DirectoryEntry, seen: date | None) -> bool:
    """Whether a coordinator's word about it is newer than the project's."""
    if entry.removed_at is not None:
        return True
    if entry.verified_by is None or entry.verified_at is None:
        return False
    return seen is None or entry.verified_at.date() >= seen


def _by_project(
    each: Resource, entry: DirectoryEntry | None, policies: Policies, today: date
) -> Resource:
    shown = verifying.is_shown(
        each.assured_on,
        hidden=entry is not None and entry.hidden_at is not None,
        emergency=each.emergency,
        policies=policies,
        today=today,
    )
    return replace(each, verified_on=each.assured_on, shown=shown)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
