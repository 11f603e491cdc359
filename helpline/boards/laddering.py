"""Coverage as a coordinator minds it: what is short and what was done, who came, who was told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from helpline.boards import briefing, gaps, noticing
from helpline.boards.wording import N_, catalogue, say
from helpline.domain import attendance, ladder, shifts
from helpline.domain.access import Who
from helpline.domain.attendance import Came
from helpline.domain.ladder import Rung
from helpline.store import line, occurrences, people, rungs, staffing
from helpline.store.shift_tables import Rung as Row
from helpline.store.shifts import plan
from helpline.store.staffing import Case
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

LOG_SHOWN = 50

RUNGS = {
    Rung.DIGEST: N_("named in the digest for the coordinators"),
    Rung.ASK: N_("volunteers asked"),
    Rung.UNCONFIRMED: N_("coordinators told who has not confirmed"),
    Rung.COORDINATOR: N_("coordinators told"),
    Rung.BACKUP: N_("people off shift called"),
    Rung.LEAD: N_("the lead paged"),
    Rung.NO_CHECK_IN: N_("asked who is not there"),
    Rung.NO_SHOW: N_("places opened again"),
}

PRESENT = {
    "here": N_("came at %(at)s"),
    "late": N_("came at %(at)s, after the start"),
    "open": N_("did not come; the place is open"),
    "awaited": N_("not seen yet"),
}


def board(store: Store, who: Who, now: datetime) -> Board:
    with store.reading() as tx:
        names, zone = people.names(tx), line.line(tx).zone
        near = staffing.cases(tx, now, within=ladder.DIGEST_LOOKS)
        return {
            "short": [_short(each, names, zone, who.language, now) for each in near if each.gaps],
            "running": _running(tx, names, zone, who.language, now),
            "log": [_entry(tx, each, names, zone, who.language, now) for each in _log(tx)],
            "sent": noticing.sent(tx, who, now),
        }


def _short(case: Case, names: dict[str, str], zone: str, language: str, now: datetime) -> Board:
    owner = next((each.acknowledged_by for each in case.climbed if each.acknowledged_by), None)
    span = case.span
    return {
        "pattern": span.pattern_id,
        "date": span.date.isoformat(),
        "title": span.title,
        "when": briefing.from_to(language, zone, span.starts_at, span.ends_at),
        "gaps": [gaps.sentence(language, zone, each) for each in case.gaps],
        "done": [
            _words(each, zone, language, now)
            for each in sorted(case.climbed, key=lambda each: each.climbed_at)
        ],
        "owner": names.get(owner or ""),
        "held": ladder.is_held(case.facts, now),
        "may_hold": bool(case.climbed) and not ladder.is_held(case.facts, now),
    }


def _words(row: Row, zone: str, language: str, now: datetime) -> str:
    """ "Thu 18:00: volunteers asked (3)"."""
    told = int(row.detail.get("told", 0))
    return "{at}: {what}{many}".format(
        at=briefing.moment(language, zone, row.climbed_at, now),
        what=say(language, RUNGS[ladder.rung_of(row.rung)]),
        many=f" ({told})" if told else "",
    )


def _log(tx: Transaction) -> list[Row]:
    return rungs.latest(tx, LOG_SHOWN)


def _entry(
    tx: Transaction, row: Row, names: dict[str, str], zone: str, language: str, now: datetime
) -> Board:
    many = catalogue(language).gettext
    owned = names.get(row.acknowledged_by or "")
    return {
        "day": briefing.day(language, row.on_date),
        "words": _words(row, zone, language, now),
        "state": many("over") if row.over_at else "",
        "owner": owned or "",
    }


def _running(
    tx: Transaction, names: dict[str, str], zone: str, language: str, now: datetime
) -> list[Board]:
    """The shifts that run, and who of those booked came: by name, as one looks for them."""
    rows = {(each.pattern_id, each.on_date) for each in occurrences.running(tx)}
    came = occurrences.who_came(tx, rows)
    found = []
    for span in shifts.spans(plan(tx), now, now + shifts.INSTANT):
        if (span.pattern_id, span.date) not in rows:
            continue
        found.append(
            {
                "title": span.title,
                "when": briefing.from_to(language, zone, span.starts_at, span.ends_at),
                "people": [
                    {
                        "name": names.get(each.person_id, ""),
                        "words": _came(
                            came.get(
                                (span.pattern_id, span.date, each.person_id), attendance.NOTHING
                            ),
                            span.starts_at, zone, language, now,
                        ),
                    }
                    for each in briefing.by_name(span.people, names)
                ],
            }
        )  # fmt: skip
    return found


def _came(came: Came, starts_at: datetime, zone: str, language: str, now: datetime) -> str:
    at = came.checked_in_at and briefing.moment(language, zone, came.checked_in_at, now)
    if at is not None:
        late = attendance.is_late(came, starts_at)
        return say(language, PRESENT["late" if late else "here"], at=at)
    return say(language, PRESENT["open" if came.no_show_at else "awaited"])
