"""Call-outs: when people off shift are asked to help, whom, how many at a time, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from . import bounds, errors, queue
from .queue import Pace, Waiting
from .urgency import Level

# setting -> (as long as nobody sets it, the smallest, the largest)
SETTINGS: Mapping[str, tuple[int, int, int]] = {
    "call_out_after": (10, 0, 60),  # minutes a high chat may have to wait; 0: nobody by itself
    "call_out_wave": (3, 1, 20),  # people asked at once
    "call_out_every": (5, 1, 60),  # minutes from one wave to the next
    "call_out_rest": (12, 1, 168),  # hours in which nobody is asked again
    "call_out_calm": (15, 1, 120),  # minutes without a need until it is over
}

CRITICAL_SHARE = 2  # a critical chat may have to wait for half as long
SETTLES_WITHIN = timedelta(seconds=30)  # routing looks first, whenever anybody is there
CALM_UNDER = timedelta(minutes=queue.ROUNDED_TO)  # lower than what calls, so that nothing flaps

REST_AFTER_SHIFT = timedelta(hours=8)
FREE_BEFORE_SHIFT = timedelta(hours=2)
RECENT = timedelta(days=7)
DAY_BEGINS, DAY_ENDS = time(8), time(22)  # in the line's zone

BY_HAND_AT_LEAST = timedelta(hours=1)  # who starts one foresees something; calm before it is none
NOT_AGAIN_AFTER_HAND = timedelta(minutes=30)  # who ends one has reasons that the figures lack
COMES_WITHIN = timedelta(minutes=10)  # who said yes counts for so long before they are seen
ANSWERS_OPEN_FOR = timedelta(hours=2)  # for so long a late answer is thanked on the console


class When(StrEnum):
    """What volunteers say of themselves: whether they may be asked off shift, and at what hours."""

    NEVER = "never"
    BY_DAY = "by_day"
    ANY_TIME = "any_time"


class Why(StrEnum):
    NOBODY = "nobody"
    WAIT = "wait"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Limits:
    """The line's settings, by which all below is decided."""

    after: timedelta
    wave: int
    every: timedelta
    rest: timedelta
    calm: timedelta

    def longest_wait(self, level: Level) -> timedelta:
        return self.after / CRITICAL_SHARE if level is Level.CRITICAL else self.after


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A high or critical chat in line: since when this time, whether somebody is being asked about
    it, and how many are served before it."""

    level: Level
    since: datetime
    asked: bool
    ahead: int


@dataclass(frozen=True, slots=True)
class Running:
    """A call-out that goes on. `helping` counts who said yes and is here or on the way, `wave` is 0
    before the first."""

    by_hand: bool
    started_at: datetime
    wave: int
    wave_at: datetime | None
    calm_since: datetime | None
    helping: int


@dataclass(frozen=True, slots=True)
class Volunteer:
    """Somebody who might be asked. `off_since` ends their last shift, `on_from` begins the next;
    `recent` is how long they were booked in the last seven days."""

    id: str
    when: When
    on_shift: bool = False
    here: bool = False  # at the console already: it shows them that somebody is needed
    holds: bool = False  # chats that go on
    asked_at: datetime | None = None
    off_since: datetime | None = None
    on_from: datetime | None = None
    recent: timedelta = timedelta(0)
    languages: frozenset[str] = frozenset()


def limits(policies: Mapping[str, object]) -> Limits:
    after, wave, every, rest, calm = (bounds.number(policies, SETTINGS, name) for name in SETTINGS)
    return Limits(
        after=timedelta(minutes=after),
        wave=wave,
        every=timedelta(minutes=every),
        rest=timedelta(hours=rest),
        calm=timedelta(minutes=calm),
    )


def require_when(word: str) -> When:
    """Refused: `bad_request` for a word that says nothing of this."""
    try:
        return When(word)
    except ValueError:
        raise errors.BadRequest(field="when") from None


# -- is there a need ------------------------------------------------------------------------------


def need(waiting: Iterable[AtRisk], pace: Pace, rules: Limits, now: datetime) -> Why | None:
    """Why people off shift should be asked now, if they should.

    The projected wait of a chat is what it has waited and the upper end of what its page shows.
    """
    if not rules.after:
        return None
    those = [each for each in waiting if _counts(each, pace, now)]
    if those and pace.seats == 0:
        return Why.NOBODY
    too_long = (projected(each, pace, now) > rules.longest_wait(each.level) for each in those)
    return Why.WAIT if any(too_long) else None


def projected(chat: AtRisk, pace: Pace, now: datetime) -> timedelta:
    """From joining the line to an answer; endless when nobody is there."""
    still = queue.wait_range(chat.ahead, pace)
    if still is None:
        return timedelta.max
    return now - chat.since + timedelta(minutes=still.high_minutes)


def _counts(chat: AtRisk, pace: Pace, now: datetime) -> bool:
    """Whoever is being asked gets their time to answer, and routing its time to look."""
    waited = now - chat.since
    if chat.asked:
        return waited >= queue.ANSWERED_WITHIN[chat.level]
    return pace.seats == 0 or waited >= SETTLES_WITHIN


def is_calm(in_line: Sequence[Waiting], pace: Pace, now: datetime) -> bool:
    """Nobody at risk waits, and whoever came at high risk now would be answered soon.

    With nobody there, nobody has to be kept: an urgent arrival calls again.
    """
    if any(each.level >= Level.HIGH for each in in_line):
        return False
    comes = queue.key(Waiting("", Level.HIGH, now))
    ahead = sum(queue.key(each) < comes for each in in_line)
    wait = queue.wait_range(ahead, pace)
    return wait is None or timedelta(minutes=wait.high_minutes) <= CALM_UNDER


# -- its course -----------------------------------------------------------------------------------


def may_begin(ended_by_hand_at: datetime | None, now: datetime) -> bool:
    """Whether one may start by itself: not soon after somebody ended one."""
    return ended_by_hand_at is None or now - ended_by_hand_at >= NOT_AGAIN_AFTER_HAND


def wave_is_due(it: Running, needed: Why | None, rules: Limits, now: datetime) -> bool:
    """More are asked while the need lasts; after a start by hand until somebody has said yes."""
    if needed is None and (not it.by_hand or it.helping > 0):
        return False
    return it.wave_at is None or now - it.wave_at >= rules.every


def is_over(it: Running, rules: Limits, now: datetime) -> bool:
    """Calm for long enough; who began it by hand is trusted for an hour."""
    if it.calm_since is None or now - it.calm_since < rules.calm:
        return False
    return not it.by_hand or now - it.started_at >= BY_HAND_AT_LEAST


def is_coming(answered_at: datetime, now: datetime, *, here: bool) -> bool:
    """Whether a yes counts: they are at a console, or may still be on the way to one."""
    return here or now - answered_at < COMES_WITHIN


# -- whom to ask ----------------------------------------------------------------------------------


def may_be_asked(who: Volunteer, rules: Limits, local: time, now: datetime) -> bool:
    """Who said so, for this hour of the line's day; off shift, rested and not asked lately."""
    if who.when is When.NEVER or who.on_shift or who.here or who.holds:
        return False
    if who.when is When.BY_DAY and not DAY_BEGINS <= local < DAY_ENDS:
        return False
    if who.asked_at is not None and now - who.asked_at < rules.rest:
        return False
    if who.off_since is not None and now - who.off_since < REST_AFTER_SHIFT:
        return False
    return who.on_from is None or who.on_from - now >= FREE_BEFORE_SHIFT


def next_wave(
    people: Iterable[Volunteer],
    rules: Limits,
    *,
    languages: frozenset[str],
    local: time,
    now: datetime,
) -> list[str]:
    """Who is asked now, by id. First who speaks a language that somebody at risk waits in; then
    who was asked longest ago, or never; then who served least in the last days."""
    asked = [each for each in people if may_be_asked(each, rules, local, now)]
    asked.sort(
        key=lambda each: (
            bool(languages) and each.languages.isdisjoint(languages),
            each.asked_at is not None,
            each.asked_at or now,
            each.recent,
            each.id,
        )
    )
    return [each.id for each in asked[: rules.wave]]
