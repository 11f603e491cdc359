"""What shift leads see of chats that others hold, and what a listener sees of the leads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from helpline.boards.wording import N_, iso, say
from helpline.domain import supervision
from helpline.domain.access import Role, Who
from helpline.domain.urgency import Level
from helpline.store import beside, chats, flags, offers
from helpline.store.lead_tables import ReadAlong
from helpline.store.tables import Chat
from helpline.store.transaction import Transaction

Board = dict[str, Any]

# Why somebody reads along, where they said nothing more.
REASONS = {
    supervision.HIGH_RISK: N_("high risk"),
    supervision.ASKED: N_("you asked for help"),
    supervision.JOINED: N_("writes here too"),
}


def beside_dict(tx: Transaction, row: ReadAlong, names: dict[str, str], language: str) -> Board:
    """A lead who reads along, as the listener and the other leads beside them see it."""
    return {
        "id": row.person_id,
        "name": names.get(row.person_id, ""),
        "since": iso(row.since),
        "until": iso(row.until),
        "joined": row.joined_at is not None,
        "why": row.why,
        "reason": beside.reason(tx, row) or _reason(row, language),
    }


def _reason(row: ReadAlong, language: str) -> str:
    return say(language, REASONS[row.why]) if row.why in REASONS else ""


def at_risk(
    tx: Transaction, who: Who, going_on: Sequence[Chat], names: dict[str, str], now: datetime
) -> list[Board]:
    """For leads: every chat at high or critical risk that goes on, the gravest first; no words."""
    if Role.LEAD not in who.roles:
        return []
    grave = [each for each in going_on if each.level >= supervision.AT_RISK]
    apart = offers.not_asked_again(tx, [each.id for each in grave])
    return [
        {
            "chat": each.id,
            "state": each.state,
            "level": Level(each.level).word,
            "language": each.language,
            "flags": _worries(tx, each),
            "arrived_at": iso(each.arrived_at),
            "waited_s": _waited(each, now),
            "listener": {"id": each.holder_id, "name": names.get(each.holder_id, "")}
            if each.holder_id
            else None,
            "beside": [names.get(row.person_id, "") for row in _beside(tx, each, now)],
            "apart": who.id in apart.get(each.id, frozenset()),
        }
        for each in sorted(grave, key=lambda each: (-each.level, each.arrived_at, each.id))
    ]


def _worries(tx: Transaction, chat: Chat) -> list[Board]:
    """What was noticed, once each and the gravest first: neither the words nor where they are."""
    found = {
        (-each.level, each.category, each.reason)
        for each in flags.of_chat(tx, chat.id)
        if each.level >= supervision.AT_RISK
    }
    return [
        {"category": category, "level": Level(-level).word, "reason": reason}
        for level, category, reason in sorted(found)
    ]


def _waited(chat: Chat, now: datetime) -> int:
    """How long they wait, or waited until somebody answered."""
    return max(0, int(((chat.accepted_at or now) - chat.arrived_at).total_seconds()))


def _beside(tx: Transaction, chat: Chat, now: datetime) -> list[ReadAlong]:
    return beside.of_chat(tx, chat.id, now) if chat.beside else []


def read_along(tx: Transaction, who: Who, now: datetime) -> list[Chat]:
    """The chats that this lead reads along in."""
    if Role.LEAD not in who.roles:
        return []
    return [chats.chat(tx, row.chat_id) for row in beside.of_person(tx, who.id, now)]
