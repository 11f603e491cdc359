"""The tables of the organisation's own pages.

Kept out of this module: `from __future__ import annotations`, which breaks SQLModel's fields.
"""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from helpline.store.tables import _at


class InfoText(SQLModel, table=True):
    """A version of what the organisation says in one part of its page, in Markdown; the last one
    speaks, and an empty one lets the house speak again."""

    __tablename__ = "info_texts"
    __table_args__ = (
        # The page asks for the last version of each part.
        Index("info_texts_of_part", "part", "language", "number", unique=True),
    )

    id: str = Field(primary_key=True)
    part: str
    language: str
    number: int  # counts from 1 in each part and language
    text: str
    made_by: str
    made_at: datetime = _at()
