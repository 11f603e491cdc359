"""What an editor must mend before a pack may be used: examples that do not do what they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .assess import assess
from .lexicon import Entry, Pack


def problems(pack: Pack, others: Sequence[Pack] = ()) -> list[str]:
    """Sentences about a pack as it would run beside `others`. An empty list means: fit for use."""
    packs = (*(other for other in others if other.language != pack.language), pack)
    taken = {entry.id: other.language for other in packs[:-1] for entry in other.entries}
    found = [
        f"{entry.id}: this id stands in the pack {taken[entry.id]} already"
        for entry in pack.entries
        if entry.id in taken
    ]
    for entry in pack.entries:
        found += _broken_examples(entry, packs)
    return found


def _broken_examples(entry: Entry, packs: Sequence[Pack]) -> Iterator[str]:
    for text in entry.hit:
        if not _flags(entry, text, packs):
            yield f"{entry.id}: should flag {text!r} as {entry.level.word} and does not"
    for text in entry.miss:
        if _flags(entry, text, packs):
            yield f"{entry.id}: should leave {text!r} alone and flags it"


def _flags(entry: Entry, text: str, packs: Sequence[Pack]) -> bool:
    flags = assess(text, packs).flags
    return any(flag.rule == entry.id and flag.level is entry.level for flag in flags)
