"""What may be tuned while the line runs: every setting in numbers, by group, with its bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import (
    callouts,
    care,
    door,
    eligibility,
    errors,
    forecast,
    handover,
    ladder,
    silence,
)

Policies = Mapping[str, object]

SURGE = "surge"


@dataclass(frozen=True, slots=True)
class Group:
    """`settings` gives for each as long as nobody sets it, the smallest and the largest; `require`
    refuses with `bad_request` what one of them must not be beside the others; `moment` is how a
    change stands in the journal."""

    settings: Mapping[str, tuple[int, int, int]]
    moment: str
    require: Callable[[Policies, str, int], None]


def _require_switch(policies: Policies, name: str, number: int) -> None:
    if name != SURGE or number not in (0, 1):
        raise errors.BadRequest(field=name)


def _require_door(policies: Policies, name: str, number: int) -> None:
    if name != door.SETTING:
        raise errors.BadRequest(field="setting")
    door.require_limit(number)


GROUPS: Mapping[str, Group] = {
    "door": Group(
        {door.SETTING: (door.LIMIT, 0, door.MOST)},
        "door_limit_set",
        _require_door,
    ),
    "silence": Group(silence.SETTINGS, "silence_set", silence.require_setting),
    "surge": Group({SURGE: (0, 0, 1)}, "policy_set", _require_switch),
    "call_outs": Group(
        callouts.SETTINGS,
        "call_outs_set",
        lambda policies, name, number: callouts.require_setting(name, number),
    ),
    "ladder": Group(
        ladder.SETTINGS,
        "ladder_set",
        lambda policies, name, number: ladder.require_setting(name, number),
    ),
    "care": Group(
        care.SETTINGS,
        "care_set",
        lambda policies, name, number: care.require_setting(name, number),
    ),
    "shift_change": Group(
        handover.SETTINGS,
        "shift_change_set",
        lambda policies, name, number: handover.require_setting(name, number),
    ),
    "forecast": Group(
        forecast.SETTINGS,
        "forecast_set",
        lambda policies, name, number: forecast.require_setting(name, number),
    ),
    "shifts": Group(
        eligibility.SETTINGS,
        "shifts_set",
        lambda policies, name, number: eligibility.require_setting(name, number),
    ),
}
MOMENTS = tuple(each.moment for each in GROUPS.values())


def group(name: str) -> Group:
    """Refused: `bad_request` for one that is not there."""
    if name not in GROUPS:
        raise errors.BadRequest(field="group")
    return GROUPS[name]


def value(policies: Policies, of: Group, name: str) -> int:
    """What holds now; a switch is 0 or 1."""
    found = policies.get(name)
    return int(found) if isinstance(found, int) else of.settings[name][0]
