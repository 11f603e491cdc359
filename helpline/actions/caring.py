"""Caring for listeners: who had many heavy chats in a week is noticed, once a week and kindly.

Nothing is blocked by it, a critical chat least of all.
"""

from __future__ import annotations

from datetime import datetime

from helpline.actions import directing
from helpline.domain import care
from helpline.store import alerts, loads, people
from helpline.store.transaction import Store


def look(store: Store, *, now: datetime) -> None:
    """Tells whoever answers for the line; they see it when they look, and nobody is paged."""
    with store.reading() as tx:
        everybody = [each.id for each in people.everyone(tx)]
        untold = [
            each
            for each in loads.heavy_weeks(tx, everybody, now)
            if not alerts.was_raised(tx, f"heavy_week:{each}", now - care.WEEK)
        ]
    for person_id in untold:
        with store.transaction() as tx:
            directing.tell(tx, "heavy_week", person_id, now=now, person_id=person_id)
