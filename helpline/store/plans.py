"""Contact plans: sealed under a key of their own, known by the chats of whoever they are for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import col

from helpline.domain import errors
from helpline.store import chats
from helpline.store.lead_tables import ContactPlan, PlanOfChat
from helpline.store.secrets import new_id
from helpline.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Plan:
    row: ContactPlan
    words: str


def plan(tx: Transaction, plan_id: str) -> ContactPlan:
    """Refused: `not_found`."""
    found = tx.session.get(ContactPlan, plan_id, populate_existing=True)
    if found is None:
        raise errors.NotFound
    return found


def find(tx: Transaction, plan_id: str) -> ContactPlan | None:
    return tx.session.get(ContactPlan, plan_id, populate_existing=True)


def of_chat(tx: Transaction, chat_id: str) -> Plan | None:
    link = tx.session.get(PlanOfChat, chat_id, populate_existing=True)
    row = find(tx, link.plan_id) if link else None
    return None if row is None else read(tx, row)


def read(tx: Transaction, row: ContactPlan) -> Plan:
    return Plan(row, chats.unseal(tx, _owner(row.id), "words", row.words_sealed))


def every(tx: Transaction) -> list[Plan]:
    """The one to be reviewed first is first."""
    query = select(ContactPlan).order_by(col(ContactPlan.review_on), col(ContactPlan.id))
    return [read(tx, row) for row in tx.session.scalars(query)]


def due(tx: Transaction, today: date) -> list[ContactPlan]:
    return list(tx.session.scalars(select(ContactPlan).where(col(ContactPlan.review_on) <= today)))


def chats_of(tx: Transaction, plan_id: str) -> list[str]:
    """The newest first."""
    query = (
        select(col(PlanOfChat.chat_id))
        .where(col(PlanOfChat.plan_id) == plan_id)
        .order_by(col(PlanOfChat.at).desc(), col(PlanOfChat.chat_id))
    )
    return list(tx.session.scalars(query))


def keep(
    tx: Transaction, chat_id: str, by_id: str, words: str, review_on: date, now: datetime
) -> ContactPlan:
    """The plan of this chat, new or in place of what it said: it has to be told anew."""
    before = of_chat(tx, chat_id)
    row = before.row if before else ContactPlan(id=new_id(), made_by=by_id, made_at=now)
    row.made_by, row.made_at, row.review_on = by_id, now, review_on
    row.told_by = row.told_at = None
    tx.vault.make_key(_owner(row.id))
    row.words_sealed = tx.vault.seal(_owner(row.id), "words", words)
    tx.session.add(row)
    tx.session.flush()
    if before is None:
        tx.session.add(PlanOfChat(chat_id=chat_id, plan_id=row.id, at=now))
        tx.session.flush()
    return row


def carry(tx: Transaction, from_chat: str, to_chat: str, now: datetime) -> bool:
    """The plan of one chat holds for another of the same person, unless that one has its own."""
    link = tx.session.get(PlanOfChat, from_chat, populate_existing=True)
    if link is None or tx.session.get(PlanOfChat, to_chat, populate_existing=True) is not None:
        return False
    tx.session.add(PlanOfChat(chat_id=to_chat, plan_id=link.plan_id, from_id=from_chat, at=now))
    tx.session.flush()
    return True


def part(tx: Transaction, one_id: str, other_id: str) -> None:
    """They are two people after all: what came from one to the other goes."""
    for chat_id, from_id in ((one_id, other_id), (other_id, one_id)):
        link = tx.session.get(PlanOfChat, chat_id, populate_existing=True)
        if link is not None and link.from_id == from_id:
            tx.session.delete(link)
    tx.session.flush()


def end(tx: Transaction, plan_id: str) -> None:
    """Its key goes first."""
    tx.vault.destroy(_owner(plan_id))
    for chat_id in chats_of(tx, plan_id):
        tx.session.delete(tx.session.get_one(PlanOfChat, chat_id))
    tx.session.flush()
    tx.session.delete(plan(tx, plan_id))
    tx.session.flush()


def forget(tx: Transaction, chat_id: str, *, asked: bool) -> None:
    """A plan goes with the last chat it was for, and at once when somebody asks to be forgotten."""
    link = tx.session.get(PlanOfChat, chat_id, populate_existing=True)
    if link is None:
        return
    if asked or chats_of(tx, link.plan_id) == [chat_id]:
        end(tx, link.plan_id)
        return
    tx.session.delete(link)
    tx.session.flush()


def _owner(plan_id: str) -> str:
    return f"plan-{plan_id}"
