"""A language pack from a plain mapping, as YAML or JSON gives it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..urgency import Level
from . import pattern
from .badpack import BadPack
from .building import without_collecting
from .lexicon import ABOUT_ONESELF, CUES, MAY_BE_LOWERED_BY, Context, Entry, Pack

_WORD_LISTS = ("breakers", "bridges", "self", "disguised", "common")
_ENTRY_FIELDS = frozenset(
    [
        "id",
        "level",
        "category",
        "patterns",
        "why",
        "context",
        "hit",
        "miss",
        "added_by",
        "reviewed_by",
        "date",
    ]
)
FEWEST_EXAMPLES = 2
_VERSION_LETTERS = 8


def parse(mapping: Mapping[str, Any]) -> Pack:
    """A pack from a parsed YAML or JSON document. BadPack tells everything that is wrong."""
    with without_collecting():
        return _Parser(mapping).pack()


def version_of(mapping: Mapping[str, Any]) -> str:
    """A short hash of what a pack says: the same content has the same version everywhere."""
    content = json.dumps(mapping, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:_VERSION_LETTERS]


class _Parser:
    """Reads a document field by field and gathers every problem before it refuses."""

    def __init__(self, mapping: Mapping[str, Any]) -> None:
        self._mapping = mapping if isinstance(mapping, Mapping) else {}
        self._language = str(self._mapping.get("language", "?"))
        self._problems: list[str] = []
        self._lists: dict[str, pattern.Group] = {}

    def pack(self) -> Pack:
        if self._language == "?":
            self._problems.append("the pack does not name its language")
        for name, text in self._section(self._mapping, "lists").items():
            self._read_list(name, str(text))
        context = self._context(self._section(self._mapping, "context"))
        entries = tuple(self._entries())
        if not entries and not self._problems:
            self._problems.append("the pack has no entries")
        if self._problems:
            raise BadPack(self._language, self._problems)
        return Pack(self._language, version_of(self._mapping), entries, context)

    def _section(self, holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        section = holder.get(name) or {}
        if isinstance(section, Mapping):
            return section
        self._problems.append(f"{name} must be a mapping")
        return {}

    def _read_list(self, name: str, text: str) -> None:
        try:
            self._lists[name] = pattern.parse_list(text, self._lists)
        except pattern.BadPattern as bad:
            self._problems.append(f"list {name}: {bad}")

    def _phrases(self, where: str, written: Any) -> tuple[pattern.Phrase, ...]:
        phrases = []
        for text in self._texts(where, written):
            try:
                phrases.append(pattern.parse(text, self._lists))
            except pattern.BadPattern as bad:
                self._problems.append(f"{where}: {bad}")
        return tuple(phrases)

    def _texts(self, where: str, written: Any) -> tuple[str, ...]:
        if isinstance(written, str):
            return (written,)
        if isinstance(written, Sequence) and all(isinstance(text, str) for text in written):
            return tuple(written)
        self._problems.append(f"{where} must be a list of texts (put quotes around yes, no, on)")
        return ()

    def _context(self, section: Mapping[str, Any]) -> Context:
        cues = {name: self._phrases(f"context.{name}", section.get(name) or ()) for name in CUES}
        idioms = {
            str(name): self._phrases(f"idiom {name}", written)
            for name, written in self._section(section, "idioms").items()
        }
        short = self._section(section, "short_forms")
        lists = {name: self._list(name, section.get(name) or ()) for name in _WORD_LISTS}
        expansions = {str(form): str(meant) for form, meant in short.items()}
        return Context(cues, idioms, expansions, lists)

    def _list(self, name: str, written: Any) -> frozenset[str]:
        """Words, several to a line; a breaker may be more than one word and stands alone."""
        texts = self._texts(f"context.{name}", written)
        return frozenset(texts if name == "breakers" else " ".join(texts).split())

    def _entries(self) -> Iterable[Entry]:
        seen: set[str] = set()
        for written in self._mapping.get("entries") or ():
            if not isinstance(written, Mapping):
                self._problems.append(f"an entry is not a mapping: {written!r}")
                continue
            entry = self._entry(written)
            if entry is None:
                continue
            if entry.id in seen:
                self._problems.append(f"{entry.id}: this id stands twice")
            seen.add(entry.id)
            yield entry

    def _entry(self, written: Mapping[str, Any]) -> Entry | None:
        name = str(written.get("id") or "an entry without id")
        before = len(self._problems)
        self._require(name, written)
        category = str(written.get("category"))
        patterns = self._phrases(f"{name}: patterns", written.get("patterns") or ())
        context = written.get("context", MAY_BE_LOWERED_BY.get(category, ()))
        hit = self._texts(f"{name}: hit", written.get("hit") or ())
        miss = self._texts(f"{name}: miss", written.get("miss") or ())
        if not patterns:
            self._problems.append(f"{name}: no pattern")
        if min(len(hit), len(miss)) < FEWEST_EXAMPLES:
            self._problems.append(f"{name}: at least {FEWEST_EXAMPLES} hit and miss examples each")
        lowered_by = frozenset(self._texts(f"{name}: context", context))
        if lowered_by - frozenset(ABOUT_ONESELF):
            self._problems.append(f"{name}: context may name {', '.join(ABOUT_ONESELF)}")
        if written.get("level") == Level.CRITICAL.word and any(map(pattern.has_edge, patterns)):
            self._problems.append(f"{name}: a critical pattern cannot use ^ or $")
        if len(self._problems) > before:
            return None
        level = Level.from_word(str(written["level"]))
        return Entry(
            id=name,
            level=level,
            category=category,
            patterns=patterns,
            written=self._texts(name, written["patterns"]),
            why=str(written["why"]),
            lowered_by=frozenset() if level is Level.CRITICAL else lowered_by,
            hit=hit,
            miss=miss,
            added_by=self._signed(written, "added_by"),
            reviewed_by=self._signed(written, "reviewed_by"),
            date=self._signed(written, "date"),
        )

    def _signed(self, written: Mapping[str, Any], field_name: str) -> str:
        """Who and when: an entry's own, else what the head of the pack says for all."""
        return str(written.get(field_name) or self._mapping.get(field_name) or "")

    def _require(self, name: str, written: Mapping[str, Any]) -> None:
        unknown = set(map(str, written)) - _ENTRY_FIELDS
        if unknown:
            self._problems.append(f"{name}: unknown fields {', '.join(sorted(unknown))}")
        for needed in ("id", "level", "category", "why"):
            if not written.get(needed):
                self._problems.append(f"{name}: {needed} is missing")
        if written.get("level") not in [level.word for level in Level]:
            self._problems.append(f"{name}: level is routine, elevated, high or critical")
        if written.get("category") not in MAY_BE_LOWERED_BY:
            self._problems.append(f"{name}: category {written.get('category')!r} is not known")
        for signed in ("added_by", "date"):
            if not self._signed(written, signed):
                self._problems.append(f"{name}: {signed} is missing")
