"""The emergency protocol: its first step is the call, and nothing of it is a condition for that.

Which ways of calling there are is the organisation's policy; what the public page says of it is
made from the same.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from . import bounds, errors
from .bounds import Policies, Settings

# How a call was made: with their yes; against it or without it, and they were told; and not told,
# because telling adds danger.
AGREED, TOLD, NOT_TOLD = "agreed", "told", "not_told"
WAYS = (AGREED, TOLD, NOT_TOLD)

MAY_AGREED, MAY_TELL, MAY_NOT_TELL = "calls_agreed", "may_tell", "calls_untold"
SWITCHES = (MAY_AGREED, MAY_TELL, MAY_NOT_TELL)
SETTINGS: Settings = {
    MAY_AGREED: (1, 0, 1),
    MAY_TELL: (1, 0, 1),
    MAY_NOT_TELL: (1, 0, 1),
}

PLACE = ("address", "area", "phone", "with_them", "looks")  # what may be known of where they are
PLACE_LENGTH = 500  # code points, each

# What stands in the log: the first is always how it began.
BEGUN, CALLED, NOTE, WAY, KNOWN, ENDED, SIGNED, READ = (
    "begun",
    "called",
    "note",
    "way",
    "place",
    "ended",
    "signed",
    "read",
)
RESULTS = ("help_comes", "not_reached", "called_off")

SIGN_OFF_AFTER = timedelta(minutes=30)  # a call that nobody ended is looked at all the same


@dataclass(frozen=True, slots=True)
class Step:
    """What a listener adds to the protocol; only what is said changes."""

    step: str
    note: str | None = None
    way: str | None = None
    place: dict[str, str] = field(default_factory=dict)
    result: str | None = None


def allowed(policies: Policies) -> tuple[str, ...]:
    """The ways of calling that the organisation allows."""

    def on(name: str) -> bool:
        return bool(bounds.number(policies, SETTINGS, name))

    may = {AGREED: on(MAY_AGREED), TOLD: on(MAY_TELL)}
    may[NOT_TOLD] = may[TOLD] and on(MAY_NOT_TELL)
    return tuple(way for way in WAYS if may[way])


def require_step(said: Step, policies: Policies) -> None:
    """Refused: `bad_request` for what is no step, `not_allowed` for a way that the organisation
    does not allow, `empty` for one without the reason that it needs."""
    needs = {WAY: (said.way, WAYS, "way"), ENDED: (said.result, RESULTS, "result")}
    if said.step not in (CALLED, NOTE, WAY, KNOWN, ENDED):
        raise errors.BadRequest(field="step")
    if said.step in needs:
        given, choices, name = needs[said.step]
        if given not in choices:
            raise errors.BadRequest(field=name)
    if said.step == WAY and said.way not in allowed(policies):
        raise errors.WayNotAllowed(field="way")
    if not said.note and (said.step == NOTE or said.way == NOT_TOLD):
        raise errors.Empty(field="note")
    if set(said.place) - set(PLACE):
        raise errors.BadRequest(field="place")


def is_to_sign_off(begun_at: datetime, ended_at: datetime | None, now: datetime) -> bool:
    """Whether somebody must look at it now: it is over, or goes on for very long."""
    return ended_at is not None or now - begun_at >= SIGN_OFF_AFTER


def require_signer(signer: str, made_by: Collection[str], leads: Collection[str]) -> bool:
    """Whether a sign-off is of one's own deed, because there is no other lead. Refused:
    `not_allowed` for one's own while there is another."""
    if signer not in made_by:
        return False
    if set(leads) - {signer}:
        raise errors.OwnDeed
    return True
