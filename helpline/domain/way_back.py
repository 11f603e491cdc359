"""The way back: what a return code is, and how it is read however somebody writes it down."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from . import bounds, retention, routing
from .routing import Candidate, Listener
from .urgency import Level

WORDS = 6  # of 7,776: 77 bits
LONGEST = 128  # code points that are read as a code at all
NOTE_LENGTH = 500

SAME_LISTENER = "same_listener"
MOST_WITH_ONE = "same_listener_most"
# setting -> (as long as nobody sets it, the smallest, the largest)
SETTINGS: Mapping[str, tuple[int, int, int]] = {
    SAME_LISTENER: (0, 0, 1),
    MOST_WITH_ONE: (3, 2, 30),  # conversations with the same listener in thirty days
}
SWITCHES = frozenset({SAME_LISTENER})
COUNTED_FOR = timedelta(days=30)
# How long nobody else is asked while the wished-for listener is about; nobody at risk waits longer.
PREFERS_FOR = {
    Level.ROUTINE: timedelta(minutes=2),
    Level.ELEVATED: timedelta(minutes=1),
    Level.HIGH: timedelta(0),
    Level.CRITICAL: timedelta(0),
}
MINORS = "minors"  # the topic


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom somebody who came back would like to talk to again. `of_minor`: the earlier chat spoke
    of a child or young person, as its flags tell."""

    person_id: str
    of_minor: bool


def may_ask_same(
    policies: bounds.Policies, met: int, *, of_minor: bool, lead_on_shift: bool
) -> bool:
    """Whether the visitor is asked. `met` counts their conversations with this listener in the
    days that count. With a minor never without a shift lead, who hears of it."""
    if not bounds.number(policies, SETTINGS, SAME_LISTENER):
        return False
    return met < bounds.number(policies, SETTINGS, MOST_WITH_ONE) and (
        lead_on_shift or not of_minor
    )


def concerns_a_minor(wish: Wish, chat: Candidate) -> bool:
    return wish.of_minor or MINORS in chat.topics


def narrowed(
    chat: Candidate, wish: Wish, listeners: Sequence[Listener], now: datetime
) -> Candidate:
    """The chat as it is asked about now: for a short time the wished-for listener alone, while
    they are about and have not passed; then, and at risk at once, anybody as without a wish."""
    wished = next((each for each in listeners if each.id == wish.person_id), None)
    if wished is None or now - chat.arrived_at >= PREFERS_FOR[chat.level]:
        return chat
    if not routing.is_about(wished) or wished.paused or wished.draining:
        return chat
    if wished.id in chat.not_for or wished.id in chat.asked:
        return chat
    if concerns_a_minor(wish, chat) and not lead_is_here(listeners):
        return chat
    others = frozenset(each.id for each in listeners if each.id != wished.id)
    return replace(chat, not_for=chat.not_for | others)


def lead_is_here(listeners: Sequence[Listener]) -> bool:
    return any(each.leads and each.on_shift and each.here for each in listeners)


def plain(written: str) -> str:
    """Only its letters, a to z: case, blanks, hyphens, accents and numbering make no difference."""
    apart = unicodedata.normalize("NFKD", written).casefold()
    return "".join(letter for letter in apart if "a" <= letter <= "z")


def reads_as_code(written: str, words: Set[str]) -> bool:
    """Whether this is nothing but so many of these words, given as `plain` leaves them. No word
    begins another, so that there is one way to read them."""
    if len(written) > LONGEST:
        return False
    rest, longest = plain(written), max(map(len, words))
    for _ in range(WORDS):
        sizes = range(1, min(longest, len(rest)) + 1)
        found = next((size for size in sizes if rest[:size] in words), 0)
        if not found:
            return False
        rest = rest[found:]
    return not rest


def repeats(used_at: datetime, used_with: str, client_id: str, now: datetime) -> bool:
    """The answer to the first try was lost: a used code still leads to the chat it opened."""
    return used_with == client_id and now - used_at <= retention.OPEN_REPEATS_WITHIN
