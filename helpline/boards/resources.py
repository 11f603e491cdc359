"""A crisis resource as a card on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from helpline.boards import openings
from helpline.boards.wording import iso
from helpline.domain import resources
from helpline.domain.resources import Resource, Shown
from helpline.store import line, searching
from helpline.store import resources as directory
from helpline.store.tables import Chat
from helpline.store.transaction import Transaction

Card = dict[str, Any]
ENGLISH = "en"  # what `note` is written in; `notes` has it in other languages


def as_dict(shown: Shown, language: str) -> Card:
    """The card in the reader's language, where the directory has it; else as it was written."""
    each = shown.resource
    note, written_in = _note(each, language)
    return {
        "id": each.id,
        "name": each.name,
        "ways": [{"kind": way.kind, "value": way.value, "word": way.word} for way in each.ways],
        "open_now": shown.open_now,
        "opens_at": iso(shown.opens_at),
        "open_until": iso(shown.open_until),
        "when": openings.words(shown, language),
        "note": note,
        "note_language": written_in,
        "emergency": each.emergency,
        "languages": sorted(each.languages),
        "country": each.country,
        "organisation": each.organisation,
        "topics": sorted(each.topics),
        "cost": each.cost,
        "place": each.place,
    }


def _note(each: Resource, language: str) -> tuple[str, str | None]:
    """What happens when you call, and the language of these words: the reader's, else English,
    else whichever there is."""
    said = {ENGLISH: each.note, **each.notes} if each.note else each.notes
    wanted = (language, language.split("-")[0], ENGLISH, *sorted(said))
    return next(((said[it], it) for it in wanted if it in said), ("", None))


def card(resource: Resource | None, language: str, now: datetime) -> Card | None:
    return None if resource is None else as_dict(resources.shown(resource, now), language)


def cards_of(tx: Transaction, chat: Chat, now: datetime) -> list[Card]:
    """The cards that were sent in a chat, each once, in the visitor's language."""
    sent = directory.sent_in(tx, chat.id)
    return [as_dict(resources.shown(each, now), chat.language) for each in sent]


def help_for(tx: Transaction, country: str | None, language: str, now: datetime) -> list[Card]:
    """What fits this person, the emergency number first."""
    here = country or line.line(tx).country
    near = searching.near(tx, here, language)
    fitting = resources.fitting(near, country=here, language=language, now=now)
    return [as_dict(each, language) for each in fitting]
