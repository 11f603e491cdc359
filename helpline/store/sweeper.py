"""Which process sweeps: a lease on one row, under a new number for each process that takes it.

The lease spares work and the number stops a process that woke up late. That nothing happens twice
does not rest on either: every sweep claims by conditional updates.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlmodel import Session, col

from helpline.store.tables import Sweeper
from helpline.store.transaction import Store, Transaction

LASTS = timedelta(seconds=6)


class NotTheSweeper(BaseException):
    """Another process sweeps by now: what this one began is not kept. Not an Exception, because a
    sweep that sees to it that one chat stops no other must not go on with the next."""


def take_turn(store: Store, process: str, *, now: datetime) -> int | None:
    """Takes the lease, or renews it, until LASTS from now: its fence. None while another has it."""
    if not _is_free(store, process, now):
        return None
    with store.transaction() as tx:
        if tx.session.get(Sweeper, 1) is None:
            tx.session.add(Sweeper(process="", until=now))
            tx.session.flush()
        renewed = _put(tx, col(Sweeper.process) == process, until=now + LASTS)
        if not renewed and not _put(
            tx,
            col(Sweeper.until) <= now,
            process=process,
            fence=Sweeper.fence + 1,
            until=now + LASTS,
        ):
            return None
        return _fence(tx.session)


def give_up(store: Store, process: str, *, now: datetime) -> None:
    """Lets another process begin at once."""
    with store.transaction() as tx:
        _put(tx, col(Sweeper.process) == process, until=now, process="")


def require(session: Session, fence: int) -> None:
    """Raises NotTheSweeper unless the lease still goes by this number."""
    if _fence(session) != fence:
        raise NotTheSweeper


def _is_free(store: Store, process: str, now: datetime) -> bool:
    """A look that spares whoever has to wait a turn to write."""
    with store.reading() as tx:
        row = tx.session.get(Sweeper, 1)
        return row is None or row.process == process or row.until <= now


def _put(tx: Transaction, where: Any, **values: Any) -> bool:
    done = tx.session.execute(
        update(Sweeper)
        .where(col(Sweeper.id) == 1, where)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], done).rowcount == 1


def _fence(session: Session) -> int:
    return session.scalar(select(col(Sweeper.fence))) or 0
