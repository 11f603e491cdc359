"""What the organisation tells its visitors of itself, in its own words."""

from __future__ import annotations

from datetime import datetime

from helpline.domain import access, errors, information
from helpline.domain.access import Who
from helpline.store import information as kept
from helpline.store import journal, line
from helpline.store.transaction import Store, Transaction


def write(store: Store, who: Who, part: str, language: str, text: str, *, now: datetime) -> None:
    """These words speak from now on, for readers of this language; empty ones let the house's own
    speak again. Saying what is said already changes nothing.

    Refused: `not_allowed`, `not_found` for a part or a language that the line does not have,
    `too_long`.
    """
    with store.transaction() as tx:
        _require(tx, who, part, language)
        if len(text) > information.LENGTH:
            raise errors.TooLong(field="text")
        _say(tx, who, part, language, text.strip(), now)


def go_back(
    store: Store, who: Who, part: str, language: str, version_id: str, *, now: datetime
) -> None:
    """An earlier version speaks again, as a new one. Refused as `write`, and `not_found`."""
    with store.transaction() as tx:
        _require(tx, who, part, language)
        before = kept.version(tx, version_id)
        if (before.part, before.language) != (part, language):
            raise errors.NotFound
        _say(tx, who, part, language, before.text, now)


def _require(tx: Transaction, who: Who, part: str, language: str) -> None:
    access.require(who, "keep_pages")
    information.require_part(part)
    if language not in line.line(tx).languages:
        raise errors.NotFound


def _say(tx: Transaction, who: Who, part: str, language: str, text: str, now: datetime) -> None:
    now_speaking = kept.speaking(tx).get((part, language))
    if (now_speaking.text if now_speaking else "") == text:
        return
    kept.add(tx, part, language, text, made_by=who.id, now=now)
    journal.write(tx, "page_written", now=now, person_id=who.id, part=part, language=language)
