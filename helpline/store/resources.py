"""The resource directory, and the words a listener may start from."""

from __future__ import annotations

from datetime import time

from sqlalchemy import select
from sqlmodel import col

from helpline.domain.resources import OpeningHours, Resource, Way
from helpline.store.tables import QuickReply, ResourceRow
from helpline.store.transaction import Transaction


def all_resources(tx: Transaction) -> list[Resource]:
    return [_read(row) for row in tx.session.scalars(select(ResourceRow))]


def find(tx: Transaction, resource_id: str) -> Resource | None:
    row = tx.session.get(ResourceRow, resource_id)
    return None if row is None else _read(row)


def quick_replies(tx: Transaction) -> list[QuickReply]:
    return list(tx.session.scalars(select(QuickReply).order_by(col(QuickReply.place))))


def _read(row: ResourceRow) -> Resource:
    return Resource(
        id=row.id,
        name=row.name,
        country=row.country,
        languages=frozenset(row.languages),
        ways=tuple(Way(each["kind"], each["value"], each.get("word")) for each in row.ways),
        emergency=row.emergency,
        hours=tuple(
            OpeningHours(
                zone=each["zone"],
                days=frozenset(each["days"]),
                opens=time.fromisoformat(each["from"]),
                closes=time.fromisoformat(each["to"]),
            )
            for each in row.hours
        ),
        note=row.note,
        topics=frozenset(row.topics),
    )
