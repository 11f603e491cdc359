"""The tables of the way back: codes, what waits for whoever comes with one, and check-ins.

Kept out of this module: `from __future__ import annotations`, which breaks SQLModel's fields.
No row holds a code; what people write is sealed.
"""

from datetime import datetime
from typing import Optional

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from helpline.store.tables import _at, _maybe_at, _sealed


class ReturnCode(SQLModel, table=True):
    """The one code of a chat that is good. It goes with the chat's words, or when it is used."""

    __tablename__ = "return_codes"

    code_hash: str = Field(primary_key=True)  # Argon2id under a secret of the server
    chat_id: str = Field(foreign_key="chats.id", unique=True)  # a new code voids the one before
    made_at: datetime = _at()
    used_at: Optional[datetime] = _maybe_at()  # void; kept for minutes, for a lost answer
    used_with: Optional[str] = None  # the client id that it was used with
    note_sealed: Optional[bytes] = _sealed()  # for the next listener, if the visitor says so again


class Comeback(SQLModel, table=True):
    """A chat of somebody who asked to talk to the same listener: all of theirs share a thread, so
    that it can be counted. Kept for thirty days, or until the chat is forgotten."""

    __tablename__ = "comebacks"

    chat_id: str = Field(primary_key=True, foreign_key="chats.id")
    thread_id: str = Field(index=True)
    wants_id: Optional[str] = Field(default=None, foreign_key="people.id")  # None: the first chat
    of_minor: bool = False
    made_at: datetime = _at()


class LeftMessage(SQLModel, table=True):
    """What somebody left while the line was closed. Sealed under a key of its own, with the
    answers; both go together, when its visitor says so or after as many days as a chat."""

    __tablename__ = "left_messages"
    __table_args__ = (
        # What waits for an answer is looked for by every board and by a sweep.
        Index("left_messages_unanswered", "answered_at"),
    )

    id: str = Field(primary_key=True)
    client_id: str = Field(unique=True)  # the same try again keeps no second one
    code_hash: str = Field(unique=True)  # as of a chat's code; opens the answer
    language: str
    level: int  # routine or elevated: what is graver waits in line
    words_sealed: Optional[bytes] = _sealed()
    left_at: datetime = _at()
    open_since: Optional[datetime] = _maybe_at()  # the line was first seen open after it
    taken_by: Optional[str] = Field(default=None, foreign_key="people.id")
    taken_at: Optional[datetime] = _maybe_at()
    answered_at: Optional[datetime] = _maybe_at()  # the first time
    erase_asked_at: Optional[datetime] = _maybe_at()  # while a hold keeps it


class LeftAnswer(SQLModel, table=True):
    """An answer to what was left, read with the code."""

    __tablename__ = "left_answers"

    id: str = Field(primary_key=True)
    left_id: str = Field(foreign_key="left_messages.id", index=True)
    person_id: str = Field(foreign_key="people.id")
    words_sealed: Optional[bytes] = _sealed()
    answered_at: datetime = _at()


class FollowUp(SQLModel, table=True):
    """A check-in that was proposed in a chat: the last one of it. It goes with the chat's words."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        # What has not been written yet is looked for by a sweep.
        Index("follow_ups_by_state", "state", "starts_at"),
    )

    id: str = Field(primary_key=True)
    chat_id: str = Field(foreign_key="chats.id", unique=True)  # one at a time
    by_id: str = Field(foreign_key="people.id")  # who proposed it, and is reminded
    state: str  # domain.follow_ups.State
    starts_at: datetime = _at()
    ends_at: datetime = _at()
    offered_at: datetime = _at()
    answered_at: Optional[datetime] = _maybe_at()
    over_at: Optional[datetime] = _maybe_at()  # cancelled, withdrawn, written, met or missed
    written_by: Optional[str] = Field(default=None, foreign_key="people.id")
    words_sealed: Optional[bytes] = _sealed()  # what was written: for the chat's own page only
    # the chat in which its visitor came back with a code: it shows that there is one, no words
    came_as: Optional[str] = Field(default=None, foreign_key="chats.id", index=True)
