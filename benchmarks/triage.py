"""Matching in one pass: an RE2 set against Python's own alternation over the same patterns."""

from __future__ import annotations

from benchmarks.timing import side_by_side
from helpline.bootstrap import LEXICON
from helpline.domain import triage
from helpline.store import packs

TEXT = "had a long day at work, nobody to talk to, and then the bus was late, so i walked home"


def run() -> None:
    loaded = packs.load_folder(LEXICON)
    short, long = TEXT[:120], (TEXT * 45)[:4_000]
    normal, large = side_by_side(
        lambda: [triage.assess(short, loaded) for _ in range(100)],
        lambda: [triage.assess(long, loaded) for _ in range(100)],
    )
    print(f"assess, {len(short):5d} characters {normal / 100 * 1e6:8.0f} us CPU")
    print(f"assess, {len(long):5d} characters {large / 100 * 1e6:8.0f} us CPU")
    per_character = (large / len(long)) / (normal / len(short))
    print(f"a character of the long one costs {per_character:.2f} times one of the short one")
