"""One language among the packs that are loaded: how a message in it is read."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Sequence

from . import pattern
from .lexicon import Pack
from .rendering import Renderer
from .walking import Walker
from .wording import Wording, plain


class Tongue:
    """Reads with one pack first; the others help where they do not contradict it.

    "im" is "I am" in English and a plain word in German, "car" begins a clause in French only:
    a short form or a breaker of another language counts only if it is no word of this one.
    """

    def __init__(self, pack: Pack, packs: Sequence[Pack]) -> None:
        context = pack.context
        self.likeness = pack.likeness
        own = _words_of(pack) | context.lists["common"]
        self._everyday = frozenset(map(plain, context.lists["common"]))
        self._hidden = frozenset(map(plain, context.lists["disguised"]))
        self._vocabulary = self._hidden.union(map(plain, own), map(plain, context.expansions))
        expansions = dict(context.expansions)
        breakers = set(context.lists["breakers"])
        known, disguised = set[str](), set[str]()
        for other in packs:
            known |= _words_of(other).union(*other.context.lists.values())
            disguised |= other.context.lists["disguised"]
            breakers |= other.context.lists["breakers"] - own
            for short, meant in other.context.expansions.items():
                if short not in own:
                    expansions.setdefault(short, meant)
        self.wording = Wording(expansions, disguised, known, breakers, pack.language, own)
        self.renderer = Renderer(self.wording.in_pattern)
        self.walker = Walker(self.renderer)

    def knows(self, word: str) -> bool:
        return word in self._vocabulary

    def says_daily(self, words: Iterable[str]) -> bool:
        """Whether these are only everyday words of the language, as "will die" is in German."""
        return self._everyday.issuperset(words)

    def understands(self, words: Collection[str]) -> bool:
        """Whether the language has all these words, and none of them is one that people hide."""
        return self._vocabulary.issuperset(words) and self._hidden.isdisjoint(words)

    def known_of(self, tokens: Collection[str]) -> frozenset[str]:
        """Which of these words belong to the language."""
        return self._vocabulary.intersection(tokens)


@functools.lru_cache(maxsize=32)
def _words_of(pack: Pack) -> frozenset[str]:
    """Every whole word that the patterns of a pack name."""
    phrases = [phrase for entry in pack.entries for phrase in entry.patterns]
    for group in (*pack.context.cues.values(), *pack.context.idioms.values()):
        phrases += group
    return frozenset(word for word in pattern.words(phrases) if "*" not in word)
