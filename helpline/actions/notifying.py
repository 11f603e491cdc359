"""Notices on their way: claimed, sent, tried again, given up for all to see, and never sent late.

Who has no way to be reached outside finds them in the mailbox: there a notice arrives in the
commit that says so, and so exactly once. What goes through a service may, if this process dies
between the two, go twice rather than never.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from helpline.actions import directing
from helpline.domain import access, channels, errors, events, notices, shifts
from helpline.domain.access import Who
from helpline.domain.notices import Quiet
from helpline.domain.shifts import Span
from helpline.store import channels as ways
from helpline.store import journal, people
from helpline.store import notices as rows
from helpline.store.shift_tables import Notice
from helpline.store.shifts import plan
from helpline.store.tables import Person
from helpline.store.transaction import Store, Transaction

log = logging.getLogger(__name__)

AT_ONCE = 20  # through services, in one look: each may take seconds
IN_ONE_COMMIT = 50  # what was done is kept, whenever this process may end
OWN_SHIFT = frozenset({"confirm", "reminder", "no_check_in"})  # only for who is booked there still


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice that may leave now. `detail` holds ids, numbers and instants, never words."""

    notice_id: str
    person_name: str
    kind: str
    detail: dict[str, Any]
    language: str
    zone: str
    channel: str | None
    valid_until: datetime


def send_due(
    store: Store,
    send: Callable[[Letter], bool],
    *,
    reaches: Callable[[str | None], bool],
    clock: Callable[[], datetime],
) -> int:
    """Sends what is due, each notice by one process only; how many left or came to the mailbox.

    `reaches` tells whether a person with this channel is reached outside at all; `send` whether a
    letter was taken on its way: a failure is tried again, then shown.
    """
    now = clock()
    with store.reading() as tx:
        if not rows.due(tx, now) and not rows.is_any_stale(tx, now):
            return 0
    letters, arrived = _claim(store, reaches, now)
    for letter in letters:
        if notices.is_stale(letter.valid_until, clock()):
            continue  # it is given up by the next look
        try:
            left = send(letter)
        except Exception:
            log.exception("a notice could not be sent")
            left = False
        _record(store, letter, left=left, now=clock())
        arrived += left
    return arrived


def _claim(
    store: Store, reaches: Callable[[str | None], bool], now: datetime
) -> tuple[list[Letter], int]:
    letters: list[Letter] = []
    arrived = 0
    with store.transaction() as tx:
        zone = plan(tx).zone
        rows.give_up_stale(tx, now)
        for row in rows.due(tx, now):
            person = people.person(tx, row.person_id)
            starts_at = instant(row.detail, "starts_at")
            if not notices.may_leave(
                row.kind, quiet(person), starts_at=starts_at, zone=zone, now=now
            ):
                continue
            if row.kind in OWN_SHIFT and not _still_serves(tx, row):
                rows.give_up(tx, row.id, now)
                continue
            channel = ways.of(tx, person)
            if arrived >= IN_ONE_COMMIT:
                break  # the rest at the next look
            if not reaches(channel):
                arrived += rows.sent(tx, row.id, "mailbox", now)
            elif len(letters) < AT_ONCE and rows.claim(tx, row.id, now, now + notices.CLAIM_LASTS):
                letters.append(
                    Letter(
                        row.id,
                        person.name,
                        row.kind,
                        dict(row.detail),
                        person.language,
                        zone,
                        channel,
                        row.valid_until,
                    )
                )
    return letters, arrived


def _record(store: Store, letter: Letter, *, left: bool, now: datetime) -> None:
    with store.transaction() as tx:
        row = rows.notice(tx, letter.notice_id)
        again_at = notices.next_try(row.tries, now)
        if left:
            rows.sent(tx, row.id, "channel", now)
            directing.settle(tx, "notice_failed", row.person_id, now)
        elif again_at is None or again_at >= row.valid_until:
            rows.give_up(tx, row.id, now)
            directing.tell(tx, "notice_failed", row.person_id, now=now, person_id=row.person_id)
        else:
            row.claimed_until = again_at
            tx.session.add(row)


