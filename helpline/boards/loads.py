"""How the load is spread over the listeners: in the order of their names, never as a ranking.

It says what was asked of each of them, and nothing of how fast or how well anybody works.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from helpline.boards.wording import N_, catalogue, say
from helpline.domain import alarms, care
from helpline.domain.access import Role, Who
from helpline.domain.care import Taken
from helpline.domain.urgency import Level
from helpline.store import alerts, loads, people
from helpline.store.tables import Person
from helpline.store.transaction import Transaction

Board = dict[str, Any]

LIGHTER = N_("Much for one week. Ask how they are.")


def spread(tx: Transaction, language: str, now: datetime) -> list[Board]:
    """What each listener took in the last seven days and in the last four weeks."""
    listeners = [each for each in people.everyone(tx) if _listens(each)]
    ids = [each.id for each in listeners]
    recent = loads.taken(tx, dict.fromkeys(ids, now - care.WEEK), at_least=Level.HIGH)
    before = loads.taken(tx, dict.fromkeys(ids, now - care.LOOKED_BACK))
    heavy = loads.heavy_weeks(tx, ids, now)
    return [
        {
            "name": each.name,
            "week": _counts(recent.get(each.id, {})),
            "weeks": _counts(before.get(each.id, {})),
            "words": say(language, LIGHTER) if each.id in heavy else "",
        }
        for each in sorted(listeners, key=lambda each: (each.name.casefold(), each.id))
    ]


def _listens(person: Person) -> bool:
    return bool({Role.LISTENER, Role.LEAD} & set(person.roles))


def _counts(taken: Taken) -> Board:
    return {
        "chats": sum(taken.values()),
        "high": taken.get(Level.HIGH, 0),
        "critical": taken.get(Level.CRITICAL, 0),
        "load": care.load(taken),
    }


def heavy_weeks(tx: Transaction, who: Who, on_shift: Collection[str], now: datetime) -> list[Board]:
    """Who of those on shift had as many heavy chats as a week may ask: for leads all of whom no
    alert tells them now, oneself for everybody, each in kind words."""
    told = {each.person_id for each in alerts.still_open(tx) if each.kind in alarms.CALM}
    seen = (set(on_shift) - told if Role.LEAD in who.roles else set()) | {who.id}
    names = people.names(tx)
    found = [
        {
            "id": each,
            "name": names.get(each, ""),
            "critical": taken[Level.CRITICAL],
            "heavy": care.heavy_of(taken),
            "text": _text(who, each, names, taken),
        }
        for each, taken in loads.heavy_weeks(tx, seen, now).items()
    ]
    return sorted(found, key=lambda each: (str(each["name"]).casefold(), each["id"]))


def _text(who: Who, person_id: str, names: dict[str, str], taken: Taken) -> str:
    heavy, critical = care.heavy_of(taken), taken.get(Level.CRITICAL, 0)
    many = catalogue(who.language).ngettext
    took = many("%(n)d heavy chat", "%(n)d heavy chats", heavy) % {"n": heavy}
    if critical:
        took += many(" (%(n)d critical)", " (%(n)d critical)", critical) % {"n": critical}
    if person_id == who.id:
        return say(
            who.language,
            N_(
                "You took %(chats)s in seven days. That is a lot to carry. You may pass any "
                "offer, and your lead is glad to talk."
            ),
            chats=took,
        )
    return say(
        who.language,
        N_(
            "%(name)s took %(chats)s in seven days. Ask how they are: a break, or lighter chats, "
            "may do them good."
        ),
        name=f"\u2068{names.get(person_id, '')}\u2069",
        chats=took,
    )
