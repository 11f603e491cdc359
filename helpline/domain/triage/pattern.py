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
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from .folding import fold

# A normalised line is words, each with ONE separator before it and one after the last:
# " " none, "_" a pause, ";" before a word such as "but", "," a comma, "." or "?" a sentence ends.
SEPARATORS = " _;,.?"
_INNER = "[ _;]"
_REMEMBERED = 100_000  # named lists recur in hundreds of patterns
_ANY = "[ _;,.?]"
_EDGE = "[_;,.?]"
_LETTER = "[^ _;,.?]"
_PARTS = re.compile(r"\s*(~~?\d|<[a-z_]+>|[()\[\]|,^$]|[^\s()\[\]|,^$<>~]+)")
LONGEST_GAP = 9

Reword: TypeAlias = Callable[[Sequence[str]], tuple[str, ...]]


class BadPattern(ValueError):
    """A pattern that cannot be read; the message says where."""


@dataclass(frozen=True, slots=True)
class Word:
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    most: int
    crosses_marks: bool


@dataclass(frozen=True, slots=True)
class Mark:
    sign: str


@dataclass(frozen=True, slots=True)
class Group:
    choices: tuple[Phrase, ...]
    optional: bool = False


Part: TypeAlias = Word | Gap | Mark | Group
Phrase: TypeAlias = tuple[Part, ...]


def parse(pattern: str, lists: Mapping[str, Phrase] | None = None) -> Phrase:
    """The parts of a pattern. BadPattern when it cannot be read or says too little."""
    phrase = _Reader(pattern, lists or {}).read()
    if not phrase or any(isinstance(end, Gap) for end in (phrase[0], phrase[-1])):
        raise BadPattern(f"{pattern!r} must begin and end with a word")
    if _fewest_letters(phrase) < 2:
        raise BadPattern(f"{pattern!r} says too little")
    return phrase


def parse_list(text: str, lists: Mapping[str, Phrase]) -> Phrase:
    """A named list of a pack: phrases with bars between them."""
    return _Reader(f"({text})", lists).read()


@functools.lru_cache(maxsize=_REMEMBERED)
def words(phrase: Phrase) -> frozenset[str]:
    """Every word written in a pattern, stems with their star."""
    found: set[str] = set()
    for part in phrase:
        if isinstance(part, Word):
            found.add(part.text)
        elif isinstance(part, Group):
            found = found.union(*map(words, part.choices))
    return frozenset(found)


def has_edge(phrase: Phrase) -> bool:
    """Whether the pattern asks for the edge of a clause, which added words can take away."""
    return any(
        part.sign in "^$" if isinstance(part, Mark)
        else isinstance(part, Group) and any(map(has_edge, part.choices))
        for part in phrase
    )  # fmt: skip


def expression(phrase: Phrase, reword: Reword) -> str:
    """The regular expression over a normalised line, in printable ASCII.

    The match takes in the separator before the first word and the one after the last.
    """
    return _render(phrase, _ANY, _ANY, reword)


def needs(phrase: Phrase, reword: Reword) -> list[frozenset[str]]:
    """Sets of words of which a text must hold at least one each, for the pattern to fit.

    A cheap look before the expression is run. A stem stands with its star at the end.
    """
    sets: list[frozenset[str]] = []
    for run in _runs(phrase):
        part = run[0]
        if isinstance(part, Word):
            sets += [frozenset((word,)) for word in _needed_words(run, reword)]
        elif isinstance(part, Group) and not part.optional:
            one_of = _one_of(part, reword)
            if one_of:
                sets.append(one_of)
    return sets


@functools.lru_cache(maxsize=_REMEMBERED)
def _one_of(group: Group, reword: Reword) -> frozenset[str] | None:
    """Words of which a text must hold one for any choice to fit; None when one needs no word."""
    narrowest = [min(needs(each, reword), key=len, default=None) for each in group.choices]
    if None in narrowest:
        return None
    return frozenset[str]().union(*(words for words in narrowest if words))


def _needed_words(run: Sequence[Part], reword: Reword) -> Iterator[str]:
    for word in _spelled(run, reword):
        stem, star, _ = word.partition("*")
        if stem:
            yield stem + star


@functools.lru_cache(maxsize=_REMEMBERED)
def _render(phrase: Phrase, lead: str, tail: str, reword: Reword) -> str:
    """`lead` is what may stand before the next word, `tail` what must follow the last."""
    rendered: list[str] = []
    runs = _runs(phrase)
    for place, run in enumerate(runs, start=1):
        part, last = run[0], place == len(runs)
        if isinstance(part, Word):
            rendered.append(_literal(run, lead, reword))
            lead = _INNER
        elif isinstance(part, Gap):
            rendered.append(_gap(part, lead))
            lead = _ANY if part.crosses_marks else lead
        elif isinstance(part, Group):
            if part.optional and lead == _EDGE:
                return "".join(rendered) + _at_edge(_flat(runs[place:]), part, tail, reword)
            after = tail if last else ""
            inside = [_render(choice, lead, after, reword) for choice in part.choices]
            if part.optional:
                inside.append(after)
            rendered.append(f"(?:{'|'.join(inside)})")
            lead = lead if part.optional else _INNER
            tail = "" if last else tail
        else:
            lead = {"^": _EDGE, ",": _ANY}.get(part.sign, lead)
            tail = _EDGE if part.sign == "$" else tail
    return "".join(rendered) + tail


