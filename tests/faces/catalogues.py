"""Catalogues for tests: every sentence of the source, ours compiled, and a pseudo-locale.

The pseudo-locale stands in for a real right-to-left language: letters of the Arabic script, 40%
longer, each sentence in brackets. What is shown outside brackets did not go through gettext.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from math import ceil
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.server import ROOT

OURS = ROOT / "helpline" / "translations"
PSEUDO = "ar"
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "many": (1, 2)}
HOLE = re.compile(r"(%\(\w+\)[sd]|\{\w+\})")
SENTENCE = re.compile(r"⟦[^⟦⟧]*⟧")
ARABIC = str.maketrans(
    "abcdefghijklmnopqrstuvwxyz", "ابثدةفغهيجكلمنوپقرستعڤطخىز"
)  # fmt: skip
UNSEEN = {"script", "style"}
DATA = {"bdi", "kbd", "code", "textarea"}  # keys, and what somebody wrote or was given as a name
SPOKEN = {"aria-label", "placeholder", "title", "alt"}
EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source"}

Id = str | tuple[str, ...]


@cache
def extracted() -> frozenset[Id]:
    """Every sentence that the source marks, as `pybabel extract` finds it."""
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found = extract_from_dir(
        ROOT,
        methods,
        options,
        keywords=KEYWORDS,
        directory_filter=lambda path: Path(path).name not in ("node_modules", "static", "tests"),
    )
    return frozenset(message for _, _, message, _, _ in found)


def spoken() -> list[str]:
    """The languages that have a catalogue of ours."""
    return sorted(path.parent.parent.name for path in OURS.glob("*/LC_MESSAGES/messages.po"))


def ours(language: str) -> Catalog:
    with (OURS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def compile_into(folder: Path) -> None:
    """All catalogues as the server reads them, whatever `make translations` did or did not do."""
    for language in spoken():
        _compile(folder, language, ours(language))
    pseudo = Catalog(locale=PSEUDO)
    for each in extracted():
        forms = (each[0], *[each[1]] * (pseudo.num_plurals - 1)) if isinstance(each, tuple) else ()
        pseudo.add(each, tuple(map(disguised, forms)) or disguised(str(each)))
    _compile(folder, PSEUDO, pseudo)


def _compile(folder: Path, language: str, catalog: Catalog) -> None:
    path = folder / language / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalog)


def disguised(sentence: str) -> str:
    """The same with its holes, in another script, longer, and in brackets."""
    parts = HOLE.split(sentence)
    words = [
        part if place % 2 else part.lower().translate(ARABIC) for place, part in enumerate(parts)
    ]
    return f"⟦{''.join(words)}{'ـ' * ceil(len(sentence) * 0.4)}⟧"


class Seen(HTMLParser):
    """What of a page is shown or read aloud, without what its markup calls data."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.root: dict[str, str | None] = {}
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "html":
            self.root = given
        self.words += [text for name, text in attributes if name in SPOKEN and text]
        is_data = tag in DATA or given.get("dir") in ("auto", "ltr") or "lang" in given
        if tag not in EMPTY:
            self.open.append((tag, tag in UNSEEN or (is_data and tag != "html")))

    def handle_endtag(self, tag: str) -> None:
        while any(name == tag for name, _ in self.open) and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(hidden for _, hidden in self.open) and data.strip():
            self.words.append(data.strip())


def untranslated(words: list[str]) -> Iterator[str]:
    """What still has Latin letters when every sentence in brackets is taken away."""
    for each in words:
        rest, count = each, 1
        while count:
            rest, count = SENTENCE.subn("", rest)
        if re.search(r"[A-Za-z]", rest):
            yield each
