"""Flags: why a chat is urgent, without the words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import SQLModel, col

from helpline.domain import errors
from helpline.domain.urgency import Flag, Level
from helpline.store.secrets import new_id
from helpline.store.tables import FlagRow, MissedReport
from helpline.store.transaction import Transaction

COMPLAINT = "complaint"  # the source of flags that only the line heeds


def add(
    tx: Transaction,
    chat_id: str,
    flags: Iterable[Flag],
    *,
    seq: int | None,
    source: str,
    now: datetime,
) -> None:
    for flag in flags:
        tx.session.add(
            FlagRow(
                id=new_id(),
                chat_id=chat_id,
                seq=seq,
                source=source,
                rule=flag.rule,
                category=flag.category,
                level=int(flag.level),
                reason=flag.reason,
                start=flag.start,
                stop=flag.end,
                pack=flag.pack,
                lowered_by=flag.lowered_by,
                raised_at=now,
            )
        )


def categories(tx: Transaction, chat_ids: Sequence[str]) -> dict[str, set[str]]:
    """chat -> categories of its flags."""
    query = select(col(FlagRow.chat_id), col(FlagRow.category)).where(
        col(FlagRow.chat_id).in_(chat_ids)
    )
    found: dict[str, set[str]] = {}
    for chat_id, category in tx.session.execute(query):
        found.setdefault(chat_id, set()).add(category)
    return found


def of_chat(tx: Transaction, chat_id: str) -> list[FlagRow]:
    """Gravest first, then newest."""
    query = (
        select(FlagRow)
        .where(col(FlagRow.chat_id) == chat_id)
        .order_by(col(FlagRow.level).desc(), col(FlagRow.seq).desc(), col(FlagRow.start))
    )
    return list(tx.session.scalars(query))


def for_listeners(tx: Transaction, chat_id: str) -> list[FlagRow]:
    """Without what was found in a complaint: that there is one is not for them to know."""
    return [each for each in of_chat(tx, chat_id) if each.source != COMPLAINT]


_FLAG: Any = SQLModel.metadata.tables["flags"]
_IN_ONE = (
    select(_FLAG.c.id)
    .where(_FLAG.c.chat_id == bindparam("chat"), _FLAG.c.seq == bindparam("seq"))
    .limit(1)
)


def has_any(tx: Transaction, chat_id: str, seq: int) -> bool:
    """Whether a rule saw something in this message."""
    return tx.run(_IN_ONE, chat=chat_id, seq=seq).first() is not None


def level_of(tx: Transaction, chat_id: str, seq: int) -> Level:
    """What the words of one message were heard as."""
    query = select(func.max(col(FlagRow.level))).where(
        col(FlagRow.chat_id) == chat_id, col(FlagRow.seq) == seq
    )
    return Level(tx.session.scalar(query) or Level.ROUTINE)


def flag(tx: Transaction, flag_id: str) -> FlagRow:
    """Refused: `not_found`."""
    found = tx.session.get(FlagRow, flag_id)
    if found is None:
        raise errors.NotFound
    return found


def report_missed(
    tx: Transaction, chat_id: str, seq: int | None, person_id: str, now: datetime
) -> None:
    tx.session.add(MissedReport(id=new_id(), chat_id=chat_id, seq=seq, person_id=person_id, at=now))


def verdict_counts(tx: Transaction) -> dict[str, dict[str, int]]:
    """rule -> verdict -> how often; "missed" stands under the rule "-"."""
    counts: dict[str, dict[str, int]] = {}
    query = select(col(FlagRow.rule), col(FlagRow.verdict)).where(col(FlagRow.verdict).is_not(None))
    for rule, verdict in tx.session.execute(query):
        counts.setdefault(rule, {}).setdefault(verdict, 0)
        counts[rule][verdict] += 1
    missed = len(list(tx.session.scalars(select(col(MissedReport.id)))))
    if missed:
        counts["-"] = {"missed": missed}
    return counts
