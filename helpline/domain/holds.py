"""Holds: one chat is kept from being forgotten, for a while, by two people and for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from . import bounds, errors

LAPSES_AFTER = timedelta(hours=72)  # asked for by one person: a second one agrees until then
COMPLAINT_HOLDS = timedelta(days=14)  # by a visitor's complaint: one person may prolong it
# as long as nobody says else, at least, at most: after two people agreed
SETTINGS: bounds.Settings = {"days": (30, 1, 90)}
DAYS, _LEAST, DAYS_AT_MOST = SETTINGS["days"]
REASON_LENGTH = 1_000


class Why(StrEnum):
    """In general: a visitor who asks for deletion is told this much."""

    COMPLAINT = "complaint"
    INCIDENT = "incident"
    SAFETY = "safety"
    LAW = "law"


ASKED_FOR = (Why.INCIDENT, Why.SAFETY, Why.LAW, Why.COMPLAINT)


@dataclass(frozen=True, slots=True)
class Hold:
    """`asked_by` is nobody where a visitor's complaint placed it; `days` counts from agreement."""

    asked_by: str | None
    days: int
    until: datetime
    agreed_by: str | None = None
    released_at: datetime | None = None


def require_days(days: int) -> int:
    """Refused: `bad_request`."""
    bounds.require(SETTINGS, "days", days)
    return days


def first_until(why: Why, now: datetime, *, by_visitor: bool) -> datetime:
    """Until when it stands before a second person agreed."""
    return now + (COMPLAINT_HOLDS if by_visitor and why is Why.COMPLAINT else LAPSES_AFTER)


def agreed_until(days: int, now: datetime) -> datetime:
    return now + timedelta(days=days)


def stands(hold: Hold, now: datetime) -> bool:
    return hold.released_at is None and now < hold.until


def waits(hold: Hold, now: datetime) -> bool:
    """Whether it stands and a second person has not agreed."""
    return stands(hold, now) and hold.agreed_by is None


def require_may_ask(person_id: str, earlier: list[Hold]) -> None:
    """One person alone holds a chat once: what lapsed because nobody agreed is not asked for anew
    by the same person, and what stands is not asked for twice. Refused: `not_allowed`."""
    if any(each.asked_by == person_id and each.agreed_by is None for each in earlier):
        raise errors.AskedBefore


def require_second(hold: Hold, person_id: str, *, held_it: bool) -> None:
    """Who agrees is somebody else, and was not in the chat. Refused: `not_allowed`."""
    if hold.asked_by == person_id:
        raise errors.SecondPerson
    require_apart(held_it=held_it)


def require_apart(*, held_it: bool) -> None:
    """Who was in the chat does not decide about it. Refused: `not_allowed`."""
    if held_it:
        raise errors.IsConcerned
