"""The way back: what a return code is, and how it is read however somebody writes it down."""

from __future__ import annotations

import unicodedata
from collections.abc import Set
from datetime import datetime

from . import retention

WORDS = 6  # of 7,776: 77 bits
LONGEST = 128  # code points that are read as a code at all


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
