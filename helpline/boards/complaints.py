"""What became of a complaint, as its visitor reads it: in their chat, or with their code."""

from __future__ import annotations

from helpline.boards.wording import (
    COMPLAINT_ANSWERED,
    COMPLAINT_REVIEWED,
    COMPLAINT_TAKEN,
    COMPLAINT_THERE,
    say,
)
from helpline.domain.incidents import Kind, State
from helpline.store import incidents, returns
from helpline.store.record_tables import IncidentRow
from helpline.store.transaction import Store, Transaction


def became(tx: Transaction, chat_id: str, language: str) -> list[str]:
    """How far the complaints about this chat are, and what was answered to any of them."""
    found = incidents.of_chat(tx, chat_id, Kind.COMPLAINT)
    answers = [each for each in (incidents.answer_of(tx, row) for row in found) if each]
    said = [say(language, COMPLAINT_ANSWERED, answer=each) for each in answers]
    return [*_how_far(language, found), *said] if found else []


def _how_far(language: str, found: list[IncidentRow]) -> list[str]:
    if all(each.reviewed_at is not None for each in found):
        return [say(language, COMPLAINT_REVIEWED)]
    taken = any(each.state != State.OPEN for each in found)
    return [say(language, COMPLAINT_TAKEN)] if taken else []


def with_code(store: Store, code_hash: str, language: str) -> list[str]:
    """For whoever has the chat's code: that there is a complaint, and what became of it; never what
    it said. Nothing where there is none, or the code is not good."""
    with store.reading() as tx:
        code = returns.find(tx, code_hash)
        if code is None or code.used_at is not None:
            return []
        if not incidents.of_chat(tx, code.chat_id, Kind.COMPLAINT):
            return []
        return [say(language, COMPLAINT_THERE), *became(tx, code.chat_id, language)]
