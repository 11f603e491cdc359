"""Limiting the door: a wait beyond the line's limit is said before anybody joins it."""

from __future__ import annotations

import logging
from datetime import datetime

from helpline.actions import directing, furnishing
from helpline.domain import access, events
from helpline.domain.access import Who
from helpline.store import floor, journal, line
from helpline.store.transaction import Store

log = logging.getLogger(__name__)


def limit_the_door(store: Store, *, now: datetime) -> None:
    """The door follows the wait: leads are told when it begins to limit, and when that is over."""
    with store.transaction() as tx:
        row = line.line(tx)
        is_full = floor.opening(tx, now).open and floor.door(tx, now).full
        if is_full == (row.full_since is not None):
            return

        if is_full:
            row.full_since, row.told_at_door = now, 0
            journal.write(tx, "door_limited", now=now)
            directing.tell_leads(tx, "door_limits", "line", now=now)
        else:
            journal.write(tx, "door_wide", now=now, told=row.told_at_door)
            row.full_since, row.told_at_door = None, 0
            directing.settle(tx, "door_limits", "line", now)
        tx.session.add(row)
        tx.announce(events.LineChanged())


def count_one_told(store: Store, *, now: datetime) -> None:
    """Somebody wrote and was shown other help: counted, and nothing else. The answer to them must
    not wait for, or fail with, a count."""
    try:
        limit_the_door(store, now=now)  # the first of a spell may come before the sweep
        with store.transaction() as tx:
            line.count_told_at_door(tx)
            tx.announce(events.LineChanged())
    except Exception:
        log.exception("counting at the door failed")


def set_limit(store: Store, who: Who, minutes: int, *, now: datetime) -> None:
    """In minutes; zero turns it off. Refused: `not_allowed`, `bad_request`."""
    access.require(who, "set_line")
    furnishing.set_door_limit(store, minutes, now=now, person_id=who.id)
