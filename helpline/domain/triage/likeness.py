"""A second reader: words weighed together, for what no pattern holds yet.

The weights are learned from the labelled messages of the project (`learning`), never from what
visitors wrote. It is asked only where the word rules found nothing that stands, and can only raise.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .badpack import BadPack
from .normalise import Word

LIKENESS = "likeness"
_WINDOW = 40  # words weighed together; a long message is weighed in windows that overlap by half
_FEWEST_WORDS = 4  # fewer say too little to be weighed: "it is me"
_BEGIN, _END = "^", "$"
_LARGEST = 1_000  # of a weight; those that are learned stay below ten
_SENTENCE_ENDS = ".?"


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a language's messages of people at risk have in common, as weights of `signs`.

    A message whose weight reaches `bound` reads like one of them. Two are the same when language
    and version are.
    """

    language: str
    version: str
    bound: float = field(compare=False)
    base: float = field(compare=False)
    weights: Mapping[str, float] = field(compare=False, repr=False)

    @property
    def rule(self) -> str:
        return f"{self.language}.{LIKENESS}"

    @property
    def label(self) -> str:
        return f"{self.language}-{LIKENESS}@{self.version}"

    def as_mapping(self) -> dict[str, Any]:
        """For keeping as JSON; `read` takes it back."""
        return {
            "language": self.language,
            "version": self.version,
            "bound": self.bound,
            "base": self.base,
            "weights": dict(self.weights),
        }

    @classmethod
    def read(cls, kept: Any, language: str) -> Likeness:
        """From what was kept for this language. BadPack tells everything that is wrong with it."""
        problems = list(_problems(kept, language))
        if problems:
            raise BadPack(f"{language}.{LIKENESS}", problems)
        weights = {sign: float(weight) for sign, weight in kept["weights"].items()}
        return cls(language, kept["version"], float(kept["bound"]), float(kept["base"]), weights)

    def telling(self, words: Sequence[Word]) -> Sequence[Word]:
        """The words among these that speak most for risk; none when they do not read like those
        of a person at risk."""
        if len(words) < _FEWEST_WORDS:
            return ()
        for window in _windows(words):
            texts = [word.text for word in window]
            if self.weight(texts) >= self.bound:
                start, end = _heaviest(self._of_each(texts))
                return window[start:end]
        return ()

    def weight(self, texts: Sequence[str]) -> float:
        """How much some words together read like risk; the length has no say in it."""
        found = signs(texts)
        weighed = sum(self.weights.get(sign, 0.0) for sign in found)
        return self.base + weighed / math.sqrt(len(found))

    def _of_each(self, texts: Sequence[str]) -> list[float]:
        """What each word brings: its own weight and that of the signs that end with it."""
        row = (_BEGIN, *texts, _END)
        each = [0.0] * len(texts)
        for nth, text in enumerate(row[1:], start=1):
            ending = [text, f"{row[nth - 1]} {text}"]
            if nth > 1:
                ending.append(f"{row[nth - 2]} ~ {text}")
            brought = sum(self.weights.get(sign, 0.0) for sign in ending)
            each[min(nth, len(texts)) - 1] += brought
        return each


def _problems(kept: Any, language: str) -> Iterator[str]:
    if not isinstance(kept, Mapping):
        yield "it is no mapping"
        return
    if kept.get("language") != language:
        yield f"it was learned for the language {kept.get('language')!r}"
    if not isinstance(kept.get("version"), str) or not kept["version"]:
        yield "it names no version"
    for name in ("bound", "base"):
        if not _is_weight(kept.get(name)):
            yield f"{name} is no number from -{_LARGEST} to {_LARGEST}"
    weights = kept.get("weights")
    if not isinstance(weights, Mapping) or not weights:
        yield "it holds no weights"
        return
    wrong = [sign for sign, weight in weights.items() if not _is_weight(weight)]
    if wrong:
        yield f"{len(wrong)} of its weights are no numbers in these bounds, such as {wrong[0]!r}"


def _is_weight(found: Any) -> bool:
    """A number that a sum can bear; NaN is within no bounds, and true is no number."""
    number = isinstance(found, int | float) and not isinstance(found, bool)
    return number and -_LARGEST <= found <= _LARGEST


def signs(texts: Sequence[str]) -> set[str]:
    """What is weighed: each word, each two in a row, each two with one between."""
    row = (_BEGIN, *texts, _END)
    found = set(row)
    found.update(f"{one} {other}" for one, other in itertools.pairwise(row))
    found.update(f"{one} ~ {other}" for one, other in zip(row, row[2:], strict=False))
    return found


def undecided(words: Sequence[Word], judged: Sequence[tuple[int, int]]) -> Iterator[list[Word]]:
    """The words in a row whose sentences hold no place that a rule has judged; `judged` are code
    points of the original."""
    row: list[Word] = []
    for sentence in _sentences(words):
        start, end = sentence[0].start, max(word.end for word in sentence)
        if any(start < last and first < end for first, last in judged):
            if row:
                yield row
            row = []
        else:
            row += sentence
    if row:
        yield row


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    sentence: list[Word] = []
    for word in words:
        if sentence and word.before in _SENTENCE_ENDS:
            yield sentence
            sentence = []
        sentence.append(word)
    if sentence:
        yield sentence


def _windows(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    start = 0
    while start == 0 or start + _WINDOW // 2 < len(words):
        yield words[start : start + _WINDOW]
        start += _WINDOW // 2


def _heaviest(each: Sequence[float]) -> tuple[int, int]:
    """The stretch with the greatest sum, at least one word long."""
    best = (each[0], 0, 1)
    start, total = 0, 0.0
    for nth, weight in enumerate(each):
        if total <= 0:
            start, total = nth, 0.0
        total += weight
        best = max(best, (total, start, nth + 1), key=lambda stretch: stretch[0])
    return best[1:]
