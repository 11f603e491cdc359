"""The only reader of the clock. Edges ask it once per act and hand `now` down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_offset = timedelta(0)


def now() -> datetime:
    """Aware UTC, corrected by the database's offset."""
    return here() + _offset


def here() -> datetime:
    """What this machine's own clock says."""
    return datetime.now(UTC)


def correct_by(offset: timedelta) -> None:
    """Sets how far the database's clock is ahead of this machine's."""
    global _offset
    _offset = offset


def offset() -> timedelta:
    return _offset
