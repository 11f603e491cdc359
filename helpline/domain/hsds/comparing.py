"""What an import would change: by record, field by field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from .kinds import Body, Key
from .problems import Problem
from .reading import Reading

Fields = Mapping[str, tuple[Any, Any]]  # field -> before, after


@dataclass(frozen=True)
class Changes:
    """`bodies` are the records to write, whole; the rest says what that does."""

    bodies: Mapping[Key, Body] = field(default_factory=dict)
    added: tuple[Key, ...] = ()
    changed: Mapping[Key, Fields] = field(default_factory=dict)
    removed: tuple[Key, ...] = ()
    unchanged: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True)
class Report:
    """What an import did, or would do. With a fatal problem nothing was changed."""

    problems: tuple[Problem, ...]
    changes: Changes

    @property
    def refused(self) -> bool:
        return any(each.fatal for each in self.problems)


def changes(reading: Reading, before: Mapping[Key, Body], others: Collection[Key] = ()) -> Changes:
    """`before` holds what is kept of the records that were read; `others` are to be removed.

    A field that was not sent stays; one that was sent empty goes.
    """
    bodies, added, changed = {}, [], {}
    for key, sent in reading.records.items():
        old = before.get(key)
        new = {n: v for n, v in {**(old or {}), **sent}.items() if v is not None}
        if old is None:
            added.append(key)
        elif fields := _fields(old, new):
            changed[key] = fields
        else:
            continue
        bodies[key] = new
    unchanged = len(reading.records) - len(bodies)
    return Changes(bodies, tuple(added), changed, tuple(others), unchanged)


def _fields(old: Body, new: Body) -> dict[str, tuple[Any, Any]]:
    names = [*new, *(name for name in old if name not in new)]
    return {n: (old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n)}