def _still_serves(tx: Transaction, row: Notice) -> bool:
    found = span(tx, row.detail)
    return found is not None and any(each.person_id == row.person_id for each in found.people)


def span(tx: Transaction, detail: dict[str, Any]) -> Span | None:
    """The shift that a notice is about, as it is planned by now; None if it is no more."""
    starts_at = instant(detail, "starts_at")
    if starts_at is None:
        return None
    for each in shifts.spans(plan(tx), starts_at, starts_at + shifts.INSTANT):
        if (each.pattern_id, each.date.isoformat()) == (detail.get("pattern"), detail.get("date")):
            return each
    return None


def instant(detail: dict[str, Any], name: str) -> datetime | None:
    said = detail.get(name)
    return datetime.fromisoformat(said) if said else None


def quiet(person: Person) -> Quiet:
    return Quiet(
        time.fromisoformat(person.quiet_from) if person.quiet_from else None,
        time.fromisoformat(person.quiet_until) if person.quiet_until else None,
    )


# -- who is reached how ---------------------------------------------------------------------------


def choose_channel(store: Store, who: Who, kind: str, address: str, *, now: datetime) -> None:
    """How one is reached; no kind for the mailbox alone. Refused: `bad_request` with the field."""
    access.require(who, "read_notices")
    _keep_channel(store, who.id, who.id, kind, address, now)


def set_channel(
    store: Store, who: Who, person_id: str, kind: str, address: str, *, now: datetime
) -> None:
    """Likewise, set for somebody else. Refused: `not_found`, `bad_request` with the field."""
    access.require(who, "plan")
    _keep_channel(store, who.id, person_id, kind, address, now)


def _keep_channel(
    store: Store, by: str, person_id: str, kind: str, address: str, now: datetime
) -> None:
    channel = channels.clean(kind, address) if kind else None
    with store.transaction() as tx:
        ways.keep(tx, _listed(tx, person_id), channel)
        journal.write(tx, "channel_set", now=now, person_id=by, of=person_id, channel=kind)
        directing.settle(tx, "notice_failed", person_id, now)
        tx.announce(events.RosterChanged())


def choose_quiet(
    store: Store, who: Who, since: time | None, until: time | None, *, now: datetime
) -> None:
    """One's own quiet hours, in the line's wall time; None and None for none."""
    access.require(who, "read_notices")
    if (since is None) != (until is None):
        raise channels.BadQuietHours(field="quiet_from" if since is None else "quiet_until")
    with store.transaction() as tx:
        person = _listed(tx, who.id)
        person.quiet_from, person.quiet_until = (
            None if each is None else f"{each:%H:%M}" for each in (since, until)
        )
        tx.session.add(person)
        journal.write(tx, "quiet_hours_set", now=now, person_id=who.id)


def _listed(tx: Transaction, person_id: str) -> Person:
    person = people.person(tx, person_id)
    if not person.active:
        raise errors.NotFound
    return person


def warn_unreachable(store: Store, reaches: Callable[[str | None], bool], *, now: datetime) -> None:
    """Whoever is on duty soon and cannot be reached outside is shown to the coordinators."""
    with store.reading() as tx:
        soon = {
            each.person_id
            for planned in shifts.spans(plan(tx), now, now + notices.QUIET_ENDS * 2)
            for each in planned.people
        }
        lost = {
            each.id
            for each in people.everyone(tx)
            if each.id in soon and not reaches(ways.of(tx, each))
        }
        told = set(directing.alerts_about(tx, "no_channel"))
    if lost == soon and len(soon) > 1:
        lost = {"line"}  # nobody is: one warning says so
    if lost == told:
        return
    with store.transaction() as tx:
        for each in sorted(lost - told):
            person_id = None if each == "line" else each
            directing.tell(tx, "no_channel", each, now=now, person_id=person_id)
        for each in sorted(told - lost):
            directing.settle(tx, "no_channel", each, now)
