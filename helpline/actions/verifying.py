"""A coordinator's word on the directory: checked today, hidden, changed, added, taken out.

What visitors see is what was verified here. Records that a partner changed since wait beside it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from helpline.actions import exchanging
from helpline.domain import access, errors, events, text, walltime
from helpline.domain import verifying as rules
from helpline.domain.access import Role, Who
from helpline.domain.hsds import entries, vocabulary
from helpline.domain.resources import Resource
from helpline.store import entries as held
from helpline.store import journal, line, notices, people, records, resources
from helpline.store.directory_tables import DirectoryEntry
from helpline.store.secrets import new_id
from helpline.store.tables import Line
from helpline.store.transaction import Store, Transaction

WHY_LENGTH = 200


def verify(
    store: Store, who: Who, resource_id: str, *, takes_news: bool = False, now: datetime
) -> None:
    """The coordinator checked it today: visitors see it from now on, unless it is hidden.

    `takes_news` takes over what its partner changed since; without it our own words stay, also in
    the records. Refused: `not_allowed`, `not_found`, `bad_request` for one that lacks something.
    """
    access.require(who, "keep_directory")
    with store.transaction() as tx:
        entry = held.entry(tx, resource_id)
        shown = _resource(tx, resource_id)
        if entry.verified_at is None or takes_news:
            rules.require_whole(entry.lacks)
            shown = _as_read(tx, entry)
        elif entry.news_at is not None:
            exchanging.write(tx, {entry.service_id: shown}, origin=exchanging.HERE, now=now)
        _verified(tx, entry, shown, who, now)
        journal.write(tx, "resource_verified", now=now, person_id=who.id, resource=resource_id)


def hide(store: Store, who: Who, resource_id: str, *, now: datetime) -> None:
    """Takes an entry from visitors; its records and who verified it stay."""
    _set_hidden(resource_id, now, store, who, now)


def show(store: Store, who: Who, resource_id: str, *, now: datetime) -> None:
    """Lets visitors see it again, once it is verified."""
    _set_hidden(resource_id, None, store, who, now)


def change(store: Store, who: Who, resource_id: str, wanted: Resource, *, now: datetime) -> None:
    """Writes an entry anew, as the coordinator knows it today, and verifies it.

    Refused: `not_allowed`, `not_found`, `bad_request` for one that nobody could reach.
    """
    access.require(who, "keep_directory")
    with store.transaction() as tx:
        entry = held.entry(tx, resource_id)
        kept = replace(wanted, id=resource_id)
        _write(tx, entry.service_id, kept, now)
        _verified(tx, entry, replace(kept, assured_on=_today(tx, now)), who, now)
        journal.write(tx, "resource_changed", now=now, person_id=who.id, resource=resource_id)


def add(store: Store, who: Who, wanted: Resource, *, now: datetime) -> str:
    """Adds an entry that the coordinator knows and verified today; its id."""
    access.require(who, "keep_directory")
    resource_id = new_id()
    service_id = vocabulary.made_id("service", resource_id)
    with store.transaction() as tx:
        made = replace(wanted, id=resource_id, assured_on=_today(tx, now))
        _write(tx, service_id, made, now)
        resources.put(tx, made)
        tx.session.flush()
        entry = held.add(tx, entries.Entry(made), service_id, exchanging.HERE)
        _verified(tx, entry, made, who, now)
        journal.write(tx, "resource_added", now=now, person_id=who.id, resource=resource_id)
    return resource_id


def remove(store: Store, who: Who, resource_id: str, why: str | None, *, now: datetime) -> None:
    """Takes an entry out of the directory, with a reason; cards that were sent stay readable."""
    access.require(who, "keep_directory")
    reason = text.clean(why, limit=WHY_LENGTH, field="why")
    with store.transaction() as tx:
        entry = held.entry(tx, resource_id)
        service = {("service", entry.service_id)}
        mine = records.belonging(tx, [entry.service_id])
        own = {key for key, body in mine.items() if body.get("service_id") == entry.service_id}
        records.remove(tx, service | own)
        resources.put(tx, replace(_resource(tx, resource_id), shown=False))
        entry.removed_at, entry.removed_why = now, reason
        entry.verified_at = entry.verified_by = entry.news_at = None
        journal.write(tx, "resource_removed", now=now, person_id=who.id, resource=resource_id)
        tx.announce(events.LineChanged())


def look(store: Store, *, now: datetime) -> None:
    """What got stale since: taken from visitors where the organisation says so, and told to the
    coordinators, at most once a week. However late or often it runs, it comes to the same."""
    with store.reading() as tx:
        if not line.exists(tx.session):
            return
        row = line.line(tx)
        fresh_since = rules.fresh_since(row.policies, walltime.local(row.zone, now).date())
        hides = rules.hides(row.policies)
        wrong = held.out_of_step(tx, fresh_since if hides else None)
        stale = held.stale_count(tx, fresh_since)
        asked = people.with_role(tx, Role.COORDINATOR) if stale else []
        keys = {rules.notice_key(each.id, now): each.id for each in asked if each.active}
        untold = keys.keys() - notices.keys(tx, keys)
    if not wrong and not untold:
        return
    with store.transaction() as tx:
        for resource_id, shown in wrong:
            resources.put(tx, replace(_resource(tx, resource_id), shown=shown))
        for key in sorted(untold):
            notices.add(
                tx,
                key=key,
                person_id=keys[key],
                kind="directory_stale",
                detail={"number": stale},
                due_at=now,
                valid_until=now + rules.TOLD_EVERY,
                now=now,
            )
        if wrong:
            tx.announce(events.LineChanged())


def _set_hidden(
    resource_id: str, since: datetime | None, store: Store, who: Who, now: datetime
) -> None:
    access.require(who, "keep_directory")
    with store.transaction() as tx:
        entry = held.entry(tx, resource_id)
        entry.hidden_at = since
        _step(tx, entry, _resource(tx, resource_id), now)
        kind = "resource_hidden" if since else "resource_shown"
        journal.write(tx, kind, now=now, person_id=who.id, resource=resource_id)
        tx.announce(events.LineChanged())


def _verified(
    tx: Transaction, entry: DirectoryEntry, shown: Resource, who: Who, now: datetime
) -> None:
    entry.verified_at, entry.verified_by = now, who.id
    entry.news_at, entry.lacks = None, []
    _step(tx, entry, replace(shown, verified_on=_today(tx, now)), now)
    tx.announce(events.LineChanged())


def _step(tx: Transaction, entry: DirectoryEntry, resource: Resource, now: datetime) -> None:
    is_shown = _is_shown(entry, resource, line.line(tx), now)
    resources.put(tx, replace(resource, shown=is_shown))


def _is_shown(entry: DirectoryEntry, resource: Resource, row: Line, now: datetime) -> bool:
    return rules.is_shown(
        resource.verified_on if entry.verified_at else None,
        hidden=entry.hidden_at is not None,
        emergency=resource.emergency,
        policies=row.policies,
        today=walltime.local(row.zone, now).date(),
    )


def _write(tx: Transaction, service_id: str, wanted: Resource, now: datetime) -> None:
    lacks = list(entries.lacking(wanted, "active", wanted.hours))
    rules.require_whole(lacks)
    today = replace(wanted, assured_on=_today(tx, now))
    exchanging.write(tx, {service_id: today}, origin=exchanging.HERE, now=now)


def _as_read(tx: Transaction, entry: DirectoryEntry) -> Resource:
    found = records.belonging(tx, [entry.service_id])
    return entries.Reader(found).entry(entry.service_id, entry.resource_id).resource


def _resource(tx: Transaction, resource_id: str) -> Resource:
    found = resources.find(tx, resource_id)
    if found is None:
        raise errors.NotFound
    return found


def _today(tx: Transaction, now: datetime) -> date:
    return walltime.local(line.line(tx).zone, now).date()
