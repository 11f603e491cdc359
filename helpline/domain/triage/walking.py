"""Patterns walked over the words of a line, from every place at once.

A place is a separator: before a word, or after the last. A set of places is a number with one
bit each, so a step of a pattern is a few shifts and ands whatever the text holds, and nothing is
ever gone back over.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from .normalise import Line, Span
from .pattern import SEPARATORS, Gap, Group, Phrase, flat, runs, words_of
from .rendering import Renderer

# Classes of separators; which signs they hold stands at `pattern.SEPARATORS`.
_ANY, _INNER, _EDGE, _SOFT = " _;,.?", " _;", "_;,.?", " _"
_CLASSES = (_ANY, _INNER, _EDGE, _SOFT)
_ALWAYS = ""  # choices that do not begin with a word
_SAID = ""  # what must follow was looked at already
_MOST_SPANS = 48  # of one pattern in one stretch


class Stretch:
    """Some words of a line: the places of each, and of each class of separators.

    The `unheard` words of the line fit gaps alone, as words would that nobody knows.
    """

    def __init__(self, line: Line, start: int, end: int, unheard: slice = slice(0)) -> None:
        self._line = line
        self._start = start
        self.size = end - start
        self.everywhere = (1 << self.size) - 1
        self.at: dict[str, int] = {}
        for place, word in enumerate(line.words[start:end]):
            if not (unheard.start or 0) <= start + place < unheard.stop:
                self.at[word.text] = self.at.get(word.text, 0) | 1 << place
        self.words = frozenset(self.at)
        signs = dict.fromkeys(SEPARATORS, 0)
        for place in range(self.size + 1):
            signs[chr(line.text[self._byte(place)])] |= 1 << place
        self.separated = {each: sum(signs[sign] for sign in each) for each in _CLASSES}
        self._like: dict[str, int] = {}
        self._any: dict[frozenset[str], int] = {}
        self._here: dict[frozenset[str], list[str]] = {}

    def any_of(self, words: frozenset[str]) -> int:
        """Where one of these words stands; many patterns ask for the same ones."""
        if words not in self._any:
            self._any[words] = functools.reduce(
                operator.or_, (self.at[word] for word in words & self.words), 0
            )
        return self._any[words]

    def those_of(self, words: frozenset[str]) -> list[str]:
        """Which of these words stand here."""
        if words not in self._here:
            self._here[words] = list(words & self.words)
        return self._here[words]

    def around(self, begin: int, end: int) -> tuple[int, int]:
        """The places where a match may begin that crosses a seam, and those where it may end."""
        before = (1 << max(0, begin - self._start)) - 1
        return before & self.everywhere, -1 << max(0, end + 1 - self._start)

    def like(self, stem: str) -> int:
        """Where a word stands that a stem such as "hopeless*" fits."""
        if stem not in self._like:
            first = stem[: stem.index("*")]
            begin = [word for word in self.words if word.startswith(first)]
            self._like[stem] = sum(self.at[word] for word in begin if _fits(stem, word))
        return self._like[stem]

    def spans(self, step: Step) -> Iterator[Span]:
        """Matches from left to right, each the longest from its place, as bytes of the line.

        They hold the separators at both ends; neighbours may share one.
        """
        starts = self.everywhere
        for _ in range(_MOST_SPANS):
            if not step(starts, self):
                return
            first = self._first(step, starts)
            last = step(1 << first, self).bit_length() - 1
            yield self._byte(first), self._byte(last) + 1
            starts = starts >> last << last

    def _first(self, step: Step, starts: int) -> int:
        """The first place from which the pattern fits; it fits from one of these.

        Looked for in steps that double, so that neither many matches nor few are slow.
        """
        low = (starts & -starts).bit_length() - 1
        high = low + 1
        while not step(starts & (1 << high) - 1, self):
            low, high = high, high + 2 * (high - low)
        while high - low > 1:
            middle = (low + high) // 2
            if step(starts & (1 << middle) - 1, self):
                high = middle
            else:
                low = middle
        return low

    def _byte(self, place: int) -> int:
        nth = self._start + place
        starts = self._line.starts
        return starts[nth] - 1 if nth < len(starts) else len(self._line.text) - 1


Step: TypeAlias = Callable[[int, Stretch], int]  # places before it to places after it


class Walker:
    """Makes steps of patterns, as one language spells them. What is made once is kept."""

    def __init__(self, renderer: Renderer) -> None:
        self._spelled = renderer.spelled
        self._kept = functools.cache(self._path)
        self._choice = functools.cache(self._one_of)

    def step(self, phrase: Phrase) -> Step:
        """From where a match may begin to where it may end."""
        return self._path(phrase, _ANY, _ANY)

    def _path(self, phrase: Phrase, lead: str, tail: str) -> Step:
        """`lead` is what may stand before the next word, `tail` what must follow the last."""
        steps: list[Step] = []
        rows = runs(phrase)
        for place, run in enumerate(rows, start=1):
            part, last = run[0], place == len(rows)
            if isinstance(part, str):
                steps += _words_in_a_row(self._spelled(words_of(run)), lead)
                lead = _INNER
            elif isinstance(part, Gap):
                steps.append(_gap(part, lead))
                lead = _ANY if part.crosses_marks else lead
            elif isinstance(part, Group):
                if part.optional and lead == _EDGE:
                    return _chain([*steps, self._at_edge(flat(rows[place:]), part, tail)])
                steps.append(self._choice(part, lead, tail if last else _SAID))
                lead = lead if part.optional else _INNER
                tail = _SAID if last else tail
            elif part.sign == "$":
                tail = _EDGE if tail else "never"  # something must still follow, but cannot
            else:
                lead = {"^": _EDGE, ",": _ANY}[part.sign]
        return _chain([*steps, *_followed_by(tail)])

    def _at_edge(self, rest: Phrase, first: Group, tail: str) -> Step:
        """What stands at the edge of a clause: an optional part and the rest, or the rest alone."""
        inside = [self._kept(choice, _EDGE, _SAID) for choice in first.choices]
        after, alone = (self._kept(rest, edge, tail) for edge in (_INNER, _EDGE))

        def step(places: int, stretch: Stretch) -> int:
            within = 0
            for choice in inside:
                within |= choice(places, stretch)
            return after(within, stretch) | alone(places, stretch)

        return step

    def _one_of(self, group: Group, lead: str, tail: str) -> Step:
        single: set[str] = set()
        by_first: dict[str, list[Phrase]] = {}
        others: list[Phrase] = []
        for choice in group.choices:
            first = self._first_word(choice)
            if first and len(choice) == 1 and len(self._spelled(words_of(choice))) == 1:
                single.add(first)
            elif first:
                by_first.setdefault(first, []).append(choice)
            else:
                others.append(choice)
        words, firsts = frozenset(single), frozenset(by_first)
        made: dict[str, list[Step]] = {} if others else {_ALWAYS: []}

        def make(word: str) -> list[Step]:
            choices = others if word == _ALWAYS else by_first[word]
            made[word] = [self._kept(choice, lead, tail) for choice in choices]
            return made[word]

        def step(places: int, stretch: Stretch) -> int:
            free = places & stretch.separated[lead]
            after = places if group.optional else 0
            if free:
                after |= (free & stretch.any_of(words)) << 1
                for word in stretch.those_of(firsts):
                    if free & stretch.at[word]:
                        for choice in made.get(word) or make(word):
                            after |= choice(places, stretch)
            for choice in made[_ALWAYS] if _ALWAYS in made else make(_ALWAYS):
                after |= choice(places, stretch)
            return after & stretch.separated[_EDGE] if tail == _EDGE else after

        return step

    def _first_word(self, choice: Phrase) -> str:
        row = runs(choice)[0]
        plain = isinstance(row[0], str) and "*" not in row[0]
        return self._spelled(words_of(row))[0] if plain else ""


def _words_in_a_row(words: Sequence[str], lead: str) -> Iterator[Step]:
    for word in words:
        yield _stem(word, lead) if "*" in word else _word(word, lead)
        lead = _INNER


def _word(word: str, lead: str) -> Step:
    def step(places: int, stretch: Stretch) -> int:
        return (places & stretch.separated[lead] & stretch.at.get(word, 0)) << 1

    return step


def _stem(stem: str, lead: str) -> Step:
    def step(places: int, stretch: Stretch) -> int:
        return (places & stretch.separated[lead] & stretch.like(stem)) << 1

    return step


def _gap(gap: Gap, lead: str) -> Step:
    """Words between; after a comma of the pattern a mark may stand before the first of them."""
    between = _ANY if gap.crosses_marks else _SOFT
    first = _ANY if lead == _ANY else between

    def step(places: int, stretch: Stretch) -> int:
        passed = (places & stretch.everywhere & stretch.separated[first]) << 1
        places |= passed
        onward = stretch.everywhere & stretch.separated[between]
        for _ in range(gap.most - 1):
            passed = (passed & onward) << 1
            if not passed:
                break
            places |= passed
        return places

    return step


def _followed_by(tail: str) -> Iterator[Step]:
    if tail == _EDGE:
        yield lambda places, stretch: places & stretch.separated[_EDGE]
    elif tail not in (_ANY, _SAID):
        yield lambda places, stretch: 0


def _chain(steps: Sequence[Step]) -> Step:
    if len(steps) == 1:
        return steps[0]

    def step(places: int, stretch: Stretch) -> int:
        for each in steps:
            places = each(places, stretch)
            if not places:
                return 0
        return places

    return step


def _fits(stem: str, word: str) -> bool:
    """Whether a word has the pieces of a stem in their order, the first at its beginning."""
    first, *middle, last = stem.split("*")
    place = len(first)
    if not word.startswith(first) or not word.endswith(last):
        return False
    end = len(word) - len(last)
    for piece in middle:
        found = word.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return place <= end
