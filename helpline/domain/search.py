"""Words to be found by, forgiving: accents, case, plurals and one slip of the finger count nothing.

Both what is written in the directory and what somebody types come through here, so that the
databases compare plain words. Pure; a word typed here is kept nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .directory import Wish
from .resources import Resource

FORGIVEN_FROM = 4  # letters: a slip in a shorter word makes another word
MOST_WORDS = 8  # of a query; who types more is found by the first
LONGEST = 40  # letters of a word
MARK = "q0"  # what filters look for begins with this; nobody types it

EVERYWHERE = MARK + "rall"

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a query: one of those of the directory that begin with it, or one of `likes`.

    `begun` is None where they are too many to be named.
    """

    word: str
    begun: tuple[str, ...] | None = None
    likes: tuple[str, ...] = ()

    @property
    def alone(self) -> Term:
        """With one word of the directory for it, the nearest; for an estimate."""
        if self.begun is None:
            return self
        return Term(self.word, (*self.begun, *self.likes)[:1])

    @property
    def is_nowhere(self) -> bool:
        return self.begun == () and not self.likes


def words(text: str) -> Iterator[str]:
    """The words of a text as they are compared; scripts without spaces give pairs of letters."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(each for each in plain if unicodedata.category(each) != "Mn")
    for found in _WORD.findall(unicodedata.normalize("NFC", plain)):
        at = 0
        for run in _UNSPACED.finditer(found):
            yield from _spaced(found[at : run.start()])
            yield from _pairs(run.group())
            at = run.end()
        yield from _spaced(found[at:])


def _spaced(word: str) -> Iterator[str]:
    if word:
        yield _singular(word[:LONGEST])


def _pairs(run: str) -> Iterator[str]:
    yield from (run[at : at + 2] for at in range(len(run) - 1)) if len(run) > 1 else (run,)


def _singular(word: str) -> str:
    """Without the s of many plurals; the same on both sides, so that it need not be grammar."""
    if len(word) < FORGIVEN_FROM or word.endswith("ss") or not word.endswith("s"):
        return word
    return word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]


def typed(query: str) -> list[str]:
    """The words of what somebody looks for, each once, at most MOST_WORDS."""
    return list(dict.fromkeys(words(query)))[:MOST_WORDS]


def found_by(resource: Resource, more: Iterable[str] = ()) -> list[str]:
    """Every word and mark that a resource is found by, each once; `more` in words of people,
    such as its country's name."""
    numbers = [way.value for way in resource.ways if way.kind in ("call", "text")]
    texts = [
        resource.name, resource.organisation, resource.description, resource.note, resource.place,
        *resource.notes.values(), *sorted(resource.topics), *numbers, *more,
    ]  # fmt: skip
    joined = ["".join(filter(str.isdigit, each)) for each in numbers]
    said = [word for text in texts for word in words(text)]
    return list(dict.fromkeys([*said, *filter(None, joined), *_marks(resource)]))


def _marks(resource: Resource) -> Iterator[str]:
    yield _mark("c", resource.country)
    yield from (_mark("r", each) for each in sorted(resource.regions) or ["all"])
    yield from (_mark("l", each) for each in sorted(resource.languages))
    yield from (_mark("t", each) for each in sorted(resource.topics))
    yield from (_mark("w", kind) for kind in sorted({way.kind for way in resource.ways}))
    yield _mark("o", resource.cost)
    if resource.emergency:
        yield _mark("e", "")


def is_listed(word: str) -> bool:
    """Whether a form offers a word or mark, or somebody may type it."""
    return not word.startswith(MARK) or (word[len(MARK)] in "lr" and word != EVERYWHERE)


def codes(marks: Iterable[str]) -> Iterator[str]:
    """The codes that marks of regions ("US-CA") and languages ("es") were made of."""
    for mark in marks:
        kind, code = mark[len(MARK)], mark[len(MARK) + 1 :]
        if kind == "r":
            yield f"{code[:2]}-{code[2:]}".upper()
        elif len(code) in (2, 3):  # the others have lost their hyphen
            yield code


def listing(kind: str, beginning: str = "") -> str:
    """What the marks of a kind begin with: "l", or "r" and a country's."""
    return _mark(kind, beginning)


def marks_of(wish: Wish) -> list[tuple[str, ...]]:
    """What its filters look for: one of each group must be there. Age and hours have no mark."""
    asked = {
        "c": wish.country, "l": wish.language, "t": wish.topic, "w": wish.way, "o": wish.cost,
    }  # fmt: skip
    groups: list[tuple[str, ...]] = [(_mark(kind, it),) for kind, it in asked.items() if it]
    if wish.region:
        groups.append((_mark("r", "all"), _mark("r", wish.region)))
    if wish.emergency:
        groups.append((_mark("e", ""),))
    return groups


def _mark(kind: str, value: str) -> str:
    return MARK + kind + "".join(_WORD.findall(value.casefold()))


# -- one slip of the finger -----------------------------------------------------------------------


def keys(word: str) -> set[str]:
    """The word and all that is left of it without one letter: words that are one slip apart share
    one of these. Of short words and numbers only themselves."""
    if not is_forgiven(word):
        return {word}
    return {word} | {word[:at] + word[at + 1 :] for at in range(len(word))}


def is_forgiven(word: str) -> bool:
    return len(word) >= FORGIVEN_FROM and not any(map(str.isdigit, word))


def is_a_slip(one: str, other: str) -> bool:
    """Whether one letter more, less, another or two changed places make the one from the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if at is None:
        return True  # the one is the other and a letter
    turned = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    shorter = one[at + 1 :] == other[at:] or one[at:] == other[at + 1 :]
    return turned or shorter or one[at + 1 :] == other[at + 1 :]


def likes(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Those of the known words that one may have meant."""
    if not is_forgiven(word):
        return ()
    return tuple(sorted(each for each in set(known) if is_a_slip(word, each)))
