"""Triage: matching against Python's own alternation, long against short, its share of a message."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from benchmarks import writing
from benchmarks.timing import side_by_side
from helpline.actions import visiting
from helpline.bootstrap import LEXICON
from helpline.domain import triage
from helpline.domain.triage import match
from helpline.domain.urgency import Assessment
from helpline.store import packs
from helpline.store.secrets import new_id

AT_LEAST_AS_FAST = 25  # times an alternation
MOST_PER_CHARACTER = 2.0  # times a short message
MOST_OF_A_MESSAGE = 1 / 3
SAYINGS = 100

EVERYDAY = (
    "had a long day at work, nobody to talk to, and then the bus was late, so i walked home. ",
    "my sister called and we talked about school and the garden until it was dark, it was nice. ",
    "i am so tired of this week, i can not sleep and the exam is tomorrow, what do people do? ",
    "gestern war ich mit meiner mutter einkaufen und dann haben wir noch lange zusammen gekocht. ",
)
REPEATS = ("i want to ", "no ", "not going to kill the lights but ", "d i e ", "a", "😂💊 ", "!? ")


def run() -> None:
    loaded = packs.load_folder(LEXICON)
    _restart()
    _matching(loaded)
    _lengths(loaded)
    _share_of_a_message()


def _restart() -> None:
    start = process_time()
    matcher = match.Matcher(packs.load_folder(LEXICON))
    taken = process_time() - start
    languages = " ".join(pack.language for pack in matcher.packs)
    print(f"load and matcher  {taken:8.2f} s CPU, {languages}, {len(matcher.forms)} patterns")


def _matching(loaded: Sequence[triage.Pack]) -> None:
    """Every pattern of every pack on both sides; an alternation so long takes a while to build."""
    matcher = match.for_packs(tuple(loaded))
    expressions = [form.tongue.renderer.expression(form.phrase) for form in matcher.forms]
    alternation = re.compile("|".join(expressions).encode())
    lines = [line for text in EVERYDAY for line in matcher.read(text)]
    ours, theirs = side_by_side(
        lambda: [matcher.find(line).everything() for line in lines],
        lambda: [list(alternation.finditer(line.text)) for line in lines],
    )
    print(f"match             {ours / len(lines) * 1e6:8.0f} us CPU a line")
    print(f"re, alternation   {theirs / len(lines) * 1e6:8.0f} us CPU a line")
    _verdict("re takes, times ours", theirs / ours, at_least=AT_LEAST_AS_FAST)


def _lengths(loaded: Sequence[triage.Pack]) -> None:
    short, long = [text[:120] for text in EVERYDAY], [(text * 50)[:4_000] for text in EVERYDAY]
    normal, large = side_by_side(
        lambda: [triage.assess(text, loaded) for text in short * 10],
        lambda: [triage.assess(text, loaded) for text in long],
    )
    a_character = normal / sum(map(len, short * 10))
    print(f"assess, {len(short[0]):5d} characters {normal / len(short * 10) * 1e6:8.0f} us CPU")
    print(f"assess, {4_000:5d} characters {large / len(long) * 1e6:8.0f} us CPU")
    _verdict("a character of it", large / 4_000 / len(long) / a_character, MOST_PER_CHARACTER)
    for words in REPEATS:
        text = (words * 4_000)[:4_000]
        _, taken = side_by_side(lambda: None, lambda text=text: triage.assess(text, loaded))  # type: ignore[misc]
        _verdict(f"a character of {words!r}", taken / 4_000 / a_character, MOST_PER_CHARACTER)


def _share_of_a_message() -> None:
    """Triage within `visiting.say`, on a database with full durability, one commit each."""
    with tempfile.TemporaryDirectory() as folder:
        store, tokens = writing._line(Path(folder))
        watched = _Watched()
        for text in EVERYDAY:
            for token in tokens[:SAYINGS]:
                watched.say(store, token, text[:120])
    print(f"a message         {watched.saying / watched.said * 1e6:8.0f} us CPU")
    print(f"its triage        {watched.assessing / watched.said * 1e6:8.0f} us CPU")
    _verdict("triage, of a message", watched.assessing / watched.saying, MOST_OF_A_MESSAGE)


class _Watched:
    """What visitors' messages cost, and how much of it is triage with the messages before."""

    def __init__(self) -> None:
        self.saying = self.assessing = 0.0
        self.said = 0
        self._before: dict[str, list[str]] = {}

    def say(self, store: writing.Store, token: str, text: str) -> None:
        start = process_time()
        visiting.say(store, token, new_id(), text, now=datetime.now(UTC))
        self.saying += process_time() - start
        before = self._before.setdefault(token, ["hello"])
        start = process_time()
        self._assess(text, store.packs, before[-2:])
        self.assessing += process_time() - start
        before.append(text)
        self.said += 1

    @staticmethod
    def _assess(text: str, loaded: Sequence[triage.Pack], before: list[str]) -> Assessment:
        return triage.assess(text, loaded, before=before)


def _verdict(what: str, ratio: float, at_most: float = 0, *, at_least: float = 0) -> None:
    good = ratio >= at_least if at_least else ratio <= at_most
    bound = f"at least {at_least:g}" if at_least else f"at most {at_most:.2f}"
    print(f"{what}: {ratio:.2f} ({bound}){'' if good else '  MISSED'}")
