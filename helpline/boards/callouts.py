"""A call-out as a volunteer and as a coordinator see it: that help is needed, and who comes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from helpline.boards import briefing
from helpline.boards.wording import N_, catalogue, iso, say
from helpline.domain import callouts
from helpline.domain.access import Who
from helpline.domain.callouts import When, Why
from helpline.domain.routing import Listener
from helpline.store import callouts as rows
from helpline.store import line, people
from helpline.store.tables import Ask, CallOut
from helpline.store.transaction import Transaction

Board = dict[str, Any]

SHOWN_FOR = callouts.RECENT  # to coordinators
SHOWN_AT_MOST = 5

# What a volunteer reads, by how they stand to the call-out.
TO_VOLUNTEERS = {
    "asked": N_("People are waiting on the line. Can you help?"),
    "helping": N_(
        "Thank you for coming. You are on shift until it is calm again; press Ready if you are not."
    ),
    "declined": N_("That is all right. Thank you for saying so. You may still come."),
    "covered": N_("Thank you. It is covered now: you need not come."),
}

WHENS = {
    When.NEVER: N_("Do not ask me"),
    When.BY_DAY: N_("You may ask me between 8 in the morning and 10 at night"),
    When.ANY_TIME: N_("You may ask me at any hour"),
}

WHY = {
    Why.NOBODY: N_("Somebody at risk was waiting, and nobody was there."),
    Why.WAIT: N_("Somebody at risk would have waited too long."),
    Why.BY_HAND: N_("Started by hand by %(name)s."),
}


# -- for volunteers ---------------------------------------------------------------------------


def of_volunteer(
    tx: Transaction, who: Who, everybody: list[Listener], now: datetime
) -> Board | None:
    """The latest call-out, if this person may answer or has answered it; a while after its end,
    that it is covered. Nothing for who is on shift anyway."""
    it = next(iter(rows.since(tx, now - callouts.ANSWERS_OPEN_FOR)), None)
    state = _state(tx, it, rows.ask_of(tx, it.id, who.id), who, everybody) if it else None
    if it is None or state is None:
        return None
    text = say(who.language, TO_VOLUNTEERS[state])
    return {"id": it.id, "since": iso(it.started_at), "state": state, "text": text}


def _state(
    tx: Transaction, it: CallOut, asked: Ask | None, who: Who, everybody: list[Listener]
) -> str | None:
    """asked, helping, declined or covered; also who was not asked sees it, if they may be."""
    is_on_shift = any(each.id == who.id and each.on_shift for each in everybody)
    answer = asked.answer if asked else None
    if it.over_at is not None:
        return "covered" if asked and answer != "no" and not is_on_shift else None
    if answer == "yes":
        return "helping"
    if is_on_shift:
        return None
    if answer == "no":
        return "declined"
    is_willing = people.person(tx, who.id).may_be_asked != When.NEVER
    return "asked" if asked or is_willing else None


def choices(language: str) -> list[tuple[str, str]]:
    """What a volunteer may say of being asked: pairs of value and words."""
    return [(str(each), say(language, words)) for each, words in WHENS.items()]


# -- for coordinators and leads --------------------------------------------------------------------


def of_line(tx: Transaction, language: str, names: dict[str, str], now: datetime) -> list[Board]:
    """What runs and what ran in the last days, the newest first. Who comes is named; who cannot,
    or has not answered, is counted."""
    zone = line.line(tx).zone
    found = rows.since(tx, now - SHOWN_FOR)[:SHOWN_AT_MOST]
    return [_row(tx, each, language, names, zone, now) for each in found]


def running(tx: Transaction, language: str, names: dict[str, str], now: datetime) -> list[Board]:
    """What runs now, if anything."""
    it = rows.running(tx)
    return [] if it is None else [_row(tx, it, language, names, line.line(tx).zone, now)]


def _row(
    tx: Transaction, it: CallOut, language: str, names: dict[str, str], zone: str, now: datetime
) -> Board:
    asks = rows.asks(tx, it.id)
    come = [names.get(each.person_id, "") for each in asks if each.answer == "yes"]
    asked, cannot = sum(each.wave > 0 for each in asks), sum(each.answer == "no" for each in asks)
    unreached = sum(
        each.answer is None and each.tries > 0 and each.given_up_at is not None for each in asks
    )
    began = briefing.moment(language, zone, it.started_at, now)
    ended = briefing.moment(language, zone, it.over_at, now) if it.over_at else None
    return {
        "id": it.id,
        "running": it.over_at is None,
        "started_at": iso(it.started_at),
        "over_at": iso(it.over_at),
        "why": it.why,
        "waves": it.wave,
        "asked": asked,
        "come": sorted(come),
        "cannot": cannot,
        "unreached": unreached,
        "when": f"{began} – {ended}" if ended else began,
        "why_words": say(language, WHY[Why(it.why)], name=names.get(it.started_by or "", "")),
        "words": _counts(language, asked, sorted(come), cannot, unreached),
    }


def _counts(language: str, asked: int, come: list[str], cannot: int, unreached: int) -> str:
    """ "6 asked · 2 come: Ada, Ben · 1 cannot now"."""
    many = catalogue(language).ngettext
    parts = [many("%(n)d asked", "%(n)d asked", asked) % {"n": asked}]
    if come:
        said = many("%(n)d comes: %(names)s", "%(n)d come: %(names)s", len(come))
        parts.append(said % {"n": len(come), "names": ", ".join(come)})
    if cannot:
        parts.append(many("%(n)d cannot now", "%(n)d cannot now", cannot) % {"n": cannot})
    if unreached:
        lost = many("%(n)d could not be reached", "%(n)d could not be reached", unreached)
        parts.append(lost % {"n": unreached})
    return " · ".join(parts)
