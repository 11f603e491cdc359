"""Looking into what went wrong: incidents are opened, taken, reviewed and closed, by people who
were not in it; a lead may read the chat of a complaint, and says why."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import directing
from helpline.domain import access, errors, events, text
from helpline.domain import incidents as rules
from helpline.domain.access import Who
from helpline.domain.incidents import Kind, State
from helpline.store import chats, holds, incidents, journal
from helpline.store.chats import Said
from helpline.store.record_tables import IncidentRow
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction

REASON_LENGTH = 500

# kind of incident -> the alerts that are over once it is reviewed
ALERTS = {Kind.CONTACT_LOST: ("left_unanswered", "contact_lost"), Kind.COMPLAINT: ("complaint",)}


def contact_lost(tx: Transaction, chat: Chat, alert: str, now: datetime) -> None:
    """Somebody at risk is gone: one matter, which a lead reviews; the leads are told."""
    if incidents.unreviewed(tx, chat.id, Kind.CONTACT_LOST) is not None:
        return
    signs = incidents.last_signs(tx, chat)
    incidents.open(tx, Kind.CONTACT_LOST, chat.id, signs=signs, now=now)
    directing.tell_leads(tx, alert, chat.id, now=now, chat_id=chat.id)


def came_back(tx: Transaction, chat_id: str, now: datetime) -> None:
    """They write again: there is nothing to review any more."""
    row = incidents.unreviewed(tx, chat_id, Kind.CONTACT_LOST)
    if row is None:
        return
    row.state, row.outcome, row.closed_at = State.CLOSED, rules.CAME_BACK, now
    tx.session.add(row)
    _settle(tx, row, now)


def report(
    store: Store,
    who: Who,
    kind: str,
    chat_id: str | None,
    what: str | None,
    done: str | None,
    *,
    now: datetime,
) -> str:
    """A lead or coordinator reports something; gives the id of the incident.

    Refused: `empty` without words, `too_long`, `bad_request`, `not_found` for an unknown chat.
    """
    access.require(who, "report_incident")
    said = text.clean(what, limit=rules.WORDS_AT_MOST, field="what")
    did = text.clean_or_none(done, limit=rules.WORDS_AT_MOST, field="done")
    sort = rules.require_kind(kind)
    with store.transaction() as tx:
        if chat_id is not None:
            chats.chat(tx, chat_id)
        row = incidents.open(tx, sort, chat_id, opened_by=who.id, what=said, actions=did, now=now)
        return row.id


def take(store: Store, who: Who, incident_id: str, *, now: datetime) -> None:
    """'I look into it': the last to say so does. Refused: as `review`."""
    with store.transaction() as tx:
        row = _for(tx, who, incident_id)
        rules.require_move(row.state, State.TAKEN)

        _take(tx, row, who, now)


def _take(tx: Transaction, row: IncidentRow, who: Who, now: datetime) -> None:
    row.state, row.taken_by, row.taken_at = State.TAKEN, who.id, now
    tx.session.add(row)
    for alert in ALERTS.get(Kind(row.kind), ()):
        directing.own_matter(tx, alert, _subject(row), who, now)
    _write(tx, row, "incident_taken", who, now)
    _tell_visitor(tx, row)


def answer(store: Store, who: Who, incident_id: str, words: str | None, *, now: datetime) -> None:
    """What the visitor who complained reads of it, in their chat or with their code; said again it
    takes the place of what was said before. Whoever was in the chat never sees it.

    Refused: as `review`; `empty`, `too_long`; `not_found` for what is no complaint, is closed, or
    was forgotten.
    """
    said = text.clean(words, limit=rules.WORDS_AT_MOST, field="answer")
    with store.transaction() as tx:
        row = _for(tx, who, incident_id)
        if row.kind != Kind.COMPLAINT:
            raise errors.NotFound
        rules.require_move(row.state, State.CLOSED)

        if row.state == State.OPEN:
            _take(tx, row, who, now)
        incidents.answer(tx, row, said, who.id, now)
        _write(tx, row, "complaint_answered", who, now)
        _tell_visitor(tx, row)


def _tell_visitor(tx: Transaction, row: IncidentRow) -> None:
    """A complaint stands in the visitor's chat as it is now."""
    if row.kind == Kind.COMPLAINT and row.chat_id is not None:
        tx.announce(events.ChatChanged(row.chat_id))


