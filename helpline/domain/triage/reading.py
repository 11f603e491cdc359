"""Whether a message can be read at all, and whether it says yes."""

from __future__ import annotations

from .match import Matcher
from .normalise import Line
from .tongue import Tongue

_FEWEST_WORDS_TO_JUDGE = 5
_LEAST_SHARE_KNOWN = 0.3


def can_read(text: str, line: Line, matcher: Matcher) -> bool:
    """Whether some pack knows enough of these words. Signs and pictures alone can be read."""
    if any("\ud800" <= char <= "\udfff" or char == "\ufffd" for char in text):
        return False
    return any(_is_known_to(tongue, line) for tongue in matcher.tongues)


def is_undecided(text: str, line: Line, matcher: Matcher) -> bool:
    """Whether nothing can be said about these words: more than what cannot be read.

    Of a few words a pack should know half; signs and pictures alone say nothing.
    """
    if not can_read(text, line, matcher):
        return True
    return not any(_makes_sense_of(tongue, line) for tongue in matcher.tongues)


def _makes_sense_of(tongue: Tongue, line: Line) -> bool:
    words, known, _ = _known(tongue, line)
    return words >= _FEWEST_WORDS_TO_JUDGE or 0 < words <= 2 * known


def _is_known_to(tongue: Tongue, line: Line) -> bool:
    words, known, foreign = _known(tongue, line)
    if 2 * foreign > words:
        return False  # another script
    return words < _FEWEST_WORDS_TO_JUDGE or known >= _LEAST_SHARE_KNOWN * words


def _known(tongue: Tongue, line: Line) -> tuple[int, int, int]:
    """(words, those that the language knows, those of another script)."""
    known: dict[int, bool] = {}
    foreign = 0
    for word in line.words:
        if any(map(str.isalpha, word.text)):
            knows = tongue.knows(word.text)
            known[word.start] = knows and known.get(word.start, True)
            foreign += not knows and not word.text.isascii()
    return len(known), sum(known.values()), foreign


def says_yes(matcher: Matcher, text: str) -> bool:
    """Whether an answer to a question about risk begins with a yes that no "no" takes back."""
    answers = [matcher.find(line) for line in matcher.read(text)]
    return any(
        any(start == 0 for start, _ in found.cues([pack], "yes")) and not found.cues([pack], "no")
        for found in answers
        for pack in matcher.packs
    )
