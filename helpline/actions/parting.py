"""Leads leave the side of a chat: by themselves, by the clock, or because it is over."""

from __future__ import annotations

from datetime import datetime

from helpline.domain import events
from helpline.store import beside, chats, journal, people
from helpline.store.lead_tables import ReadAlong
from helpline.store.transaction import Store, Transaction

# Why somebody reads along no longer, where the visitor need not hear of it: the chat is over or
# cannot be read any more, or the lead is the one who answers from now on.
SILENT = frozenset({"over", "holds"})


def part(tx: Transaction, row: ReadAlong, why: str, now: datetime) -> None:
    """From now on this lead hears nothing; who had joined is said to have left."""
    beside.end(tx, row, now)
    journal.write(tx, "watch_ended", now=now, chat_id=row.chat_id, person_id=row.person_id, why=why)
    if row.joined_at is not None and why not in SILENT:
        name = people.name_of(tx, row.person_id)
        seq = chats.add_message(
            tx, row.chat_id, author="line", line_code="lead_left", line_name=name, now=now
        )
        tx.announce(events.MessageSaid(row.chat_id, seq, "line"))
    tx.announce(events.BesideNoMore(row.chat_id, row.person_id, why))


def part_all(tx: Transaction, chat_id: str, why: str, now: datetime) -> None:
    for row in beside.open_rows(tx, chat_id=chat_id):
        part(tx, row, why, now)


def part_from(tx: Transaction, chat_id: str, person_id: str, why: str, now: datetime) -> None:
    for row in beside.open_rows(tx, chat_id=chat_id, person_id=person_id):
        part(tx, row, why, now)


def go(tx: Transaction, person_id: str, now: datetime) -> None:
    """Somebody goes away: nothing is read behind their back, on a screen that nobody looks at."""
    for row in beside.open_rows(tx, person_id=person_id):
        part(tx, row, "away", now)


def look(store: Store, *, now: datetime) -> None:
    """What is at an end is said to be. Nobody heard anything since: see `beside.of_chat`."""
    with store.reading() as tx:
        is_any = bool(beside.over(tx, now))
    if not is_any:
        return
    with store.transaction() as tx:
        for row in beside.over(tx, now):
            goes_on = chats.chat(tx, row.chat_id).state in beside.GOES_ON
            part(tx, row, _why(row, goes_on, now), now)


def _why(row: ReadAlong, goes_on: bool, now: datetime) -> str:
    if not goes_on:
        return "over"
    return "time" if row.until <= now else "away"
