"""Where cover is below need: as data for tools, and as a sentence for people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from babel.lists import format_list

from helpline.boards import briefing
from helpline.boards.wording import N_, iso, say
from helpline.domain import coverage, walltime
from helpline.domain.cover import Heads
from helpline.domain.coverage import Gap, Kind, Shortfall
from helpline.domain.roster import Plan
from helpline.store import shifts as rota
from helpline.store.transaction import Transaction

Board = dict[str, Any]

# Few enough to be said as one says them.
NUMBERS = (
    N_("none"), N_("one"), N_("two"), N_("three"), N_("four"), N_("five"), N_("six"), N_("seven"),
    N_("eight"), N_("nine"), N_("ten"),
)  # fmt: skip
A_DAY = timedelta(hours=16)  # from here on the second day is said as well


def between(
    tx: Transaction, plan: Plan, language: str, start: datetime, end: datetime
) -> list[Board]:
    found = coverage.gaps(plan, rota.needs(tx), start, end)
    return [as_dict(language, plan.zone, gap) for gap in found]


def as_dict(language: str, zone: str, gap: Gap) -> Board:
    return {
        "starts_at": iso(gap.starts_at),
        "ends_at": iso(gap.ends_at),
        "when": briefing.from_to(language, zone, gap.starts_at, gap.ends_at),
        "need": heads(gap.need),
        "cover": heads(gap.cover),
        "reason": gap.reason.kind,
        "missing": {
            "listeners": gap.reason.listeners,
            "leads": gap.reason.leads,
            "minors": gap.reason.minors,
            "languages": list(gap.reason.languages),
        },
        "words": words(language, gap),
        "says": sentence(language, zone, gap),
    }


def heads(of: Heads) -> Board:
    return of._asdict() | {"languages": sorted(of.languages)}


def sentence(language: str, zone: str, gap: Gap) -> str:
    """ "Tue 19 Jan 21–23: one of two, nobody speaks Spanish"."""
    start, end = (walltime.local(zone, each) for each in (gap.starts_at, gap.ends_at))
    first, last = (f"{each:%H}" if not each.minute else f"{each:%H:%M}" for each in (start, end))
    when = f"{briefing.day(language, start.date())} {first}–{last}"
    if gap.ends_at - gap.starts_at > A_DAY:
        day = briefing.day(language, end.date())
        when = f"{briefing.day(language, start.date())} {first} – {day} {last}"
    return f"{when}: {words(language, gap)}"


def words(language: str, gap: Gap) -> str:
    """ "one of two, no lead, nobody speaks Spanish"."""
    need, cover, lacks = gap.need, gap.cover, gap.reason
    if lacks.kind == Kind.NOBODY and (need.listeners or need.leads):
        needed = briefing.heads(language, need.listeners, need.leads)
        return say(language, N_("nobody can take a new chat, needed: %(needed)s"), needed=needed)
    parts = []
    if lacks.listeners:
        parts.append(_of(language, N_("%(there)s of %(needed)s"), cover.listeners, need.listeners))
    if lacks.leads and not cover.leads:
        parts.append(say(language, N_("no lead")))
    elif lacks.leads:
        parts.append(_of(language, N_("%(there)s of %(needed)s leads"), cover.leads, need.leads))
    if lacks.minors and cover.minors:
        trained = N_("%(there)s of %(needed)s trained for minors")
        parts.append(_of(language, trained, cover.minors, need.minors))
    return ", ".join([*parts, *untrained(language, lacks, some=bool(cover.minors))])


def untrained(language: str, lacks: Shortfall, *, some: bool = False) -> list[str]:
    """What nobody there brings along, of that which is asked for."""
    parts = []
    if lacks.minors and not some:
        parts.append(say(language, N_("nobody is trained for minors")))
    if lacks.languages:
        spoken = [briefing.language_name(language, code) for code in lacks.languages]
        names = format_list(spoken, style="or", locale=language)
        parts.append(say(language, N_("nobody speaks %(languages)s"), languages=names))
    return parts


def _of(language: str, sentence: str, there: int, needed: int) -> str:
    return say(language, sentence, there=_number(language, there), needed=_number(language, needed))


def _number(language: str, number: int) -> str:
    return say(language, NUMBERS[number]) if number < len(NUMBERS) else str(number)
