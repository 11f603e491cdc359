"""The records of the directory, whole, as HSDS has them; `store/resources.py` is what is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Select, delete, insert, select, tuple_
from sqlmodel import col

from helpline.domain.hsds import Body, Key
from helpline.domain.hsds.kinds import ABOVE, CHILDREN, KINDS
from helpline.store.directory_tables import DirectoryLink, DirectoryRecord
from helpline.store.transaction import Transaction

AT_ONCE = 400  # keys in one statement: SQLite takes a thousand values or more

Records = dict[Key, Body]


def everything(tx: Transaction) -> Records:
    return _read(tx, select(DirectoryRecord))


def find(tx: Transaction, keys: Collection[Key]) -> Records:
    found: Records = {}
    for some in _chunks(keys):
        found |= _read(tx, select(DirectoryRecord).where(_is_one_of(DirectoryRecord, some)))
    return found


def known(tx: Transaction, keys: Collection[Key]) -> set[Key]:
    """Those of the keys that are here; "*" asks for a record of any kind."""
    any_kind = {id for kind, id in keys if kind == "*"}
    found: set[Key] = set()
    for some in _chunks([key for key in keys if key[0] != "*"]):
        asked = select(DirectoryRecord).where(_is_one_of(DirectoryRecord, some))
        found |= set(_keys(tx, asked))
    for ids in _chunks(any_kind):
        asked = select(DirectoryRecord).where(col(DirectoryRecord.id).in_(ids))
        found |= {("*", id) for _, id in _keys(tx, asked)}
    return found


def of_origin(tx: Transaction, origin: str) -> set[Key]:
    asked = select(col(DirectoryRecord.kind), col(DirectoryRecord.id))
    rows = tx.session.execute(asked.where(col(DirectoryRecord.origin) == origin))
    return {(kind, id) for kind, id in rows}


def belonging(tx: Transaction, service_ids: Collection[str]) -> Records:
    """These services with all that belongs to them and what they and it refer to: organizations,
    places, terms. Never another service."""
    found = find(tx, [("service", each) for each in service_ids])
    fresh = dict(found)
    while fresh:
        above = {
            (of, body[column])
            for (kind, _), body in fresh.items()
            for name, (of, column) in ABOVE.get(kind, {}).items()
            if name != "service" and body.get(column)
        }
        wanted = {key for key in above | _below(tx, fresh) if key not in found}
        fresh = find(tx, wanted)
        found |= fresh
    return found


def _below(tx: Transaction, records: Records) -> set[Key]:
    """What stands inside these in nested JSON, but for an organization's services."""
    inside = {kind: {of for of, _ in CHILDREN[kind].values()} - {"service"} for kind in KINDS}
    kinds: dict[str, set[str]] = {}
    for kind, id in records:
        kinds.setdefault(id, set()).update(inside[kind])
    return {(of, id) for target, of, id in _links(tx, kinds) if of in kinds[target]}


def services_touched(tx: Transaction, keys: Iterable[Key]) -> set[str]:
    """The services whose entries may read differently once these records changed."""
    services: set[str] = set()
    seen: set[Key] = set()
    waiting = list(keys)
    while waiting:
        bodies = find(tx, waiting)
        seen |= set(waiting)
        services |= {id for kind, id in waiting if kind == "service"}
        inner = [key for key in waiting if key[0] != "service"]
        up = {
            (str(column.refers_to), body[column.name])
            for (kind, id), body in bodies.items()
            if kind != "service"
            for column in KINDS[kind].references
            if column.name in OWNERS and body.get(column.name)
        }
        shared = {id for kind, id in inner if kind in SHARED}
        down = {(kind, id) for _, kind, id in _links(tx, shared) if kind in USERS}
        anything = {body["link_id"] for body in bodies.values() if body.get("link_id")}
        for ids in _chunks(anything):
            up |= set(_keys(tx, select(DirectoryRecord).where(col(DirectoryRecord.id).in_(ids))))
        waiting = [key for key in up | down if key not in seen]
    return services


OWNERS = {"service_id", "service_at_location_id", "location_id", "phone_id"}
SHARED = {"organization", "location", "taxonomy_term", "taxonomy"}
USERS = {"service", "service_at_location", "attribute", "taxonomy_term"}


def put(tx: Transaction, bodies: Records, *, origin: str, now: datetime) -> None:
    """Adds records, or writes those that are here anew; who brought one first stays."""
    if not bodies:
        return
    origins = {}
    for some in _chunks(bodies):
        asked = select(DirectoryRecord).where(_is_one_of(DirectoryRecord, some))
        for row in tx.session.scalars(asked):
            origins[row.kind, row.id] = (row.origin, row.place, row.imported_at)
            tx.session.expunge(row)
    remove(tx, bodies)
    rows, links = [], []
    for place, ((kind, id), body) in enumerate(bodies.items()):
        first, at, since = origins.get((kind, id), (origin, place, now))
        named = {"kind": kind, "id": id, "body": body, "origin": first}
        rows.append({**named, "place": at, "imported_at": since})
        targets = {body[c.name] for c in KINDS[kind].references if body.get(c.name)}
        links += [{"kind": kind, "id": id, "target": each} for each in sorted(targets)]
    tx.session.execute(insert(DirectoryRecord), rows)
    if links:
        tx.session.execute(insert(DirectoryLink), links)


def remove(tx: Transaction, keys: Collection[Key]) -> None:
    for some in _chunks(keys):
        for table in (DirectoryLink, DirectoryRecord):
            tx.session.execute(delete(table).where(_is_one_of(table, some)))


def _links(tx: Transaction, targets: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """target, kind and id of what refers to these."""
    for some in _chunks(targets):
        asked = select(
            col(DirectoryLink.target), col(DirectoryLink.kind), col(DirectoryLink.id)
        ).where(col(DirectoryLink.target).in_(some))
        yield from (tuple(row) for row in tx.session.execute(asked))


def _read(tx: Transaction, asked: Select[Any]) -> Records:
    ordered = asked.with_only_columns(
        col(DirectoryRecord.kind), col(DirectoryRecord.id), col(DirectoryRecord.body)
    ).order_by(col(DirectoryRecord.imported_at), col(DirectoryRecord.place))
    return {(kind, id): body for kind, id, body in tx.session.execute(ordered)}


def _keys(tx: Transaction, asked: Select[Any]) -> Iterator[Key]:
    narrow = asked.with_only_columns(col(DirectoryRecord.kind), col(DirectoryRecord.id))
    yield from ((kind, id) for kind, id in tx.session.execute(narrow))


def _is_one_of(table: Any, keys: Sequence[Key]) -> Any:
    return tuple_(col(table.kind), col(table.id)).in_(keys)


def _chunks(some: Iterable[Any]) -> Iterator[list[Any]]:
    waiting = iter(some)
    while chunk := list(islice(waiting, AT_ONCE)):
        yield chunk
