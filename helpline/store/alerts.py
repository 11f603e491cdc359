"""Alerts and the pages that carry them out of the building: rows found and claimed by a loop."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlmodel import col

from helpline.domain import errors
from helpline.store.secrets import new_id
from helpline.store.tables import Alert, Page
from helpline.store.transaction import Transaction


def raise_alert(
    tx: Transaction,
    kind: str,
    subject: str,
    *,
    now: datetime,
    chat_id: str | None = None,
    person_id: str | None = None,
    **detail: str | int | None,
) -> tuple[Alert, bool]:
    """The open alert of this matter, and whether it is new: a spell raises one alert only."""
    matter = f"{kind}:{subject}"
    query = select(Alert).where(col(Alert.matter) == matter, col(Alert.over_at).is_(None))
    found = tx.session.scalar(query)
    if found is not None:
        return found, False
    made = Alert(
        id=new_id(),
        matter=matter,
        kind=kind,
        chat_id=chat_id,
        person_id=person_id,
        since=now,
        detail=detail,
    )
    tx.session.add(made)
    tx.session.flush()
    return made, True


def alert(tx: Transaction, alert_id: str) -> Alert:
    """Refused: `not_found`."""
    found = tx.session.get(Alert, alert_id, populate_existing=True)
    if found is None:
        raise errors.NotFound
    return found


def still_open(tx: Transaction) -> list[Alert]:
    query = select(Alert).where(col(Alert.over_at).is_(None)).order_by(col(Alert.since))
    return list(tx.session.scalars(query))


def was_raised(tx: Transaction, matter: str, since: datetime) -> bool:
    """Whether this matter was told of since then, whatever became of it."""
    query = select(col(Alert.id)).where(col(Alert.matter) == matter, col(Alert.since) >= since)
    return tx.session.scalars(query.limit(1)).first() is not None


def unowned(tx: Transaction) -> list[Alert]:
    """What is open and nobody has said "I am on it" about."""
    return [each for each in still_open(tx) if each.acknowledged_by is None]


def end(tx: Transaction, matter: str, now: datetime) -> Alert | None:
    """The spell is over; its unsent pages with it."""
    query = select(Alert).where(col(Alert.matter) == matter, col(Alert.over_at).is_(None))
    found = tx.session.scalar(query)
    if found is None:
        return None
    found.over_at = now
    tx.session.add(found)
    give_up_pages(tx, found.id, now)
    return found


def add_page(tx: Transaction, alert_id: str, person_id: str, rung: int, due_at: datetime) -> bool:
    """A page for this person, once per alert and rung."""
    query = select(col(Page.id)).where(
        col(Page.alert_id) == alert_id, col(Page.person_id) == person_id, col(Page.rung) == rung
    )
    if tx.session.scalar(query) is not None:
        return False
    made = Page(id=new_id(), alert_id=alert_id, person_id=person_id, rung=rung, due_at=due_at)
    tx.session.add(made)
    return True


def pages_of(tx: Transaction, alert_id: str) -> list[Page]:
    """The calls about this alert, in the order of their rungs and times."""
    query = (
        select(Page)
        .where(col(Page.alert_id) == alert_id)
        .order_by(col(Page.rung), col(Page.due_at), col(Page.id))
    )
    return list(tx.session.scalars(query))


def due_pages(tx: Transaction, now: datetime) -> list[Page]:
    query = select(Page).where(
        col(Page.sent_at).is_(None),
        col(Page.given_up_at).is_(None),
        col(Page.due_at) <= now,
        col(Page.claimed_until).is_(None) | (col(Page.claimed_until) < now),
    )
    return list(tx.session.scalars(query))


def claim_page(tx: Transaction, page_id: str, now: datetime, until: datetime) -> bool:
    """True for the one process that may send it."""
    claimed = tx.session.execute(
        update(Page)
        .where(
            col(Page.id) == page_id,
            col(Page.sent_at).is_(None),
            col(Page.given_up_at).is_(None),
            col(Page.claimed_until).is_(None) | (col(Page.claimed_until) < now),
        )
        .values(claimed_until=until, tries=Page.tries + 1)
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], claimed).rowcount == 1


def page(tx: Transaction, page_id: str) -> Page:
    found = tx.session.get(Page, page_id, populate_existing=True)
    if found is None:
        raise errors.NotFound
    return found


def give_up_pages(tx: Transaction, alert_id: str, now: datetime) -> None:
    """Pages of this alert that have not left yet stay."""
    tx.session.execute(
        update(Page)
        .where(
            col(Page.alert_id) == alert_id,
            col(Page.sent_at).is_(None),
            col(Page.given_up_at).is_(None),
        )
        .values(given_up_at=now)
        .execution_options(synchronize_session=False)
    )


def recent_pages(tx: Transaction, limit: int) -> list[tuple[Page, Alert]]:
    """The outbox, newest first."""
    query = (
        select(Page, Alert)
        .join(Alert, col(Alert.id) == col(Page.alert_id))
        .order_by(col(Page.due_at).desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in tx.session.execute(query)]


def hurry_pages(tx: Transaction, alert_id: str, now: datetime) -> None:
    """What was to wait a little is due now."""
    tx.session.execute(
        update(Page)
        .where(col(Page.alert_id) == alert_id, col(Page.sent_at).is_(None), col(Page.due_at) > now)
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )
