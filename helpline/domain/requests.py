"""What volunteers ask of each other and of the line about single shifts, and when it still may be.

A request is a plain chain: asked, agreed (where a coordinator has the last word), done. Every step
looks at the plan as it is then; what has begun is history.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from . import changes, eligibility, errors, roster, shifts
from .access import Role
from .eligibility import Crew, Obstacle
from .roster import Plan
from .shifts import Span

SHORT_NOTICE = timedelta(hours=24)  # who cannot come so soon is off at once: a gap that is seen
OFF_AT_MOST = timedelta(days=366)
SHOWN_AHEAD = timedelta(weeks=6)
ASKED_AT_ONCE = 5  # of "whoever may", these hear of it; it stands on everybody's page


class Kind(StrEnum):
    SWAP = "swap"
    COVER = "cover"
    TIME_OFF = "time_off"
    TAKE = "take"


class State(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"  # by the other; a coordinator has the last word
    DONE = "done"
    DECLINED = "declined"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


OPEN = (State.ASKED, State.AGREED)
# What a coordinator decides: by then the other has agreed, and time off asks nobody else.
AWAITS_APPROVAL = {
    Kind.SWAP: State.AGREED,
    Kind.COVER: State.AGREED,
    Kind.TIME_OFF: State.ASKED,
}


class RequestIsOver(errors.Stale):
    message = "This request was answered or taken back meanwhile."


class PlaceIsTaken(errors.Stale):
    message = "Somebody else was faster. Thank you for offering."


class AlreadyAsked(changes.NotPlanned):
    message = "You have asked about this shift already. Take that back first."


class AskSomebodyElse(changes.NotPlanned):
    message = "This person may not take that shift. Please ask somebody else."


class NoSwapWithoutReturn(changes.NotPlanned):
    message = "Please choose which shift you would take for it."


class TooLongAway(changes.NotPlanned):
    message = "Please ask for a year at most."


class MayNotTake(errors.Refused):
    """`obstacles` say why; the boards make sentences of them."""

    code: ClassVar[str] = "bad_request"
    message = "You may not take this shift."

    def __init__(self, obstacles: Sequence[Obstacle] = ()) -> None:
        self.obstacles = list(obstacles)
        super().__init__(
            field="shift",
            obstacles=[
                {"why": each.why, "number": each.number, "limit": each.limit, "name": each.name}
                for each in obstacles
            ],
        )


def occurrence(plan: Plan, pattern_id: str, day: date) -> Span:
    """The shift of that day, with who serves now. Refused: `not_found`, cancelled ones too."""
    pattern = next((each for each in plan.patterns if each.id == pattern_id), None)
    if pattern is None or not any(roster.dates(pattern, day, day)):
        raise errors.NotFound
    for span in shifts.spans(plan, *shifts.edges(plan, pattern, day)):
        if (span.pattern_id, span.date) == (pattern_id, day):
            return span
    raise errors.NotFound


def coming(plan: Plan, pattern_id: str, day: date, now: datetime) -> Span:
    """As `occurrence`. Refused also: one that has begun."""
    span = occurrence(plan, pattern_id, day)
    if span.starts_at <= now:
        raise changes.DayIsOver(field="shift")
    return span


def role_on(span: Span, person_id: str) -> Role:
    """In which role somebody serves there. Refused when they do not."""
    for each in span.people:
        if each.person_id == person_id:
            return each.role
    raise changes.NotBooked(field="shift")


def serves_on(span: Span, person_id: str) -> bool:
    return any(each.person_id == person_id for each in span.people)


def require_days_off(plan: Plan, first: date, last: date, now: datetime) -> None:
    changes.require_plannable(plan, first, "first_date", now)
    changes.require_near(plan, last, "last_date", now)
    if last < first:
        raise changes.DaysCrossed(field="last_date")
    if last - first > OFF_AT_MOST:
        raise TooLongAway(field="last_date")


def needs_approval(asked_for: bool, starts_at: datetime, now: datetime) -> bool:
    """Whether time off waits for a coordinator: never at short notice, since whoever falls ill
    does not come, and the line should know it at once."""
    return asked_for and starts_at - now > SHORT_NOTICE


def who_may_cover(crew: Crew, span: Span, role: Role, for_id: str, now: datetime) -> list[str]:
    """Who may come in this person's place, those to ask first in front."""
    able = [
        each
        for each in crew.people.values()
        if each.id != for_id
        and not eligibility.obstacles(crew, each, span, role, now, in_place_of=for_id)
    ]
    return [each.id for each in eligibility.rank(crew, able, span)]


def who_may_swap(
    crew: Crew, span: Span, role: Role, back: Span, for_id: str, now: datetime
) -> list[str]:
    """Who serves on `back` and may trade it with this person; nobody when that one may not."""
    asker = crew.people.get(for_id)
    if asker is None or serves_on(back, for_id):
        return []
    able = []
    for there in back.people:
        other = crew.people.get(there.person_id)
        if (
            other is not None
            and not eligibility.obstacles(
                crew, other, span, role, now, in_place_of=for_id, gives=back
            )
            and not eligibility.obstacles(
                crew, asker, back, there.role, now, in_place_of=other.id, gives=span
            )
        ):
            able.append(other)
    return [each.id for each in eligibility.rank(crew, able, span)]


def require_none(obstacles: list[Obstacle]) -> None:
    if obstacles:
        raise MayNotTake(obstacles)
