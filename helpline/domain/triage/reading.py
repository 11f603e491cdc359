"""Whether a message can be read at all, and whether it says yes."""

from __future__ import annotations

from .match import Matcher
from .normalise import Line
from .wording import Wording

_FEWEST_WORDS_TO_JUDGE = 5
_LEAST_SHARE_KNOWN = 0.3


def can_read(text: str, line: Line, wording: Wording) -> bool:
    """Whether the loaded packs know enough of these words. Signs and pictures alone can be read."""
    if any("\ud800" <= char <= "\udfff" or char == "\ufffd" for char in text):
        return False
    read = {word.start: True for word in line.words if any(map(str.isalpha, word.text))}
    foreign = 0
    for word in line.words:
        if word.start in read and not wording.knows(word.text):
            read[word.start] = False
            foreign += not word.text.isascii()
    if 2 * foreign > len(read):
        return False  # another script
    return len(read) < _FEWEST_WORDS_TO_JUDGE or sum(read.values()) >= _LEAST_SHARE_KNOWN * len(
        read
    )


def says_yes(matcher: Matcher, text: str) -> bool:
    """Whether an answer to a question about risk begins with a yes that no "no" takes back."""
    found = matcher.find(matcher.read(text))
    return any(
        any(start == 0 for start, _ in found.cues(pack, "yes")) and not found.cues(pack, "no")
        for pack in matcher.packs
    )
