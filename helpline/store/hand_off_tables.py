"""The tables of hand-offs that are no offer to a person: back to the line, to a crisis resource, to
the emergency services; and concerns about somebody at risk.

Kept out of this module: `from __future__ import annotations`, which breaks SQLModel's fields.
What people write is sealed with the key of its chat and gone with it. The emergency log and the
concerns outlive the chat without a word: who did which step when (`retention.RECORDS_KEPT`).
"""

from datetime import datetime
from typing import Optional

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from helpline.store.tables import _at, _maybe_at, _sealed


class HandOff(SQLModel, table=True):
    """A lease: its chat stays with the holder until it ends. To a person it is an `Offer`."""

    __tablename__ = "hand_offs"
    __table_args__ = (
        # One of each kind at a time; the sweep looks at the few that are open.
        Index(
            "one_open_hand_off_of_a_kind",
            "chat_id",
            "kind",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    chat_id: str = Field(foreign_key="chats.id", index=True)
    kind: str  # "queue" | "resource"
    from_id: str = Field(foreign_key="people.id")
    resource_id: Optional[str] = None
    # queue: pending | accepted | refused | withdrawn
    # resource: offered | calling | reached | not_reached | did_not_want | unknown
    state: str
    words_sealed: Optional[bytes] = _sealed()  # the note for whoever takes it from the line
    at: datetime = _at(index=True)  # counts per week
    expires_at: datetime = _at()
    reminded_at: Optional[datetime] = _maybe_at()  # nobody has said what became of it
    ended_at: Optional[datetime] = _maybe_at()


class Emergency(SQLModel, table=True):
    """An emergency call as it was made: the way, and who signed it off. Outlives its chat."""

    __tablename__ = "emergencies"
    __table_args__ = (
        # One call at a time for each chat.
        Index(
            "one_running_emergency_per_chat",
            "chat_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        # The sweep looks for what nobody has signed off.
        Index(
            "emergencies_to_sign_off",
            "begun_at",
            sqlite_where=text("signed_at IS NULL"),
            postgresql_where=text("signed_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    chat_id: str = Field(foreign_key="chats.id", index=True)
    begun_by: str = Field(foreign_key="people.id")
    begun_at: datetime = _at()
    country: str
    way: Optional[str] = None  # agreed | told | not_told
    place_sealed: Optional[bytes] = _sealed()  # what is known of where they are
    result: Optional[str] = None  # help_comes | not_reached | called_off
    ended_at: Optional[datetime] = _maybe_at()
    signed_by: Optional[str] = None
    signed_at: Optional[datetime] = _maybe_at()
    signed_alone: bool = False  # by who made the call: there is no other lead


class EmergencyStep(SQLModel, table=True):
    """The timed log of a call. Append-only."""

    __tablename__ = "emergency_steps"

    emergency_id: str = Field(primary_key=True, foreign_key="emergencies.id")
    number: int = Field(primary_key=True)  # from 1
    step: str
    by_id: str = Field(foreign_key="people.id")
    at: datetime = _at()
    note_sealed: Optional[bytes] = _sealed()


class Concern(SQLModel, table=True):
    """A concern about a child or an adult at risk: who looks after it, and until when."""

    __tablename__ = "concerns"
    __table_args__ = (
        # The sweep looks for what is due and not signed off.
        Index(
            "concerns_to_sign_off",
            "due_at",
            sqlite_where=text("signed_at IS NULL"),
            postgresql_where=text("signed_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    chat_id: str = Field(foreign_key="chats.id", index=True)
    raised_by: str = Field(foreign_key="people.id")
    raised_at: datetime = _at()
    about: str  # child | adult
    concern_sealed: Optional[bytes] = _sealed()
    their_words_sealed: Optional[bytes] = _sealed()  # as they said it, not as we read it
    told_sealed: Optional[bytes] = _sealed()  # whom outside
    told_at: Optional[datetime] = _maybe_at()
    lead_id: str = Field(foreign_key="people.id")  # the lead who looks after it
    due_at: datetime = _at()
    signed_by: Optional[str] = None
    signed_at: Optional[datetime] = _maybe_at()
    signed_alone: bool = False
