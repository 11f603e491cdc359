"""How many came in each hour: the facts to count from, and the counts as they are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from helpline.domain.chat import ChatState
from helpline.domain.demand import Came, Counted, Talked, Turned
from helpline.store.shift_tables import DemandHour
from helpline.store.tables import Chat, Holding, Moment
from helpline.store.transaction import Transaction

# What the journal says of the line: None where the moment itself carries it.
TURNS = {
    "line_opened": True,
    "line_opened_by_hand": True,
    "line_closed": False,
    "line_closed_by_hand": False,
    "line_by_shifts": None,
}
WAS_DOWN = "was_down"


def last_counted(tx: Transaction) -> datetime | None:
    return tx.session.scalar(select(func.max(col(DemandHour.hour_at))))


def first_came(tx: Transaction) -> datetime | None:
    """When the first chat of a person came."""
    return tx.session.scalar(
        select(func.min(col(Chat.arrived_at))).where(col(Chat.state) != ChatState.CANARY)
    )


def came(tx: Transaction, start: datetime, end: datetime) -> list[Came]:
    """Who opened a chat from `start` to `end`. Canaries are no one."""
    query = select(col(Chat.arrived_at), col(Chat.accepted_at), col(Chat.state)).where(
        col(Chat.arrived_at) >= start,
        col(Chat.arrived_at) < end,
        col(Chat.state) != ChatState.CANARY,
    )
    return [
        Came(at, accepted is not None, accepted is None and state == ChatState.LEFT)
        for at, accepted, state in tx.session.execute(query)
    ]


def talked(tx: Transaction, start: datetime, end: datetime) -> list[Talked]:
    query = select(col(Holding.since), col(Holding.until)).where(
        col(Holding.since) >= start, col(Holding.since) < end
    )
    return [Talked(since, until) for since, until in tx.session.execute(query)]


def turned(tx: Transaction, start: datetime, end: datetime) -> list[Turned]:
    """When the line began to take chats and stopped, from the last time before `start` on.
    While the house was down it took none, as is known once it woke up."""
    of_line = col(Moment.kind).in_([*TURNS, WAS_DOWN])
    before = select(func.max(col(Moment.id))).where(of_line, col(Moment.at) <= start)
    since = tx.session.scalar(before) or 0
    in_time = (col(Moment.at) < end) | (col(Moment.kind) == WAS_DOWN)
    query = select(Moment).where(of_line, col(Moment.id) >= since, in_time)
    found: list[Turned] = []
    for each in tx.session.scalars(query.order_by(col(Moment.id))):
        if each.kind == WAS_DOWN:
            was_open = bool(each.detail["is_open"])
            found.append(Turned(datetime.fromisoformat(each.detail["since"]), False))
            found.append(Turned(each.at, was_open))
        else:
            told = TURNS[each.kind]
            found.append(Turned(each.at, bool(each.detail["is_open"]) if told is None else told))
    return found


def keep(tx: Transaction, counted: Iterable[Counted]) -> None:
    """These are the counts of their hours now."""
    for each in counted:
        tx.session.merge(DemandHour(**asdict(each)))


def begin_with(tx: Transaction, counted: Iterable[Counted]) -> None:
    """The counts of a line that has none yet."""
    tx.session.add_all(DemandHour(**asdict(each)) for each in counted)


def since(tx: Transaction, start: datetime) -> list[Counted]:
    """Every hour that was counted from then on, in order."""
    query = (
        select(DemandHour).where(col(DemandHour.hour_at) >= start).order_by(col(DemandHour.hour_at))
    )
    return [
        Counted(
            row.hour_at, row.arrived, row.answered, row.gave_up, row.talk_minutes, row.open_minutes
        )
        for row in tx.session.scalars(query)
    ]
