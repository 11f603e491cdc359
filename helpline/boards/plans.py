"""Contact plans as a listener sees the one of their chat, and a lead all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from helpline.boards import briefing
from helpline.boards.wording import iso
from helpline.domain import access, plans, walltime
from helpline.domain.access import Who
from helpline.domain.plans import Standing
from helpline.domain.urgency import Level
from helpline.store import chats, line, people
from helpline.store import plans as kept
from helpline.store.plans import Plan
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]


def of_chat(tx: Transaction, chat: Chat, names: dict[str, str]) -> Board | None:
    """At high and critical risk it is said that there is one, and nothing of what it says."""
    found = kept.of_chat(tx, chat.id)
    if found is None:
        return None
    row, standing = found.row, plans.standing(Level(chat.level), told=found.row.told_at is not None)
    applies = standing is not Standing.NOT_APPLIED
    return {
        "standing": str(standing),
        "text": found.words if applies else None,
        "told_at": iso(row.told_at),
        "told_by": names.get(row.told_by or ""),
        "review_on": row.review_on.isoformat(),
    }


def board(store: Store, who: Who, now: datetime) -> Board:
    """For leads: every plan, and the chats that one may be made for. Refused: `not_allowed`."""
    access.require(who, "keep_plans")
    with store.reading() as tx:
        today = walltime.local(line.line(tx).zone, now).date()
        return {
            "today": today.isoformat(),
            "latest": (today + plans.REVIEWED_WITHIN).isoformat(),
            "plans": [_plan(tx, each, who, now) for each in kept.every(tx)],
            "chats": [each.id for each in chats.active(tx) + chats.in_line(tx)],
        }


def _plan(tx: Transaction, plan: Plan, who: Who, now: datetime) -> Board:
    row, names, zone = plan.row, people.names(tx), line.line(tx).zone
    return {
        "id": row.id,
        "words": plan.words,
        "by": names.get(row.made_by, ""),
        "chats": kept.chats_of(tx, row.id),
        "told": None
        if row.told_at is None
        else briefing.moment(who.language, zone, row.told_at, now),
        "told_by": names.get(row.told_by or "", ""),
        "review_on": row.review_on.isoformat(),
        "review_words": briefing.long_day(who.language, row.review_on),
        "due": row.review_on <= walltime.local(zone, now).date(),
    }
