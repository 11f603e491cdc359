"""The tables of the way back: codes, and what waits for whoever comes with one.

Kept out of this module: `from __future__ import annotations`, which breaks SQLModel's fields.
No row holds a code; what people write is sealed.
"""

from datetime import datetime
from typing import Optional

from sqlmodel import Field, SQLModel

from helpline.store.tables import _at, _maybe_at


class ReturnCode(SQLModel, table=True):
    """The one code of a chat that is good. It goes with the chat's words, or when it is used."""

    __tablename__ = "return_codes"

    code_hash: str = Field(primary_key=True)  # Argon2id under a secret of the server
    chat_id: str = Field(foreign_key="chats.id", unique=True)  # a new code voids the one before
    made_at: datetime = _at()
    used_at: Optional[datetime] = _maybe_at()  # void; kept for minutes, for a lost answer
    used_with: Optional[str] = None  # the client id that it was used with
