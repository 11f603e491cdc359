"""Check-ins that a visitor agreed to: the window, who looks after it, when it is late, when missed.

Nothing happens without a yes. What is not written in time is told to people, never to the visitor
as if it had been.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from . import bounds, errors, walltime

FOLLOW_UPS = "follow_ups"
DAYS_AHEAD = "follow_up_days"
# setting -> (as long as nobody sets it, the smallest, the largest)
SETTINGS: Mapping[str, tuple[int, int, int]] = {
    FOLLOW_UPS: (1, 0, 1),
    DAYS_AHEAD: (7, 1, 30),  # a window ends at most so many days from now
}
SWITCHES = frozenset({FOLLOW_UPS})

LENGTH = 2_000  # code points of what is written at a check-in
SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=24)
NOT_BEFORE = timedelta(minutes=30)  # from now: there must be time to say yes
EARLY = (timedelta(hours=24), timedelta(hours=2))  # one early reminder at most: the first that fits
MISSED_AFTER = timedelta(hours=24)  # the end of the window
READ_FOR = timedelta(days=7)  # how long the visitor's page still opens for it afterwards


class State(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    LAPSED = "lapsed"  # the window began without an answer
    CANCELLED = "cancelled"  # by the visitor
    WITHDRAWN = "withdrawn"  # by us
    WRITTEN = "written"
    MET = "met"  # they came back themselves, and somebody answers
    MISSED = "missed"


_S = State

LAWFUL: dict[State, frozenset[State]] = {
    _S.ASKED: frozenset({_S.AGREED, _S.DECLINED, _S.LAPSED, _S.WITHDRAWN}),
    _S.AGREED: frozenset({_S.CANCELLED, _S.WITHDRAWN, _S.WRITTEN, _S.MET, _S.MISSED}),
    _S.MISSED: frozenset({_S.CANCELLED, _S.WRITTEN, _S.MET}),
}

PENDING = frozenset({_S.ASKED, _S.AGREED})
TO_WRITE = frozenset({_S.AGREED, _S.MISSED})
# What somebody with the code of the chat may know of: that it was agreed, and never any words.
KNOWN_WITH_A_CODE = frozenset({_S.AGREED, _S.WITHDRAWN, _S.WRITTEN, _S.MET, _S.MISSED})
# How long the chat's own page still opens: not for what never was, or what its visitor took back.
KEEPS_THE_PAGE = frozenset({_S.AGREED, _S.WITHDRAWN, _S.WRITTEN, _S.MISSED})


class NotAWindow(errors.BadRequest):
    message = "A check-in takes between 30 minutes and 24 hours."


class TooSoon(errors.BadRequest):
    message = "Please choose a time that begins in half an hour or later."


class TooFar(errors.BadRequest):
    message = "This is too far ahead: check-ins are possible within %(days)s days."

    @property
    def values(self) -> dict[str, object]:
        return {"days": self.extra.get("days", "")}


class NoFollowUps(errors.NotAllowed):
    message = "This line agrees no check-ins."


class OneAtATime(errors.NotAllowed):
    message = "There is a check-in with this person already. Take it back first."


class NotYet(errors.NotAllowed):
    message = "The time you agreed on has not begun."


class FollowUpOver(errors.OfferGone):
    message = "This is over already."


class FollowUpTaken(errors.OfferTaken):
    message = "Somebody else has written it already."


def are_made(policies: bounds.Policies) -> bool:
    return bool(bounds.number(policies, SETTINGS, FOLLOW_UPS))


def days_ahead(policies: bounds.Policies, keep_days: int) -> int:
    """How far ahead, and never beyond the day on which the words of a chat are forgotten."""
    return min(bounds.number(policies, SETTINGS, DAYS_AHEAD), max(1, keep_days - 1))


def window(zone: str, day: date, since: time, until: time) -> tuple[datetime, datetime]:
    """The instants of a window on the wall; an end that is not after its start is of the next day.

    Of a repeated hour the first reading begins it and the last one ends it: nobody is late who
    reads the other one.
    """
    ends_on = day if until > since else day + timedelta(days=1)
    return (
        walltime.first_instant(zone, datetime.combine(day, since)),
        walltime.last_instant(zone, datetime.combine(ends_on, until)),
    )


def require_window(starts_at: datetime, ends_at: datetime, now: datetime, *, days: int) -> None:
    """Refused with `bad_request`, the field and what would be possible."""
    if not SHORTEST <= ends_at - starts_at <= LONGEST:
        raise NotAWindow(field="until")
    if starts_at - now < NOT_BEFORE:
        raise TooSoon(field="from")
    if ends_at - now > timedelta(days=days):
        raise TooFar(field="day", days=days)


def require_move(old: str, new: State) -> None:
    """Refused with `offer_gone` when it is over, or was never agreed."""
    if new not in LAWFUL.get(State(old), frozenset()):
        raise FollowUpOver


def early_at(agreed_at: datetime, starts_at: datetime) -> datetime | None:
    """When the one early reminder is due; None when the window is too near for any."""
    return next((starts_at - each for each in EARLY if agreed_at < starts_at - each), None)


def leads_told_at(starts_at: datetime, ends_at: datetime, *, somebody_has_it: bool) -> datetime:
    """When the leads hear that nobody has written: at once if nobody is left to do it."""
    return starts_at + (ends_at - starts_at) / 2 if somebody_has_it else starts_at


def is_due(starts_at: datetime, now: datetime) -> bool:
    return now >= starts_at


def is_late(ends_at: datetime, now: datetime) -> bool:
    return now >= ends_at


def is_missed(ends_at: datetime, now: datetime) -> bool:
    return now - ends_at >= MISSED_AFTER


def page_opens_until(ends_at: datetime, written_at: datetime | None) -> datetime:
    """How long the visitor's own page opens for it: their words are not on it any more."""
    return max(ends_at, written_at or ends_at) + READ_FOR


def as_said(zone: str, starts_at: datetime, ends_at: datetime) -> str:
    """How a window stands in the transcript until it is shown in somebody's words."""
    return f"{starts_at.isoformat()}/{ends_at.isoformat()}/{zone}"


def said(kept: str) -> tuple[datetime, datetime, str]:
    """The window of `as_said`, and its zone."""
    starts_at, ends_at, zone = kept.split("/", 2)
    return datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at), zone
