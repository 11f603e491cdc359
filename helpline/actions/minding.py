"""Minding the clockwork: whoever answers for the line is told when a sweep stands still."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from helpline.actions import directing
from helpline.store.transaction import Store


def mind(store: Store, late: Collection[str], *, now: datetime) -> None:
    """Tells once that something is late, and settles it when all is well again."""
    with store.reading() as tx:
        if bool(late) == bool(directing.alerts_about(tx, "sweep_late")):
            return
    with store.transaction() as tx:
        if late:
            directing.tell(tx, "sweep_late", "line", now=now)
        else:
            directing.settle(tx, "sweep_late", "line", now)
