"""Tuning the line: what a coordinator sets in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from helpline.actions import furnishing
from helpline.domain import access
from helpline.domain import tuning as rules
from helpline.domain.access import Who
from helpline.store import line
from helpline.store.transaction import Store


def tune(store: Store, who: Who, group: str, numbers: Mapping[str, int], *, now: datetime) -> None:
    """Sets what differs from what holds: all of it, or nothing.

    Refused: `not_allowed`, `bad_request` with the field.
    """
    access.require(who, "set_line")
    of = rules.group(group)
    with store.reading() as tx:
        policies = line.line(tx).policies
    changed = {
        name: number
        for name, number in numbers.items()
        if name not in of.settings or rules.value(policies, of, name) != number
    }
    if changed:
        furnishing.tune(store, group, changed, now=now, person_id=who.id)
