"""What surrounds a match and may lower it: negation, other voices, the past, fiction, jokes.

Each rule lowers ONE match, and only to elevated. When in doubt a match stays as it is.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

from .lexicon import Entry, Pack
from .match import IDIOM, Form, Found, overlap
from .normalise import Span
from .tongue import Tongue

OTHER_LANGUAGE = "other_language"
_FURTHEST_NEGATION = 6
_FURTHEST_TELLING = 3
_MOST_CUES = 8  # looked at for one match: those nearest to it
_NEAR = 2  # a laugh lowers what stands right beside it
_SOON = 14  # words after a match, in which it may be taken back that it is harmless
_SUBJECT_STANDS = 2  # words before the match: "i am", "i really"
_SENTENCE_END = re.compile(rb"[.?]")
_SEPARATOR = re.compile(rb"[ _;,.?]")
_CLAUSE_END = re.compile(rb"[_;,.?]")
_QUOTED = re.compile(r"[\"“”„«»][^\"“”„«»]{2,400}[\"“”„«»]")


class Scope:
    """The surroundings in one line of matches of one pack.

    The cues are those of the pack, and of the language that the line was read in: "suicide" may
    be a French match in an English sentence. Then `home` is English: what it means by its own
    words is for its own pack to say.
    """

    def __init__(
        self, original: str, found: Found, packs: Sequence[Pack], home: Tongue | None = None
    ) -> None:
        self._home = home
        self._text = found.line.text
        self._found = found
        self._packs = packs
        self._lists = {
            name: frozenset[str]().union(*(pack.context.lists[name] for pack in packs))
            for name in ("bridges", "self")
        }
        self._cues: dict[str, list[Span]] = {}
        self._ends = [mark.start() for mark in _SENTENCE_END.finditer(self._text)]
        self._quotes = [mark.span() for mark in _QUOTED.finditer(original)]

    def idiom(self, hit: Span) -> bool:
        """Whether the match is part of a harmless turn of speech, such as "dying to see you", and
        nothing takes that back."""
        return not self.after_all(hit) and any(
            overlap(hit, place) and self._found.is_part(hit, form, place)
            for place, form in self._idioms_close_to(hit)
        )

    def after_all(self, hit: Span) -> bool:
        """Whether it is so after all, as is said soon after: "and i want to do it too"."""
        cues = self._of("after_all")
        following = bisect_left(cues, (hit[0], 0))
        return any(
            cue[1] > hit[0] + 1 and self._words_apart(cue, hit) <= _SOON
            for cue in cues[max(0, following - 1) : following + 1]
        )

    def everyday(self, hit: Span) -> bool:
        """Whether a match of another language is made of everyday words of this one alone."""
        return self._home is not None and self._home.says_daily(self._words(hit))

    def lowered_by(self, entry: Entry, hit: Span) -> str | None:
        """The name of the first context rule that lowers this match, or None."""
        if self.after_all(hit):
            return None
        for name, holds in _RULES.items():
            if name in entry.lowered_by and holds(self, entry, hit):
                return name
        if self._home is not None and self._home.understands(self._words(hit)):
            return OTHER_LANGUAGE
        return None

    def _words(self, hit: Span) -> set[str]:
        line = self._found.line
        return {word.text for word in line.words[line.among(*hit)]}

    def _of(self, kind: str) -> list[Span]:
        if kind not in self._cues:
            self._cues[kind] = self._found.cues(self._packs, kind)
        return self._cues[kind]

    def _sentence(self, hit: Span) -> Span:
        after = bisect_left(self._ends, hit[0] + 1)
        start = self._ends[after - 1] if after else 0
        last = bisect_left(self._ends, hit[1] - 1)
        return start, self._ends[last] + 1 if last < len(self._ends) else len(self._text)

    def _in_sentence(self, kind: str, hit: Span) -> list[Span]:
        start, end = self._sentence(hit)
        cues = self._of(kind)
        within = cues[bisect_left(cues, (start, 0)) : bisect_left(cues, (end, 0))]
        return [cue for cue in within[:_MOST_CUES] if cue[1] <= end]

    def _close_to(self, kind: str, hit: Span) -> list[Span]:
        """The few cues that stand last before a match, or in it."""
        cues = self._of(kind)
        return cues[_last_before(cues, hit)]

    @functools.cached_property
    def _idioms(self) -> tuple[list[Span], list[tuple[Span, Form]]]:
        placed = self._found.around(self._packs, IDIOM)
        return [place for place, _ in placed], placed

    def _idioms_close_to(self, hit: Span) -> list[tuple[Span, Form]]:
        places, placed = self._idioms
        return placed[_last_before(places, hit)]

    def _between(self, cue: Span, hit: Span) -> list[str] | None:
        """The words from a cue to a match, or None when a clause ends between them."""
        if cue[1] > hit[0] + 1:
            return None
        stretch = self._text[cue[1] - 1 : hit[0] + 1]
        return None if _CLAUSE_END.search(stretch) else stretch.decode().split()

    def negated(self, entry: Entry, hit: Span) -> bool:
        if any(cue[0] >= hit[1] - 1 for cue in self._in_sentence("until", hit)):
            return False
        cues = [cue for cue in self._close_to("negation", hit) if not self._is_trap(cue)]
        if any(self._carries(cue, hit) for cue in cues):
            return True
        return not entry.says_no and any(_inside(cue, hit) for cue in cues)

    def _carries(self, cue: Span, hit: Span) -> bool:
        words = self._between(cue, hit)
        if words is None or len(words) > _FURTHEST_NEGATION:
            return False
        return all(word in self._lists["bridges"] for word in words)

    def _is_trap(self, cue: Span) -> bool:
        """Whether the cue only looks like one: "no one", "not gonna lie", "do not tell me"."""
        return any(overlap(cue, trap) for trap in self._close_to("not_negation", cue))

    def told(self, _: Entry, hit: Span) -> bool:
        return any(self._tells(cue, hit) for cue in self._close_to("told", hit))

    def _tells(self, cue: Span, hit: Span) -> bool:
        words = self._between(cue, hit)
        if words is None or len(words) > _FURTHEST_TELLING or self._is_trap(cue):
            return False
        return not set(words) & self._lists["self"]

    def past(self, _: Entry, hit: Span) -> bool:
        return bool(self._in_sentence("past", hit)) and not self._in_sentence("present", hit)

    def fiction(self, entry: Entry, hit: Span) -> bool:
        return bool(self._in_sentence("fiction", hit)) and self._is_not_oneself(entry, hit)

    def information(self, entry: Entry, hit: Span) -> bool:
        return bool(self._in_sentence("information", hit)) and self._is_not_oneself(entry, hit)

    def _is_not_oneself(self, entry: Entry, hit: Span) -> bool:
        if entry.category == "third_party":
            return True
        start, end = self._found.line.original(*hit)
        if any(left <= start and end <= right for left, right in self._quotes):
            return True
        among = self._found.line.among(*hit)
        words = self._found.line.words[max(0, among.start - _SUBJECT_STANDS) : among.stop]
        return not any(word.text in self._lists["self"] for word in words)

    def hyperbole(self, _: Entry, hit: Span) -> bool:
        if self._of("earnest"):
            return False
        return any(
            self._words_apart(cue, hit) <= _NEAR for cue in self._in_sentence("hyperbole", hit)
        )

    def _words_apart(self, one: Span, other: Span) -> int:
        """How many words stand between two spans, whichever comes first."""
        stretch = self._text[min(one[1], other[1]) - 1 : max(one[0], other[0]) + 1]
        return len(_SEPARATOR.sub(b" ", stretch).split())


_RULES: Mapping[str, Callable[[Scope, Entry, Span], bool]] = {
    "negation": Scope.negated,
    "told": Scope.told,
    "past": Scope.past,
    "fiction": Scope.fiction,
    "information": Scope.information,
    "hyperbole": Scope.hyperbole,
}


def _last_before(cues: Sequence[Span], hit: Span) -> slice:
    last = bisect_left(cues, (hit[1], 0))
    return slice(max(0, last - _MOST_CUES), last)


def _inside(cue: Span, hit: Span) -> bool:
    """Whether a cue stands in a gap of the match, after its first word."""
    return hit[0] < cue[0] and cue[1] < hit[1]
