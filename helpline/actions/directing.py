"""Opening and closing the line, telling those who answer for it, and owning what was told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from helpline.domain import access, alarms, errors, events, shifts
from helpline.domain.access import Role, Who
from helpline.domain.chat import IN_LINE, ChatState
from helpline.domain.opening import ByHand
from helpline.domain.urgency import Level
from helpline.store import alerts, chats, floor, incidents, journal, line, people
from helpline.store.shifts import plan
from helpline.store.tables import Alert, Line
from helpline.store.transaction import Store, Transaction


def open_or_close(store: Store, *, now: datetime) -> None:
    """The line follows its people: tells when it opened or closed by itself."""
    with store.transaction() as tx:
        row = line.line(tx)
        _mark_emptied(tx, row, now)
        _end_by_hand(tx, row, now)
        is_open = floor.opening(tx, now).open
        if row.is_open == is_open:
            return
        row.changed_at = now
        _follow(tx, row, now, was_open=row.is_open)
        journal.write(tx, "line_opened" if is_open else "line_closed", now=now)


def _mark_emptied(tx: Transaction, row: Line, now: datetime) -> None:
    """Since when fewer are ready than the line asks for."""
    enough = len(floor.ready(floor.listeners(tx, now))) >= max(1, row.min_ready)
    if enough == (row.emptied_at is None):
        return
    row.emptied_at = None if enough else now
    tx.session.add(row)
    tx.session.flush()


def _end_by_hand(tx: Transaction, row: Line, now: datetime) -> None:
    """The hours of a hand are over: the shifts decide again."""
    if row.by_hand is None or line.by_hand(row, now) is not None:
        return
    _let_go(tx, row)
    journal.write(tx, "line_by_shifts", now=now, is_open=row.is_open)
    tx.announce(events.LineChanged())


def _let_go(tx: Transaction, row: Line) -> None:
    row.by_hand, row.by_hand_reason = None, ""
    row.by_hand_by = row.by_hand_since = row.by_hand_until = None
    tx.session.add(row)
    tx.session.flush()


def _follow(tx: Transaction, row: Line, now: datetime, *, was_open: bool) -> None:
    """The line is what it is now; those in line hear it once when it closes."""
    row.is_open = floor.opening(tx, now).open
    tx.session.add(row)
    tx.announce(events.LineChanged())
    if was_open and not row.is_open:
        tx.announce(events.LineClosed())


def set_line(
    store: Store,
    who: Who,
    *,
    is_open: bool,
    reason: str,
    until: datetime | None = None,
    now: datetime,
) -> dict[str, int]:
    """Opens or closes by hand, perhaps only `until` then; says how many wait, by level."""
    with store.transaction() as tx:
        access.require(who, "set_line")

        row, was_open = line.line(tx), floor.opening(tx, now).open
        row.by_hand = ByHand.OPEN if is_open else ByHand.CLOSED
        row.by_hand_reason = reason
        row.by_hand_by, row.by_hand_since, row.by_hand_until = who.id, now, until
        row.changed_at = now
        tx.session.add(row)
        tx.session.flush()
        _follow(tx, row, now, was_open=was_open)
        kind = "line_opened_by_hand" if is_open else "line_closed_by_hand"
        journal.write(tx, kind, now=now, person_id=who.id)
        return waiting_by_level(tx)


def let_line_run(store: Store, who: Who, *, now: datetime) -> None:
    """Takes the hand away: the line opens and closes by its shifts again."""
    with store.transaction() as tx:
        access.require(who, "set_line")

        row, was_open = line.line(tx), floor.opening(tx, now).open
        row.changed_at = now
        _let_go(tx, row)
        _follow(tx, row, now, was_open=was_open)
        journal.write(tx, "line_by_shifts", now=now, person_id=who.id, is_open=row.is_open)


def waiting_by_level(tx: Transaction) -> dict[str, int]:
    counts = {level.word: 0 for level in Level}
    for chat in chats.in_line(tx):
        counts[Level(chat.level).word] += 1
    return counts


def tell_leads(
    tx: Transaction,
    kind: str,
    subject: str,
    *,
    now: datetime,
    chat_id: str | None = None,
    person_id: str | None = None,
) -> Alert:
    """An alert that the leads on shift see at once and are paged about."""
    return tell(
        tx, kind, subject, now=now, roles=(Role.LEAD,), chat_id=chat_id, person_id=person_id
    )


def tell(
    tx: Transaction,
    kind: str,
    subject: str,
    *,
    now: datetime,
    roles: tuple[Role, ...] = (Role.LEAD, Role.COORDINATOR),
    chat_id: str | None = None,
    person_id: str | None = None,
    page_at: datetime | None = None,
    but: Collection[str] = (),
) -> Alert:
    """Raises the alert of this matter, once per spell, with a page for each who answers for it
    unless it can wait until they look; for nobody in `but`, whom it is about."""
    alert, is_new = alerts.raise_alert(
        tx, kind, subject, now=now, chat_id=chat_id, person_id=person_id
    )
    if is_new:
        for paged in () if kind in alarms.CALM else whom_to_page(tx, roles, now, but=but):
            alerts.add_page(tx, alert.id, paged, 1, page_at or now)
        journal.write(tx, "alert", now=now, chat_id=chat_id, alert=kind)
        tx.announce(events.AlertRaised(alert.id))
    return alert


def whom_to_page(
    tx: Transaction, roles: tuple[Role, ...], now: datetime, *, but: Collection[str] = ()
) -> list[str]:
    """The leads booked now (else every lead), and every coordinator, as far as asked for.

    A line without any lead calls its coordinators: no alert is for nobody.
    """
    paged: list[str] = []
    if Role.LEAD in roles:
        leads = [each.id for each in people.with_role(tx, Role.LEAD) if each.id not in but]
        leading = {
            each.booked.person_id
            for each in shifts.on_shift(plan(tx), now)
            if each.booked.role == Role.LEAD
        }
        paged += [each for each in leads if each in leading] or leads
    if Role.COORDINATOR in roles or not paged:
        answer_for_it = people.with_role(tx, Role.COORDINATOR)
        paged += [each.id for each in answer_for_it if each.id not in but]
    return paged


def alerts_about(tx: Transaction, kind: str) -> list[str]:
    """The subjects of what is open of this kind."""
    return [each.matter.partition(":")[2] for each in alerts.still_open(tx) if each.kind == kind]


def settle(tx: Transaction, kind: str, subject: str, now: datetime) -> None:
    """The spell is over."""
    over = alerts.end(tx, f"{kind}:{subject}", now)
    if over is not None:
        tx.announce(events.AlertOver(over.id))


def acknowledge(store: Store, who: Who, alert_id: str, *, now: datetime) -> None:
    """'I am on it': the alert has an owner and repeats no more. The first owner stays.

    Refused: `not_found`, also for a complaint about a chat that they were in.
    """
    with store.transaction() as tx:
        access.require(who, "acknowledge")
        alert = alerts.alert(tx, alert_id)
        if who.id in incidents.concerned(tx, alert):
            raise errors.NotFound
        own(tx, alert, who, now)


def own_matter(tx: Transaction, kind: str, subject: str, who: Who, now: datetime) -> None:
    """Whoever looks into the matter itself is on it."""
    for alert in alerts.still_open(tx):
        if alert.matter == f"{kind}:{subject}":
            own(tx, alert, who, now)


def own_everything(store: Store, who: Who, *, now: datetime) -> None:
    """'I am on it' for whatever is open and theirs to know."""
    with store.transaction() as tx:
        access.require(who, "acknowledge")
        for alert in alerts.still_open(tx):
            if who.id not in incidents.concerned(tx, alert):
                own(tx, alert, who, now)


def own(tx: Transaction, alert: Alert, who: Who, now: datetime) -> None:
    """The first owner stays."""
    if alert.acknowledged_by is not None:
        return
    alert.acknowledged_by = who.id
    alert.acknowledged_at = now
    tx.session.add(alert)
    alerts.give_up_pages(tx, alert.id, now)
    journal.write(
        tx, "alert_owned", now=now, chat_id=alert.chat_id, person_id=who.id, alert=alert.kind
    )
    tx.announce(events.AlertOwned(alert.id))


def require_in_line(state: str) -> None:
    """Refused with `chat_closed` or `offer_taken` when a chat no longer waits."""
    if ChatState(state) in IN_LINE:
        return
    raise errors.OfferTaken if state == ChatState.ACTIVE else errors.ChatClosed
