"""A change of shift as a lead reads it: how the line stands now, and what was left before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from helpline.boards import briefing
from helpline.boards.wording import N_, alert_text, catalogue, iso, say
from helpline.domain import access
from helpline.domain.access import Who
from helpline.domain.urgency import Level
from helpline.store import handovers, line, people
from helpline.store.shift_tables import HandOver
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

SHOWN = 10


def board(store: Store, who: Who, now: datetime) -> Board:
    """For leads, who may read along; refused: `not_allowed`."""
    access.require(who, "hand_over_shift")
    with store.reading() as tx:
        standing = handovers.kept(handovers.facts(tx, now))
        return {
            "now": lines(tx, standing, who.language, now),
            "left": [_left(tx, each, who, now) for each in handovers.latest(tx, SHOWN)],
        }


def unread(store: Store, who: Who) -> int:
    """How many hand-overs of others nobody has read."""
    with store.reading() as tx:
        return sum(each.made_by != who.id for each in handovers.unread(tx))


def _left(tx: Transaction, row: HandOver, who: Who, now: datetime) -> Board:
    names, zone = people.names(tx), line.line(tx).zone
    words = handovers.words_of(tx, row)
    return {
        "id": row.id,
        "by": names.get(row.made_by, ""),
        "at": iso(row.made_at),
        "when": briefing.moment(who.language, zone, row.made_at, now),
        "by_itself": row.by_itself,
        "watch_for": words.watch_for,
        "incidents": words.incidents,
        "facts": lines(tx, row.facts, who.language, now),
        "read_by": names.get(row.read_by or ""),
        "may_read": row.read_at is None and row.made_by != who.id,
    }


def lines(tx: Transaction, facts: Mapping[str, Any], language: str, now: datetime) -> list[str]:
    """The facts as sentences, the gravest first."""
    names, zone, many = people.names(tx), line.line(tx).zone, catalogue(language).ngettext
    found = []
    for chat in facts.get("chats", ()):
        said = (
            N_("%(name)s set a chat aside (%(level)s, since %(since)s)")
            if chat["parked"]
            else N_("%(name)s talks with somebody (%(level)s, since %(since)s)")
        )
        since = datetime.fromisoformat(chat["since"]) if chat["since"] else now
        found.append(
            say(
                language,
                said,
                name=_name(names, chat["holder"]),
                level=say(language, briefing.LEVELS[Level.from_word(chat["level"])]),
                since=briefing.moment(language, zone, since, now),
            )
        )
    waiting = facts.get("waiting", 0)
    if waiting:
        found.append(many("%(n)d waits in line", "%(n)d wait in line", waiting) % {"n": waiting})
    found += [
        say(language, N_("%(name)s is past the end of their shift"), name=_name(names, each))
        for each in facts.get("overrunning", ())
    ]
    found += [
        say(language, N_("Nobody looks after: %(what)s"), what=alert_text(language, each))
        for each in facts.get("alerts", ())
    ]
    return found


def _name(names: Mapping[str, str], person_id: str | None) -> str:
    return f"\u2068{names.get(person_id or '', '?')}\u2069"
