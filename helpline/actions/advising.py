"""Advice that is taken: what the forecast says becomes the need."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from helpline.domain import access, changes, events, forecast
from helpline.domain.access import Who
from helpline.store import journal, planned, shifts
from helpline.store.transaction import Store


def take_over(
    store: Store,
    who: Who,
    weekday: int,
    from_hour: int,
    to_hour: int,
    listeners: int,
    *,
    now: datetime,
) -> None:
    """So many listeners are needed in these hours from now on; what else they need stays as it is.

    Refused: `not_allowed`, `bad_request` with the field.
    """
    with store.transaction() as tx:
        access.require(who, "plan")
        changes.require_number(weekday, "weekday", least=0, most=6)
        changes.require_number(from_hour, "from_hour", least=0, most=23)
        changes.require_number(to_hour, "to_hour", least=from_hour + 1, most=24)
        changes.require_number(listeners, "listeners", least=0, most=changes.HEADS_AT_MOST)
        asked = forecast.asked_for(shifts.needs(tx))
        needs = [each for each in asked.values() if each.weekday == weekday]
        for hour in range(from_hour, to_hour):
            needs = changes.with_need(needs, replace(asked[weekday, hour], listeners=listeners))

        planned.replace_needs(tx, weekday, needs)
        journal.write(tx, "need_set", now=now, person_id=who.id, weekday=str(weekday))
        tx.announce(events.RosterChanged())
