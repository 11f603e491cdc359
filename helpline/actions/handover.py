"""A change of shift: what the lead leaves, who read it, and enough leads behind the listeners."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import directing
from helpline.domain import access, errors, shifts, text
from helpline.domain import handover as rules
from helpline.domain.access import Role, Who
from helpline.store import floor, handovers, journal, line
from helpline.store.handovers import Words
from helpline.store.secrets import digest, new_id
from helpline.store.shift_tables import HandOver
from helpline.store.shifts import plan
from helpline.store.transaction import Store, Transaction


def leave(
    store: Store, who: Who, watch_for: str | None, incidents: str | None, *, now: datetime
) -> str:
    """Leaves how the line stands, with the lead's own words, for the next one; gives its id.

    Refused: `empty` for words that say nothing, `too_long` with the field.
    """
    access.require(who, "hand_over_shift")
    limit = rules.WORDS_AT_MOST
    words = Words(
        text.clean_or_none(watch_for, limit=limit, field="watch_for") or "",
        text.clean_or_none(incidents, limit=limit, field="incidents") or "",
    )
    if words == Words("", ""):
        raise errors.Empty(field="watch_for")
    with store.transaction() as tx:
        row = HandOver(
            id=new_id(), made_by=who.id, made_at=now, facts=handovers.kept(handovers.facts(tx, now))
        )
        _leave(tx, row, words, now)
        return row.id


def _leave(tx: Transaction, row: HandOver, words: Words | None, now: datetime) -> None:
    handovers.leave(tx, row, words)
    directing.tell(tx, "hand_over_left", row.id, now=now, roles=(Role.LEAD,), person_id=row.made_by)
    journal.write(tx, "hand_over_left", now=now, person_id=row.made_by, by_itself=row.by_itself)


def read(store: Store, who: Who, hand_over_id: str, *, now: datetime) -> None:
    """The next lead has read it; the first to say so stays. Its author's reading counts for
    nothing. Refused: `not_found`."""
    with store.transaction() as tx:
        access.require(who, "hand_over_shift")
        row = handovers.hand_over(tx, hand_over_id)
        if row.read_at is not None or row.made_by == who.id:
            return
        row.read_by, row.read_at = who.id, now
        tx.session.add(row)
        directing.settle(tx, "hand_over_left", row.id, now)
        journal.write(tx, "hand_over_read", now=now, person_id=who.id)


def look(store: Store, *, now: datetime) -> None:
    """Leaves how things stand where a lead went without a word, and minds how many leads are
    there."""
    with store.transaction() as tx:
        for person_id, ended_at in _leads_who_went(tx, now).items():
            _leave_by_itself(tx, person_id, ended_at, now)
        _watch_the_leads(tx, now)


def _leads_who_went(tx: Transaction, now: datetime) -> dict[str, datetime]:
    roster = plan(tx)
    return {
        person_id: ended_at
        for person_id, ended_at in shifts.ended_before(roster, now).items()
        if now - ended_at < rules.LEFT_BY_ITSELF
        and any(
            (each.booked.person_id, each.booked.role) == (person_id, Role.LEAD)
            for each in shifts.on_shift(roster, ended_at - shifts.INSTANT)
        )
    }


def _leave_by_itself(tx: Transaction, person_id: str, ended_at: datetime, now: datetime) -> None:
    """Once for each end of a shift: the id is made of it."""
    if handovers.left_since(tx, person_id, ended_at - rules.WRITTEN_AROUND):
        return
    found = handovers.facts(tx, now)
    if found.is_quiet:
        return
    once = digest(f"{person_id}:{ended_at.isoformat()}")[:22]
    row = HandOver(
        id=once, made_by=person_id, made_at=now, by_itself=True, facts=handovers.kept(found)
    )
    _leave(tx, row, None, now)


def _watch_the_leads(tx: Transaction, now: datetime) -> None:
    per_lead = rules.per_lead(line.line(tx).policies)
    if rules.too_few_leads(floor.listeners(tx, now), per_lead):
        page_at = now + rules.LEADS_PAGED_AFTER
        directing.tell(tx, "too_few_leads", "line", now=now, page_at=page_at)
    else:
        directing.settle(tx, "too_few_leads", "line", now)
