"""The shape of a language pack, and what may lower a match of each category."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ..urgency import Level
from . import pattern
from .likeness import Likeness

# What may lower one match. Every category of the packs stands here; see `scope` for the rules.
ABOUT_ONESELF = ("negation", "told", "past", "fiction", "information", "hyperbole")
_ABOUT_OTHERS = ("negation", "fiction", "information")
MAY_BE_LOWERED_BY: Mapping[str, tuple[str, ...]] = {
    "in_progress": (),
    "imminent": (),
    "plan": ("negation", "told", "past", "fiction"),
    "ideation": ABOUT_ONESELF,
    "not_existing": ABOUT_ONESELF,
    "burden": ("negation", "fiction", "past"),
    "no_reason": ("fiction", "past"),
    "preparation": ("negation", "past", "fiction"),
    "farewell": ("negation", "fiction"),
    "self_harm": ABOUT_ONESELF,
    "recent_attempt": ("negation", "past", "fiction"),
    "violence_now": (),
    "abuse": _ABOUT_OTHERS,
    "child": ("negation", "fiction"),
    "harm_to_others": ("negation", "past", "fiction", "information", "hyperbole"),
    "third_party": _ABOUT_OTHERS,
    "bereaved": ("fiction", "information"),
    "past": ("fiction", "information"),
    "hopelessness": ("negation", "fiction"),
    "told_by_others": ("negation", "fiction"),
    "information": (),
    "misuse": (),
}
CUES = (
    "negation", "not_negation", "told", "past", "present", "fiction", "information",
    "hyperbole", "earnest", "until", "after_all", "yes", "no",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that people say, in many wordings, and how grave it is."""

    id: str
    level: Level
    category: str
    patterns: tuple[pattern.Phrase, ...]
    written: tuple[str, ...]
    why: str
    lowered_by: frozenset[str]
    hit: tuple[str, ...]
    miss: tuple[str, ...]
    added_by: str
    reviewed_by: str
    date: str
    says_no: bool = False  # its patterns hold a negation themselves; see `split`

    def split(self, negations: frozenset[str]) -> Iterator[Entry]:
        """The patterns that hold a negation themselves ("do not want to live"), and those in which
        only the visitor can say one ("my friend [is not] suicidal")."""
        apart: dict[bool, list[pattern.Phrase]] = {False: [], True: []}
        for phrase in self.patterns:
            apart[pattern.holds_any(phrase, negations)].append(phrase)
        for says_no, phrases in apart.items():
            yield replace(self, patterns=tuple(phrases), says_no=says_no)


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds a match in this language: cues, idioms, short forms."""

    cues: Mapping[str, tuple[pattern.Phrase, ...]]
    idioms: Mapping[str, tuple[pattern.Phrase, ...]]
    expansions: Mapping[str, str]
    lists: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Pack:
    """A language pack. Two packs are the same when language and version are, and their likeness.

    `unread` says what is wrong with a likeness that could not be used: the rules work without it.
    """

    language: str
    version: str
    entries: tuple[Entry, ...] = field(compare=False, repr=False)
    context: Context = field(compare=False, repr=False)
    likeness: Likeness | None = None  # comes with the software; no editor changes it
    unread: str = field(default="", compare=False)

    @property
    def label(self) -> str:
        return f"{self.language}@{self.version}"

    def beside(self, packs: Iterable[Pack]) -> Pack:
        """With the likeness of the pack among these that speaks its language."""
        for pack in packs:
            if pack.language == self.language:
                return replace(self, likeness=pack.likeness, unread=pack.unread)
        return self
