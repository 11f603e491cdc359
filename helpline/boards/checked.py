"""For listeners: which resources nobody has checked for longer than the organisation wants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from helpline.boards import briefing
from helpline.boards.wording import N_, say
from helpline.domain import verifying, walltime
from helpline.store import entries, line
from helpline.store.transaction import Transaction

Card = dict[str, Any]

SINCE = N_("Not checked since %(day)s.")


def marked(tx: Transaction, language: str, cards: Sequence[Card], now: datetime) -> list[Card]:
    """The cards, those that are stale with `checked`: since when nobody has looked."""
    row = line.line(tx)
    today = walltime.local(row.zone, now).date()
    limit = verifying.fresh_since(row.policies, today)
    stale = entries.verified_before(tx, limit, [each["id"] for each in cards])
    return [
        {
            **each,
            "checked": say(language, SINCE, day=briefing.long_day(language, stale[each["id"]])),
        }
        if each["id"] in stale
        else each
        for each in cards
    ]
