"""Every table there is: importing this declares them all, for migrations and what compares them."""

from __future__ import annotations

from sqlmodel import SQLModel

from helpline.store import (
    directory_tables,
    hand_off_tables,
    lead_tables,
    page_tables,
    record_tables,
    return_tables,
    shift_tables,
    tables,
)

PAGES = (
    tables,
    shift_tables,
    directory_tables,
    hand_off_tables,
    lead_tables,
    record_tables,
    return_tables,
    page_tables,
)
TABLES = SQLModel.metadata.tables
