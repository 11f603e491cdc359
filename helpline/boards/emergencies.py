"""An emergency call as the listener has it before them, and what waits for a lead's sign-off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from helpline.boards import briefing
from helpline.boards.wording import N_, iso, say
from helpline.domain import access, emergency
from helpline.domain.access import Who
from helpline.domain.safeguarding import Words
from helpline.store import concerns, emergencies, journal, line, people
from helpline.store.hand_off_tables import Concern, Emergency
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

SHOWN = 20

WORDS = {
    emergency.BEGUN: N_("The call was begun"),
    emergency.CALLED: N_("The emergency services were called"),
    emergency.NOTE: N_("Note"),
    emergency.AGREED: N_("With their yes; they were told"),
    emergency.TOLD: N_("Without their yes; they were told"),
    emergency.NOT_TOLD: N_("Without their yes; they were not told, because telling adds danger"),
    emergency.KNOWN: N_("Something of the place is known"),
    "help_comes": N_("Ended: help is on its way"),
    "not_reached": N_("Ended: nobody could be reached"),
    "called_off": N_("Ended: the call was not needed any more"),
    emergency.SIGNED: N_("Signed off"),
    emergency.READ: N_("A lead read the notes"),
}
PLACES = {
    "address": N_("Address"),
    "area": N_("Town or area"),
    "phone": N_("Telephone"),
    "with_them": N_("Who is with them"),
    "looks": N_("What they look like, or wear"),
}
ABOUT = {"child": N_("About a child"), "adult": N_("About an adult")}


def of_holder(tx: Transaction, chat: Chat, names: Mapping[str, str], language: str) -> Board:
    """The number first, always; the ways that are allowed; and the call that runs or ran last."""
    row = emergencies.latest_of(tx, chat.id)
    settings = line.line(tx)
    numbers = emergencies.numbers(tx, chat.country) or emergencies.numbers(tx, settings.country)
    return {
        "numbers": [{"name": name, "number": number} for name, number in numbers],
        "ways": list(emergency.allowed(settings.policies)),
        "call": None if row is None else as_dict(tx, row, names, language),
    }


def places(language: str) -> list[tuple[str, str]]:
    """What may be known of where somebody is, by name and label."""
    return [(each, say(language, PLACES[each])) for each in emergency.PLACE]


def as_dict(
    tx: Transaction, row: Emergency, names: Mapping[str, str], language: str, *, words: bool = True
) -> Board:
    """With what was written, for who holds the chat and who signs it off; or the log alone."""
    return {
        "id": row.id,
        "chat": row.chat_id,
        "begun_at": iso(row.begun_at),
        "ended_at": iso(row.ended_at),
        "way": row.way,
        "result": row.result,
        "signed": row.signed_at is not None,
        "place": emergencies.place_of(tx, row) if words else {},
        "log": [
            {
                "step": each.step,
                "words": say(language, WORDS[each.step]),
                "by": names.get(each.by_id, ""),
                "at": iso(each.at),
                "note": each.note if words else "",
            }
            for each in emergencies.steps(tx, row)
        ],
    }


def of_chat(store: Store, who: Who, emergency_id: str) -> Board:
    """One call, for whoever just wrote a step of it."""
    with store.reading() as tx:
        row = emergencies.one(tx, emergency_id)
        return as_dict(tx, row, people.names(tx), who.language)


def concerns_of(tx: Transaction, chat: Chat, names: Mapping[str, str]) -> list[Board]:
    """Those of a chat, for its holder: without the words, which they wrote themselves."""
    return [
        {
            "id": each.id,
            "about": each.about,
            "lead": names.get(each.lead_id, ""),
            "due_at": iso(each.due_at),
            "told_at": iso(each.told_at),
            "signed": each.signed_at is not None,
        }
        for each in concerns.of_chat(tx, chat.id)
    ]


# -- what waits for a lead ------------------------------------------------------------------------


def sign_offs(store: Store, who: Who, now: datetime) -> Board:
    """For leads: calls and concerns, those that wait first. Refused: `not_allowed`."""
    access.require(who, "sign_off")
    with store.reading() as tx:
        calls = emergencies.unsigned(tx) + emergencies.signed(tx, SHOWN)
        raised = concerns.unsigned(tx) + concerns.signed(tx, SHOWN)
        return {
            "calls": [_call(tx, each, who, now) for each in calls],
            "concerns": [_concern(tx, each, who, now) for each in raised],
        }


def waiting(store: Store) -> int:
    """How many calls and concerns nobody has signed off."""
    with store.reading() as tx:
        return len(emergencies.unsigned(tx)) + len(concerns.unsigned(tx))


def _call(tx: Transaction, row: Emergency, who: Who, now: datetime) -> Board:
    names, may_read = people.names(tx), _has_read(tx, row, who)
    shown = as_dict(tx, row, names, who.language, words=may_read)
    return shown | {
        "begun": _when(tx, who, row.begun_at, now),
        "by": names.get(row.begun_by, ""),
        "way_words": say(who.language, WORDS[row.way]) if row.way else None,
        "read": may_read,
        "own": who.id in emergencies.made_by(tx, row),
        "place_words": [
            (say(who.language, PLACES[each]), shown["place"][each])
            for each in PLACES
            if each in shown["place"]
        ],
        "log_words": [
            (_when(tx, who, each.at, now), says["words"], says["by"], says["note"])
            for each, says in zip(emergencies.steps(tx, row), shown["log"], strict=True)
        ],
        "signed_by": names.get(row.signed_by or ""),
        "signed_alone": row.signed_alone,
    }


def _has_read(tx: Transaction, row: Emergency, who: Who) -> bool:
    return any(
        (each.step, each.by_id) == (emergency.READ, who.id) for each in emergencies.steps(tx, row)
    )


def _concern(tx: Transaction, row: Concern, who: Who, now: datetime) -> Board:
    names = people.names(tx)
    read = any(
        each.kind == "concern_read"
        and each.person_id == who.id
        and each.detail.get("concern") == row.id
        for each in journal.of_chat(tx, row.chat_id)
    )
    return {
        "id": row.id,
        "about": say(who.language, ABOUT[row.about]),
        "raised": _when(tx, who, row.raised_at, now),
        "by": names.get(row.raised_by, ""),
        "lead": names.get(row.lead_id, ""),
        "due": _when(tx, who, row.due_at, now),
        "overdue": row.signed_at is None and row.due_at <= now,
        "told": _when(tx, who, row.told_at, now) if row.told_at else None,
        "read": read,
        "own": row.raised_by == who.id,
        "words": concerns.words_of(tx, row) if read else Words(),
        "signed": row.signed_at is not None,
        "signed_by": names.get(row.signed_by or ""),
        "signed_alone": row.signed_alone,
    }


def _when(tx: Transaction, who: Who, at: datetime, now: datetime) -> str:
    return briefing.moment(who.language, line.line(tx).zone, at, now)