def review(
    store: Store, who: Who, incident_id: str, outcome: str, note: str | None, *, now: datetime
) -> None:
    """What came of it, and a note.

    Refused: `bad_request`, `too_long`, `not_found`; `not_allowed` for who was in the chat while
    another lead could, and for a lost contact to who is no lead.
    """
    with store.transaction() as tx:
        row = _for(tx, who, incident_id)
        rules.require_outcome(outcome)
        words = text.clean_or_none(note, limit=rules.WORDS_AT_MOST, field="note")
        rules.require_move(row.state, State.REVIEWED)

        row.state, row.outcome = State.REVIEWED, outcome
        row.reviewed_by, row.reviewed_at = who.id, now
        incidents.note(tx, row, words)
        tx.session.add(row)
        _settle(tx, row, now)
        _write(tx, row, "incident_reviewed", who, now)
        _tell_visitor(tx, row)


def close(store: Store, who: Who, incident_id: str, *, now: datetime) -> None:
    """Nothing more is to be done. What nobody reviewed is not closed. Refused: as `review`."""
    with store.transaction() as tx:
        row = _for(tx, who, incident_id)
        if row.reviewed_at is None:
            raise errors.NotFound
        rules.require_move(row.state, State.CLOSED)

        row.state, row.closed_by, row.closed_at = State.CLOSED, who.id, now
        tx.session.add(row)
        _write(tx, row, "incident_closed", who, now)


def read(
    store: Store, who: Who, incident_id: str, reason: str | None, *, now: datetime
) -> list[Said]:
    """A lead looks into a complaint and reads its chat while it is held; kept with the reason.

    Refused: `empty` without a reason, `not_found` where nothing is held for it or it is closed,
    `not_allowed` for who was in the chat.
    """
    access.require(who, "read_held")
    why = text.clean(reason, limit=REASON_LENGTH, field="reason")
    with store.transaction() as tx:
        row = _for(tx, who, incident_id)
        chat_id = row.chat_id or ""
        if row.kind != Kind.COMPLAINT or not holds.held(tx, chat_id, now):
            raise errors.NotFound
        rules.require_move(row.state, State.CLOSED)
        if row.state == State.OPEN:
            _take(tx, row, who, now)

        incidents.add_reading(tx, row, who.id, why, now)
        _write(tx, row, "held_chat_read", who, now)
        return chats.everything_said(tx, chat_id)


def _for(tx: Transaction, who: Who, incident_id: str) -> IncidentRow:
    """The incident, if this person may look into it."""
    access.require(who, "look_into")
    row = incidents.incident(tx, incident_id)
    if row.kind == Kind.CONTACT_LOST:
        access.require(who, "review_lost")
    held_it = row.chat_id is not None and chats.was_in(tx, row.chat_id, who.id)
    others = incidents.other_leads(tx, row.chat_id, who.id)
    if not rules.may_look_into(Kind(row.kind), held_it=held_it, other_leads=others):
        raise errors.IsConcerned
    return row


def _subject(row: IncidentRow) -> str:
    return row.id if row.kind == Kind.COMPLAINT else row.chat_id or ""


def _settle(tx: Transaction, row: IncidentRow, now: datetime) -> None:
    for alert in ALERTS.get(Kind(row.kind), ()):
        directing.settle(tx, alert, _subject(row), now)


def _write(tx: Transaction, row: IncidentRow, kind: str, who: Who, now: datetime) -> None:
    journal.write(tx, kind, now=now, chat_id=row.chat_id, person_id=who.id, incident=row.id)
