"""The pattern language of the packs: read by editors, compiled to regular expressions by us.

take my life        these words in a row
kill|end my life    either word
(give up|let go)    either phrase
[just|really]       may be there or not
hopeless*           any ending
~3                  up to three words between, in the same clause
~~8                 up to eight, and marks may stand between them
<want>              a list from the pack
,                   a mark may stand here
^ and $             a clause begins here, or ends
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

# A normalised line is words, each with ONE separator before it and one after the last:
# " " none, "_" a pause, ";" before a word such as "but", "," a comma, "." or "?" a sentence ends.
SEPARATORS = " _;,.?"
# Brackets that hold nothing but words and bars are one part: most of a pack is written in them.
_PARTS = re.compile(
    r"\s*([(\[][^()\[\],^$<>~]+[)\]]|~~?\d|<[a-z_]+>|[()\[\]|,^$]|[^\s()\[\]|,^$<>~]+)"
)
_CLOSING = {"(": ")", "[": "]"}
LONGEST_GAP = 9
_FEWEST_LETTERS = 2
_REMEMBERED = (
    50_000  # the same words in brackets stand in many patterns, and in a pack's next version
)


class BadPattern(ValueError):
    """A pattern that cannot be read; the message says where."""


@dataclass(frozen=True, slots=True)
class Gap:
    most: int
    crosses_marks: bool


@dataclass(frozen=True, slots=True)
class Mark:
    sign: str


_EDGES = frozenset((Mark("^"), Mark("$")))


class Group:
    """One of several phrases. Groups are the same only when they are one: hundreds of patterns
    share a named list, and looking into it each time would be most of a restart."""

    __slots__ = ("choices", "leaves", "optional")

    def __init__(self, choices: Sequence[Phrase], *, optional: bool = False) -> None:
        self.choices = tuple(choices)
        self.optional = optional
        self.leaves = _leaves(self.choices)


Leaf: TypeAlias = str | Gap | Mark
Part: TypeAlias = str | Gap | Mark | Group  # a word stands for itself
Phrase: TypeAlias = tuple[Part, ...]


def parse(pattern: str, lists: Mapping[str, Group] | None = None) -> Phrase:
    """The parts of a pattern. BadPattern when it cannot be read or says too little."""
    phrase = _Reader(pattern, lists or {}).read()
    if not phrase or any(isinstance(end, Gap) for end in (phrase[0], phrase[-1])):
        raise BadPattern(f"{pattern!r} must begin and end with a word")
    if not any(map(_says_enough, phrase)) and _enough_letters(phrase) < _FEWEST_LETTERS:
        raise BadPattern(f"{pattern!r} says too little")
    return phrase


def parse_list(text: str, lists: Mapping[str, Group]) -> Group:
    """A named list of a pack: phrases with bars between them."""
    return Group([_Reader(f"({text})", lists).read()])


def words(phrases: Iterable[Phrase]) -> frozenset[str]:
    """Every word written in these patterns, stems with their star."""
    return frozenset(leaf for leaf in _leaves(phrases) if isinstance(leaf, str))


def holds_any(phrase: Phrase, words: frozenset[str]) -> bool:
    """Whether one of these words is written somewhere in the pattern."""
    return any(
        not words.isdisjoint(part.leaves) if isinstance(part, Group) else part in words
        for part in phrase
    )


def has_edge(phrase: Phrase) -> bool:
    """Whether the pattern asks for the edge of a clause, which added words can take away."""
    return not _EDGES.isdisjoint(_leaves([phrase]))


def runs(phrase: Phrase) -> list[list[Part]]:
    """Plain words that follow each other together, every other part alone."""
    found: list[list[Part]] = []
    for part in phrase:
        if found and is_plain(part) and is_plain(found[-1][-1]):
            found[-1].append(part)
        else:
            found.append([part])
    return found


def flat(rows: Sequence[Sequence[Part]]) -> Phrase:
    return tuple(part for row in rows for part in row)


def words_of(run: Sequence[Part]) -> tuple[str, ...]:
    return tuple(part for part in run if isinstance(part, str))


def is_plain(part: Part) -> bool:
    """Whether this is a word that stands for itself alone."""
    return isinstance(part, str) and "*" not in part


def _leaves(phrases: Iterable[Phrase]) -> frozenset[Leaf]:
    """All parts but the groups, of these phrases and of the groups in them."""
    parts: frozenset[Any] = frozenset(itertools.chain.from_iterable(phrases))  # groups go at once
    groups = [part for part in parts if isinstance(part, Group)]
    return parts.difference(groups).union(*(group.leaves for group in groups))


def _says_enough(part: Part) -> bool:
    return isinstance(part, str) and len(part) > _FEWEST_LETTERS


@functools.lru_cache(maxsize=_REMEMBERED)
def _fewest_letters(part: Part) -> int:
    """How many letters the shortest text that fits must have; a picture counts for two."""
    if isinstance(part, str):
        return len(part.replace("*", "")) + (not part.isascii())
    if isinstance(part, Group) and not part.optional:
        return min(map(_enough_letters, part.choices))
    return 0


def _enough_letters(phrase: Phrase) -> int:
    """The same of a phrase, as far as it has to be known."""
    letters = 0
    for part in phrase:
        letters += _fewest_letters(part)
        if letters >= _FEWEST_LETTERS:
            break
    return letters


@functools.lru_cache(maxsize=_REMEMBERED)
def _group_of_words(part: str) -> Group:
    choices = [tuple(choice.split()) for choice in part[1:-1].split("|")]
    if "*" in part and any(word.startswith("*") for choice in choices for word in choice):
        raise BadPattern(f"{part!r} has a stray *")
    return _closed(part, choices, _CLOSING[part[0]], part[-1])


def _closed(pattern: str, choices: Sequence[Phrase], closing: str, found: str) -> Group:
    if found != closing or not all(choices):
        raise BadPattern(f"{pattern!r} has brackets that do not close or are empty")
    return Group(choices, optional=closing == "]")


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str, lists: Mapping[str, Group]) -> None:
        self._pattern = pattern
        self._lists = lists
        self._parts = self._split(pattern)
        self._next = 0

    def read(self) -> Phrase:
        phrase = self._row(tight=True)
        if self._next < len(self._parts):
            raise BadPattern(f"{self._pattern!r} has a stray {self._parts[self._next]!r}")
        return phrase

    @staticmethod
    def _split(pattern: str) -> Sequence[str]:
        parts, place = [], 0
        pattern = pattern.strip()
        while place < len(pattern):
            found = _PARTS.match(pattern, place)
            if not found:
                raise BadPattern(f"{pattern!r} cannot be read from {pattern[place:]!r}")
            parts.append(found[1])
            place = found.end()
        return parts

    def _peek(self) -> str:
        return self._parts[self._next] if self._next < len(self._parts) else ""

    def _take(self) -> str:
        part = self._peek()
        self._next += 1
        return part

    def _row(self, *, tight: bool) -> Phrase:
        """Parts up to a closing bracket, or inside brackets up to the next bar."""
        row: list[Part] = []
        while (part := self._peek()) and part not in ")]":
            if row and row[-1] == Mark("$") and part != "|":
                raise BadPattern(f"{self._pattern!r} goes on after $")
            if part == "|":
                if not tight or not row:
                    break
                self._take()
                row[-1] = Group([(row[-1],), (self._part(),)])
            else:
                row.append(self._part())
        return tuple(row)

    def _part(self) -> Part:
        part = self._take()
        if part in _CLOSING:
            return self._group(_CLOSING[part])
        if part[:1] in _CLOSING:
            return _group_of_words(part)
        if part.startswith("~"):
            return self._gap(part)
        if part.startswith("<"):
            return self._list(part[1:-1])
        if part in (",", "^", "$"):
            return Mark(part)
        if not part or part in ")]|" or part.startswith("*"):
            raise BadPattern(f"{self._pattern!r} has a stray {part or 'bar at its end'!r}")
        return part

    def _group(self, closing: str) -> Group:
        choices = [self._row(tight=False)]
        while self._peek() == "|":
            self._take()
            choices.append(self._row(tight=False))
        return _closed(self._pattern, choices, closing, self._take())

    def _gap(self, part: str) -> Gap:
        most = int(part.lstrip("~"))
        if not 1 <= most <= LONGEST_GAP:
            raise BadPattern(f"{self._pattern!r}: a gap is 1 to {LONGEST_GAP} words")
        return Gap(most, crosses_marks=part.startswith("~~"))

    def _list(self, name: str) -> Group:
        if name not in self._lists:
            raise BadPattern(f"{self._pattern!r} names a list <{name}> that the pack does not have")
        return self._lists[name]
