"""How urgent words are, and why: levels, flags and assessments."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """Ordered: routine < elevated < high < critical. Stored as the number, sent as the word."""

    ROUTINE = 0
    ELEVATED = 1
    HIGH = 2
    CRITICAL = 3

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> Level:
        """The level of a word on the wire. ValueError for any other word."""
        for level in cls:
            if level.word == word:
                return level
        raise ValueError(word)


@dataclass(frozen=True, slots=True)
class Flag:
    """A rule that matched: which, how grave, and where in the text as it was written.

    `start` and `end` count code points of the analysed message, end exclusive;
    `lowered_by` names the context rule that lowered this match, or is None.
    """

    rule: str
    category: str
    level: Level
    reason: str
    start: int
    end: int
    pack: str
    lowered_by: str | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the words say: a level and the flags that led to it."""

    level: Level
    flags: tuple[Flag, ...] = ()


def level_that_counts(urgency: Level, assessed: Level | None, heard_since: Level) -> Level:
    """The level that orders the queue: a person's assessment, unless a later flag is higher.

    `heard_since` is the highest level of the flags raised after that assessment.
    """
    if assessed is None:
        return urgency
    return max(assessed, heard_since)
