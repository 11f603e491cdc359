"""All patterns of all packs over one line: the words choose the few that can fit."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from . import pattern
from .building import without_collecting
from .folding import fold
from .index import Index
from .lexicon import Entry, Pack
from .normalise import Line, Span, normalise_folded
from .tongue import Tongue
from .walking import Step, Stretch

IDIOM = "idiom"
ENTRY = "entry"
# A long line is looked at in stretches, so that its cost grows with its length and with nothing
# else. Neighbours share as many words as the longest match may have.
_STRETCH = 480
_SHARED = 40

Seam: TypeAlias = tuple[int, int]  # of two texts in a row: see `seam`

_SPOKEN_BESIDE = 2  # words of another language in a message; one may be a name
_MOST_UNKNOWN = 80  # words; of more, none of them known, no language makes more than another
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What a pattern stands for: an entry, an idiom or a kind of cue of one pack."""

    pack: Pack
    kind: str
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class EntryRule(Rule):
    """An entry, or rather one of its two parts: see `Entry.split`."""

    entry: Entry


@dataclass(eq=False)
class Form:
    """One pattern. Its steps are made when the words of a message first call for it: making all
    of them would take longer than a visitor, or a restart, should wait."""

    rule: Rule
    phrase: pattern.Phrase
    tongue: Tongue

    @functools.cached_property
    def step(self) -> Step:
        return self.tongue.walker.step(self.phrase)

    def spans(self, stretch: Stretch) -> Iterator[Span]:
        """Where it fits, from left to right."""
        return stretch.spans(self.step)

    def may_cross(self, stretch: Stretch, seam: Seam) -> bool:
        """Whether a match may begin before a seam and end after it."""
        before, after = stretch.around(*seam)
        return self.step(before, stretch) & after > 0


@dataclass(frozen=True, slots=True)
class Found:
    """What matches in a line, and where. Spans hold the separators at both ends.

    The entries are walked at once. Cues and idioms bear on matches only: `waiting` are those that
    may fit, walked when somebody asks, which for most messages is never.
    """

    line: Line
    entries: dict[EntryRule, list[Span]] = field(default_factory=dict)
    waiting: list[tuple[Form, Stretch]] = field(default_factory=list)

    def cues(self, packs: Collection[Pack], kind: str) -> list[Span]:
        """Places of every cue of a kind in these packs, first to last."""
        return [span for span, _ in self.around(packs, kind)]

    def around(self, packs: Collection[Pack], kind: str) -> list[tuple[Span, Form]]:
        """The same places, each with the form that fits there."""
        placed = [
            (span, form)
            for form, stretch in self.waiting
            if form.rule.kind == kind and form.rule.pack in packs
            for span in form.spans(stretch)
        ]
        return sorted(placed, key=lambda one: one[0])

    def is_part(self, hit: Span, form: Form, place: Span) -> bool:
        """Whether a form fits here only because of the words of a match; words that it merely
        passes over in a gap are no part of it."""
        there, hidden = self.line.among(*place), self.line.among(*hit)
        first, last = max(there.start, hidden.start), min(there.stop, hidden.stop)
        looked_at = {(there.start, there.stop), (there.start, last), (first, there.stop)}
        return any(
            self._covers(form, hit, Stretch(self.line, start, end))
            and not self._covers(form, hit, Stretch(self.line, start, end, unheard=hidden))
            for start, end in looked_at
        )

    @staticmethod
    def _covers(form: Form, hit: Span, stretch: Stretch) -> bool:
        return any(overlap(hit, span) for span in form.spans(stretch))

    def everything(self) -> dict[Rule, list[Span]]:
        """Entries, idioms and cues with their places from left to right."""
        places: dict[Rule, set[Span]] = {rule: set(spans) for rule, spans in self.entries.items()}
        for form, stretch in self.waiting:
            places.setdefault(form.rule, set()).update(form.spans(stretch))
        return {rule: sorted(spans) for rule, spans in places.items() if spans}


