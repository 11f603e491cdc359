"""The ladder that keeps a shift staffed: which rung is due for a shift that is short of people.

Facts and `now` in, names of rungs out. It looks ahead at what is planned and back at nothing: a
rung whose time is over is never climbed late, and a gap that was filled silences what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from . import bounds

# setting -> (as long as nobody sets it, the smallest, the largest)
SETTINGS: Mapping[str, tuple[int, int, int]] = {
    "ladder_ask": (72, 12, 336),  # hours before the start: volunteers are asked, in waves
    "ladder_wave": (3, 1, 20),  # people asked at once
    "ladder_every": (6, 1, 48),  # hours from one wave to the next
    "ladder_confirm": (24, 4, 96),  # hours: will you come?
    "ladder_coordinator": (12, 2, 72),  # hours
    "ladder_backup": (120, 30, 360),  # minutes: whoever may be asked off shift
    "ladder_lead": (30, 10, 120),  # minutes: the lead on call is paged
    "ladder_remind": (60, 15, 240),  # minutes
    "ladder_ping": (5, 2, 30),  # minutes after the start without a check-in
    "ladder_no_show": (10, 5, 60),
}

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
DIGEST_LOOKS = 7 * DAY
DIGEST_HOURS = range(9, 12)  # local; a morning that nobody looked at has none
NEAR = 2 * HOUR  # from here on only what was acknowledged since then holds the ladder
NOTHING_TO_CONFIRM = 2 * HOUR  # so near the start, the reminder alone is sent
BELOW_FOR = timedelta(seconds=30)  # fewer are there than needed: a reload is no reason to page


class Rung(StrEnum):
    """In the order in which they are climbed."""

    DIGEST = "digest"
    ASK = "ask"
    UNCONFIRMED = "unconfirmed"
    COORDINATOR = "coordinator"
    BACKUP = "backup"
    LEAD = "lead"
    NO_CHECK_IN = "no_check_in"
    NO_SHOW = "no_show"


@dataclass(frozen=True, slots=True)
class Times:
    """The line's settings, by which all below is decided."""

    ask: timedelta
    wave: int
    every: timedelta
    confirm: timedelta
    coordinator: timedelta
    backup: timedelta
    lead: timedelta
    remind: timedelta
    ping: timedelta
    no_show: timedelta


@dataclass(frozen=True, slots=True)
class Facts:
    """A shift as the ladder sees it.

    `short` says that people are projected to be missing in it; `climbed` has the rungs of this
    epoch, `waves` how many were asked and `wave_at` when the last; `acknowledged_at` is when
    somebody last said "I am on it"; `unconfirmed`, `unseen` and `lost` count who was asked and did
    not say that they come, who is not there after the ping's time, and who did not come.
    """

    starts_at: datetime
    ends_at: datetime
    short: bool
    climbed: frozenset[str] = frozenset()
    waves: int = 0
    wave_at: datetime | None = None
    acknowledged_at: datetime | None = None
    unconfirmed: int = 0
    unseen: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: from when to when it may be climbed, and for what. A step `held` waits while
    somebody is on it; who does not come is told of whoever is on what."""

    rung: Rung
    since: Callable[[Facts, Times], datetime]
    until: Callable[[Facts, Times], datetime]
    why: Callable[[Facts], bool]
    held: bool = True


def _short(facts: Facts) -> bool:
    return facts.short


STEPS = (
    Step(
        Rung.ASK,
        lambda facts, times: facts.starts_at - times.ask,
        lambda facts, times: facts.starts_at - times.backup,
        _short,
    ),
    Step(
        Rung.UNCONFIRMED,
        lambda facts, times: facts.starts_at - times.coordinator,
        lambda facts, times: facts.starts_at,
        lambda facts: facts.unconfirmed > 0,
    ),
    Step(
        Rung.COORDINATOR,
        lambda facts, times: facts.starts_at - times.coordinator,
        lambda facts, times: facts.starts_at,
        _short,
    ),
    Step(
        Rung.BACKUP,
        lambda facts, times: facts.starts_at - times.backup,
        lambda facts, times: facts.ends_at,
        _short,
    ),
    Step(
        Rung.LEAD,
        lambda facts, times: facts.starts_at - times.lead,
        lambda facts, times: facts.ends_at,
        _short,
    ),
    Step(
        Rung.NO_CHECK_IN,
        lambda facts, times: facts.starts_at,
        lambda facts, times: facts.ends_at,
        lambda facts: facts.unseen > 0,
        held=False,
    ),
    Step(
        Rung.NO_SHOW,
        lambda facts, times: facts.starts_at,
        lambda facts, times: facts.ends_at,
        lambda facts: facts.lost > 0,
        held=False,
    ),
)
# What a gap climbs; the other rungs are about people who are booked, and know no epochs.
OF_GAPS = frozenset({Rung.DIGEST, Rung.ASK, Rung.COORDINATOR, Rung.BACKUP, Rung.LEAD})


def times(policies: Mapping[str, object]) -> Times:
    of = {name: bounds.number(policies, SETTINGS, name) for name in SETTINGS}
    return Times(
        ask=of["ladder_ask"] * HOUR,
        wave=of["ladder_wave"],
        every=of["ladder_every"] * HOUR,
        confirm=of["ladder_confirm"] * HOUR,
        coordinator=of["ladder_coordinator"] * HOUR,
        backup=of["ladder_backup"] * MINUTE,
        lead=of["ladder_lead"] * MINUTE,
        remind=of["ladder_remind"] * MINUTE,
        ping=of["ladder_ping"] * MINUTE,
        no_show=of["ladder_no_show"] * MINUTE,
    )


def due(facts: Facts, of: Times, now: datetime) -> list[str]:
    """The rungs to climb now, in their order; a wave of the asking is "ask:2".

    The order of the table is kept also when a gap opens late and several are due at once.
    """
    found = []
    for step in STEPS:
        if not step.since(facts, of) <= now < step.until(facts, of) or not step.why(facts):
            continue
        if step.held and is_held(facts, now):
            continue
        if step.rung == Rung.ASK:
            if facts.wave_at is None or now - facts.wave_at >= of.every:
                found.append(f"{Rung.ASK}:{facts.waves + 1}")
        elif step.rung not in facts.climbed:
            found.append(str(step.rung))
    return found


def is_held(facts: Facts, now: datetime) -> bool:
    """Whether somebody is on it: nothing climbs then, until it is near. What was acknowledged
    hours ago is asked about once more."""
    at = facts.acknowledged_at
    if at is None:
        return False
    return now < facts.starts_at - NEAR or at >= facts.starts_at - NEAR


def is_digest_time(wall: datetime) -> bool:
    """The digest of the day is made in the morning of the line."""
    return wall.hour in DIGEST_HOURS


def rung_of(name: str) -> Rung:
    """The rung of which a row is, whatever its wave."""
    return Rung(name.partition(":")[0])
