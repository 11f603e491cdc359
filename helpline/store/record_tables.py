"""What is kept about chats that ended: holds against erasure, incidents, and
who read a chat afterwards.

Kept out of this module: `from __future__ import annotations`, which breaks SQLModel's fields.
These rows outlive the words of their chat, for as long as `domain/retention.py` says. What people
write stands only in columns that end in `_sealed`, sealed with the key of the chat it is about.
"""

from datetime import datetime
from typing import Any, Optional

from sqlmodel import Field, SQLModel

from helpline.store.tables import _at, _dict, _maybe_at, _sealed


class HoldRow(SQLModel, table=True):
    """One chat, or a message that was left while closed, is not forgotten until then; a renewal is
    a row of its own."""

    __tablename__ = "holds"

    id: str = Field(primary_key=True)
    chat_id: Optional[str] = Field(default=None, foreign_key="chats.id", index=True)
    left_id: Optional[str] = Field(default=None, index=True)  # outlives the message it held
    why: str  # in general; the visitor may be told
    reason_sealed: Optional[bytes] = _sealed()  # in the words of whoever asked
    asked_by: Optional[str] = None  # None: the visitor, by a complaint
    asked_at: datetime = _at()
    days: int  # from agreement
    agreed_by: Optional[str] = None
    agreed_at: Optional[datetime] = _maybe_at()
    until: datetime = _at(index=True)  # forgetting asks which stand
    released_by: Optional[str] = None
    released_at: Optional[datetime] = _maybe_at()


class IncidentRow(SQLModel, table=True):
    """Something that went wrong or may have. What is said of a chat is sealed with its key and goes
    with it; what concerns no chat has a key of its own. Kind, times, state and outcome stay."""

    __tablename__ = "incidents"

    id: str = Field(primary_key=True)
    kind: str
    chat_id: Optional[str] = Field(default=None, foreign_key="chats.id", index=True)
    level: Optional[int] = None  # of the chat when it happened
    happened_at: datetime = _at()
    signs: dict[str, Any] = _dict()  # the last signs of the visitor: times only
    opened_by: Optional[str] = None  # None: by itself, or by the visitor
    opened_at: datetime = _at(index=True)  # retention
    has_key: bool = False  # sealed with a key of its own
    what_sealed: Optional[bytes] = _sealed()
    actions_sealed: Optional[bytes] = _sealed()
    note_sealed: Optional[bytes] = _sealed()
    answer_sealed: Optional[bytes] = _sealed()  # of a complaint: to its visitor
    answered_by: Optional[str] = None
    answered_at: Optional[datetime] = _maybe_at()
    state: str = "open"
    taken_by: Optional[str] = None
    taken_at: Optional[datetime] = _maybe_at()
    outcome: Optional[str] = None
    reviewed_by: Optional[str] = None
    reviewed_at: Optional[datetime] = _maybe_at()
    closed_by: Optional[str] = None
    closed_at: Optional[datetime] = _maybe_at()


class Reading(SQLModel, table=True):
    """A lead read a chat that is held, for a complaint: who, when and why."""

    __tablename__ = "readings"

    id: str = Field(primary_key=True)
    incident_id: str = Field(foreign_key="incidents.id", index=True)
    chat_id: str = Field(foreign_key="chats.id")
    person_id: str
    at: datetime = _at()
    reason_sealed: Optional[bytes] = _sealed()
