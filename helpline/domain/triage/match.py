"""All patterns of all packs over one line: the words choose the few that can fit, RE2 decides."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import re2

from . import pattern
from .building import without_collecting
from .folding import fold
from .index import Index
from .lexicon import Entry, Pack
from .normalise import Line, normalise
from .rendering import Needs, Renderer
from .tongue import Tongue

IDIOM = "idiom"
ENTRY = "entry"
_MEMORY_OF_AN_EXPRESSION = 8 << 20
_MOST_SPANS_OF_A_FORM = 24  # in one stretch
# A long line is looked at in stretches, so that its cost grows with its length and with nothing
# else. Neighbours share as many words as the longest match may have.
_STRETCH = 120
_SHARED = 40

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What a pattern stands for: an entry, an idiom or a kind of cue of one pack."""

    pack: Pack
    kind: str
    name: str
    entry: Entry | None = None


@dataclass(eq=False)
class Form:
    """One pattern. Its expression is made when the words of a message first call for it: making
    all of them would take longer than a visitor, or a restart, should wait."""

    rule: Rule
    phrase: pattern.Phrase
    renderer: Renderer

    @property
    def needs(self) -> Needs:
        return self.renderer.needs(self.phrase)

    @functools.cached_property
    def compiled(self) -> Any:  # re2 ships no types
        return re2.compile(self.renderer.expression(self.phrase).encode(), _OPTIONS)


@dataclass(frozen=True, slots=True)
class Found:
    """What matches in a line, and where. Spans hold the separators at both ends."""

    line: Line
    places: dict[Rule, list[Span]] = field(default_factory=dict)

    def cues(self, packs: Collection[Pack], kind: str) -> list[Span]:
        """Places of every cue of a kind in these packs, first to last."""
        return sorted(
            span
            for rule, spans in self.places.items()
            if rule.kind == kind and rule.pack in packs
            for span in spans
        )


class Matcher:
    """A set of packs ready for use. Build it once: see `for_packs`."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self.packs = tuple(packs)
        self._tongues = {pack.language: Tongue(pack, self.packs) for pack in self.packs}
        self.forms = tuple(form for pack in self.packs for form in self._forms(pack))
        self._index = Index([form.needs for form in self.forms])

    def read(self, text: str) -> list[Line]:
        """The line of a message; one for each language that it may be written in equally well."""
        tokens = set(_TOKEN.findall(fold(text)[0]))
        told = [(tongue.speaks(tokens), tongue) for tongue in self._tongues.values()]
        most = max(share for share, _ in told)
        return [normalise(text, tongue.wording) for share, tongue in told if share == most]

    @property
    def tongues(self) -> Collection[Tongue]:
        return self._tongues.values()

    def tongue(self, line: Line) -> Tongue:
        """The language that a line was read in."""
        return self._tongues[line.language]

    def around(self, line: Line, pack: Pack) -> list[Pack]:
        """The packs whose cues bear on a match of `pack` in this line."""
        return [other for other in self.packs if other == pack or other.language == line.language]

    def find(self, line: Line) -> Found:
        """Every rule that matches the line, with its places from left to right."""
        found = Found(line)
        for start, end in _stretches(line):
            words = {word.text for word in line.words[start:end]}
            begin = line.starts[start] - 1 if start else 0
            finish = line.starts[end] if end < len(line.starts) else len(line.text)
            for number in self._index.candidates(words):
                form = self.forms[number]
                for span in _spans(form.compiled, line.text, begin, finish):
                    found.places.setdefault(form.rule, []).append(span)
        return found

    def _forms(self, pack: Pack) -> Iterator[Form]:
        for entry in pack.entries:
            rule = Rule(pack, ENTRY, entry.id, entry)
            yield from self._of(rule, entry.patterns)
        for name, phrases in pack.context.idioms.items():
            yield from self._of(Rule(pack, IDIOM, name), phrases)
        for kind, phrases in pack.context.cues.items():
            yield from self._of(Rule(pack, kind, kind), phrases)

    def _of(self, rule: Rule, phrases: Sequence[pattern.Phrase]) -> Iterator[Form]:
        renderer = self._tongues[rule.pack.language].renderer
        for phrase in phrases:
            yield Form(rule, phrase, renderer)


@functools.lru_cache(maxsize=8)
def for_packs(packs: tuple[Pack, ...]) -> Matcher:
    """The matcher of these packs, kept for the next message."""
    with without_collecting():
        return Matcher(packs)


def _options() -> Any:  # re2 ships no types
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.longest_match = True
    options.never_capture = True
    options.log_errors = False
    options.max_mem = _MEMORY_OF_AN_EXPRESSION
    return options


_OPTIONS = _options()


def _stretches(line: Line) -> Iterator[tuple[int, int]]:
    """First word and end of each stretch; a normal message is one."""
    start = 0
    while start + _SHARED < len(line.words) or start == 0:
        yield start, min(start + _STRETCH, len(line.words))
        start += _STRETCH - _SHARED


def _spans(expression: Any, text: bytes, begin: int, end: int) -> Iterator[Span]:
    """Matches from left to right; neighbours may share a separator."""
    for _ in range(_MOST_SPANS_OF_A_FORM):
        match = expression.search(text, begin, end)
        if not match:
            return
        yield match.span()
        begin = match.end() - 1
