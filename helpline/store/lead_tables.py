"""The tables of shift leads: who reads along in which chat, and plans for frequent contacts.

Kept out of this module: `from __future__ import annotations`, which breaks SQLModel's fields.
What people write is sealed: a reason with its chat's key, a plan with a key of its own.
"""

from datetime import date, datetime
from typing import Any, Optional

from sqlalchemy import Column, Date, Index, text
from sqlmodel import Field, SQLModel

from helpline.store.tables import _at, _maybe_at, _sealed


def _day() -> Any:
    return Field(sa_column=Column(Date, nullable=False, index=True))


class ReadAlong(SQLModel, table=True):
    """A lead reads a chat that they do not hold: who, when and why. Forgotten with the chat; the
    journal keeps who and when."""

    __tablename__ = "read_alongs"
    __table_args__ = (
        # Somebody is beside a chat once at a time, however many tabs say so.
        Index(
            "beside_once",
            "chat_id",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        # Each look for what passed somebody by asks where they are beside.
        Index(
            "beside_now",
            "person_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    chat_id: str = Field(foreign_key="chats.id", index=True)
    person_id: str = Field(foreign_key="people.id")
    why: str  # "said", in the lead's own words | "high_risk" | "asked" | "joined"
    reason_sealed: Optional[bytes] = _sealed()
    since: datetime = _at()
    until: datetime = _at()  # ends by itself then, unless it is renewed
    joined_at: Optional[datetime] = _maybe_at()  # since when they write too
    ended_at: Optional[datetime] = _maybe_at()


class ContactPlan(SQLModel, table=True):
    """What was agreed with somebody who writes very often. Not in force before they were told."""

    __tablename__ = "contact_plans"

    id: str = Field(primary_key=True)
    words_sealed: Optional[bytes] = _sealed()
    made_by: str
    made_at: datetime = _at()
    told_by: Optional[str] = None
    told_at: Optional[datetime] = _maybe_at()
    review_on: date = _day()  # the line's own day


class PlanOfChat(SQLModel, table=True):
    """Whose chat a plan is for. It goes with the first row's chat and those of the same person."""

    __tablename__ = "plans_of_chats"

    chat_id: str = Field(primary_key=True, foreign_key="chats.id")
    plan_id: str = Field(foreign_key="contact_plans.id", index=True)
    from_id: Optional[str] = None  # the chat that it came from, by a link or a return
    at: datetime = _at()
