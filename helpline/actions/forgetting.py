"""Forgetting: a chat's key is destroyed, and with it every word."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpline.actions import directing, ending, following_up
from helpline.domain import events, retention, way_back
from helpline.domain.chat import HELD, IN_LINE, ChatState
from helpline.domain.proposals import KEPT_FOR
from helpline.store import (
    beside,
    callouts,
    cards,
    chats,
    concerns,
    emergencies,
    feeds,
    handovers,
    holds,
    incidents,
    journal,
    left,
    likes,
    line,
    notices,
    occurrences,
    plans,
    proposals,
    requests,
    returns,
    rungs,
    sessions,
    tickets,
    wishes,
)
from helpline.store.secrets import digest
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction

log = logging.getLogger(__name__)

ERASED_AT_THE_LATEST = timedelta(hours=24)
AT_ONCE = 200  # chats in one sweep

KEPT = ("times", "counts", "flags_without_words")


@dataclass(frozen=True, slots=True)
class Erasure:
    """`when` is now or by; `at` the instant of the one or the latest of the other.

    `held`: the chat must be kept until `at`, and goes by itself then.
    """

    when: str
    at: datetime
    held: bool = False
    kept: tuple[str, ...] = KEPT


def erase(store: Store, token: str, *, now: datetime) -> Erasure:
    """A visitor asks to be forgotten: at once, when the conversation that goes on is over, or when
    no hold keeps the chat any more. The wish is kept until then."""
    with store.transaction() as tx:
        chat = chats.by_token(tx, digest(token), now)
        chat.erase_asked_at = chat.erase_asked_at or now
        tx.session.add(chat)
        returns.forget(tx, chat.id)
        following_up.forget(tx, chat.id, now)
        journal.write(tx, "erase_asked", now=now, chat_id=chat.id)
        tx.announce(events.ChatChanged(chat.id))
        talks = ChatState(chat.state) in HELD
        by = chat.erase_asked_at + ERASED_AT_THE_LATEST if talks else now
        held_until = holds.held_until(tx, chat.id, now)
        if held_until is not None:
            _out_of_the_line(tx, chat, now)
            return Erasure("by", max(held_until, by), held=True)
        if talks:
            return Erasure("by", by)
        _forget(tx, chat, now)
        return Erasure("now", now)


def _out_of_the_line(tx: Transaction, chat: Chat, now: datetime) -> None:
    """Whoever waits and wants to be forgotten waits no more, also while a hold keeps the words."""
    if ChatState(chat.state) in IN_LINE:
        ending.visitor_leaves(tx, chat, quick=False, now=now)


def forget_due(store: Store, *, now: datetime) -> int:
    """Destroys the keys of chats that ended long enough ago, or were asked to be forgotten.

    Each chat by itself: one that cannot be forgotten becomes an alert and keeps back no other.
    """
    with store.reading() as tx:
        before = retention.forget_before(now, line.line(tx).keep_days)
        held = holds.held_chats(tx, now)
        due = chats.to_forget(tx, before, AT_ONCE, but=held)
        asked = [each for each in chats.asked_to_erase(tx) if each.id not in held]
        due += [each.id for each in asked if _may_go(each, now)]
    forgotten = sum(_forget_by_itself(store, each, before, now) for each in due)
    with store.transaction() as tx:
        sessions.forget_before(tx, now - timedelta(days=1))
        tickets.forget_before(tx, now)
        returns.forget_used_before(tx, now - retention.OPEN_REPEATS_WITHIN)
        returns.forget_comebacks_before(tx, now - way_back.COUNTED_FOR)
        left.forget_before(tx, before, but=holds.held_left(tx, now))
        callouts.forget_before(tx, before)
        requests.forget_before(tx, before.date())
        wishes.forget_days_before(tx, before.date())
        wishes.forget_people_gone(tx)
        proposals.forget_before(tx, now - KEPT_FOR)
        notices.forget_before(tx, before)
        handovers.forget_before(tx, before)
        feeds.forget_before(tx, before)
        rungs.forget_before(tx, before)
        holds.forget_before(tx, now - retention.RECORDS_KEPT)
        emergencies.forget_before(tx, now - retention.RECORDS_KEPT)
        concerns.forget_before(tx, now - retention.RECORDS_KEPT)
        incidents.forget_before(tx, now - retention.RECORDS_KEPT)
        occurrences.forget_before(tx, now - retention.SHIFTS_KEPT)
        cards.forget_before(tx, (now - retention.CARDS_COUNTED).date())
    return forgotten


def _forget_by_itself(store: Store, chat_id: str, before: datetime, now: datetime) -> bool:
    try:
        with store.transaction() as tx:
            chat = chats.chat(tx, chat_id)
            if holds.held(tx, chat_id, now) or not _is_due(chat, before, now):
                return False
            _forget(tx, chat, now)
            return True
    except Exception:
        log.exception("forgetting failed for one chat")
        with store.transaction() as tx:
            directing.tell(tx, "not_forgotten", chat_id, now=now, chat_id=chat_id)
        return False


def _is_due(chat: Chat, before: datetime, now: datetime) -> bool:
    if chat.erased_at is not None:
        return False
    if chat.erase_asked_at is not None and _may_go(chat, now):
        return True
    is_over = ChatState(chat.state) in (ChatState.CLOSED, ChatState.LEFT)
    return is_over and chat.ended_at is not None and chat.ended_at < before


def _may_go(chat: Chat, now: datetime) -> bool:
    """Who asked while talking and waits again, because the listener was lost, goes on too."""
    over = ChatState(chat.state) not in HELD | IN_LINE
    return over or (chat.erase_asked_at or now) + ERASED_AT_THE_LATEST <= now


def _forget(tx: Transaction, chat: Chat, now: datetime) -> None:
    """The key goes first: should the rest fail, the words are gone and the row is found again.

    What still goes on ends with it, as if the visitor had left: their token opens nothing now.
    """
    tx.vault.destroy(chat.id)
    ending.visitor_leaves(tx, chat, quick=False, now=now)
    chat.erased_at = now
    chat.nickname_sealed = chat.topic_sealed = chat.feedback_sealed = None
    chat.next_step_sealed = None
    tx.session.add(chat)
    chats.void_tokens(tx, chat.id, now)
    tickets.void_of_chat(tx, chat.id)
    likes.forget(tx, chat.id)
    returns.forget(tx, chat.id)
    returns.forget_comeback(tx, chat.id)
    following_up.forget(tx, chat.id, now)
    beside.forget(tx, chat.id)
    plans.forget(tx, chat.id, asked=chat.erase_asked_at is not None)
    journal.write(tx, "erased", now=now, chat_id=chat.id)
    tx.announce(events.TokenVoided(chat.id, now), events.ChatChanged(chat.id))
