"""Watching that nobody is stranded: the alerts that follow from the state.

Level-triggered: each sweep reads what is, raises what is missing, ends what is over.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from helpline.actions import directing, ending, paging, settling
from helpline.domain import alarms, events, queue, routing
from helpline.domain.opening import Opening, Why
from helpline.domain.queue import WaitRange
from helpline.domain.urgency import Level
from helpline.store import alerts, chats, floor, journal, line, people, turns
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction

log = logging.getLogger(__name__)


def look(store: Store, *, now: datetime) -> None:
    """One look at the line: who is there, who waits too long, whom nobody has heeded."""
    with store.transaction() as tx:
        state, waiting = floor.opening(tx, now), chats.in_line(tx)
        _watch_the_floor(tx, state, len(waiting), now)
        _watch_the_closing(tx, state, waiting, now)
        settling.settle_what_is_over(tx, now)
    for chat in waiting:
        if chat.level == Level.CRITICAL:
            _watch_critical(store, chat.id, now)
    correct_promises(store, now=now)
    paging.call_again(store, now=now)


def _watch_the_floor(tx: Transaction, state: Opening, waiting: int, now: datetime) -> None:
    """The line should be answering and nobody can take a chat.

    Who is busy will be free; who is paused does not seem to be at the desk.
    """
    somebody = any(
        routing.is_there(each, now) and not each.paused for each in floor.listeners(tx, now)
    )
    should_answer = waiting > 0 or state.open or state.why in (Why.NOBODY_READY, Why.NO_LEAD)
    if somebody or not should_answer:
        directing.settle(tx, "nobody_there", "line", now)
        return
    page_at = alarms.nobody_is_paged_at(now, somebody_waits=waiting > 0)
    alert = directing.tell(tx, "nobody_there", "line", now=now, page_at=page_at)
    if waiting:
        alerts.hurry_pages(tx, alert.id, now)


def _watch_the_closing(
    tx: Transaction, state: Opening, waiting: Sequence[Chat], now: datetime
) -> None:
    """The line takes no new chats while somebody at high risk, who came before, still waits."""
    row = line.line(tx)
    closed_since = now if row.is_open else row.changed_at
    left_behind = any(
        chat.level >= Level.HIGH and chat.arrived_at <= closed_since for chat in waiting
    )
    if left_behind and not state.open and state.why != Why.NOBODY_READY:
        directing.tell(tx, "closing_over_urgent", "line", now=now)
    else:
        directing.settle(tx, "closing_over_urgent", "line", now)


def _watch_critical(store: Store, chat_id: str, now: datetime) -> None:
    """Ages are the database's, so that a router that stands still is noticed. The alert is a
    commit of its own: whatever fails in showing the visitor more must not keep it back."""
    with store.transaction() as tx:
        since = _critical_since(chats.chat(tx, chat_id))
        if since is not None and alarms.rings_too_long(since, now):
            directing.tell_leads(tx, "rings_too_long", chat_id, now=now, chat_id=chat_id)
        if since is not None and alarms.is_unanswered(since, now):
            directing.settle(tx, "rings_too_long", chat_id, now)
            directing.tell(tx, "unanswered", chat_id, now=now, chat_id=chat_id)
    if since is None or not alarms.needs_more_help(since, now):
        return
    try:
        with store.transaction() as tx:
            _show_help(tx, chats.chat(tx, chat_id), now)
    except Exception:
        log.exception("showing a waiting visitor more help failed")


def _critical_since(chat: Chat) -> datetime | None:
    """Since when this chat waits as a critical one, if it does."""
    is_critical = settling.waits(chat) and chat.level == Level.CRITICAL
    return chat.critical_since if is_critical else None


def _show_help(tx: Transaction, chat: Chat, now: datetime) -> None:
    if chat.resources_shown_at is not None:
        return
    chat.resources_shown_at = now
    tx.session.add(chat)
    ending.line_says(tx, chat, "call_or_text", now)
    tx.announce(events.ChatChanged(chat.id))


def correct_promises(store: Store, *, now: datetime) -> None:
    """A wait that outlasts what was shown is corrected, and said; also when nobody is there to
    make a new promise."""
    with store.transaction() as tx:
        everybody = floor.listeners(tx, now)
        pace = floor.pace(tx, everybody, now)
        ahead = 0
        for chat in floor.in_order(tx):
            wait = queue.wait_range(ahead, pace)
            ahead += floor.waiting_ahead([chat])
            if chat.promised_by is None:
                _promise(tx, chat, wait, now)
            elif chat.promised_by <= now:
                chat.slipped = True
                _promise(tx, chat, wait, now)
                tx.announce(events.PromiseSlipped(chat.id), events.ChatChanged(chat.id))


def _promise(tx: Transaction, chat: Chat, wait: WaitRange | None, now: datetime) -> None:
    chat.promised_high = wait.high_minutes if wait else None
    chat.promised_by = now + timedelta(minutes=wait.high_minutes) if wait else None
    tx.session.add(chat)


def notice_visitors(store: Store, *, now: datetime) -> None:
    """Visitors whose lease ran out without a goodbye are shown as not here."""
    with store.transaction() as tx:
        for chat in chats.not_here_any_more(tx, now, routing.LEASE_LASTS):
            chat.visitor_here = False
            turns.look_away(tx, chat, now)
            tx.session.add(chat)
            tx.announce(events.ChatChanged(chat.id))


def notice_leases(store: Store, *, now: datetime) -> None:
    """Everybody sees who is no longer there: told once per lost lease."""
    with store.transaction() as tx:
        for presence in people.presences(tx).values():
            until = presence.lease_until
            if until is not None and now - timedelta(seconds=15) < until <= now:
                tx.announce(events.PresenceChanged(presence.person_id))


def end_stints(store: Store, *, now: datetime) -> None:
    """Who is no longer on shift is no longer ready; their chats stay with them."""
    with store.transaction() as tx:
        there = floor.on_shift(tx, now)
        for presence in people.presences(tx).values():
            if presence.ready and presence.person_id not in there:
                presence.ready = False
                presence.paused = False
                presence.missed = 0
                tx.session.add(presence)
                journal.write(tx, "shift_over", now=now, person_id=presence.person_id)
                tx.announce(events.PresenceChanged(presence.person_id))
