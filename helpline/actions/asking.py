"""Asking others to take a shift, or for time off, and taking the question back.

A request changes nothing by itself: whoever is booked serves until the other agreed, and a
coordinator too where the line wants that.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from helpline.actions import layering, telling
from helpline.domain import access, changes, eligibility, requests, shifts
from helpline.domain.access import Role, Subject, Who
from helpline.domain.requests import AlreadyAsked, Kind, State
from helpline.domain.roster import DAY, Plan
from helpline.domain.shifts import Span
from helpline.store import eligible, journal, line
from helpline.store import requests as rows
from helpline.store.shift_tables import ShiftRequest
from helpline.store.shifts import plan
from helpline.store.transaction import Store, Transaction


class Shift(NamedTuple):
    pattern_id: str
    on_date: date


def ask_cover(
    store: Store, who: Who, shift: Shift, to_id: str | None = None, *, now: datetime
) -> str:
    """Asks one person, or whoever may, to take this shift; gives the request's id.

    Refused: not booked there, begun, asked already, or the one who is asked may not.
    """
    with store.transaction() as tx:
        access.require(who, "serve")
        known, crew = plan(tx), eligible.crew(tx, now)
        span, role = _mine(tx, known, who, shift, now)
        may = requests.who_may_cover(crew, span, role, who.id, now)
        if to_id is not None and to_id not in may:
            raise requests.AskSomebodyElse(field="to_id")

        made = rows.add(tx, Kind.COVER, who.id, *shift, to_id=to_id, now=now)
        asked = [to_id] if to_id else may[: requests.ASKED_AT_ONCE]
        telling.asked(tx, made, asked, now)
        journal.write(tx, "cover_asked", now=now, person_id=who.id, request=made.id)
        return made.id


def ask_swap(
    store: Store, who: Who, shift: Shift, back: Shift, to_id: str | None = None, *, now: datetime
) -> str:
    """As `ask_cover`, for another shift in return: one on which the asked serve."""
    with store.transaction() as tx:
        access.require(who, "serve")
        known, crew = plan(tx), eligible.crew(tx, now)
        span, role = _mine(tx, known, who, shift, now)
        wanted = requests.coming(known, *back, now)
        may = requests.who_may_swap(crew, span, role, wanted, who.id, now)
        if to_id is not None and to_id not in may:
            raise requests.AskSomebodyElse(field="to_id")
        if not may:
            raise requests.AskSomebodyElse(field="back")

        made = rows.add(
            tx,
            Kind.SWAP,
            who.id,
            *shift,
            to_id=to_id,
            return_pattern_id=back.pattern_id,
            return_date=back.on_date,
            now=now,
        )
        asked = [to_id] if to_id else may[: requests.ASKED_AT_ONCE]
        telling.asked(tx, made, asked, now)
        journal.write(tx, "swap_asked", now=now, person_id=who.id, request=made.id)
        return made.id


def cannot_come(store: Store, who: Who, shift: Shift, *, now: datetime) -> State:
    """Time off from one shift. At short notice they are off at once and coordinators are told;
    earlier a coordinator approves it, where the line wants that."""
    with store.transaction() as tx:
        access.require(who, "serve")
        span, _ = _mine(tx, plan(tx), who, shift, now)
        wanted = eligibility.is_on(line.line(tx).policies, "time_off_approved")
        waits = requests.needs_approval(wanted, span.starts_at, now)

        state = State.ASKED if waits else State.DONE
        made = rows.add(tx, Kind.TIME_OFF, who.id, *shift, state=state, now=now)
        if waits:
            telling.to_decide(tx, made, now)
        else:
            layering.take_off(tx, span, who.id, by=who, request_id=made.id, now=now)
            telling.not_coming(tx, made, now)
        layering.record(tx, "time_off_asked", who, now, request=made.id, state=state)
        return state


def ask_time_off(store: Store, who: Who, first: date, last: date, *, now: datetime) -> State:
    """Off every shift from one day to another, and not asked for others meanwhile."""
    with store.transaction() as tx:
        access.require(who, "serve")
        known = plan(tx)
        requests.require_days_off(known, first, last, now)
        if any(
            each.kind == Kind.TIME_OFF and (each.on_date, each.until_date) == (first, last)
            for each in rows.of_person(tx, who.id, first)
            if each.state in requests.OPEN
        ):
            raise AlreadyAsked(field="first_date")
        waits = eligibility.is_on(line.line(tx).policies, "time_off_approved")

        state = State.ASKED if waits else State.DONE
        made = rows.add(
            tx, Kind.TIME_OFF, who.id, None, first, until_date=last, state=state, now=now
        )
        if waits:
            telling.to_decide(tx, made, now)
        else:
            take_days_off(tx, known, made, by=who, now=now)
        layering.record(tx, "time_off_asked", who, now, request=made.id, state=state)
        return state


def withdraw(store: Store, who: Who, request_id: str, *, now: datetime) -> None:
    """Takes a request back, as long as nothing came of it. Refused: `stale`."""
    with store.transaction() as tx:
        row = rows.request(tx, request_id)
        access.require(who, "withdraw_request", Subject(holder_id=row.by_id))
        if row.state not in requests.OPEN or not rows.move(
            tx, row.id, State(row.state), State.WITHDRAWN, decided_at=now
        ):
            raise requests.RequestIsOver

        telling.settled(tx, row, now)
        journal.write(tx, "request_withdrawn", now=now, person_id=who.id, request=row.id)


def take_days_off(
    tx: Transaction, known: Plan, row: ShiftRequest, *, by: Who, now: datetime
) -> None:
    """Off every shift of these days: one layer over all of them, from tomorrow on. What has begun
    today goes on, so of today's shifts each is taken off by itself."""
    last, today = row.until_date or row.on_date, changes.today(known, now)
    if row.on_date <= today:
        for span in shifts.spans(known, now, now + 2 * DAY):
            if span.date == today and now < span.starts_at and requests.serves_on(span, row.by_id):
                layering.take_off(tx, span, row.by_id, by=by, request_id=row.id, now=now)
    first = max(row.on_date, today + DAY)
    if first <= last:
        layering.take_days_off(tx, row.by_id, first, last, by=by, request_id=row.id, now=now)


def _mine(tx: Transaction, known: Plan, who: Who, shift: Shift, now: datetime) -> tuple[Span, Role]:
    """The asker's own shift to come, and their role on it; asked about once at a time."""
    span = requests.coming(known, *shift, now)
    role = requests.role_on(span, who.id)
    if rows.is_asked(tx, who.id, *shift):
        raise AlreadyAsked(field="shift")
    return span, role
