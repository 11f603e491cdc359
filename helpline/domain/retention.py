"""What must be forgotten, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

TOKEN_LIVES_AFTER_CLOSE = timedelta(minutes=15)
TICKET_LIVES = timedelta(minutes=15)
STILL_TICKET_LIVES = timedelta(minutes=60)  # of a page that stands still while somebody writes
SESSION_LIVES = timedelta(hours=12)
SESSION_IDLES = timedelta(hours=2)
STAFF_TOKEN_LIVES = timedelta(hours=12)
OPEN_REPEATS_WITHIN = timedelta(minutes=10)
SHIFTS_KEPT = timedelta(days=2 * 366)  # who came to which shift: for hours that are certified
RECORDS_KEPT = timedelta(days=3 * 365)  # holds, complaints, incidents: without a visitor's words
CARDS_COUNTED = timedelta(days=2 * 366)  # how often the card of a resource was opened, by day
KEEP_DAYS = 30  # default of the line's setting


def forget_before(now: datetime, keep_days: int) -> datetime:
    """Chats that ended before this instant lose their key."""
    return now - timedelta(days=keep_days)
