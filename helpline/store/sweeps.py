"""When each sweep last ended well."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from helpline.store.tables import SweepRun
from helpline.store.transaction import Store

WRITTEN_EVERY = timedelta(seconds=10)  # a write for each run of a two-second sweep would be dear

_written: dict[tuple[int, str], datetime] = {}


def went_well(store: Store, name: str, now: datetime) -> None:
    last = _written.get((id(store), name))
    if last is not None and now - last < WRITTEN_EVERY:
        return
    with store.transaction() as tx:
        tx.session.merge(SweepRun(name=name, ok_at=now))
    _written[(id(store), name)] = now


def last_runs(store: Store) -> dict[str, datetime]:
    with store.reading() as tx:
        return {row.name: row.ok_at for row in tx.session.scalars(select(SweepRun))}
