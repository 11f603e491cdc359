"""A crisis resource as a card on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from helpline.boards.wording import iso
from helpline.domain import resources
from helpline.domain.resources import Resource, Shown
from helpline.store import line
from helpline.store import resources as directory
from helpline.store.transaction import Transaction

Card = dict[str, Any]


def as_dict(shown: Shown) -> Card:
    each = shown.resource
    return {
        "id": each.id,
        "name": each.name,
        "ways": [{"kind": way.kind, "value": way.value, "word": way.word} for way in each.ways],
        "open_now": shown.open_now,
        "opens_at": iso(shown.opens_at),
        "note": each.note,
        "emergency": each.emergency,
        "languages": sorted(each.languages),
        "country": each.country,
    }


def card(resource: Resource | None, now: datetime) -> Card | None:
    return None if resource is None else as_dict(resources.shown(resource, now))


def help_for(tx: Transaction, country: str | None, language: str, now: datetime) -> list[Card]:
    """What fits this person, the emergency number first."""
    fitting = resources.fitting(
        directory.all_resources(tx),
        country=country or line.line(tx).country,
        language=language,
        now=now,
    )
    return [as_dict(each) for each in fitting]
