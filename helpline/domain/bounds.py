"""Settings in numbers: what holds while nobody sets one, and within which bounds one may be."""

from __future__ import annotations

from collections.abc import Mapping

from . import errors

Policies = Mapping[str, object]
Settings = Mapping[str, tuple[int, int, int]]  # unset, the smallest, the largest


def number(policies: Policies, settings: Settings, name: str) -> int:
    """What holds now; a switch is 0 or 1."""
    found = policies.get(name)
    return int(found) if isinstance(found, int) else settings[name][0]


def require(settings: Settings, name: str, number: int) -> None:
    """Refused with `bad_request` for an unknown one, or beyond its bounds."""
    if name not in settings:
        raise errors.BadRequest(field="setting")
    _, least, most = settings[name]
    if not least <= number <= most:
        raise errors.BadNumber(field=name)
