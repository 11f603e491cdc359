"""What of the directory visitors see: what this organisation verified, and how fresh that is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from . import bounds, errors
from .bounds import Policies, Settings

LIMIT = "directory_limit"
HIDE = "directory_hide_stale"
SETTINGS: Settings = {
    LIMIT: (180, 30, 1000),  # days after which somebody should verify an entry again
    HIDE: (0, 0, 1),  # whether visitors see one no longer that nobody verified again
}
TOLD_EVERY = timedelta(days=7)  # coordinators, that something waits to be verified


class NotWhole(errors.BadRequest):
    """An entry lacks something without which nobody can be sent there; `field` says what."""

    message = (
        "Visitors cannot be shown this yet: say how to reach it, when, where and in which language."
    )


def fresh_since(policies: Policies, today: date) -> date:
    """What was verified before this day is stale."""
    return today - timedelta(days=bounds.number(policies, SETTINGS, LIMIT))


def is_stale(verified_on: date | None, policies: Policies, today: date) -> bool:
    return verified_on is None or verified_on < fresh_since(policies, today)


def hides(policies: Policies) -> bool:
    return bool(bounds.number(policies, SETTINGS, HIDE))


def is_shown(
    verified_on: date | None,
    *,
    hidden: bool,
    emergency: bool,
    policies: Policies,
    today: date,
) -> bool:
    """Whether visitors see an entry: verified here and not hidden. One that is stale they see
    unless the organisation says otherwise; an emergency number always."""
    if verified_on is None or hidden:
        return False
    if emergency or not hides(policies):
        return True
    return not is_stale(verified_on, policies, today)


def require_whole(lacks: Sequence[str]) -> None:
    """Refused: `bad_request` with what is lacking."""
    if lacks:
        raise NotWhole(field=lacks[0])


def notice_key(person_id: str, now: datetime) -> str:
    """The same for a whole week, so that nobody is told twice in it."""
    year, week, _ = now.isocalendar()
    return f"directory:{year}-{week:02d}:{person_id}"
