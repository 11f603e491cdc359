"""Reads HSDS data as others send it, nested JSON or tables, into flat records.

Nothing is guessed and nothing is dropped: a value stays as it was sent where it can, unknown fields
stay beside the known ones, and what is wrong is told by its line. Nothing counts while a problem is
fatal; the caller imports all or nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from . import rules, values, vocabulary
from .kinds import ABOVE, CHILDREN, KINDS, Body, Column, Key, named
from .problems import Problem

TOP = ("service", "organization", "service_at_location", "location", "taxonomy_term", "taxonomy")
DEEPEST = 12  # of objects inside objects; the specification's own go six deep


@dataclass
class Reading:
    """What was read: the records in the order they came, where each stood, and what is wrong.

    A field that was sent empty stands in a body as None, and takes away what was there before.
    """

    records: dict[Key, Body] = field(default_factory=dict)
    where: dict[Key, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    once: set[Key] = field(default_factory=set)  # those at the top, not inside another
    told: set[tuple[str, ...]] = field(default_factory=set)  # a record that is repeated errs once

    @property
    def fatal(self) -> bool:
        return any(each.fatal for each in self.problems)

    def tell(
        self,
        where: str,
        name: str,
        code: str,
        said: Mapping[str, str] | None = None,
        *,
        fatal: bool = True,
    ) -> None:
        self.problems.append(Problem(where, name, code, said or {}, fatal))


def read_json(parsed: Any) -> Reading:
    """One object, a list of them, a page with `contents`, or tables by name, as parsed JSON."""
    reading = Reading()
    for kind, where, found in _objects(parsed, reading):
        _object(reading, kind, found, where, {}, depth=0)
    _complete(reading)
    return reading


def read_tables(files: Mapping[str, str]) -> Reading:
    """The text of CSV files by name; one that is no table of the specification is told."""
    reading = Reading()
    for name, text in files.items():
        kind = named(name)
        if kind is None:
            reading.tell(name, "", "no_table", fatal=False)
            continue
        for line, row in _rows(reading, name, text):
            _object(reading, kind, _typed(kind, row), f"{name} line {line}", {}, depth=0)
    _complete(reading)
    return reading


def dangling(reading: Reading, known: Collection[Key]) -> list[Problem]:
    """What refers to a record that is neither here nor among the `known`.

    Where people are reached by what refers, it is fatal; elsewhere the reference stays as it is.
    """
    found = []
    for key, body in reading.records.items():
        for column in KINDS[key[0]].references:
            target = body.get(column.name)
            if target is not None and not _exists(column, target, reading, known):
                values_ = {"id": str(target), "kind": str(column.refers_to)}
                found.append(
                    Problem(
                        reading.where[key],
                        column.name,
                        "refers_to_any" if column.refers_to == "*" else "refers_to",
                        values_,
                        column.must_exist,
                    )
                )
    return found


def outside(reading: Reading) -> set[Key]:
    """What is referred to and not here: to be asked of whoever knows more. "*" is any kind."""
    return {
        (str(column.refers_to), str(body[column.name]))
        for key, body in reading.records.items()
        for column in KINDS[key[0]].references
        if body.get(column.name) is not None and not _exists(column, body[column.name], reading, ())
    }


def _exists(column: Column, target: str, reading: Reading, known: Collection[Key]) -> bool:
    if column.refers_to != "*":
        return (column.refers_to, target) in reading.records or (column.refers_to, target) in known
    return any((kind, target) in reading.records for kind in KINDS) or ("*", target) in known


# -- JSON -------------------------------------------------------------------------------------


def _objects(parsed: Any, reading: Reading) -> Iterator[tuple[str, str, Any]]:
    """kind, place and object of everything at the top."""
    if isinstance(parsed, list):
        yield from _listed(parsed, "", reading)
    elif not isinstance(parsed, dict):
        reading.tell("", "", "no_object")
    elif isinstance(parsed.get("contents"), list):
        yield from _listed(parsed["contents"], "contents", reading)
    elif parsed and all(isinstance(each, list) for each in parsed.values()):
        for name, rows in parsed.items():
            kind = named(name)
            if kind is None:
                reading.tell(name, "", "no_table", fatal=False)
                continue
            for place, each in enumerate(rows):
                yield kind, f"{name}[{place}]", each
    else:
        yield from _listed([parsed], "", reading)


def _listed(found: Sequence[Any], name: str, reading: Reading) -> Iterator[tuple[str, str, Any]]:
    for place, each in enumerate(found):
        kind = _kind_of(each)
        if kind is None:
            reading.tell(f"{name}[{place}]", "", "no_object")
        else:
            yield kind, f"{name}[{place}]" if len(found) > 1 or name else kind, each


def _kind_of(found: Any) -> str | None:
    """Which object of the specification this is, by what it says: the one that knows most of it."""
    if not isinstance(found, dict):
        return None

    def known(kind: str) -> tuple[int, bool, int]:
        names = {*KINDS[kind].columns, *CHILDREN[kind], *ABOVE.get(kind, {})}
        needed = {each.name for each in KINDS[kind].columns.values() if each.needed}
        return len(names & found.keys()), needed <= found.keys(), -TOP.index(kind)

    best = max(TOP, key=known)
    return best if known(best)[0] else None


def _object(
    reading: Reading, kind: str, found: Any, where: str, given: Body, *, depth: int
) -> str | None:
    """Keeps one record and all that is inside it; its id, or None if it has none."""
    if not isinstance(found, dict) or depth > DEEPEST:
        reading.tell(where, "", "no_object")
        return None
    inside, above = CHILDREN[kind], ABOVE.get(kind, {})
    nested = {n for n in (*inside, *above) if isinstance(found.get(n), list | dict)}
    body = {
        name: _value(reading, (kind, str(found.get("id"))), where, name, value)
        for name, value in found.items()
        if name not in nested and not (value is None and (name in inside or name in above))
    }
    id = body.get("id")
    if id is None:
        if "id" not in found or found["id"] in (None, ""):
            reading.tell(where, "id", "missing")
        return None
    for name, (of, column) in above.items():
        if name in nested:
            target = _object(reading, of, found[name], f"{where}.{name}", {}, depth=depth + 1)
            if target is not None:
                _set(reading, body, column, target, where)
    for column, value in given.items():
        _set(reading, body, column, value, where)
    _keep(reading, (kind, id), body, where, nested=depth > 0)
    for name, (of, column) in inside.items():
        if name in nested:
            _each(reading, of, found[name], f"{where}.{name}", {column: id}, depth)
    return str(id)


def _each(reading: Reading, of: str, found: Any, where: str, given: Body, depth: int) -> None:
    if not isinstance(found, list):
        reading.tell(where, "", "no_list")
        return
    for place, each in enumerate(found):
        _object(reading, of, each, f"{where}[{place}]", given, depth=depth + 1)


def _set(reading: Reading, body: Body, column: str, value: str, where: str) -> None:
    if body.get(column) not in (None, value):
        said = {"one": str(body[column]), "other": value}
        reading.tell(where, column, "two_places", said)
        return
    body[column] = value


def _value(reading: Reading, key: Key, where: str, name: str, value: Any) -> Any:
    column = KINDS[key[0]].columns.get(name)
    if value is None or value == "":
        return None
    if column is None:
        return value
    try:
        return values.check(column.type, value)
    except values.Wrong as wrong:
        said = {"value": str(value)[:80], **wrong.values}
        if (told := (*key, name, wrong.code, str(value))) not in reading.told:
            reading.told.add(told)
            reading.tell(where, name, wrong.code, said, fatal=wrong.fatal)
        return wrong.kept


def _keep(reading: Reading, key: Key, body: Body, where: str, *, nested: bool) -> None:
    """One record stands in many places of nested JSON; all of them say the same, or less. In a
    table it stands once."""
    before = reading.records.setdefault(key, {})
    first = reading.where.setdefault(key, where)
    if not nested and key in reading.once:
        reading.tell(where, "id", "twice", {"first": first}, fatal=before != body)
        return
    if not nested:
        reading.once.add(key)
    for name, value in body.items():
        if value is not None and before.get(name) not in (None, value):
            code = "two_places" if name in _REFERENCES[key[0]] else "said_twice"
            said = {"one": str(before[name])[:80], "other": str(value)[:80], "first": first}
            reading.tell(where, name, code, said)
        elif name not in before or value is not None:
            before[name] = value


_REFERENCES = {name: {each.name for each in kind.references} for name, kind in KINDS.items()}


def _complete(reading: Reading) -> None:
    """What each record lacks, and whether its rule can be read, once everything is here."""
    zones = {
        of: value
        for of, said in vocabulary.said_of(reading.records).items()
        for _, code, value in said
        if code == "zone"
    }
    told = {(each.where, each.field) for each in reading.problems}
    wrong = {each.where for each in reading.problems if each.fatal}
    for (kind, id), body in reading.records.items():
        where = reading.where[kind, id]
        for column in KINDS[kind].columns.values():
            lacks = column.required and body.get(column.name) is None
            if lacks and (where, column.name) not in told:
                reading.tell(where, column.name, "missing", fatal=column.needed)
        if kind == "service" and body.get("organization_id") is None:
            reading.tell(where, "organization_id", "no_organization", fatal=False)
        if kind == "schedule" and where not in wrong:
            for problem in rules.problems(body, zones.get(id, "")):
                reading.tell(where, problem.field, problem.code, fatal=problem.fatal)


# -- tables -----------------------------------------------------------------------------------


def _rows(reading: Reading, name: str, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line numbers and rows; a line with more or fewer cells than the first is told."""
    plain = text.removeprefix("\ufeff").removesuffix("\n").split("\n")
    lines = csv.reader((f"{each}\n" for each in plain), strict=True)
    begins = 1
    try:
        header = [each.strip() for each in next(lines, [])]
        if len(set(header)) < len(header) or not all(header):
            reading.tell(f"{name} line 1", "", "bad_header")
            return
        begins = lines.line_num + 1
        for cells in lines:
            line, begins = begins, lines.line_num + 1
            if not any(cells):
                continue
            if len(cells) != len(header):
                said = {"found": str(len(cells)), "expected": str(len(header))}
                reading.tell(f"{name} line {line}", "", "cells", said)
                continue
            yield line, dict(zip(header, cells, strict=True))
    except csv.Error:
        reading.tell(f"{name} line {begins}", "", "no_csv")


def _typed(kind: str, row: Mapping[str, str]) -> Body:
    """Cells as JSON would have them: numbers where a number belongs. `null` is an empty cell, as in
    the specification's own guidance."""
    typed: Body = {}
    for name, cell in row.items():
        column = KINDS[kind].columns.get(name)
        typed[name] = None if cell in ("", "null") else cell
        if column is not None and column.type == "number" and typed[name] is not None:
            with suppress(values.Wrong):  # `_value` says so, with its line
                typed[name] = values.as_number(cell)
    return typed
