"""Patterns as the words of one language spell them: as expressions, and as words a text must hold.

The expression says what a pattern means, for tests, measurements and a few patterns in one; many
patterns are walked (`walking`).

Named lists and plain words recur in hundreds of patterns; what is known of them is kept with the
renderer, and goes with it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TypeAlias

from .folding import fold
from .pattern import Gap, Group, Phrase, flat, is_plain, runs, words_of

_INNER = "[ _;]"
_ANY = "[ _;,.?]"
_EDGE = "[_;,.?]"
_LETTER = "[^ _;,.?]"
MOST_NEEDS = 3
_REMEMBERED = 50_000

Reword: TypeAlias = Callable[[Sequence[str]], tuple[str, ...]]
Needs: TypeAlias = tuple[frozenset[str], ...]


class Renderer:
    """`reword` gives the plain spelling of words of a pattern that follow each other."""

    def __init__(self, reword: Reword) -> None:
        self._reword = reword
        self.spelled = functools.cache(self._spell)
        self._render = functools.cache(self._rendered)
        self._one_of = functools.cache(self._words_for_a_choice)
        self._narrowest = functools.cache(self._narrowest_need)

    def expression(self, phrase: Phrase) -> str:
        """The regular expression over a normalised line, in printable ASCII.

        The match takes in the separator before the first word and the one after the last.
        """
        return self._rendered(phrase, _ANY, _ANY)

    def needs(self, phrase: Phrase) -> Needs:
        """Sets of words of which a text must hold at least one each, for the pattern to fit.

        A cheap look before the expression is run: the few narrowest sets do, so the longest
        brackets are not even opened. A stem stands with its star at the end.
        """
        rows = runs(phrase)
        said = [words_of(run) for run in rows if isinstance(run[0], str)]
        sets = list(filter(None, map(self._narrowest, said)))
        groups = [part for run in rows if isinstance(part := run[0], Group) and not part.optional]
        for group in sorted(groups, key=lambda group: len(group.leaves)):
            if len(sets) >= MOST_NEEDS:
                break
            one_of = self._one_of(group)
            if one_of:
                sets.append(one_of)
        return tuple(sorted(sets, key=len)[:MOST_NEEDS])

    def _words_for_a_choice(self, group: Group) -> frozenset[str]:
        """Words of which a text must hold one for any choice to fit; none when one needs none."""
        narrowest = [self._narrowest(choice) for choice in group.choices]
        return frozenset[str]().union(*narrowest) if all(narrowest) else frozenset()

    def _narrowest_need(self, choice: Phrase) -> frozenset[str]:
        if all(map(is_plain, choice)):
            return _alone(max(self.spelled(words_of(choice)), key=len, default=""))
        if len(choice) == 1 and isinstance(choice[0], str):
            return _alone(_stem(self.spelled(words_of(choice))[0]))
        return min(self.needs(choice), key=len, default=frozenset())

    def _rendered(self, phrase: Phrase, lead: str, tail: str) -> str:
        """`lead` is what may stand before the next word, `tail` what must follow the last."""
        rendered: list[str] = []
        rows = runs(phrase)
        for place, run in enumerate(rows, start=1):
            part, last = run[0], place == len(rows)
            if isinstance(part, str):
                rendered.append(self._literal(words_of(run), lead))
                lead = _INNER
            elif isinstance(part, Gap):
                rendered.append(_gap(part, lead))
                lead = _ANY if part.crosses_marks else lead
            elif isinstance(part, Group):
                if part.optional and lead == _EDGE:
                    rest = flat(rows[place:])
                    return "".join(rendered) + self._at_edge(rest, part, tail)
                after = tail if last else ""
                inside = [self._render(choice, lead, after) for choice in part.choices]
                if part.optional:
                    inside.append(after)
                rendered.append(f"(?:{'|'.join(inside)})")
                lead = lead if part.optional else _INNER
                tail = "" if last else tail
            else:
                lead = {"^": _EDGE, ",": _ANY}.get(part.sign, lead)
                tail = _EDGE if part.sign == "$" else tail
        return "".join(rendered) + tail

    def _at_edge(self, rest: Phrase, first: Group, tail: str) -> str:
        """What stands at the edge of a clause: an optional part and the rest, or the rest alone."""
        inside = "|".join(self._render(choice, _EDGE, "") for choice in first.choices)
        after, alone = (self._render(rest, edge, tail) for edge in (_INNER, _EDGE))
        return f"(?:(?:{inside}){after}|{alone})"

    def _literal(self, words: tuple[str, ...], lead: str) -> str:
        spelled = self.spelled(words)
        seams = [lead] + [_INNER] * (len(spelled) - 1)
        return "".join(
            seam + "".join(map(_escaped, word)) for seam, word in zip(seams, spelled, strict=True)
        )

    def _spell(self, words: tuple[str, ...]) -> tuple[str, ...]:
        return (fold(words[0])[0].strip(),) if "*" in words[0] else self._reword(words)


def _gap(gap: Gap, lead: str) -> str:
    """Words between; after a comma of the pattern a mark may stand before the first of them."""
    between = _ANY if gap.crosses_marks else "[ _]"
    first = _ANY if lead == _ANY else between
    return f"(?:{first}{_LETTER}+(?:{between}{_LETTER}+){{0,{gap.most - 1}}})?"


def _stem(word: str) -> str:
    """What a word of a pattern begins with, with a star where it may go on."""
    stem, star, _ = word.partition("*")
    return stem + star if stem else ""


@functools.lru_cache(maxsize=_REMEMBERED)
def _alone(word: str) -> frozenset[str]:
    return frozenset((word,) if word else ())


def _escaped(char: str) -> str:
    if char == "*":
        return _LETTER + "*"
    if char.isascii() and char.isalnum():
        return char
    return "".join(f"\\x{byte:02x}" for byte in char.encode())
