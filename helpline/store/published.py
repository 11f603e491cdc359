"""The language packs that speak now, and every version that was proposed or spoke before."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select
from sqlmodel import SQLModel, col

from helpline.domain import errors
from helpline.domain.triage import BadPack, Pack
from helpline.store import packs
from helpline.store.secrets import new_id
from helpline.store.tables import PackVersion
from helpline.store.transaction import Transaction

log = logging.getLogger(__name__)


_VERSION = select(SQLModel.metadata.tables["line"].c.packs_version)


def current(tx: Transaction) -> tuple[Pack, ...]:
    """The packs that read every message, remembered by version.

    A published pack that cannot be read leaves the one that came with the software in its place.
    """
    version = tx.run(_VERSION).scalar()
    if version is None:  # before there is a line
        return tuple(tx.seeds)
    if tx.known.get("packs_version") != version:
        tx.known.update(packs=_read(tx), packs_version=version)
    found: tuple[Pack, ...] = tx.known["packs"]
    return found


def _read(tx: Transaction) -> tuple[Pack, ...]:
    speaking = {pack.language: pack for pack in tx.seeds}
    before = {pack.label: pack for pack in (*tx.seeds, *tx.known.get("packs", ()))}
    for row in tx.session.scalars(select(PackVersion).where(col(PackVersion.state) == "published")):
        try:
            pack = before.get(row.label) or packs.load_text(row.text, name=row.label)
            speaking[row.language] = pack.beside(tx.seeds)
        except BadPack as bad:
            log.error(
                "the published pack %s cannot be read: %d problems", row.label, len(bad.problems)
            )
    return tuple(speaking[language] for language in sorted(speaking))


def version(tx: Transaction, version_id: str) -> PackVersion:
    """Refused: `not_found`."""
    found = tx.session.get(PackVersion, version_id, populate_existing=True)
    if found is None:
        raise errors.NotFound
    return found


def speaking(tx: Transaction, language: str) -> PackVersion:
    """The published version of a language. Refused: `not_found`."""
    query = select(PackVersion).where(
        col(PackVersion.language) == language, col(PackVersion.state) == "published"
    )
    found = tx.session.scalar(query)
    if found is None:
        raise errors.NotFound
    return found


def history(tx: Transaction, language: str) -> list[PackVersion]:
    """Every version of a language, the newest first."""
    query = (
        select(PackVersion)
        .where(col(PackVersion.language) == language)
        .order_by(col(PackVersion.made_at).desc(), col(PackVersion.id))
    )
    return list(tx.session.scalars(query))


def before_this(tx: Transaction, language: str) -> PackVersion | None:
    """The version that spoke last before the one that speaks now."""
    query = (
        select(PackVersion)
        .where(col(PackVersion.language) == language, col(PackVersion.state) == "retired")
        .order_by(col(PackVersion.decided_at).desc())
        .limit(1)
    )
    return tx.session.scalar(query)


def add(
    tx: Transaction,
    pack: Pack,
    text: str,
    *,
    state: str,
    now: datetime,
    entry: str | None = None,
    why: str = "",
    made_by: str | None = None,
) -> PackVersion:
    made = PackVersion(
        id=new_id(),
        language=pack.language,
        label=pack.label,
        text=text,
        state=state,
        entry=entry,
        why=why,
        made_by=made_by,
        made_at=now,
        decided_at=now if state == "published" else None,
    )
    tx.session.add(made)
    tx.session.flush()
    return made


def decide(tx: Transaction, row: PackVersion, state: str, now: datetime) -> None:
    row.state = state
    row.decided_at = now
    tx.session.add(row)
    tx.session.flush()
