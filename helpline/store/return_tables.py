"""The tables of the way back: codes, and what waits for whoever comes with one.

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
