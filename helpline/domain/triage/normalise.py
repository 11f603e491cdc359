"""A message as one line of plain words, with the way back to what was written."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from .folding import fold
from .wording import Wording

Span: TypeAlias = tuple[int, int]  # bytes of a line, the separators at both ends held

_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_EDGES = ".,;:?!\"'()[]{}…*~_-–—<>«»“”¿¡"
_ELLIPSIS = re.compile(r"\.{2,}|…")
_SPACED_DASH = re.compile(r"\s[-~]+\s|[–—]|--")
_SAYS_NOTHING = frozenset(" \t-*~/&+#@'%=^|¿¡")
_COMMAS = frozenset(",;:()[]{}")
_FEWEST_SPACED_LETTERS = 3


class Word(NamedTuple):
    """A plain word, the separator before it, and where it was written (end exclusive)."""

    text: str
    before: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """Words with one separator before each and one at the end; see `pattern.SEPARATORS`.

    `starts` are the places of the words in `text`; each Word says where in the original it was;
    `language` is that of the words it was read with.
    """

    text: bytes
    words: tuple[Word, ...]
    starts: tuple[int, ...]
    language: str = ""

    def among(self, start: int, end: int) -> slice:
        """Which words a match covers; a match holds the separators at both its ends."""
        return slice(bisect_left(self.starts, start + 1), bisect_left(self.starts, end - 1))

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The code points of the original behind a match."""
        words = self.words[self.among(start, end)]
        return words[0].start, max(word.end for word in words)


def normalise(text: str, wording: Wording) -> Line:
    """The line of a message, read with the words of one language first."""
    return normalise_folded(fold(text), wording)


def normalise_folded(found: tuple[str, list[str]], wording: Wording) -> Line:
    """Likewise of what `fold` gave, for who reads it with several languages."""
    folded, pieces = found
    words = _words(_tokens(folded, wording), folded)
    meant = _without_phrases(_meant(_rejoined(words, wording), wording), wording)
    return _line(meant, _Origins(pieces), folded, wording)


def _tokens(folded: str, wording: Wording) -> Iterator[tuple[str, int, int]]:
    """Tokens of the folded text with their places in it, disguises taken off."""
    for chunk in _CHUNK.finditer(folded):
        text, start = chunk[0], chunk.start()
        if text.isalnum() or (len(text) == 1 and wording.knows(text)):
            yield text, start, chunk.end()
        else:
            yield from _mixed(text, start, wording)


def _mixed(chunk: str, start: int, wording: Wording) -> Iterator[tuple[str, int, int]]:
    core = chunk.strip(_EDGES)
    if not core.replace("'", "").isalnum():
        for worn in (chunk.rstrip(".,?"), core):
            word = wording.undisguise(worn)
            if word:
                place = start + chunk.index(worn)
                yield word, place, place + len(worn)
                return
    for part in _WORD.finditer(chunk):
        yield part[0], start + part.start(), start + part.end()


def _words(tokens: Iterator[tuple[str, int, int]], folded: str) -> list[Word]:
    words, end_before = [], 0
    for text, start, end in tokens:
        before = _separator(folded[end_before:start]) if end_before else "."
        words.append(Word(text, before, start, end))
        end_before = end
    return words


def _separator(between: str) -> str:
    if between == " ":
        return " "
    signs = set(_ELLIPSIS.sub("_", between))
    if "?" in signs:
        return "?"
    if "." in signs or "!" in signs:
        return "."
    if signs & _COMMAS:
        return ","
    return " " if signs <= _SAYS_NOTHING and not _SPACED_DASH.search(between) else "_"


def _rejoined(words: Sequence[Word], wording: Wording) -> Iterator[Word]:
    """Words with "d i e" and "k.i.l.l" put together again."""
    place = 0
    while place < len(words):
        end = place
        while end < len(words) and len(words[end].text) == 1 and words[end].text.isalpha():
            end += 1
        run = words[place:end]
        if len(run) >= _FEWEST_SPACED_LETTERS:
            yield from _spelled_out(run, wording)
        else:
            yield from run or words[place : place + 1]
        place = max(end, place + 1)


def _spelled_out(run: Sequence[Word], wording: Wording) -> Iterator[Word]:
    parts = wording.rejoin("".join(letter.text for letter in run))
    if not parts:
        yield from run
        return
    place = 0
    for part in parts:
        first, last = run[place], run[place + len(part) - 1]
        yield Word(part, first.before if place == 0 else " ", first.start, last.end)
        place += len(part)


def _meant(words: Iterator[Word], wording: Wording) -> list[Word]:
    """Contractions, slang, leet and slips of the finger resolved; several may share a place."""
    meant: list[Word] = []
    for word in words:
        before = word.before
        for text in wording.spell(word.text):
            meant.append(Word(text, before, word.start, word.end))
            before = " "
    return meant


def _without_phrases(words: Sequence[Word], wording: Wording) -> list[Word]:
    """Short forms of several words ("want 2", "don t") resolved."""
    texts, resolved, place = [word.text for word in words], list[Word](), 0
    while place < len(words):
        word, found = words[place], wording.replace_phrases(texts, place)
        if not found:
            resolved.append(word)
            place += 1
            continue
        length, meant = found
        end = words[place + length - 1].end
        for nth, text in enumerate(meant):
            resolved.append(Word(text, " " if nth else word.before, word.start, end))
        place += length
    return resolved


class _Origins:
    """From places in the folded text to code points of the original."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._empty = [not piece for piece in pieces]
        self._of = [place for place, piece in enumerate(pieces) for _ in piece]

    def start(self, place: int) -> int:
        return self._of[place]

    def end(self, place: int) -> int:
        """Just past the character, with the invisible and combining marks that belong to it."""
        end = self._of[place - 1] + 1
        while end < len(self._empty) and self._empty[end]:
            end += 1
        return end


def _line(words: Sequence[Word], origins: _Origins, folded: str, wording: Wording) -> Line:
    text, starts, placed = bytearray(), list[int](), list[Word]()
    texts = [word.text for word in words]
    for place, word in enumerate(words):
        breaks = word.before in " _" and wording.begins_a_clause(texts, place)
        before = ";" if breaks else word.before
        text += before.encode()
        starts.append(len(text))
        text += word.text.encode("utf-8", "replace")
        start, end = origins.start(word.start), origins.end(word.end)
        placed.append(Word(word.text, before, start, end))
    last = _separator(folded[words[-1].end :] if words else "")
    text += b"?" if last == "?" else b"."
    return Line(bytes(text), tuple(placed), tuple(starts), wording.language)
