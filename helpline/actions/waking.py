"""Waking up after a downtime of our own, before any sweep looks at who is absent."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from helpline.domain import downtime
from helpline.domain.urgency import Level
from helpline.store import canaries, chats, journal, line, occurrences, offers, people, sweeps
from helpline.store.transaction import Store, Transaction


def wake_up(store: Store, *, now: datetime) -> None:
    """Since the last sweep that ended well nobody could be heard: that time counts for no one.

    Listeners keep their chats and stay ready, visitors keep their place, offers can be answered.
    Who does not come back within a whole lease or grace from now on is lost as at any time.
    """
    down_since = max(sweeps.last_runs(store).values(), default=now)
    if now - down_since < downtime.COUNTS_FROM:
        return
    with store.transaction() as tx:
        if canaries.find(tx) is not None:
            canaries.begin(tx, now)
        _renew_leases(tx, down_since, now)
        _keep_offers_open(tx, down_since, now)
        _keep_visitors(tx, down_since, now)
        _hold_silences(tx, down_since, now)
        occurrences.expect_anew(tx, now)
        # Whoever looks back knows that nobody could come then.
        was_open = line.line(tx).is_open
        journal.write(tx, "was_down", now=now, since=down_since.isoformat(), is_open=was_open)


def _renew_leases(tx: Transaction, down_since: datetime, now: datetime) -> None:
    for each in people.presences(tx).values():
        if each.lease_until is not None:
            each.lease_until = downtime.lease_after(
                each.lease_until, down_since=down_since, now=now
            )
            tx.session.add(each)


def _keep_offers_open(tx: Transaction, down_since: datetime, now: datetime) -> None:
    for each in offers.pending(tx):
        each.expires_at = downtime.expiry_after(
            each.expires_at,
            is_hand_off=each.from_id is not None,
            down_since=down_since,
            now=now,
        )
        tx.session.add(each)


def _keep_visitors(tx: Transaction, down_since: datetime, now: datetime) -> None:
    for each in chats.in_line(tx) + chats.active(tx):
        each.visitor_seen_at = downtime.seen_after(
            each.visitor_seen_at,
            is_here=each.visitor_here,
            level=Level(each.level),
            down_since=down_since,
            now=now,
        )
        tx.session.add(each)


def _hold_silences(tx: Transaction, down_since: datetime, now: datetime) -> None:
    for each in chats.active(tx):
        held = partial(
            downtime.silent_since, level=Level(each.level), down_since=down_since, now=now
        )
        each.turn_since = each.turn_since and held(each.turn_since)
        each.away_since = each.away_since and held(each.away_since)
        tx.session.add(each)
