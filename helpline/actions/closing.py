"""Closing a chat that waits, by hand: what is no matter for this line takes nobody's seat."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import directing, ending, settling
from helpline.domain import access, errors
from helpline.domain.access import Who
from helpline.domain.urgency import Level
from helpline.store import chats
from helpline.store.transaction import Store

OUTCOMES = ("abusive", "not_for_us", "other")


def close_waiting(store: Store, who: Who, chat_id: str, outcome: str, *, now: datetime) -> None:
    """A lead closes it; the visitor is told so, with where else there is help, and comes back in
    line by writing. Nobody at high or critical risk is sent away.

    Refused: `bad_request`, `not_found`, `offer_taken`, `chat_closed`, `not_allowed`.
    """
    with store.transaction() as tx:
        access.require(who, "close_waiting")
        if outcome not in OUTCOMES:
            raise errors.BadRequest(field="outcome")
        chat = chats.chat(tx, chat_id)
        directing.require_in_line(chat.state)
        if chat.level >= Level.HIGH:
            raise errors.AtRisk

        ending.line_says(tx, chat, "closed_in_line", now)
        ending.end_in_line(tx, chats.chat(tx, chat_id), outcome, who.id, now)
        settling.settle_what_is_over(tx, now, chat_id=chat_id)
