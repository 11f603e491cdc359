"""Who may be offered this chat, and when an offer lapses. `assigning` says who is asked first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from . import errors
from .urgency import Level

OFFER_LASTS = timedelta(seconds=30)
HAND_OFF_LASTS = timedelta(seconds=90)
LEASE_LASTS = timedelta(seconds=30)
LOST_AFTER = timedelta(seconds=60)  # from the end of the lease until held chats go back
BEAT_EVERY = timedelta(seconds=10)
MISSES_BEFORE_PAUSE = 2
ASKED_AGAIN_AFTER = timedelta(minutes=2)
ASKED_AGAIN_AFTER_AT_RISK = timedelta(seconds=20)

# How long we look for someone who speaks the language and has the training, before anyone may.
PATIENCE = {
    Level.CRITICAL: timedelta(seconds=30),
    Level.HIGH: timedelta(minutes=3),
    Level.ELEVATED: timedelta(minutes=10),
    Level.ROUTINE: timedelta(minutes=20),
}

TRAINING_FOR = {"child": "minors", "abuse": "abuse"}  # category of a flag -> skill


@dataclass(frozen=True, slots=True)
class Listener:
    """A listener as routing sees them. `used` counts held chats and pending offers."""

    id: str
    on_shift: bool
    ready: bool
    here: bool
    seats: int
    used: int
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    paused: bool = False
    resting_until: datetime | None = None
    holds_critical: bool = False
    leads: bool = False
    last_offered_at: datetime | None = None
    holds_at_risk: bool = False  # a high or critical chat
    takes_surge: bool = False  # opted in and qualified for one seat more
    on_surge: bool = False
    draining: bool = False  # their shift ends soon, and others stay
    not_today: frozenset[str] = frozenset()  # topics they do not want on this shift
    recovers_from: datetime | None = None  # until then left alone altogether
    heavy_taken: int = 0  # high and critical chats of this shift
    had_enough: bool = False  # as many critical chats as one shift may ask of a person


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chat in line. `asked` holds when each person was last asked in vain."""

    id: str
    level: Level
    language: str
    arrived_at: datetime
    needs: frozenset[str] = frozenset()
    asked: Mapping[str, datetime] = field(default_factory=dict)
    not_for: frozenset[str] = frozenset()
    ringing: frozenset[str] = frozenset()  # who is being asked at this moment
    topics: frozenset[str] = frozenset()  # what its flags speak of
    returned: bool = False  # somebody had it before


def free_seats(listener: Listener) -> int:
    if listener.holds_critical:
        return 0
    return max(0, listener.seats - listener.used)


def working_seats(listener: Listener) -> int:
    """How many chats a person goes through at once: a critical one fills all seats."""
    return 1 if listener.holds_critical else listener.seats


def is_about(listener: Listener) -> bool:
    """On shift, heartbeat fresh, said ready; also while their seats are taken or they rest."""
    return listener.on_shift and listener.here and listener.ready


def is_there(listener: Listener, now: datetime) -> bool:
    """On shift, heartbeat fresh, said ready, and not in the rest after a chat."""
    resting = listener.resting_until is not None and now < listener.resting_until
    return is_about(listener) and not resting


def may_be_offered(listener: Listener, chat: Candidate, now: datetime) -> bool:
    if not is_there(listener, now) or free_seats(listener) == 0 or _is_out(listener, chat):
        return False
    if (listener.paused or listener.draining) and chat.level is not Level.CRITICAL:
        return False
    return not is_spared(listener, chat) and not _asked_lately(listener, chat, now)


def is_spared(listener: Listener, chat: Candidate) -> bool:
    """Whether this person is to be left alone with such a chat, as long as others may be asked."""
    if listener.had_enough and chat.level is Level.CRITICAL:
        return True
    return not listener.not_today.isdisjoint(chat.topics)


