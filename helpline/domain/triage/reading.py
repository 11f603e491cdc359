"""Whether a message can be read at all, and whether it says yes."""

from __future__ import annotations

from .match import Matcher
from .normalise import Line
from .wording import Wording

_FEWEST_WORDS_TO_JUDGE = 5
_LEAST_SHARE_KNOWN = 0.2


def can_read(text: str, line: Line, wording: Wording) -> bool:
    """Whether the loaded packs know enough of these words. Signs and pictures alone can be read."""
    if any("\ud800" <= char <= "\udfff" or char == "\ufffd" for char in text):
        return False
    words = [word.text for word in line.words if any(map(str.isalpha, word.text))]
    unknown = [word for word in words if not wording.knows(word)]
    if 2 * sum(not word.isascii() for word in unknown) > len(words):
        return False  # another script
    known = len(words) - len(unknown)
    return len(words) < _FEWEST_WORDS_TO_JUDGE or known >= _LEAST_SHARE_KNOWN * len(words)


def says_yes(matcher: Matcher, text: str) -> bool:
    """Whether an answer to a question about risk begins with a yes that no "no" takes back."""
    found = matcher.find(matcher.read(text))
    return any(
        any(start == 0 for start, _ in found.cues(pack, "yes")) and not found.cues(pack, "no")
        for pack in matcher.packs
    )
