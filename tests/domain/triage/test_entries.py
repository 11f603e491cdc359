"""Every entry of every pack shows what it catches and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.lexicon import assessed, read_once

PACKS = read_once()
ENTRIES = [entry for pack in PACKS for entry in pack.entries]


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.id for entry in ENTRIES])
def test_an_entry_flags_its_examples_and_leaves_its_near_misses(entry):
    for text in entry.hit:
        assert entry.id in _flagged_at(text, entry.level), text
    for text in entry.miss:
        assert entry.id not in _flagged_at(text, entry.level), text


def test_ids_are_unique_over_all_packs():
    ids = [entry.id for entry in ENTRIES]

    assert len(ids) == len(set(ids))


def test_every_entry_says_who_when_and_why():
    for entry in ENTRIES:
        assert entry.why
        assert entry.added_by
        assert entry.date


def _flagged_at(text, level):
    return {flag.rule for flag in assessed(text).flags if flag.level == level}
