"""The line's one row: its name, zone, policies, and the version of everything shown."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from helpline.domain import errors
from helpline.domain.opening import ByHand
from helpline.store.tables import Line
from helpline.store.transaction import Transaction


def line(tx: Transaction) -> Line:
    """The settings of this line. Refused with `try_again` before `flask setup` made them."""
    found = tx.session.get(Line, 1, populate_existing=True)
    if found is None:
        raise errors.TryAgain
    return found


def by_hand(row: Line, now: datetime) -> ByHand | None:
    """What a coordinator's hand says now; nothing once its time is over."""
    if row.by_hand is None or (row.by_hand_until is not None and row.by_hand_until <= now):
        return None
    return ByHand(row.by_hand)


def count_told_at_door(tx: Transaction) -> None:
    """One more, whatever others count at the same moment."""
    tx.session.execute(
        update(Line)
        .where(col(Line.id) == 1)
        .values(told_at_door=Line.told_at_door + 1)
        .execution_options(synchronize_session=False)
    )


def exists(session: Session) -> bool:
    return session.get(Line, 1) is not None


def make(
    tx: Transaction, *, name: str, zone: str, country: str, languages: list[str], now: datetime
) -> Line:
    made = Line(name=name, zone=zone, country=country, languages=languages, changed_at=now)
    tx.session.add(made)
    tx.session.flush()
    return made
