"""Suggested rosters as a coordinator reads them: how far, what changes, what stays open and why."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from babel.numbers import format_percent

from helpline.boards import briefing
from helpline.boards.wording import N_, catalogue, say
from helpline.domain import changes, proposals, shifts, walltime
from helpline.domain.access import Who
from helpline.domain.eligibility import Why
from helpline.domain.proposals import State
from helpline.domain.roster import DAY
from helpline.domain.shifts import Span
from helpline.domain.unfilled import Binds
from helpline.store import people
from helpline.store import proposals as rows
from helpline.store import shifts as rota
from helpline.store.shift_tables import RosterProposal
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

SHOWN = 10

STATES = {
    State.ASKED: N_("asked for"),
    State.RUNNING: N_("being thought out"),
    State.READY: N_("ready"),
    State.FAILED: N_("failed"),
    State.PUBLISHED: N_("published"),
    State.DROPPED: N_("dropped"),
}
FAILED = {
    "lost": N_("The server stopped while it was thought out. Nothing was changed: ask again."),
    "died": N_("The process that thought it out ended early. Nothing was changed: ask again."),
    "late": N_("It took too long. Nothing was changed: ask again, perhaps for fewer weeks."),
}
METHODS = {
    "solver": N_("Thought out by the solver."),
    "greedy": N_("Made the plain way, shift by shift."),
}
REFUSED = (
    N_("A roster is being thought out already. Wait for it, or drop it."),
    N_("This roster cannot be published: it is not ready, or was decided about before."),
    N_(
        "The roster changed meanwhile, and some of this can no longer be. Nothing was published. "
        "Ask for a new suggestion."
    ),
)

# Why nobody more could be put there: of how many people it is said. Plural first where it has one.
WHY = {
    str(Binds.NO_SHIFT): N_("no shift is planned then"),
    str(Binds.NOBODY_TRAINED): N_("nobody has that role, training or language"),
    str(Binds.ALL_SERVE): N_("all who could serve then already: %(n)s"),
    str(Binds.RATHER_NOT): N_("would rather not: %(n)s"),
    str(Binds.FREE): N_("may still be asked: %(n)s"),
    str(Why.REST): N_("would have too little rest: %(n)s"),
    str(Why.WEEK_FULL): N_("have no hours left in that week: %(n)s"),
    str(Why.BOOKED): N_("are booked then: %(n)s"),
    str(Why.BLACKOUT): N_("are away: %(n)s"),
    str(Why.TOO_LONG): N_("would serve too long in one go: %(n)s"),
    str(Why.CHECK_MISSING): N_("lack a check: %(n)s"),
    str(Why.CHECK_EXPIRED): N_("have a check that has run out: %(n)s"),
    str(Why.NO_MENTOR): N_("would need a mentor: %(n)s"),
    str(Why.ALL_NEW): N_("would be new people among themselves: %(n)s"),
    str(Why.ROLE): N_("do not have the role: %(n)s"),
    str(Why.BEGUN): N_("the shift has begun"),
    str(Why.NOT_OPEN_YET): N_("not open yet: %(n)s"),
}


def proposals_board(store: Store, who: Who, now: datetime) -> Board:
    """The latest, and from when on one can be asked for."""
    with store.reading() as tx:
        today = changes.today(rota.plan(tx), now)
        found = rows.latest(tx, SHOWN)
        return {
            "today": today.isoformat(),
            "next_monday": (today + (7 - today.weekday()) * DAY).isoformat(),
            "weeks_at_most": proposals.WEEKS_AT_MOST,
            "under_way": any(each.state in proposals.UNDER_WAY for each in found),
            "proposals": [_summary(tx, each, who.language, now) for each in found],
        }


def proposal_board(store: Store, who: Who, proposal_id: str, now: datetime) -> Board:
    """One of them, whole. Refused: `not_found`."""
    with store.reading() as tx:
        row = rows.proposal(tx, proposal_id)
        shown = _summary(tx, row, who.language, now)
        if row.result:
            shown |= {
                "shifts": _diff(tx, row, who.language),
                "unfilled": _unfilled(tx, row, who.language),
            }
        return shown


def _summary(tx: Transaction, row: RosterProposal, language: str, now: datetime) -> Board:
    zone = rota.plan(tx).zone
    state = State(row.state)
    known = row.result or row.progress
    return {
        "id": row.id,
        "days": " – ".join(
            briefing.day(language, each) for each in (row.first_date, row.last_date)
        ),
        "first_date": row.first_date.isoformat(),
        "last_date": row.last_date.isoformat(),
        "state": state,
        "state_words": say(language, STATES[state]),
        "asked": briefing.moment(language, zone, row.made_at, now),
        "by": people.names(tx).get(row.made_by, ""),
        "may_move": bool(row.progress.get("may_move")),
        "is_under_way": state in proposals.UNDER_WAY,
        "may_publish": state == State.READY,
        "may_drop": state in proposals.MAY_DROP,
        "method": known.get("method"),
        "cost": known.get("cost"),
        "bound": known.get("bound"),
        "coverage": known.get("coverage"),
        "coverage_now": known.get("coverage_now"),
        "words": _words(language, row, state),
        "hint": _hint(language, row) if state in proposals.UNDER_WAY else "",
    }


def _hint(language: str, row: RosterProposal) -> str:
    """The figures behind it, while somebody watches them fall and rise."""
    if "cost" not in row.progress:
        return ""
    told = say(language, N_("Best so far costs %(cost)s."), cost=row.progress["cost"])
    if row.progress.get("bound") is None:
        return told
    bound = round(row.progress["bound"])
    least = say(language, N_("None can cost less than %(bound)s."), bound=bound)
    return f"{told} {least}"


def _words(language: str, row: RosterProposal, state: State) -> str:
    """How far it is, or what it would do."""
    if state == State.FAILED:
        return say(language, FAILED[row.progress.get("why", "died")])
    known = row.result or row.progress
    if "coverage" not in known:
        return ""
    parts = [
        say(
            language,
            N_("%(then)s of the need is met, now %(now)s."),
            then=_percent(language, known["coverage"]),
            now=_percent(language, known["coverage_now"]),
        )
    ]
    if row.result:
        parts.append(say(language, METHODS[row.result["method"]]))
        if row.progress.get("solver_failed"):
            parts.append(say(language, N_("The solver failed.")))
    bound, cost = known.get("bound"), known["cost"]
    if bound is not None and cost:
        left = max(0.0, (cost - bound) / cost)
        parts.append(
            say(language, N_("There is no better one."))
            if left < 0.0005
            else say(
                language,
                N_("At most %(percent)s could still be gained."),
                percent=_percent(language, left),
            )
        )
    return " ".join(parts)


def _diff(tx: Transaction, row: RosterProposal, language: str) -> list[Board]:
    """Shift by shift what would change, in the order of time."""
    plan, names = rota.plan(tx), people.names(tx)
    start = walltime.midnight(plan.zone, row.first_date)
    end = walltime.midnight(plan.zone, row.last_date + DAY)
    spans = {(each.pattern_id, each.date): each for each in shifts.spans(plan, start, end)}
    told: dict[tuple[str, date], dict[str, list[Board]]] = defaultdict(
        lambda: {"added": [], "removed": []}
    )
    for kind in ("added", "removed"):
        for pattern_id, day, person_id, role in row.result[kind]:
            told[pattern_id, date.fromisoformat(day)][kind].append(
                {"id": person_id, "name": names.get(person_id, ""), "role": role}
            )
    found = [
        _shift(language, plan.zone, spans.get(key), key, names) | changed
        for key, changed in told.items()
    ]
    for each in found:
        for kind in ("added", "removed"):
            each[kind].sort(key=lambda one: one["name"].casefold())
    return sorted(found, key=lambda each: (each["starts_at"], each["title"]))


def _shift(
    language: str,
    zone: str,
    span: Span | None,
    key: tuple[str, date],
    names: dict[str, str],
) -> Board:
    """What the shift is today; one that is gone meanwhile says so."""
    pattern_id, day = key
    if span is None:
        off = say(language, N_("%(day)s: this shift is off now"), day=briefing.day(language, day))
        return {
            "pattern": pattern_id,
            "date": day.isoformat(),
            "starts_at": day.isoformat(),
            "title": "",
            "words": off,
            "people": [],
        }
    starts, ends = (walltime.local(zone, each) for each in (span.starts_at, span.ends_at))
    return {
        "pattern": pattern_id,
        "date": day.isoformat(),
        "starts_at": span.starts_at.isoformat(),
        "title": span.title,
        "words": f"{briefing.day(language, day)}, {starts:%H:%M}–{ends:%H:%M}",
        "people": [
            {"id": each.person_id, "name": names.get(each.person_id, ""), "role": each.role}
            for each in briefing.by_name(span.people, names)
        ],
    }


def _unfilled(tx: Transaction, row: RosterProposal, language: str) -> list[Board]:
    zone = rota.plan(tx).zone
    found = []
    for each in row.result["unfilled"]:
        starts, ends = (
            walltime.local(zone, datetime.fromisoformat(each[edge]))
            for edge in ("starts_at", "ends_at")
        )
        found.append(
            each
            | {
                "words": say(
                    language,
                    N_("%(when)s: %(missing)s; %(why)s"),
                    when=f"{briefing.day(language, starts.date())}, {starts:%H:%M}–{ends:%H:%M}",
                    missing=_missing(language, each),
                    why=", ".join(say(language, WHY[code], n=n) for code, n in each["why"]),
                )
            }
        )
    return found


def _missing(language: str, each: Board) -> str:
    """ "1 listener, 1 lead missing"."""
    many = catalogue(language).ngettext
    parts = []
    if each["listeners"]:
        told = many("%(n)d listener missing", "%(n)d listeners missing", each["listeners"])
        parts.append(told % {"n": each["listeners"]})
    if each["leads"]:
        told = many("%(n)d lead missing", "%(n)d leads missing", each["leads"])
        parts.append(told % {"n": each["leads"]})
    if each["minors"]:
        parts.append(say(language, N_("nobody more trained for minors")))
    if each["languages"]:
        spoken = ", ".join(briefing.language_name(language, one) for one in each["languages"])
        parts.append(say(language, N_("nobody speaks %(languages)s"), languages=spoken))
    return ", ".join(parts)


def _percent(language: str, share: float) -> str:
    return format_percent(share, format="#,##0%", locale=language)
