"""What may be tuned while the line runs: every setting in numbers, by group, with its bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import (
    bounds,
    callouts,
    care,
    door,
    eligibility,
    emergency,
    errors,
    follow_ups,
    forecast,
    handover,
    ladder,
    leaving,
    silence,
    supervision,
    verifying,
    way_back,
)
from .bounds import Policies, Settings

SURGE = "surge"


@dataclass(frozen=True, slots=True)
class Group:
    """`moment` is how a change stands in the journal; `order` refuses what one of them must not be
    beside the others, within its bounds."""

    settings: Settings
    moment: str
    order: Callable[[Policies, str, int], None] = lambda policies, name, number: None

    def require(self, policies: Policies, name: str, number: int) -> None:
        """Refused with `bad_request` for what is unknown, out of bounds, or not with the others."""
        bounds.require(self.settings, name, number)
        self.order(policies, name, number)


GROUPS: Mapping[str, Group] = {
    "door": Group(
        {door.SETTING: (door.LIMIT, 0, door.MOST)},
        "door_limit_set",
        lambda policies, name, number: door.require_limit(number),
    ),
    "silence": Group(silence.SETTINGS, "silence_set", silence.require_order),
    "surge": Group({SURGE: (0, 0, 1)}, "policy_set"),
    "leads": Group(supervision.SETTINGS, "policy_set"),
    "call_outs": Group(callouts.SETTINGS, "call_outs_set"),
    "emergency": Group(emergency.SETTINGS, "emergency_set"),
    "ladder": Group(ladder.SETTINGS, "ladder_set"),
    "care": Group(care.SETTINGS, "care_set"),
    "shift_change": Group(handover.SETTINGS, "shift_change_set"),
    "forecast": Group(forecast.SETTINGS, "forecast_set"),
    "way_back": Group(
        {**leaving.SETTINGS, **way_back.SETTINGS, **follow_ups.SETTINGS}, "way_back_set"
    ),
    "shifts": Group(eligibility.SETTINGS, "shifts_set"),
    "directory": Group(verifying.SETTINGS, "directory_set"),
}
MOMENTS = tuple(each.moment for each in GROUPS.values())


def group(name: str) -> Group:
    """Refused: `bad_request` for one that is not there."""
    if name not in GROUPS:
        raise errors.BadRequest(field="group")
    return GROUPS[name]


def value(policies: Policies, of: Group, name: str) -> int:
    """What holds now; a switch is 0 or 1."""
    return bounds.number(policies, of.settings, name)
