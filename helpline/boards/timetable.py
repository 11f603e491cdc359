"""Shifts and gaps of any stretch of time, for whoever plans with tools of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from helpline.boards import coordinator, gaps
from helpline.domain import changes
from helpline.domain.access import Who
from helpline.store import people
from helpline.store import shifts as rota
from helpline.store.transaction import Store

Board = dict[str, Any]

LOOKS_AHEAD = timedelta(days=7)
WINDOW_AT_MOST = timedelta(days=92)


class Window(NamedTuple):
    start: datetime
    end: datetime


def window(start: datetime | None, end: datetime | None, now: datetime) -> Window:
    """From now on for a week, where not said otherwise. Refused: backwards, too long, too far."""
    start = start or now
    if abs(start - now) > changes.PLANNED_AHEAD:
        raise changes.DayIsTooFar(field="from")
    end = end or start + LOOKS_AHEAD
    if not start < end or end - start > WINDOW_AT_MOST:
        raise changes.BadNumber(field="to")
    return Window(start, end)


def shifts_in(store: Store, who: Who, window: Window) -> list[Board]:
    with store.reading() as tx:
        return coordinator.shifts_between(rota.plan(tx), people.names(tx), who.language, *window)


def gaps_in(store: Store, who: Who, window: Window) -> list[Board]:
    with store.reading() as tx:
        return gaps.between(tx, rota.plan(tx), who.language, *window)
