"""All patterns of all packs over one line, in one pass."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import re2

from . import pattern
from .lexicon import Entry, Pack
from .normalise import Line, normalise
from .wording import Wording

IDIOM = "idiom"
ENTRY = "entry"
_SET_MEMORY = 256 << 20
_RULE_MEMORY = 8 << 20
_MOST_SPANS_OF_A_RULE = 40
_EVERY_LINE = r"^\."  # a line always begins so: its absence tells that the set gave up

Span: TypeAlias = tuple[int, int]


class MatchingFailed(RuntimeError):
    """The set of patterns gave no answer. Never to be read as "nothing found"."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One member of the set: an entry, an idiom or a kind of cue of one pack."""

    pack: Pack
    kind: str
    name: str
    expressions: tuple[str, ...]
    entry: Entry | None = None


@dataclass(slots=True)
class Found:
    """Which rules match a line, and on request where. Spans hold the separators at both ends."""

    line: Line
    rules: Sequence[Rule]
    _places: dict[int, list[Span]] = field(default_factory=dict)

    def spans(self, rule: Rule) -> list[Span]:
        known = self._places.get(id(rule))
        if known is None:
            known = self._places[id(rule)] = list(_spans(rule, self.line.text))
        return known

    def cues(self, pack: Pack, kind: str) -> list[Span]:
        """Places of every cue of a kind in one pack, first to last."""
        return sorted(
            span
            for rule in self.rules
            if rule.kind == kind and rule.pack == pack
            for span in self.spans(rule)
        )


class Matcher:
    """A set of packs ready for use. Build it once: see `for_packs`."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self.packs = tuple(packs)
        self.wording = _wording(self.packs)
        self._breakers = frozenset[str]().union(*(p.context.lists["breakers"] for p in packs))
        self.rules = tuple(rule for pack in self.packs for rule in self._rules(pack))
        self._set = _compile(self.rules)

    def read(self, text: str) -> Line:
        return normalise(text, self.wording, self._breakers)

    def find(self, line: Line) -> Found:
        matched = self._set.Match(line.text)
        if len(self.rules) not in matched:
            raise MatchingFailed
        return Found(line, [self.rules[n] for n in sorted(matched) if n < len(self.rules)])

    def _rules(self, pack: Pack) -> Iterator[Rule]:
        for entry in pack.entries:
            yield Rule(pack, ENTRY, entry.id, self._expressions(entry.patterns), entry)
        for name, phrases in pack.context.idioms.items():
            yield Rule(pack, IDIOM, name, self._expressions(phrases))
        for kind, phrases in pack.context.cues.items():
            if phrases:
                yield Rule(pack, kind, kind, self._expressions(phrases))

    def _expressions(self, phrases: Sequence[pattern.Phrase]) -> tuple[str, ...]:
        return tuple(pattern.expression(phrase, self.wording.in_pattern) for phrase in phrases)


@functools.lru_cache(maxsize=16)
def for_packs(packs: tuple[Pack, ...]) -> Matcher:
    """The matcher of these packs, kept for the next message."""
    return Matcher(packs)


def _wording(packs: Sequence[Pack]) -> Wording:
    expansions: dict[str, str] = {}
    disguised: set[str] = set()
    known: set[str] = set()
    for pack in packs:
        expansions = {**pack.context.expansions, **expansions}
        disguised |= pack.context.lists["disguised"]
        known |= frozenset[str]().union(*pack.context.lists.values())
        known |= set(_words_of(pack))
    return Wording(expansions, disguised, known)


def _words_of(pack: Pack) -> Iterator[str]:
    phrases = [phrase for entry in pack.entries for phrase in entry.patterns]
    for group in (*pack.context.cues.values(), *pack.context.idioms.values()):
        phrases += group
    for phrase in phrases:
        yield from (word for word in pattern.words(phrase) if "*" not in word)


def _options(memory: int) -> Any:  # re2 ships no types
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.longest_match = True
    options.never_capture = True
    options.log_errors = False
    options.max_mem = memory
    return options


def _compile(rules: Sequence[Rule]) -> Any:
    compiled = re2.Set.SearchSet(_options(_SET_MEMORY))
    for rule in rules:
        compiled.Add("|".join(rule.expressions).encode())
    compiled.Add(_EVERY_LINE.encode())
    compiled.Compile()
    return compiled


@functools.lru_cache(maxsize=4096)
def _expression_of(rule: Rule) -> Any:
    return re2.compile("|".join(rule.expressions).encode(), _options(_RULE_MEMORY))


def _spans(rule: Rule, text: bytes) -> Iterator[Span]:
    """Matches from left to right; neighbours may share a separator."""
    expression, place = _expression_of(rule), 0
    for _ in range(_MOST_SPANS_OF_A_RULE):
        match = expression.search(text, place)
        if not match:
            return
        yield match.span()
        place = match.end() - 1
