"""Watching that nobody is stranded: alerts that follow from the state, and the pages they send.

Level-triggered: each sweep reads what is, raises what is missing, ends what is over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpline.actions import directing, ending
from helpline.domain import events, queue, routing, shifts
from helpline.domain.chat import IN_LINE, ChatState
from helpline.domain.opening import Opening, Why
from helpline.domain.queue import WaitRange
from helpline.domain.urgency import Level
from helpline.store import alerts, chats, floor, journal, line, people
from helpline.store.shifts import plan
from helpline.store.tables import Alert, Chat
from helpline.store.transaction import Store, Transaction

log = logging.getLogger(__name__)

CRITICAL_TOLD_AFTER = timedelta(seconds=60)
CRITICAL_SHOWN_HELP_AFTER = timedelta(seconds=120)
NOBODY_FOR = timedelta(minutes=2)  # a change of shift takes a moment; with somebody waiting, none
PAGE_CLAIM_LASTS = timedelta(minutes=1)
PAGE_TRIES = 5


@dataclass(frozen=True, slots=True)
class Call:
    """A page that may leave the building now: who, and why in a code. Never a visitor's words."""

    page_id: str
    person_name: str
    kind: str
    waiting: int


def look(store: Store, *, now: datetime) -> None:
    """One look at the line: who is there, who waits too long."""
    with store.transaction() as tx:
        state, waiting = floor.opening(tx, now), chats.in_line(tx)
        _watch_the_floor(tx, state, len(waiting), now)
        _watch_the_closing(tx, state, waiting, now)
        _settle_what_is_over(tx, now)
    for chat in waiting:
        if chat.level == Level.CRITICAL:
            _watch_critical(store, chat.id, now)
    correct_promises(store, now=now)


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
    page_at = now if waiting else now + NOBODY_FOR
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
        age = _critical_for(chats.chat(tx, chat_id), now)
        if age >= CRITICAL_TOLD_AFTER:
            directing.tell(tx, "unanswered", chat_id, now=now, chat_id=chat_id)
    if age < CRITICAL_SHOWN_HELP_AFTER:
        return
    try:
        with store.transaction() as tx:
            _show_help(tx, chats.chat(tx, chat_id), now)
    except Exception:
        log.exception("showing a waiting visitor more help failed")


def _critical_for(chat: Chat, now: datetime) -> timedelta:
    if not _waits(chat) or chat.level != Level.CRITICAL or chat.critical_since is None:
        return timedelta(0)
    return now - chat.critical_since


def _show_help(tx: Transaction, chat: Chat, now: datetime) -> None:
    if chat.resources_shown_at is not None:
        return
    chat.resources_shown_at = now
    tx.session.add(chat)
    ending.line_says(tx, chat, "call_or_text", now)
    tx.announce(events.ChatChanged(chat.id))


def _settle_what_is_over(tx: Transaction, now: datetime) -> None:
    """A spell ends when what it was about is no longer so."""
    for alert in alerts.still_open(tx):
        if _is_over(tx, alert, now):
            directing.settle(tx, alert.kind, alert.matter.partition(":")[2], now)


def _is_over(tx: Transaction, alert: Alert, now: datetime) -> bool:
    if alert.kind in WHILE_IN_LINE:
        return not _waits(chats.find(tx, alert.chat_id or ""))
    if alert.kind == "routing_failed":
        return not _is_owed(tx, chats.find(tx, alert.chat_id or ""), now)
    if alert.kind == "last_one_misses":
        there = people.presences(tx).get(alert.person_id or "")
        return there is None or not there.ready or there.missed == 0
    return alert.kind in FLEETING and alert.acknowledged_at is not None


def _waits(chat: Chat | None) -> bool:
    return chat is not None and ChatState(chat.state) in IN_LINE


def _is_owed(tx: Transaction, chat: Chat | None, now: datetime) -> bool:
    """Whether routing owes this chat a listener, or owes taking it from one who is gone."""
    if chat is not None and chat.state == ChatState.ACTIVE:
        return not people.is_here(tx, chat.holder_id or "", now)
    return _waits(chat)


# Alerts about a chat for as long as it waits.
WHILE_IN_LINE = (
    "unanswered",
    "stepped_out",
    "without_language",
    "without_training",
    "urgent_while_closed",
)

# Alerts about something that happened once; they are over when somebody owns them.
FLEETING = (
    "help_asked",
    "critical_lowered",
    "left_unanswered",
    "words_after_end",
    "page_failed",
)


def correct_promises(store: Store, *, now: datetime) -> None:
    """A wait that outlasts what was shown is corrected, and said; also when nobody is there to
    make a new promise."""
    with store.transaction() as tx:
        everybody = floor.listeners(tx, now)
        pace = floor.pace(tx, everybody, now)
        for place, chat in enumerate(floor.in_order(tx)):
            wait = queue.wait_range(place, pace)
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
        booked = {each.booked.person_id for each in shifts.on_shift(plan(tx), now)}
        for presence in people.presences(tx).values():
            if presence.ready and presence.person_id not in booked:
                presence.ready = False
                presence.paused = False
                presence.missed = 0
                tx.session.add(presence)
                journal.write(tx, "shift_over", now=now, person_id=presence.person_id)
                tx.announce(events.PresenceChanged(presence.person_id))


def send_due_pages(
    store: Store, send: Callable[[Call], bool], *, clock: Callable[[], datetime]
) -> int:
    """Claims what is due and sends it, each page by one process only; how many left.

    `send` tells whether the page was taken on its way; a failure is tried again, then shown.
    """
    now = clock()
    sent = 0
    for call in _claim_calls(store, now):
        try:
            left = send(call)
        except Exception:
            log.exception("a page could not be sent")
            left = False
        _record(store, call.page_id, left=left, now=clock())
        sent += left
    return sent


def _claim_calls(store: Store, now: datetime) -> list[Call]:
    with store.transaction() as tx:
        names = people.names(tx)
        waiting = len(chats.in_line(tx))
        return [
            Call(
                page.id,
                names.get(page.person_id, ""),
                alerts.alert(tx, page.alert_id).kind,
                waiting,
            )
            for page in alerts.due_pages(tx, now)
            if alerts.claim_page(tx, page.id, now, now + PAGE_CLAIM_LASTS)
        ]


def _record(store: Store, page_id: str, *, left: bool, now: datetime) -> None:
    with store.transaction() as tx:
        page = alerts.page(tx, page_id)
        if left:
            page.sent_at = now
            directing.settle(tx, "page_failed", page.person_id, now)
        elif page.tries >= PAGE_TRIES:
            page.given_up_at = now
            directing.tell(tx, "page_failed", page.person_id, now=now, person_id=page.person_id)
        else:
            page.claimed_until = now + timedelta(seconds=10 * page.tries)
        tx.session.add(page)
