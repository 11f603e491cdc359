"""The packs of the project, read once for all tests of a process."""

from __future__ import annotations

import functools

from helpline.bootstrap import LEXICON
from helpline.domain import triage
from helpline.store import packs


@functools.cache
def read_once() -> tuple[triage.Pack, ...]:
    """Packs do not change: whoever needs others reads their own."""
    return packs.load_folder(LEXICON)


@functools.cache
def assessed(text: str) -> triage.Assessment:
    """A message by itself, for the many tests that ask the same of the same examples."""
    return triage.assess(text, read_once())