def is_recovering(listener: Listener, now: datetime) -> bool:
    """Whether they are there, but for the rest after a chat, in which they are not to be left
    alone altogether (`care.Rest`)."""
    if listener.recovers_from is not None and now < listener.recovers_from:
        return False
    return is_about(listener) and not is_there(listener, now)


def may_be_last_resort(listener: Listener, chat: Candidate, now: datetime) -> bool:
    """Whether somebody who should be spared is asked after all: about a critical chat, and
    only when nobody else may be."""
    return (
        chat.level is Level.CRITICAL
        and (is_recovering(listener, now) or is_there(listener, now))
        and (is_recovering(listener, now) or is_spared(listener, chat))
        and free_seats(listener) > 0
        and not _is_out(listener, chat)
        and not _asked_lately(listener, chat, now)
    )


def takes_one_more(listener: Listener) -> bool:
    """Whether they might be asked for a surge seat, once their seats are taken."""
    return listener.takes_surge and not (
        listener.on_surge or listener.holds_at_risk or listener.draining
    )


def may_surge(listener: Listener, chat: Candidate, now: datetime) -> bool:
    """Whether somebody whose seats are taken may be asked for one more, for a critical chat.

    Never a second one, never beside a high or critical chat, never out of a rest or a drain.
    """
    return (
        chat.level is Level.CRITICAL
        and is_there(listener, now)
        and takes_one_more(listener)
        and listener.used == listener.seats
        and not is_spared(listener, chat)
        and not _is_out(listener, chat)
        and not _asked_lately(listener, chat, now)
    )


def may_go_on(listener: Listener) -> bool:
    """Whether a chat of theirs that is reopened comes back to them, also in the rest after it."""
    return is_about(listener) and free_seats(listener) > 0


def can_take(listener: Listener, now: datetime) -> bool:
    """Whether this person can be asked about the next chat, whatever it is."""
    return is_there(listener, now) and not listener.paused and free_seats(listener) > 0


def fits(listener: Listener, chat: Candidate) -> bool:
    return chat.language in listener.languages and chat.needs <= listener.skills


def what_is_missing(listener: Listener, chat: Candidate) -> str:
    """What an offer says that this person does not have."""
    return "language" if chat.language not in listener.languages else "training"


def needs(categories: Iterable[str]) -> frozenset[str]:
    """The training that a chat with flags of these categories asks for."""
    return frozenset(
        skill
        for category in categories
        for word, skill in TRAINING_FOR.items()
        if category.startswith(word)
    )


def next_missed(missed: int, *, others_ready: int) -> tuple[int, bool]:
    """Counts a missed offer: the new count, and whether further offers pause.

    The last person who is there is never paused; whoever watches the line is told instead.
    """
    missed += 1
    return missed, missed >= MISSES_BEFORE_PAUSE and others_ready > 0


def require_still_open(state: str, expires_at: datetime, now: datetime) -> None:
    """Refused with `offer_taken` or `offer_gone` unless the offer can be answered now."""
    if state == "taken":
        raise errors.OfferTaken
    if state != "pending" or now >= expires_at:
        raise errors.OfferGone


def draining(listeners: Sequence[Listener], going: frozenset[str]) -> list[Listener]:
    """Who goes soon takes no new chats, but only while somebody who stays is there to."""
    stays = any(
        each.on_shift and each.here and each.ready and each.id not in going for each in listeners
    )
    if not stays:
        return list(listeners)
    return [replace(each, draining=each.id in going) for each in listeners]


def asked_again_after(level: Level) -> timedelta:
    """How long somebody who passed or missed a chat is left alone about it."""
    return ASKED_AGAIN_AFTER_AT_RISK if level >= Level.HIGH else ASKED_AGAIN_AFTER


def _is_out(listener: Listener, chat: Candidate) -> bool:
    return listener.id in chat.not_for or listener.id in chat.ringing


def _asked_lately(listener: Listener, chat: Candidate, now: datetime) -> bool:
    last = chat.asked.get(listener.id)
    if last is None:
        return False
    return now - last < asked_again_after(chat.level)
