"""What an organisation tells its visitors before and while they wait, part by part."""

from __future__ import annotations

from . import errors

LENGTH = 8_000  # code points of one part in one language
VERSIONS_KEPT = 20  # of one part in one language

# In the order of the page. Where the house has words of its own, an organisation's replace them;
# what is made from the settings (`private`) always stands, and theirs comes after it.
PARTS = ("what_happens", "who_answers", "private", "longer_help")
ALWAYS_OURS = frozenset({"private"})


def require_part(part: str) -> str:
    """Refused: `not_found`."""
    if part not in PARTS:
        raise errors.NotFound
    return part