class Matcher:
    """A set of packs ready for use. Build it once: see `for_packs`."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self.packs = tuple(packs)
        self._tongues = {pack.language: Tongue(pack, self.packs) for pack in self.packs}
        self.forms = tuple(form for pack in self.packs for form in self._forms(pack))
        self._index = Index([form.tongue.renderer.needs(form.phrase) for form in self.forms])

    def read(self, text: str) -> list[Line]:
        """The line of a message, one for each language that it may be written in: those that know
        most of its words, and those that know several of the words that these do not."""
        folded = fold(text)
        said = _TOKEN.findall(folded[0])
        tokens = set(said)
        known = {tongue: tongue.known_of(tokens) for tongue in self._tongues.values()}
        most = max(map(len, known.values()))
        first = [tongue for tongue, words in known.items() if len(words) == most]
        if not most and (not said or len(said) > _MOST_UNKNOWN):
            first = first[:1]
        left = tokens.difference(*(known[tongue] for tongue in first))
        others = [
            tongue for tongue in known
            if tongue not in first and len(known[tongue] & left) >= _SPOKEN_BESIDE
        ]  # fmt: skip
        return [normalise_folded(folded, tongue.wording) for tongue in (*first, *others)]

    @property
    def tongues(self) -> Collection[Tongue]:
        return self._tongues.values()

    def tongue(self, line: Line) -> Tongue:
        """The language that a line was read in."""
        return self._tongues[line.language]

    def around(self, line: Line, pack: Pack) -> list[Pack]:
        """The packs whose cues bear on a match of `pack` in this line."""
        return [other for other in self.packs if other == pack or other.language == line.language]

    def find(self, line: Line, seam: Seam | None = None) -> Found:
        """Every entry that matches the line, and the cues that may. With a seam, of the entries
        only those that may cross it: the others were found before the two sides were joined."""
        found = Found(line)
        for start, end in _stretches(line):
            stretch = Stretch(line, start, end)
            for number in self._index.candidates(stretch.words):
                form = self.forms[number]
                if not isinstance(form.rule, EntryRule):
                    found.waiting.append((form, stretch))
                    continue
                if seam and not form.may_cross(stretch, seam):
                    continue
                for span in form.spans(stretch):
                    found.entries.setdefault(form.rule, []).append(span)
        return found

    def _forms(self, pack: Pack) -> Iterator[Form]:
        negations = _single_words(pack.context.cues["negation"])
        for entry in pack.entries:
            for part in entry.split(negations):
                yield from self._of(EntryRule(pack, ENTRY, entry.id, part), part.patterns)
        for name, phrases in pack.context.idioms.items():
            yield from self._of(Rule(pack, IDIOM, name), phrases)
        for kind, phrases in pack.context.cues.items():
            yield from self._of(Rule(pack, kind, kind), phrases)

    def _of(self, rule: Rule, phrases: Sequence[pattern.Phrase]) -> Iterator[Form]:
        tongue = self._tongues[rule.pack.language]
        for phrase in phrases:
            yield Form(rule, phrase, tongue)


def made_ready(packs: Sequence[Pack]) -> Iterator[None]:
    """Makes the steps of every pattern, a few milliseconds of work at a time at most: whoever asks
    lets others go first in between. After it no message waits for a pattern to be made."""
    for form in for_packs(tuple(packs)).forms:
        yield
        _ = form.step


def seam(line: Line, crossing: int) -> Seam:
    """How many words begin before this place of the original, and how many end there at the
    latest: a match across it begins with one of the first and goes on beyond the second."""
    begin = sum(word.start < crossing for word in line.words)
    end = next((nth for nth, word in enumerate(line.words) if word.end > crossing), begin)
    return begin, end


@functools.lru_cache(maxsize=8)
def for_packs(packs: tuple[Pack, ...]) -> Matcher:
    """The matcher of these packs, kept for the next message."""
    with without_collecting():
        return Matcher(packs)


def overlap(one: Span, other: Span) -> bool:
    """Whether two matches share a word, their outer separators left aside."""
    return one[0] + 1 < other[1] - 1 and other[0] + 1 < one[1] - 1


def _single_words(phrases: Sequence[pattern.Phrase]) -> frozenset[str]:
    """The words that are a cue alone, such as not, never, without."""
    return pattern.words(phrase for phrase in phrases if len(phrase) == 1)


def _stretches(line: Line) -> Iterator[tuple[int, int]]:
    """First word and end of each stretch; a normal message is one."""
    start = 0
    while start + _SHARED < len(line.words) or start == 0:
        yield start, min(start + _STRETCH, len(line.words))
        start += _STRETCH - _SHARED
