"""Which patterns can fit a text at all, judged by its words: one pass, whatever the text is.

Every pattern has a bit on each of a few layers, one layer for each thing it needs. A word sets
the bits of all needs that it meets; a pattern is a candidate when its bit is set on every layer.
Walking the pattern has the last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .rendering import MOST_NEEDS, Needs


class Index:
    """Words to patterns, patterns being numbered from 0 in the order given."""

    def __init__(self, needs: Sequence[Needs]) -> None:
        self._layers = [_Layer(needs, nth) for nth in range(MOST_NEEDS)]
        self._stems = frozenset(
            key[:-1] for layer in self._layers for key in layer.met_by if key.endswith("*")
        )
        self._longest_stem = max(map(len, self._stems), default=0)
        known = frozenset(key for layer in self._layers for key in layer.met_by)
        self._keys = {word: self._keys_of(word) for word in known if not word.endswith("*")}

    def candidates(self, words: Iterable[str]) -> Iterator[int]:
        """Numbers of the patterns that these words may fit, lowest first."""
        keys: set[str] = set()
        for word in words:
            keys.update(self._keys.get(word) or self._keys_of(word))
        everywhere = -1
        for layer in self._layers:
            everywhere &= layer.met(keys)
            if not everywhere:
                return
        while everywhere:
            lowest = everywhere & -everywhere
            yield lowest.bit_length() - 1
            everywhere ^= lowest

    def _keys_of(self, word: str) -> tuple[str, ...]:
        """What a word can meet: itself, and every stem that it begins with."""
        beginnings = (word[:end] for end in range(1, min(len(word), self._longest_stem) + 1))
        return word, *(first + "*" for first in beginnings if first in self._stems)


class _Layer:
    """The nth need of every pattern. Whoever needs less is content here."""

    def __init__(self, needs: Sequence[Needs], nth: int) -> None:
        self.content = 0
        self.met_by: dict[str, int] = {}
        for number, sets in enumerate(needs):
            bit = 1 << number
            if nth >= len(sets):
                self.content |= bit
                continue
            for word in sets[nth]:
                self.met_by[word] = self.met_by.get(word, 0) | bit

    def met(self, keys: set[str]) -> int:
        met = self.content
        for key in keys:
            if key in self.met_by:
                met |= self.met_by[key]
        return met
