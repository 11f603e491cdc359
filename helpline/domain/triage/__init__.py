"""Urgency by word rules: normalise, match, look around the match, and say why.

Word rules read words, not people: a message without a flag is not a safe one.
"""

from __future__ import annotations

from .assess import assess, not_analysed, over_conversation
from .badpack import BadPack
from .doubt import is_undecided
from .lexicon import Context, Entry, Pack
from .likeness import Likeness
from .match import made_ready
from .parsing import parse
from .questions import asks_about_risk

__all__ = (
    "BadPack",
    "Context",
    "Entry",
    "Likeness",
    "Pack",
    "asks_about_risk",
    "assess",
    "is_undecided",
    "made_ready",
    "not_analysed",
    "over_conversation",
    "parse",
)
