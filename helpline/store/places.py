"""The places on shifts that people know of, for the days ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlmodel import col

from helpline.domain.news import News, Place
from helpline.domain.roster import Change
from helpline.store.shift_tables import KnownPlace
from helpline.store.tables import ShiftOverride
from helpline.store.transaction import Transaction


def known(tx: Transaction, since: datetime) -> list[Place]:
    """Of shifts that start after then."""
    query = select(KnownPlace).where(col(KnownPlace.starts_at) > since)
    return [
        Place(row.person_id, row.pattern_id, row.on_date, row.starts_at, row.ends_at)
        for row in tx.session.scalars(query.execution_options(populate_existing=True))
    ]


def know(tx: Transaction, places: Iterable[Place]) -> None:
    """These are the places that people know of from now on."""
    tx.session.execute(delete(KnownPlace).execution_options(synchronize_session=False))
    for each in places:
        tx.session.add(
            KnownPlace(
                person_id=each.person_id,
                pattern_id=each.pattern_id,
                on_date=each.date,
                starts_at=each.starts_at,
                ends_at=each.ends_at,
            )
        )
    tx.session.flush()


def asked_for(tx: Transaction, since: date) -> Callable[[News, Place], bool]:
    """Whether somebody got this place, or was let off it, because they asked: by a cover, a swap,
    an open shift that they took, time off."""
    last = func.coalesce(col(ShiftOverride.until_date), col(ShiftOverride.on_date))
    query = select(ShiftOverride).where(col(ShiftOverride.request_id).is_not(None), last >= since)
    rows = list(tx.session.scalars(query))

    def is_asked(kind: News, place: Place) -> bool:
        return any(
            place.person_id == _whom(row, kind)
            and row.pattern_id in (None, place.pattern_id)
            and row.on_date <= place.date <= (row.until_date or row.on_date)
            for row in rows
        )

    return is_asked


def _whom(row: ShiftOverride, kind: News) -> str | None:
    """Who gets a place by this layer, or goes off it."""
    removes = row.kind == Change.REMOVE
    if kind == News.OFF:
        return row.person_id if removes else row.in_place_of
    return None if removes else row.person_id
