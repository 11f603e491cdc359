"""Counting who came, hour by hour, before the chats are forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile

from helpline.domain import demand as rules
from helpline.domain import walltime
from helpline.store import demand, line
from helpline.store.transaction import Store

AT_ONCE = timedelta(days=30)  # of hours in one transaction; after a long downtime there are more


def count_demand(store: Store, *, now: datetime) -> int:
    """Counts every clock hour that is over and not counted, the last two days once more; gives
    how many it wrote. Done again at once it changes nothing; what was missed is made up for.
    """
    with store.reading() as tx:
        first, last = demand.first_came(tx), demand.last_counted(tx)
    if first is None:
        return 0
    start = max(first, (last or first) - rules.COUNTED_AGAIN_FOR)
    counted = 0
    while start < now:
        until = min(start + AT_ONCE, now)
        counted += _count(store, start, until, now)
        start = until
    return counted


def _count(store: Store, start: datetime, until: datetime, now: datetime) -> int:
    with store.transaction() as tx:
        zone = line.line(tx).zone
        whole = rules.begin_of_hour(zone, start)
        over = takewhile(
            lambda hour: hour.ends_at <= until,
            walltime.hours(zone, whole, until + walltime.HOUR),
        )
        hours = list(over)
        if not hours:
            return 0
        first, end = hours[0].starts_at, hours[-1].ends_at
        facts = (
            demand.came(tx, first, end),
            demand.talked(tx, first, end),
            demand.turned(tx, first, end),
        )
        known = demand.since(tx, first)

        fresh = [each for each in rules.count(hours, *facts, now=now) if each not in known]
        demand.keep(tx, fresh)
        return len(fresh)
