"""What this organisation holds of each service: who verified it, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, cast

from sqlalchemy import Select, and_, case, delete, func, not_, or_, select, true
from sqlmodel import col

from helpline.domain import errors
from helpline.domain.hsds.entries import Entry
from helpline.store.directory_tables import DirectoryEntry
from helpline.store.tables import ResourceRow
from helpline.store.transaction import Transaction

AT_ONCE = 800


def of_services(tx: Transaction, service_ids: Collection[str]) -> dict[str, DirectoryEntry]:
    """By the id of the service."""
    found: dict[str, DirectoryEntry] = {}
    wanted = list(service_ids)
    for start in range(0, len(wanted), AT_ONCE):
        asked = select(DirectoryEntry).where(
            col(DirectoryEntry.service_id).in_(wanted[start : start + AT_ONCE])
        )
        found |= {each.service_id: each for each in tx.session.scalars(asked)}
    return found


def entry(tx: Transaction, resource_id: str) -> DirectoryEntry:
    """Refused: `not_found`, also for what was taken out of the directory."""
    found = tx.session.get(DirectoryEntry, resource_id)
    if found is None or found.removed_at is not None:
        raise errors.NotFound
    return found


def add(tx: Transaction, read: Entry, service_id: str, origin: str) -> DirectoryEntry:
    made = DirectoryEntry(
        resource_id=read.resource.id, service_id=service_id, origin=origin, lacks=list(read.lacks)
    )
    tx.session.add(made)
    return made


def forget(tx: Transaction, resource_id: str) -> None:
    """Of what no visitor was ever shown."""
    tx.session.execute(delete(DirectoryEntry).where(col(DirectoryEntry.resource_id) == resource_id))
    tx.session.execute(delete(ResourceRow).where(col(ResourceRow.id) == resource_id))


def shown_services(tx: Transaction) -> list[str]:
    """The services whose entries visitors see."""
    asked = (
        select(col(DirectoryEntry.service_id))
        .join(ResourceRow, col(ResourceRow.id) == col(DirectoryEntry.resource_id))
        .where(col(ResourceRow.shown), col(DirectoryEntry.removed_at).is_(None))
    )
    return list(tx.session.scalars(asked))


def verified_before(tx: Transaction, day: date, ids: Collection[str]) -> dict[str, date]:
    """Of these resources the ones that were verified before a day, and when."""
    found: dict[str, date] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), AT_ONCE):
        asked = select(col(ResourceRow.id), col(ResourceRow.verified_on)).where(
            col(ResourceRow.id).in_(wanted[start : start + AT_ONCE]),
            col(ResourceRow.verified_on) < day,
        )
        found |= {id: verified for id, verified in tx.session.execute(asked) if verified}
    return found


def stale_count(tx: Transaction, checked_before: date) -> int:
    """How many that visitors see were verified before this day."""
    asked = (
        select(func.count())
        .select_from(DirectoryEntry)
        .join(ResourceRow, col(ResourceRow.id) == col(DirectoryEntry.resource_id))
        .where(
            col(ResourceRow.shown),
            col(DirectoryEntry.removed_at).is_(None),
            col(ResourceRow.verified_on) < checked_before,
        )
    )
    return int(tx.session.scalar(asked) or 0)


def out_of_step(tx: Transaction, fresh_since: date | None) -> list[tuple[str, bool]]:
    """Verified entries that are shown and should not be, or the other way round, with what should
    be. `fresh_since` is None where age hides nothing."""
    fresh = col(ResourceRow.verified_on) >= fresh_since if fresh_since else true()
    wanted = or_(col(ResourceRow.emergency), fresh)
    asked = (
        select(col(ResourceRow.id), col(ResourceRow.shown))
        .join(DirectoryEntry, col(ResourceRow.id) == col(DirectoryEntry.resource_id))
        .where(
            col(DirectoryEntry.verified_at).is_not(None),
            col(DirectoryEntry.hidden_at).is_(None),
            col(DirectoryEntry.removed_at).is_(None),
            or_(
                and_(wanted, not_(col(ResourceRow.shown))),
                and_(not_(wanted), col(ResourceRow.shown)),
            ),
        )
    )
    return [(id, not shown) for id, shown in tx.session.execute(asked)]


Held = tuple[DirectoryEntry, ResourceRow]
_NEWS = col(DirectoryEntry.news_at).is_not(None)
_NEVER = col(DirectoryEntry.verified_at).is_(None)


def search(tx: Transaction, country: str, words: str, most: int) -> list[Held]:
    """By country and by a part of the name, of the organisation or of the id, by name."""
    asked = _listed()
    if country:
        asked = asked.where(col(ResourceRow.country) == country)
    for word in words.split():
        part = f"%{word.replace('%', '').replace('_', '')}%"
        asked = asked.where(
            or_(
                col(ResourceRow.name).ilike(part),
                col(ResourceRow.operator).ilike(part),
                col(ResourceRow.id).ilike(part),
            )
        )
    ordered = asked.order_by(
        col(ResourceRow.country), col(ResourceRow.emergency).desc(), col(ResourceRow.name)
    )
    return [(held, row) for held, row in tx.session.execute(ordered.limit(most))]


def to_verify(tx: Transaction, fresh_since: date, most: int) -> list[Held]:
    """What changed since it was verified, what is stale, and what nobody verified yet: first what
    visitors see, the longest unverified first."""
    shown = case((col(ResourceRow.shown), 0), else_=1)
    news = case((_NEWS, 0), else_=1)
    asked = _waiting(_listed(), fresh_since).order_by(
        shown, news, col(ResourceRow.verified_on), col(ResourceRow.name)
    )
    return [(held, row) for held, row in tx.session.execute(asked.limit(most))]


def count_to_verify(tx: Transaction, fresh_since: date) -> int:
    asked = _waiting(_listed(), fresh_since).with_only_columns(func.count())
    return int(tx.session.scalar(asked) or 0)


def countries(tx: Transaction) -> list[str]:
    asked = _listed().with_only_columns(col(ResourceRow.country)).distinct()
    return sorted(each for each in tx.session.scalars(asked) if each)


def _listed() -> Select[Any]:
    asked = (
        select(DirectoryEntry, ResourceRow)
        .join(ResourceRow, col(ResourceRow.id) == col(DirectoryEntry.resource_id))
        .where(col(DirectoryEntry.removed_at).is_(None))
    )
    return cast(Select[Any], asked)


def _waiting(asked: Select[Any], fresh_since: date) -> Select[Any]:
    """What a coordinator hid waits for nobody."""
    stale = col(ResourceRow.verified_on) < fresh_since
    return asked.where(col(DirectoryEntry.hidden_at).is_(None), or_(_NEWS, _NEVER, stale))
