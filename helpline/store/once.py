"""Rows that are added once, however many ask for it at the same time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from helpline.store.transaction import Transaction

INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def add(tx: Transaction, table: type[SQLModel], **values: Any) -> bool:
    """Whether the row is new; False, and nothing is changed, where one of its keys is taken."""
    insert = INSERTS[tx.session.get_bind().dialect.name]
    made = insert(table).values(**values).on_conflict_do_nothing()
    key = inspect(table).primary_key[0]
    return tx.session.scalar(made.returning(key)) is not None
