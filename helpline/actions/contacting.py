"""Contact plans: made by a lead, told to the person, seen with their chat, reviewed in time."""

from __future__ import annotations

from datetime import date, datetime

from helpline.actions import directing, listening
from helpline.domain import access, errors, events, plans, text, walltime
from helpline.domain.access import Who
from helpline.domain.plans import Standing
from helpline.domain.urgency import Level
from helpline.store import chats, journal, line
from helpline.store import plans as kept
from helpline.store.transaction import Store, Transaction


def keep_plan(
    store: Store, who: Who, chat_id: str, words: str, review_on: date, *, now: datetime
) -> str:
    """The plan of whoever this chat is of, new or changed; its id. It is not in force before the
    person was told.

    Refused: `not_found` (also once erased), `empty`, `too_long`, `bad_request` for the day.
    """
    words = text.clean(words, limit=plans.LENGTH, field="words")
    with store.transaction() as tx:
        access.require(who, "keep_plans")
        if chats.chat(tx, chat_id).erased_at is not None:
            raise errors.NotFound
        plans.require_review(review_on, _today(tx, now))

        row = kept.keep(tx, chat_id, who.id, words, review_on, now)
        journal.write(tx, "plan_made", now=now, chat_id=chat_id, person_id=who.id)
        _show(tx, row.id)
        return row.id


def review_plan(store: Store, who: Who, plan_id: str, review_on: date, *, now: datetime) -> None:
    """It was looked at and goes on as it is. Refused: `not_found`, `bad_request` for the day."""
    with store.transaction() as tx:
        access.require(who, "keep_plans")
        row = kept.plan(tx, plan_id)
        plans.require_review(review_on, _today(tx, now))

        row.review_on = review_on
        tx.session.add(row)
        journal.write(tx, "plan_reviewed", now=now, person_id=who.id)
        directing.settle(tx, "plan_review", plan_id, now)
        _show(tx, plan_id)


def end_plan(store: Store, who: Who, plan_id: str, *, now: datetime) -> None:
    """It holds no longer, and its words are gone. Refused: `not_found`."""
    with store.transaction() as tx:
        access.require(who, "keep_plans")
        kept.plan(tx, plan_id)

        _show(tx, plan_id)
        kept.end(tx, plan_id)
        journal.write(tx, "plan_ended", now=now, person_id=who.id)
        directing.settle(tx, "plan_review", plan_id, now)


def tell_plan(store: Store, who: Who, chat_id: str, *, now: datetime) -> None:
    """Whoever talks to the person has told them: in force from now on. The first one stays.

    Refused: `not_found` without a plan, `not_allowed` at high and critical risk, `stale`,
    `chat_closed`.
    """
    with store.transaction() as tx:
        chat = listening.talking(tx, who, chat_id, "tell_plan")
        found = kept.of_chat(tx, chat_id)
        if found is None:
            raise errors.NotFound
        row = found.row
        if plans.standing(Level(chat.level), told=False) is Standing.NOT_APPLIED:
            raise errors.NoPlanNow
        if row.told_at is not None:
            return
        row.told_at, row.told_by = now, who.id
        tx.session.add(row)
        journal.write(tx, "plan_told", now=now, chat_id=chat_id, person_id=who.id)
        _show(tx, row.id)


def look(store: Store, *, now: datetime) -> None:
    """Leads are told of a plan whose day of review has come; nobody is paged for it."""
    with store.reading() as tx:
        known = set(directing.alerts_about(tx, "plan_review"))
        due = [each.id for each in kept.due(tx, _today(tx, now)) if each.id not in known]
    for plan_id in due:
        with store.transaction() as tx:
            directing.tell_leads(tx, "plan_review", plan_id, now=now)


def _today(tx: Transaction, now: datetime) -> date:
    return walltime.local(line.line(tx).zone, now).date()


def _show(tx: Transaction, plan_id: str) -> None:
    tx.session.flush()
    tx.announce(*(events.ChatChanged(each) for each in kept.chats_of(tx, plan_id)))
