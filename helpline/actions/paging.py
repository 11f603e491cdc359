"""Pages that leave the building: claimed, sent, tried again, and called again until owned."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from helpline.actions import directing
from helpline.domain import alarms
from helpline.domain.access import Role
from helpline.store import alerts, callouts, chats, incidents, people
from helpline.store.tables import Ask, Page
from helpline.store.transaction import Store, Transaction

log = logging.getLogger(__name__)

CALL_OUT = "call_out"  # the kind of a call that asks somebody off shift for help


@dataclass(frozen=True, slots=True)
class Call:
    """A page that may leave the building now: who, and why in a code. Never a visitor's words.

    Whoever is asked to help off shift is told in their language, and not how many wait."""

    page_id: str
    person_name: str
    kind: str
    waiting: int
    language: str = "en"


def call_again(store: Store, *, now: datetime) -> None:
    """What nobody owns calls once more, and what must be done until it is: whoever was called
    before, and who leads by now; nobody whom it is about.

    What has not left yet gives way to the newer page.
    """
    with store.transaction() as tx:
        for alert in alerts.still_open(tx):
            owned, until_done = alert.acknowledged_by is not None, alert.kind in alarms.UNTIL_DONE
            if owned and not until_done:
                continue
            called = alerts.pages_of(tx, alert.id)
            if not called:
                continue
            rung = alarms.next_rung(
                called[-1].rung,
                called[-1].due_at,
                now,
                until_done=until_done,
                owned=owned,
                hourly=alert.kind in alarms.HOURLY,
            )
            if rung is None:
                continue
            alerts.give_up_pages(tx, alert.id, now)
            concerned = incidents.concerned(tx, alert)
            leading = directing.whom_to_page(tx, (Role.LEAD,), now, but=concerned)
            again = {each.person_id for each in called} | set(leading)
            for person_id in sorted(again - concerned):
                alerts.add_page(tx, alert.id, person_id, rung, now)


def send_due(store: Store, send: Callable[[Call], bool], *, clock: Callable[[], datetime]) -> int:
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
        _record(store, call, left=left, now=clock())
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
            if alerts.claim_page(tx, page.id, now, now + alarms.PAGE_CLAIM_LASTS)
        ] + _claim_asks(tx, now)


def _claim_asks(tx: Transaction, now: datetime) -> list[Call]:
    asked = [
        (each, people.person(tx, each.person_id))
        for each in callouts.due(tx, now)
        if callouts.claim(tx, each.id, now, now + alarms.PAGE_CLAIM_LASTS)
    ]
    return [Call(each.id, who.name, CALL_OUT, 0, who.language) for each, who in asked]


def _record(store: Store, call: Call, *, left: bool, now: datetime) -> None:
    with store.transaction() as tx:
        page: Page | Ask = (
            callouts.ask_with_id(tx, call.page_id)
            if call.kind == CALL_OUT
            else alerts.page(tx, call.page_id)
        )
        again_at = alarms.next_try(page.tries, now)
        if left:
            page.sent_at = now
            directing.settle(tx, "page_failed", page.person_id, now)
        elif again_at is None:
            page.given_up_at = now
            directing.tell(tx, "page_failed", page.person_id, now=now, person_id=page.person_id)
        else:
            page.claimed_until = again_at
        tx.session.add(page)
