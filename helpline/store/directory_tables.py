"""The directory: what others and we say of services, as HSDS has it, and who verified what here.

Kept out of this module: `from __future__ import annotations`, which breaks SQLModel's fields. What
visitors see of it is a row of `resources`; nothing here is about a visitor.
"""

from datetime import date, datetime
from typing import Any, Optional

from sqlalchemy import Column, Date
from sqlmodel import Field, SQLModel

from helpline.store.tables import _at, _dict, _list, _maybe_at


class DirectoryRecord(SQLModel, table=True):
    """One record of HSDS, whole: with all columns that it was sent with, known or not."""

    __tablename__ = "directory_records"

    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    body: dict[str, Any] = _dict()
    origin: str = Field(index=True)  # who brought it first: "seed", "here" or a partner's name
    place: int  # its place in what came together: a list stays in the order it was sent
    imported_at: datetime = _at()


class DirectoryLink(SQLModel, table=True):
    """That a record refers to another: what belongs to a service is found by these."""

    __tablename__ = "directory_links"

    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    target: str = Field(primary_key=True, index=True)


class DirectoryEntry(SQLModel, table=True):
    """What this organisation holds of a service: the resource it became, and who verified it."""

    __tablename__ = "directory_entries"

    resource_id: str = Field(primary_key=True, foreign_key="resources.id")
    service_id: str = Field(unique=True)
    origin: str
    lacks: list[str] = _list()  # why it cannot be shown yet: "way", "hours", …
    verified_at: Optional[datetime] = _maybe_at()  # None: nobody did, and no visitor sees it
    verified_by: Optional[str] = Field(default=None, foreign_key="people.id")  # None: the project
    news_at: Optional[datetime] = _maybe_at()  # since when its records say something else
    hidden_at: Optional[datetime] = _maybe_at()  # a coordinator took it from visitors
    removed_at: Optional[datetime] = _maybe_at()
    removed_why: str = ""


class CardDay(SQLModel, table=True):
    """How often the card of a resource was offered in a chat, and opened there, on one day of the
    line. Never in which chat, and by nobody."""

    __tablename__ = "card_days"

    resource_id: str = Field(primary_key=True)
    on_date: date = Field(sa_column=Column(Date, primary_key=True))
    offered: int = 0
    opened: int = 0
