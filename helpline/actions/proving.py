"""Proving the whole way again and again: a canary chat of our own, and an alarm when it is late.

It is heard by triage and reckoned with by routing, and its words are kept, pushed and read back
like anybody's. No board shows it and nobody is asked about it: it has a state of its own.
"""

from __future__ import annotations

from datetime import datetime

from helpline.actions import directing
from helpline.domain import assigning, canary, queue
from helpline.domain.access import Role
from helpline.domain.queue import Waiting
from helpline.domain.urgency import Level
from helpline.store import canaries, chats, floor, line
from helpline.store.transaction import Store, Transaction

HEARD_AS = Level.HIGH  # what the words of a canary must raise at least


class NotProven(Exception):
    """A canary arrived, and something on its way was not as it must be."""


def may_send(store: Store, *, now: datetime) -> bool:
    """Whether the next one is due, and it is for the caller to send it."""
    with store.reading() as tx:
        period, row = canary.every(line.line(tx).policies), canaries.find(tx)
    if period is None or (row is not None and not canary.is_due(row.sent_at, period, now)):
        return False
    with store.transaction() as tx:
        if row is None:
            canaries.begin(tx, now)
            return False
        return canaries.send(tx, row.sent_at, now)


def came_through(store: Store, chat_id: str, *, now: datetime) -> None:
    """It was heard as what it is, routing could reckon with it, and it is gone again.

    Raises NotProven, and leaves it to `look` to take it away.
    """
    with store.reading() as tx:
        _require_heard_and_reckoned(tx, chat_id, now)
    with store.transaction() as tx:
        canaries.take_away(tx, chat_id)
        canaries.came_through(tx, now)


def _require_heard_and_reckoned(tx: Transaction, chat_id: str, now: datetime) -> None:
    """As a pass over the queue would take it, without a question to anybody."""
    chat = chats.chat(tx, chat_id)
    if chat.level < HEARD_AS:
        raise NotProven("triage")
    it = Waiting(chat.id, Level(chat.level), chat.arrived_at, chat.returned)
    in_turn = list(queue.in_turn([*chats.waiting(tx), it]))
    choice = assigning.choose(floor.candidate(tx, chat), floor.listeners(tx, now), now)
    if it not in in_turn or not (choice.person_ids or choice.why_waiting):
        raise NotProven("routing")


def look(store: Store, *, now: datetime) -> None:
    """Whether the last one came through in time; what is left of one is taken away."""
    with store.reading() as tx:
        period, row = canary.every(line.line(tx).policies), canaries.find(tx)
        through_at = None if row is None else row.through_at or row.since
        left_over = canaries.left_over(tx, now - canary.FORGOTTEN_AFTER)
    with store.transaction() as tx:
        if through_at is not None and canary.is_late(through_at, period, now):
            directing.tell(tx, "canary_late", "line", now=now, roles=(Role.COORDINATOR,))
        else:
            directing.settle(tx, "canary_late", "line", now)
        for each in left_over:
            canaries.take_away(tx, each)


def last_through(store: Store) -> datetime | None:
    with store.reading() as tx:
        row = canaries.find(tx)
        return None if row is None else row.through_at


def is_late(store: Store, now: datetime) -> bool:
    with store.reading() as tx:
        row = canaries.find(tx)
        period = canary.every(line.line(tx).policies) if row else None
    return row is not None and canary.is_late(row.through_at or row.since, period, now)
