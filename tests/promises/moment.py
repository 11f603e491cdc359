"""Everything on the line at one moment, as plain rows, and the moves of chats since the last."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from sqlalchemy import RowMapping, text

from helpline.domain import shifts
from helpline.domain.urgency import Level
from helpline.store.shifts import plan
from helpline.store.transaction import Store


class Moment:
    """`seen` is the number of the last move that was looked at before."""

    def __init__(self, store: Store, now: datetime, seen: int = 0) -> None:
        with store.reading() as tx:

            def rows(question: str) -> list[RowMapping]:
                return list(tx.session.execute(text(question)).mappings())

            self.chats = rows("SELECT * FROM chats ORDER BY rowid")
            self.offers = rows("SELECT * FROM offers ORDER BY rowid")
            self.holdings = rows("SELECT * FROM holdings WHERE until IS NULL")
            self.presences = {each["person_id"]: each for each in rows("SELECT * FROM presences")}
            self.seats = {each["id"]: each["seats"] for each in rows("SELECT * FROM people")}
            self.moves = rows(f"SELECT rowid, * FROM moves WHERE rowid > {seen} ORDER BY rowid")
            said = rows(
                "SELECT chat_id, seq, author, line_code, sent_at FROM messages ORDER BY seq"
            )
            self.alerts = rows("SELECT * FROM alerts WHERE over_at IS NULL ORDER BY rowid")
            self.on_shift = {each.booked.person_id for each in shifts.on_shift(plan(tx), now)}
        self.seen = self.moves[-1]["rowid"] if self.moves else seen
        self.lines: dict[str, list[RowMapping]] = defaultdict(list)
        for each in said:
            self.lines[each["chat_id"]].append(each)
        self.pending = [each for each in self.offers if each["state"] == "pending"]
        self.handed = [each for each in self.pending if each["from_id"]]
        self.active = [each for each in self.chats if each["state"] == "active"]
        self.parked = [each for each in self.active if each["parked_at"]]
        self.seated = [each for each in self.active if not each["parked_at"]]
        self.ended = [
            each
            for each in self.chats
            if each["holder_id"] and each["state"] in ("wrapping_up", "closed")
        ]
        self.loads = Counter(each["holder_id"] for each in self.seated)
        self.loads.update(each["person_id"] for each in self.pending)
        self.by_id = {each["id"]: each for each in self.chats}

    def is_there(self, person_id: str, now: datetime) -> bool:
        """On shift, heard of lately and ready, by what stands in the rows."""
        row = self.presences.get(person_id)
        if row is None or person_id not in self.on_shift or not row["ready"]:
            return False
        return row["lease_until"] is not None and at(row["lease_until"]) > now

    def rests(self, person_id: str, now: datetime) -> bool:
        until = self.presences[person_id]["resting_until"]
        return until is not None and at(until) > now

    def holds_critical(self, person_id: str) -> bool:
        about = [each["id"] for each in self.active if each["holder_id"] == person_id]
        about += [each["chat_id"] for each in self.pending if each["person_id"] == person_id]
        return any(self.by_id[each]["level"] == Level.CRITICAL for each in about)

    def told(self, kind: str, chat_id: str) -> bool:
        """Whether an alert of this kind about this chat is open."""
        return any((each["kind"], each["chat_id"]) == (kind, chat_id) for each in self.alerts)

    def people_said(self, chat_id: str) -> list[RowMapping]:
        """What the visitor and listeners wrote, without the line's own words."""
        return [each for each in self.lines[chat_id] if each["author"] != "line"]

    def held_since(self, chat_id: str) -> datetime:
        return next(at(each["since"]) for each in self.holdings if each["chat_id"] == chat_id)


def at(stored: str) -> datetime:
    return datetime.fromisoformat(stored + "+00:00")