def _at_edge(rest: Phrase, first: Group, tail: str, reword: Reword) -> str:
    """What stands at the edge of a clause: an optional part and the rest, or the rest alone."""
    inside = "|".join(_render(choice, _EDGE, "", reword) for choice in first.choices)
    after, alone = (_render(rest, edge, tail, reword) for edge in (_INNER, _EDGE))
    return f"(?:(?:{inside}){after}|{alone})"


def _gap(gap: Gap, lead: str) -> str:
    """Words between; after a comma of the pattern a mark may stand before the first of them."""
    between = _ANY if gap.crosses_marks else "[ _]"
    first = _ANY if lead == _ANY else between
    return f"(?:{first}{_LETTER}+(?:{between}{_LETTER}+){{0,{gap.most - 1}}})?"


def _literal(run: Sequence[Part], lead: str, reword: Reword) -> str:
    spelled = _spelled(run, reword)
    seams = [lead] + [_INNER] * (len(spelled) - 1)
    return "".join(
        seam + "".join(map(_escaped, word)) for seam, word in zip(seams, spelled, strict=True)
    )


def _spelled(run: Sequence[Part], reword: Reword) -> tuple[str, ...]:
    return _reworded(tuple(part.text for part in run if isinstance(part, Word)), reword)


@functools.lru_cache(maxsize=_REMEMBERED)
def _reworded(words: tuple[str, ...], reword: Reword) -> tuple[str, ...]:
    return (fold(words[0])[0].strip(),) if "*" in words[0] else reword(words)


def _runs(phrase: Phrase) -> list[list[Part]]:
    """Plain words that follow each other together, every other part alone."""
    runs: list[list[Part]] = []
    for part in phrase:
        if runs and _is_plain(part) and _is_plain(runs[-1][-1]):
            runs[-1].append(part)
        else:
            runs.append([part])
    return runs


def _flat(runs: Sequence[Sequence[Part]]) -> Phrase:
    return tuple(part for run in runs for part in run)


def _is_plain(part: Part) -> bool:
    return isinstance(part, Word) and "*" not in part.text


def _escaped(char: str) -> str:
    if char == "*":
        return _LETTER + "*"
    if char.isascii() and char.isalnum():
        return char
    return "".join(f"\\x{byte:02x}" for byte in char.encode())


def _fewest_letters(phrase: Phrase) -> int:
    """How many letters the shortest text that fits must have."""
    fewest = 0
    for part in phrase:
        if isinstance(part, Word):
            fewest += len(part.text.replace("*", "")) + (not part.text.isascii())
        elif isinstance(part, Group) and not part.optional:
            fewest += min(_fewest_letters(choice) for choice in part.choices)
    return fewest


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str, lists: Mapping[str, Phrase]) -> None:
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
                row[-1] = Group(((row[-1],), (self._part(),)))
            else:
                row.append(self._part())
        return tuple(row)

    def _part(self) -> Part:
        part = self._take()
        if part in ("(", "["):
            return self._group(")" if part == "(" else "]")
        if part.startswith("~"):
            return self._gap(part)
        if part.startswith("<"):
            return self._list(part[1:-1])
        if part in (",", "^", "$"):
            return Mark(part)
        if not part or part in ")]|" or part.startswith("*"):
            raise BadPattern(f"{self._pattern!r} has a stray {part or 'bar at its end'!r}")
        return Word(part)

    def _group(self, closing: str) -> Group:
        choices = [self._row(tight=False)]
        while self._peek() == "|":
            self._take()
            choices.append(self._row(tight=False))
        if self._take() != closing or not all(choices):
            raise BadPattern(f"{self._pattern!r} has brackets that do not close or are empty")
        return Group(tuple(choices), optional=closing == "]")

    def _gap(self, part: str) -> Gap:
        most = int(part.lstrip("~"))
        if not 1 <= most <= LONGEST_GAP:
            raise BadPattern(f"{self._pattern!r}: a gap is 1 to {LONGEST_GAP} words")
        return Gap(most, crosses_marks=part.startswith("~~"))

    def _list(self, name: str) -> Group:
        if name not in self._lists:
            raise BadPattern(f"{self._pattern!r} names a list <{name}> that the pack does not have")
        return Group((self._lists[name],))
