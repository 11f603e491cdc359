"""Doubt: whether the rules can say anything at all about some words."""

from __future__ import annotations

from collections.abc import Sequence

from . import match, reading
from .assess import ANALYSED_AT_EACH_END
from .lexicon import Pack


def is_undecided(text: str, packs: Sequence[Pack]) -> bool:
    """Whether a person must read these words because no rule could. Never raises.

    Stricter than the flag `not_analysed`, which stands in every conversation: a few words of
    another language or a lone picture are undecided too. Asked where a wrong "no risk" would
    send somebody away.
    """
    try:
        matcher = match.for_packs(tuple(packs))
        if not matcher.packs:
            return True
        beginning = text[:ANALYSED_AT_EACH_END]
        return reading.is_undecided(beginning, matcher.read(beginning)[0], matcher)
    except Exception:  # an edge: whatever fails here, a person must look
        return True
