"""Caring for listeners: a pause and a talk are offered after a hard chat; who had many heavy chats
in a week is noticed, once a week and kindly.

Nothing is blocked by the second, a critical chat least of all.
"""

from __future__ import annotations

from datetime import datetime

from helpline.actions import directing
from helpline.actions.listening import holding
from helpline.domain import care, errors, events
from helpline.domain import chat as rules
from helpline.domain.access import Role, Who
from helpline.domain.care import Rest
from helpline.domain.chat import ENDED, ChatState
from helpline.store import alerts, journal, loads, pauses, people
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction


def after_hard(store: Store, who: Who, chat_id: str, how: str, *, now: datetime) -> None:
    """What a listener says after a hard chat of theirs: `pause` for five minutes, `talk` with the
    lead, who is told, and the pause for it, or `ok`. The first answer stays. How somebody felt is
    written down nowhere.

    Refused: `not_found`, `stale`, `bad_request`, `chat_closed` when it is not over, or long ago.
    """
    if how not in care.AFTER_HARD:
        raise errors.BadRequest(field="how")
    with store.transaction() as tx:
        chat = holding(tx, who, chat_id, "close")
        if ChatState(chat.state) not in ENDED or not rules.may_reopen(chat.ended_at, now):
            raise errors.ChatClosed
        if pauses.was_answered(tx, chat):
            return

        journal.write(tx, pauses.ANSWERED, now=now, chat_id=chat_id)
        if how != care.FINE:
            _pause(tx, who.id, chat, now)
        if how == care.TALK:
            directing.tell(
                tx, "wants_talk", who.id, now=now, roles=(Role.LEAD,), person_id=who.id,
                but=(who.id,),
            )  # fmt: skip
        tx.announce(events.ChatChanged(chat_id), events.PresenceChanged(who.id))


def _pause(tx: Transaction, person_id: str, chat: Chat, now: datetime) -> None:
    presence = people.presence(tx, person_id, now)
    until = presence.resting_until
    before = Rest(until, presence.recovers_from) if until else None
    finishes = (chat.ended_at or now) + rules.WRAP_UP_LASTS
    rest = care.take_five(finishes, before, now)
    presence.resting_until, presence.recovers_from = rest.until, rest.recovers_from
    tx.session.add(presence)


def look(store: Store, *, now: datetime) -> None:
    """Tells whoever answers for the line; they see it when they look, and nobody is paged."""
    with store.reading() as tx:
        everybody = [each.id for each in people.everyone(tx)]
        untold = [
            each
            for each in loads.heavy_weeks(tx, everybody, now)
            if not alerts.was_raised(tx, f"heavy_week:{each}", now - care.WEEK)
        ]
    for person_id in untold:
        with store.transaction() as tx:
            directing.tell(tx, "heavy_week", person_id, now=now, person_id=person_id)
