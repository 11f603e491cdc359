"""Words as people type them, turned into the words that the packs know."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from .folding import fold

Words = tuple[str, ...]

_LOOKS_LIKE: Mapping[str, str] = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b",
    "9": "g", "@": "a", "$": "s", "!": "il", "|": "il", "+": "t", "€": "e", "£": "l", "(": "c",
    "<": "c", "¡": "i",
}  # fmt: skip
_HIDES_A_LETTER = "*#_-.%^~x"
_LONG_ENOUGH = 6  # for a slip of the finger to be taken for this word
_LONG = 8  # for a wrong letter
_LONGEST_DISGUISE = 16
_FEWEST_LETTERS_LEFT = 4  # of a word that lost one
_LONGEST_PART = 12
_MOST_GUESSES = 32
_REMEMBERED = 50_000  # the same words stand in many patterns, and each language asks for them
_REPEATED = re.compile(r"(.)\1{2,}")
_DOUBLED_VOWEL = re.compile(r"([aeiou])\1+")
_APOSTROPHE_ENDINGS = ("t", "m", "s", "ll", "re", "ve", "d")


class Wording:
    """The words of all loaded packs: what is known, what is short for what, what gets disguised."""

    def __init__(
        self,
        expansions: Mapping[str, str],
        disguised: Iterable[str],
        known: Iterable[str] = (),
        breakers: Iterable[str] = (),
        language: str = "",
        own: Iterable[str] = (),
    ) -> None:
        self.language = language
        self._own = frozenset(map(plain, own))
        self._long_form = functools.cache(self._spelled)
        self._short: dict[str, Words] = {}
        self._phrases: dict[str, list[tuple[Words, Words]]] = {}
        for written, stands_for in expansions.items():
            self._add_expansion(plain(written), tuple(plain(stands_for).split()))
        meant = frozenset(itertools.chain.from_iterable(self._short.values()))
        self._disguised = frozenset(plain(word) for word in disguised)
        self.known = self._disguised | meant | frozenset(self._short) | set(map(plain, known))
        self._by_shape = _by_first_and_length(self._disguised)
        self._near = _near_misses(word for word in self._disguised if len(word) >= _LONG_ENOUGH)
        self._breakers: dict[str, list[Words]] = {}
        for breaker in breakers:
            phrase = tuple(plain(breaker).split())
            self._breakers.setdefault(phrase[0], []).append(phrase)

    def _add_expansion(self, written: str, meant: Words) -> None:
        keys = [written]
        stem, _, ending = written.rpartition("'")
        if ending in _APOSTROPHE_ENDINGS and stem:
            keys.append(f"{stem} {ending}")
        for key in keys:
            first, *rest = key.split()
            if rest:
                self._phrases.setdefault(first, []).append(((first, *rest), meant))
            else:
                self._short.setdefault(first, meant)

    def knows(self, word: str) -> bool:
        return word in self.known

    def begins_a_clause(self, words: Sequence[str], place: int) -> bool:
        """Whether a word such as "but" stands here."""
        written = self._breakers.get(words[place], ())
        return any(tuple(words[place : place + len(one)]) == one for one in written)

    def in_pattern(self, words: Sequence[str]) -> Words:
        """How words of a pattern that follow each other are spelled in a normalised line."""
        spelled: list[str] = []
        for word in words:
            spelled += self._long_form(word)
        return self.resolve(spelled)

    def _spelled(self, word: str) -> Words:
        spelled = plain(word)
        return self._short.get(spelled) or tuple(spelled.replace("'", " ").split())

    def resolve(self, words: Sequence[str]) -> Words:
        """Words with the short forms of several words ("want 2") replaced."""
        if self._phrases.keys().isdisjoint(words):
            return tuple(words)
        resolved: list[str] = []
        place = 0
        while place < len(words):
            length, meant = self.replace_phrases(words, place) or (1, (words[place],))
            resolved += meant
            place += length
        return tuple(resolved)

    def spell(self, token: str) -> Words:
        """The words meant by one folded token of letters, digits and apostrophes."""
        if token in self._short:
            return self._short[token]
        if token in self._own or token in self._disguised:
            return (token,)
        swapped = self._swapped(token)
        if swapped or token in self.known:
            return (swapped or token,)
        meant = self._once(token)
        if meant:
            return self._short.get(meant, (meant,))
        if "'" in token:
            return self._apart(token)
        return self._run_together(token) or (self._cut_short(token) or self._shortened(token),)

    def undisguise(self, chunk: str) -> str | None:
        """The known word behind letters mixed with signs (k1ll, su!cidal, s*icide), if any."""
        if len(chunk) > _LONGEST_DISGUISE or not any(map(str.isalpha, chunk)):
            return None
        bare = "".join(char for char in chunk if char.isalnum())
        if bare in self._disguised and bare != chunk:
            return bare
        return self._unmasked(chunk) or self._unleeted(chunk)

    def rejoin(self, letters: str) -> Words | None:
        """The words spelled by a run of single letters, or None when they spell nothing."""
        if letters in self.known and len(letters) > 2:
            return (letters,)
        parts = self._divided(letters)
        return parts if any(len(part) > 2 for part in parts) else None

    def replace_phrases(self, words: Sequence[str], place: int) -> tuple[int, Words] | None:
        """How many words from here stand for others, and for which."""
        for written, meant in self._phrases.get(words[place], ()):
            if tuple(words[place : place + len(written)]) == written:
                return len(written), meant
        return None

    def _once(self, token: str) -> str | None:
        if any(map(str.isdigit, token)):
            return self._unleeted(token)
        for shorter in _without_repeats(token):
            if shorter in self.known:
                return shorter
        return self._near_miss(self._shortened(token))

    def _near_miss(self, token: str) -> str | None:
        """The disguised word that a slip of the finger makes of this one."""
        if not _LONG_ENOUGH - 1 <= len(token) <= _LONGEST_DISGUISE:
            return None
        word = self._near.get(token)
        if word:
            return word
        for shorter in _deletions(token):
            word = self._near.get(shorter) if len(token) >= _LONG else None
            if shorter in self._disguised and len(shorter) >= _LONG_ENOUGH:
                return shorter
            if word and len(word) == len(token) and word[0] == token[0]:
                return word
        return None

    def _swapped(self, token: str) -> str | None:
        """The word of the language of which hurried fingers swapped two letters: "wnat"."""
        if not 3 <= len(token) <= _LONGEST_DISGUISE:
            return None
        return next((word for word in _swaps(token) if word in self._own), None)

    def _cut_short(self, token: str) -> str | None:
        """The word of which they doubled no letter ("hiting") or left out a vowel ("lockd")."""
        if not _FEWEST_LETTERS_LEFT <= len(token) <= _LONGEST_DISGUISE:
            return None
        slips = itertools.chain(_doublings(token), _with_a_vowel(token))
        return next((word for word in slips if word in self._own), None)

    def _unleeted(self, token: str) -> str | None:
        choices = [_LOOKS_LIKE.get(char, char) for char in token]
        if all(map(str.isalpha, token)) or len(token) > _LONGEST_DISGUISE:
            return None
        for guess in itertools.islice(itertools.product(*choices), _MOST_GUESSES):
            word = "".join(guess)
            if word in self.known and word.isalpha():
                return word
        return None

    def _unmasked(self, chunk: str) -> str | None:
        if sum(char in _HIDES_A_LETTER for char in chunk) in (0, len(chunk)):
            return None
        for word in self._by_shape.get((chunk[0], len(chunk)), ()):
            if all(a == b or a in _HIDES_A_LETTER for a, b in zip(chunk, word, strict=True)):
                return word
        return None

    def _apart(self, token: str) -> Words:
        parts = [part for part in token.split("'") if part]
        if len(parts) > 1 and parts[-1] == "s":
            parts.pop()
        return tuple(word for part in parts for word in self._short.get(part, (part,)))

    @staticmethod
    def _shortened(token: str) -> str:
        return _REPEATED.sub(r"\1", token)

    def _run_together(self, token: str) -> Words | None:
        """killmyself: known words with nothing left over, one of them often disguised."""
        if not 8 <= len(token) <= 40 or not any(
            token[a:b] in self._disguised
            for a in range(len(token))
            for b in range(a + 3, min(len(token), a + 9) + 1)
        ):
            return None
        parts = self._divided(token)
        whole = all(part in self.known for part in parts)
        return self._expanded(parts) if whole else None

    def _expanded(self, parts: Words) -> Words:
        return tuple(word for part in parts for word in self._short.get(part, (part,)))

    def _divided(self, letters: str) -> Words:
        """The fewest known words; a letter that fits none stands alone and weighs three."""
        costs, began = [0], [0]
        for end in range(1, len(letters) + 1):
            cost, best = costs[end - 1] + 3, end - 1
            for start in range(max(0, end - _LONGEST_PART), end):
                if costs[start] + 1 < cost and letters[start:end] in self.known:
                    cost, best = costs[start] + 1, start
            costs.append(cost)
            began.append(best)
        return self._cut(letters, began)

    @staticmethod
    def _cut(letters: str, began: Sequence[int]) -> Words:
        parts: list[str] = []
        end = len(letters)
        while end:
            parts.append(letters[began[end] : end])
            end = began[end]
        return tuple(reversed(parts))


@functools.lru_cache(maxsize=_REMEMBERED)
def plain(text: str) -> str:
    """How a word of a pack is spelled in a normalised line."""
    return fold(text)[0].strip()


def _without_repeats(token: str) -> Iterator[str]:
    if _REPEATED.search(token):
        yield _REPEATED.sub(r"\1", token)
        yield _REPEATED.sub(r"\1\1", token)
    if _DOUBLED_VOWEL.search(token):  # "waant", "liife"
        yield _DOUBLED_VOWEL.sub(r"\1", token)


def _deletions(word: str) -> Iterator[str]:
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]


def _near_misses(words: Iterable[str]) -> dict[str, str]:
    """Words with a letter left out, or with two neighbours swapped, and what was meant."""
    near: dict[str, str] = {}
    for word in words:
        for slip in itertools.chain(_deletions(word), _swaps(word)):
            near.setdefault(slip, word)
    return near


def _swaps(word: str) -> Iterator[str]:
    for place in range(1, len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _doublings(word: str) -> Iterator[str]:
    for place in range(1, len(word)):
        yield word[:place] + word[place] + word[place:]


def _with_a_vowel(word: str) -> Iterator[str]:
    for place in range(1, len(word) + 1):
        for vowel in "aeiou":
            yield word[:place] + vowel + word[place:]


def _by_first_and_length(words: Iterable[str]) -> dict[tuple[str, int], list[str]]:
    table: dict[tuple[str, int], list[str]] = {}
    for word in words:
        table.setdefault((word[0], len(word)), []).append(word)
    return table
