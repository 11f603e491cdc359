"""Writes records as HSDS: tables as they are, or objects with all that belongs to them inside."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .kinds import ABOVE, CHILDREN, KINDS, Body, Key

Records = Mapping[Key, Body]


class Tree:
    """The records by what they belong to, so that objects can be built from above."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.below: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for (kind, id), body in records.items():
            for column in KINDS[kind].references:
                if body.get(column.name) is not None:
                    self.below[kind, column.name, body[column.name]].append(id)

    def built(self, kind: str, id: str, around: frozenset[str] = frozenset()) -> Body:
        """An object with what is inside it and what it refers to, but nothing that stands `around`
        it: a service in its organization does not carry the organization again."""
        body = self.records[kind, id]
        around = around | {kind}
        built = {n: v for n, v in body.items() if v is not None and not self._is_shown(kind, n, v)}
        for name, (of, column) in ABOVE.get(kind, {}).items():
            if of not in around and (of, body.get(column)) in self.records:
                built[name] = self.built(of, body[column], around)
        for name, (of, column) in CHILDREN[kind].items():
            if of in around or (kind == "organization" and of == "service" and len(around) > 1):
                continue
            found = [self.built(of, each, around) for each in self.below.get((of, column, id), ())]
            if found:
                built[name] = found
        return built

    def _is_shown(self, kind: str, column: str, target: Any) -> bool:
        """Whether a reference is told by where the record stands, and needs no column."""
        known = KINDS[kind].columns.get(column)
        if known is None or known.refers_to is None or column in KEPT:
            return False
        if known.refers_to == "*":
            return any((each, target) in self.records for each in KINDS)
        return (known.refers_to, target) in self.records


KEPT = {"parent_id", "parent_organization_id"}  # no nesting says these


def services(records: Records) -> Iterator[Body]:
    """Each service as `service_full`: with its organization, phones, schedules and all the rest."""
    tree = Tree(records)
    for kind, id in records:
        if kind == "service":
            yield tree.built(kind, id)


def page(found: list[Body]) -> Body:
    """A list as the specification's API would give it, all on one page."""
    return {
        "total_items": len(found),
        "total_pages": 1,
        "page_number": 1,
        "size": len(found),
        "first_page": True,
        "last_page": True,
        "empty": not found,
        "contents": found,
    }


def tables(records: Records) -> dict[str, list[Body]]:
    """The rows of each file that has any, by its name without the ending."""
    found: dict[str, list[Body]] = {}
    for (kind, _), body in records.items():
        row = {name: value for name, value in body.items() if value is not None}
        found.setdefault(KINDS[kind].file, []).append(row)
    return found


def csv_files(records: Records) -> dict[str, str]:
    """The text of each CSV file by its name: the specification's columns that are used, in its
    order, and then whatever else was sent."""
    return {f"{file}.csv": _csv(file, rows) for file, rows in tables(records).items()}


def _csv(file: str, rows: list[Body]) -> str:
    kind = next(each for each in KINDS.values() if each.file == file)
    used = dict.fromkeys(name for row in rows for name in row)
    columns = [name for name in kind.columns if name in used]
    columns += [name for name in used if name not in kind.columns]
    lines = _Lines()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return "".join(lines.written)


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


class _Lines:
    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, text: str) -> None:
        self.written.append(text)


def belonging(records: Records, services: Iterable[str]) -> dict[Key, Body]:
    """These services, all that belongs to them, and what they and it refer to."""
    tree, found = Tree(records), set[Key]()
    waiting: list[Key] = [("service", each) for each in services]
    while waiting:
        key = waiting.pop()
        if key in found or key not in records:
            continue
        found.add(key)
        waiting += _beside(tree, key)
    return {key: body for key, body in records.items() if key in found}


def _beside(tree: Tree, key: Key) -> Iterator[Key]:
    """Upwards by what a record refers to; downwards but never to another's services."""
    kind, id = key
    body = tree.records[key]
    for name, (of, column) in ABOVE.get(kind, {}).items():
        if name != "service" and body.get(column):
            yield of, body[column]
    if kind == "taxonomy_term" and body.get("parent_id"):
        yield "taxonomy_term", body["parent_id"]
    for of, column in CHILDREN[kind].values():
        if of != "service":
            for each in tree.below.get((of, column, id), ()):
                yield of, each
