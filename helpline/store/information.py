"""What the organisation wrote about itself, version by version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import col

from helpline.domain import errors, information
from helpline.store.page_tables import InfoText
from helpline.store.secrets import new_id
from helpline.store.transaction import Transaction


def speaking(tx: Transaction) -> Mapping[tuple[str, str], InfoText]:
    """The last version of each part in each language, where it says something."""
    rows = tx.session.scalars(select(InfoText).order_by(col(InfoText.number)))
    last = {(row.part, row.language): row for row in rows}
    return {place: row for place, row in last.items() if row.text}


def history(tx: Transaction, part: str, language: str) -> list[InfoText]:
    """The newest first."""
    query = select(InfoText).where(col(InfoText.part) == part, col(InfoText.language) == language)
    return list(tx.session.scalars(query.order_by(col(InfoText.number).desc())))


def version(tx: Transaction, version_id: str) -> InfoText:
    """Refused: `not_found`."""
    found = tx.session.get(InfoText, version_id)
    if found is None:
        raise errors.NotFound
    return found


def add(
    tx: Transaction, part: str, language: str, text: str, *, made_by: str, now: datetime
) -> InfoText:
    """The newest version; the oldest ones go."""
    before = history(tx, part, language)
    made = InfoText(
        id=new_id(),
        part=part,
        language=language,
        number=before[0].number + 1 if before else 1,
        text=text,
        made_by=made_by,
        made_at=now,
    )
    tx.session.add(made)
    old = [row.id for row in before[information.VERSIONS_KEPT - 1 :]]
    tx.session.execute(delete(InfoText).where(col(InfoText.id).in_(old)))
    return made
