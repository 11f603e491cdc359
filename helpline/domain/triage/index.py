"""Which patterns can fit a text at all, judged by its words: one pass, whatever the text is.

Every pattern has a bit on each of a few layers, one layer for each thing it needs. A word sets
the bits of all needs that it meets; a pattern is a candidate when its bit is set on every layer.
The expression itself has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

_LAYERS = 6

Needs: TypeAlias = Sequence[frozenset[str]]


class Index:
    """Words to patterns, patterns being numbered from 0 in the order given."""

    def __init__(self, needs: Sequence[Needs]) -> None:
        self._patterns = len(needs)
        self._words: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._needs_nothing = 0
        for number, sets in enumerate(needs):
            self._add(number, sorted(sets, key=len)[:_LAYERS])
        for word in self._words:
            self._words[word] |= self._met_by_stems(word)

    def candidates(self, words: Iterable[str]) -> Iterator[int]:
        """Numbers of the patterns that these words may fit, lowest first."""
        met = self._needs_nothing
        for word in set(words):
            known = self._words.get(word)
            met |= self._met_by_stems(word) if known is None else known
        everywhere = met
        for layer in range(1, _LAYERS):
            everywhere &= met >> (layer * self._patterns)
        everywhere &= (1 << self._patterns) - 1
        while everywhere:
            lowest = everywhere & -everywhere
            yield lowest.bit_length() - 1
            everywhere ^= lowest

    def _add(self, number: int, sets: Needs) -> None:
        for layer in range(_LAYERS):
            bit = 1 << (layer * self._patterns + number)
            if layer >= len(sets):
                self._needs_nothing |= bit
                continue
            for word in sets[layer]:
                table = self._stems if word.endswith("*") else self._words
                key = word.rstrip("*")
                table[key] = table.get(key, 0) | bit

    def _met_by_stems(self, word: str) -> int:
        met = 0
        for end in range(1, len(word) + 1):
            met |= self._stems.get(word[:end], 0)
        return met
