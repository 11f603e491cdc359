"""What a volunteer sees of their own shifts: what is theirs, what is open, what others ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from helpline.boards import briefing, obstacles
from helpline.boards.planning import weekdays
from helpline.boards.wording import N_, iso, say
from helpline.domain import changes, eligibility, errors, openings, requests, shifts
from helpline.domain.access import Role, Who
from helpline.domain.eligibility import Crew, Level
from helpline.domain.requests import Kind, State
from helpline.domain.roster import DAY, Brings, Plan
from helpline.domain.shifts import Span
from helpline.store import eligible, people, wishes
from helpline.store import requests as rows
from helpline.store import shifts as rota
from helpline.store.shift_tables import ShiftRequest
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

CONFIRM_SHOWN = timedelta(days=3)  # so near a shift the page asks whether they come

# What these pages are refused with: the sentences of `domain.requests` and `domain.checks`.
REFUSED = (
    N_("This request was answered or taken back meanwhile."),
    N_("Somebody else was faster. Thank you for offering."),
    N_("You have asked about this shift already. Take that back first."),
    N_("This person may not take that shift. Please ask somebody else."),
    N_("Please choose which shift you would take for it."),
    N_("Please ask for a year at most."),
    N_("You may not take this shift."),
    N_("The last day comes before the first one."),
)

LEVELS = {
    Level.GLADLY: N_("gladly"),
    Level.CAN: N_("can"),
    Level.RATHER_NOT: N_("rather not"),
}

STATES = {
    State.ASKED: N_("waits for an answer"),
    State.AGREED: N_("agreed, waits for a coordinator"),
    State.DONE: N_("done"),
    State.DECLINED: N_("declined"),
    State.REFUSED: N_("refused by a coordinator"),
    State.WITHDRAWN: N_("taken back"),
    State.EXPIRED: N_("over"),
}

ASKED = {
    (Kind.COVER, True): N_("You asked %(name)s to take your shift %(when)s."),
    (Kind.COVER, False): N_("You asked whoever may to take your shift %(when)s."),
    (Kind.SWAP, True): N_("You offered %(name)s your shift %(when)s for %(back)s."),
    (Kind.SWAP, False): N_("You offered your shift %(when)s for %(back)s."),
    (Kind.TIME_OFF, True): N_("You asked for time off: %(when)s."),
    (Kind.TIME_OFF, False): N_("You asked for time off: %(when)s."),
}
QUESTIONS = {
    Kind.COVER: N_("%(name)s asks whether you can take the shift %(when)s."),
    Kind.SWAP: N_("%(name)s offers the shift %(when)s for your shift %(back)s."),
}


class Look(NamedTuple):
    """What every part of the page needs."""

    tx: Transaction
    who: Who
    plan: Plan
    crew: Crew
    names: dict[str, str]
    now: datetime

    def when(self, span: Span) -> str:
        return briefing.from_to(self.who.language, self.plan.zone, span.starts_at, span.ends_at)

    def say(self, sentence: str, **values: object) -> str:
        return say(self.who.language, sentence, **values)

    def name(self, person_id: str | None) -> str:
        return f"\u2068{self.names.get(person_id or '', '')}\u2069"


def board(store: Store, who: Who, now: datetime) -> Board:
    with store.reading() as tx:
        look = _look(tx, who, now)
        today = changes.today(look.plan, now)
        until = now + requests.SHOWN_AHEAD
        coming = [each for each in shifts.spans(look.plan, now, until) if each.ends_at > now]
        asked = rows.of_person(tx, who.id, today)
        me = people.person(tx, who.id)
        return {
            "zone": look.plan.zone,
            "today": today.isoformat(),
            "weekdays": weekdays(who.language),
            "mine": _mine(look, coming, asked),
            "open": list(_open(look, until)),
            "questions": list(_questions(look)),
            "asked": [_asked(look, each) for each in asked],
            "hours": _hours(look),
            "levels": [(each, look.say(words)) for each, words in LEVELS.items()],
            "blackouts": [
                {"id": each.id, "words": days(who.language, each.first_date, each.last_date)}
                for each in wishes.blackouts_of(tx, who.id, today)
            ],
            "limit": {
                "own": me.weekly_hours or 0,
                "line": obstacles.hours(look.crew.rules.week // timedelta(minutes=1)),
            },
            "checks": [
                {"name": name, "until": briefing.long_day(who.language, end) if end else ""}
                for name, end in sorted(_me(look).checks.items())
            ],
        }


def trade_board(store: Store, who: Who, pattern_id: str, on_date: date, now: datetime) -> Board:
    """One own shift, and to whom it may go. Refused: `not_found`, also where they do not serve."""
    with store.reading() as tx:
        look = _look(tx, who, now)
        span = requests.coming(look.plan, pattern_id, on_date, now)
        if not requests.serves_on(span, who.id):
            raise errors.NotFound
        role = requests.role_on(span, who.id)
        others = shifts.spans(look.plan, now, now + requests.SHOWN_AHEAD)
        back = {
            each: may
            for each in others
            if each.starts_at > now
            and (may := requests.who_may_swap(look.crew, span, role, each, who.id, now))
        }
        traders = {each for may in back.values() for each in may}
        coverers = requests.who_may_cover(look.crew, span, role, who.id, now)
        return {
            "pattern": pattern_id,
            "date": on_date.isoformat(),
            "words": look.when(span),
            "title": span.title,
            "with": _with(look, span),
            "asked": rows.is_asked(tx, who.id, pattern_id, on_date),
            "cover": _choices(look, coverers),
            "swap": _choices(look, traders),
            "back": [
                (
                    f"{each.pattern_id}:{each.date.isoformat()}",
                    f"{look.when(each)} ({', '.join(look.names.get(p, '') for p in sorted(may))})",
                )
                for each, may in back.items()
            ],
            "at_once": not requests.needs_approval(True, span.starts_at, now),
        }


def why_not(language: str, store: Store, refused: errors.Refused, now: datetime) -> list[str]:
    """A refusal in words; of a shift that may not be taken, everything that stands in the way."""
    found = getattr(refused, "obstacles", None)
    if not found:
        return [say(language, refused.message)]
    with store.reading() as tx:
        return obstacles.sentences(language, rota.plan(tx).zone, found, now)


def days(language: str, first: date, last: date) -> str:
    if first == last:
        return briefing.long_day(language, first)
    return f"{briefing.day(language, first)} – {briefing.long_day(language, last)}"


def level_hours(language: str, each: eligibility.Hours) -> str:
    """ "18:00–22:00 gladly"."""
    return f"{each.from_hour:02}:00–{each.to_hour:02}:00 {say(language, LEVELS[each.level])}"


# -- parts ----------------------------------------------------------------------------------------


def _look(tx: Transaction, who: Who, now: datetime) -> Look:
    return Look(tx, who, rota.plan(tx), eligible.crew(tx, now), people.names(tx), now)


def _me(look: Look) -> eligibility.Candidate:
    return look.crew.people.get(look.who.id) or eligibility.Candidate(
        look.who.id, frozenset(look.who.roles)
    )


def _mine(look: Look, coming: Iterable[Span], asked: list[ShiftRequest]) -> list[Board]:
    since = changes.today(look.plan, look.now) - 2 * DAY
    confirmed = wishes.confirmed(look.tx, look.who.id, since)
    open_for = {(each.pattern_id, each.on_date) for each in asked if each.state in requests.OPEN}
    found = []
    for span in coming:
        if not requests.serves_on(span, look.who.id):
            continue
        key = (span.pattern_id, span.date)
        has_begun = span.starts_at <= look.now
        found.append(
            {
                "pattern": span.pattern_id,
                "date": span.date.isoformat(),
                "title": span.title,
                "words": look.when(span),
                "starts_at": iso(span.starts_at),
                "ends_at": iso(span.ends_at),
                "leads": requests.role_on(span, look.who.id) == Role.LEAD,
                "with": _with(look, span),
                "runs": has_begun,
                "confirmed": key in confirmed,
                "confirm": not has_begun
                and key not in confirmed
                and span.starts_at - look.now <= CONFIRM_SHOWN,
                "asked": key in open_for,
            }
        )
    return found


def _with(look: Look, span: Span) -> list[str]:
    return sorted(
        look.names.get(each.person_id, "") for each in span.people if each.person_id != look.who.id
    )


def _open(look: Look, until: datetime) -> Iterable[Board]:
    """Open places in roles of theirs; those they may take first in time, with the reasons else."""
    me = _me(look)
    for each in openings.openings(look.plan, rota.needs(look.tx), look.now, until):
        brings = look.plan.people.get(me.id, Brings())
        places = each.lack.places(each.role, brings, each.span)
        if not places or requests.serves_on(each.span, me.id):
            continue
        found = eligibility.obstacles(look.crew, me, each.span, each.role, look.now, signs_up=True)
        if any(obstacle.why == eligibility.Why.ROLE for obstacle in found):
            continue
        language, zone = look.who.language, look.plan.zone
        yield {
            "pattern": each.span.pattern_id,
            "date": each.span.date.isoformat(),
            "title": each.span.title,
            "role": each.role,
            "words": look.when(each.span),
            "with": _with(look, each.span),
            "places": places,
            "level": look.say(LEVELS[eligibility.level(zone, me, each.span)]),
            "obstacles": obstacles.sentences(language, zone, found, look.now),
        }


def _questions(look: Look) -> Iterable[Board]:
    """What others ask of this person, or of whoever may: only where they still could agree."""
    today = changes.today(look.plan, look.now)
    for row in rows.to_answer(look.tx, look.who.id, today - DAY):
        try:
            span = requests.coming(look.plan, row.pattern_id or "", row.on_date, look.now)
            role = requests.role_on(span, row.by_id)
            back = _back(look, row)
        except errors.Refused:
            continue
        found = eligibility.obstacles(
            look.crew, _me(look), span, role, look.now, in_place_of=row.by_id, gives=back
        )
        stranger = row.to_id is None
        if stranger and (found or (back and not requests.serves_on(back, look.who.id))):
            continue
        yield {
            "id": row.id,
            "words": look.say(
                QUESTIONS[Kind(row.kind)],
                name=look.name(row.by_id),
                when=look.when(span),
                back=look.when(back) if back else "",
            ),
            "to_you": not stranger,
            "agreed": row.state == State.AGREED,
            "obstacles": obstacles.sentences(look.who.language, look.plan.zone, found, look.now),
        }


def _asked(look: Look, row: ShiftRequest) -> Board:
    words = ASKED[Kind(row.kind), row.to_id is not None]
    return {
        "id": row.id,
        "words": look.say(
            words,
            name=look.name(row.to_id),
            when=when_of(look.plan, look.who.language, row),
            back=back_of(look.plan, look.who.language, row),
        ),
        "state": row.state,
        "state_words": look.say(STATES[State(row.state)]),
        "open": row.state in requests.OPEN,
    }


def when_of(plan: Plan, language: str, row: ShiftRequest) -> str:
    """The shift a request is about, or its days."""
    if row.pattern_id is None:
        return days(language, row.on_date, row.until_date or row.on_date)
    return _span_words(plan, language, row.pattern_id, row.on_date)


def back_of(plan: Plan, language: str, row: ShiftRequest) -> str:
    if row.return_pattern_id is None or row.return_date is None:
        return ""
    return _span_words(plan, language, row.return_pattern_id, row.return_date)


def _span_words(plan: Plan, language: str, pattern_id: str, day: date) -> str:
    try:
        span = requests.occurrence(plan, pattern_id, day)
    except errors.NotFound:
        return briefing.day(language, day)
    return briefing.from_to(language, plan.zone, span.starts_at, span.ends_at)


def _back(look: Look, row: ShiftRequest) -> Span | None:
    if row.return_pattern_id is None or row.return_date is None:
        return None
    return requests.coming(look.plan, row.return_pattern_id, row.return_date, look.now)


def _hours(look: Look) -> list[Board]:
    """What they said of each weekday that they said something of."""
    names, said = weekdays(look.who.language), wishes.hours_of(look.tx, look.who.id)
    return [
        {
            "weekday": number,
            "day": names[number],
            "words": [
                level_hours(look.who.language, each) for each in said if each.weekday == number
            ],
        }
        for number in sorted({each.weekday for each in said})
    ]


def _choices(look: Look, ids: Iterable[str]) -> list[tuple[str, str]]:
    return sorted(((each, look.names.get(each, "")) for each in ids), key=lambda one: one[1])
