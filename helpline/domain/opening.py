"""Whether the line is open now, why not, and when it opens next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from . import cover, errors, shifts
from .cover import Piece
from .roster import DAY, Plan

COVER_LOOKS = 2 * DAY
STAYS_OPEN = timedelta(minutes=5)
BY_HAND_HOURS = 24  # the longest that a hand may be asked to hold
OPENING_LOOKS = 14 * DAY  # beyond a fortnight a promise of opening is not worth making


class Why(StrEnum):
    OPEN = "open"
    CLOSED_BY_HAND = "closed_by_hand"
    OUTSIDE_HOURS = "outside_hours"
    CLOSED_DAY = "closed_day"
    LAST_ENTRY = "last_entry"
    NOBODY_READY = "nobody_ready"
    NO_LEAD = "no_lead"


class ByHand(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Opening:
    """The line's state with its reason; `opens_at` only while closed, and only if known."""

    open: bool
    why: Why
    opens_at: datetime | None = None


def may_open(*, ready: int, min_ready: int, lead_reachable: bool) -> Why:
    """Whether those who are there suffice: OPEN, or what is missing."""
    if ready < max(1, min_ready):
        return Why.NOBODY_READY
    return Why.OPEN if lead_reachable else Why.NO_LEAD


def line_is_open(
    *,
    by_hand: ByHand | None,
    cover_ends: datetime | None,
    last_entry: timedelta,
    ready: int,
    min_ready: int,
    lead_reachable: bool,
    opens_at: datetime | None,
    now: datetime,
    is_open: bool = False,
    emptied_at: datetime | None = None,
    closed_day: bool = False,
) -> Opening:
    """The state of the line for a new visitor.

    1. Closed by hand is closed, and nobody knows until when. Open by hand is open, whoever is
       there: the one who holds it open answers for it, and is paged when nobody can take a chat.
    2. Nobody booked (`cover_ends` is None), or too near the end of continuous cover: closed. On a
       `closed_day` that was declared before, and everybody may know it.
    3. It opens once enough are ready and a lead is reachable.
    4. A line that `is_open` stays so for some minutes after it emptied at `emptied_at`: whoever
       was there may be back at once, and somebody has been told.

    `ready` counts those on shift who said so and are there, also while all their seats are
    taken: a full line has a queue, it is not closed.
    """
    if by_hand == ByHand.CLOSED:
        return Opening(False, Why.CLOSED_BY_HAND)
    if by_hand == ByHand.OPEN:
        return Opening(True, Why.OPEN)
    if cover_ends is None or cover_ends <= now:
        why = Why.CLOSED_DAY if closed_day else Why.OUTSIDE_HOURS
        return Opening(False, why, opens_at)
    if cover_ends - now <= last_entry:
        return Opening(False, Why.LAST_ENTRY, opens_at)
    why = may_open(ready=ready, min_ready=min_ready, lead_reachable=lead_reachable)
    if why != Why.OPEN and not (is_open and now - (emptied_at or now) < STAYS_OPEN):
        return Opening(False, why, opens_at)
    return Opening(True, Why.OPEN)


def by_hand_until(hours: int | None, now: datetime) -> datetime | None:
    """When a hand lets go by itself; None for until somebody changes it. Refused: `bad_request`."""
    if hours is None:
        return None
    if not 1 <= hours <= BY_HAND_HOURS:
        raise errors.BadRequest(field="hours")
    return now + timedelta(hours=hours)


def cover_ends(plan: Plan, now: datetime, *, at_least: int = 1) -> datetime | None:
    """When the cover of now ends, over all shifts that follow without a break; None without any.

    Cover here is `at_least` people booked, whatever their role. An end further away than two
    days comes out as about two days.
    """
    ends_at = None
    for piece in cover.pieces(plan, now, now + COVER_LOOKS):
        if _people(piece) < at_least:
            break
        ends_at = piece.ends_at
    return ends_at


def next_opening(
    plan: Plan, now: datetime, *, at_least: int = 1, last_entry: timedelta = timedelta(0)
) -> datetime | None:
    """The next start of a shift with at least so many booked at that moment, within a fortnight.

    A start so near the end of cover that nobody may enter any more is no opening.
    """
    horizon = now + OPENING_LOOKS
    starts = {span.starts_at for span in shifts.spans(plan, now, horizon) if span.starts_at > now}
    opens_at, run_ends = None, horizon
    for piece in reversed(cover.pieces(plan, now, horizon)):
        if _people(piece) < at_least:
            run_ends = piece.starts_at
        elif piece.starts_at in starts and run_ends - piece.starts_at > last_entry:
            opens_at = piece.starts_at
    return opens_at


def _people(piece: Piece) -> int:
    return piece.heads.listeners + piece.heads.leads
