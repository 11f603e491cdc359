"""Walking finds exactly what the regular expression of a pattern finds, with all its places."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.domain.triage import pattern
from helpline.domain.triage.normalise import Line, Word
from helpline.domain.triage.rendering import Renderer
from helpline.domain.triage.walking import Stretch, Walker

WORDS = ["kill", "killing", "me", "my", "die", "now"]
LISTS = {"me": pattern.parse_list("me|my die|die*", {})}
RENDERER = Renderer(tuple)
WALKER = Walker(RENDERER)
ATOMS = st.sampled_from([*WORDS, "kill*", "k*l*g", "<me>", "~1", "~2", "~~2", ",", "^", "$"])
WRITTEN = st.recursive(
    st.lists(ATOMS, min_size=1, max_size=4).map(" ".join),
    lambda inner: (
        st.builds(
            "{0} {2}{1}{3} {4}".format,
            inner,
            st.lists(inner, min_size=1, max_size=3).map("|".join),
            *map(st.just, "()"),
            inner,
        )
        | st.builds("{0} [{1}] {0}".format, inner, inner)
    ),
    max_leaves=6,
)
LINES = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(pattern.SEPARATORS)))


def _line(pieces, last="."):
    text, starts = b"", []
    for word, before in pieces:
        text += before.encode()
        starts.append(len(text))
        text += word.encode()
    words = tuple(Word(word, before, 0, 0) for word, before in pieces)
    return Line(text + last.encode(), words, tuple(starts))


def _longest(expression, text):
    """Leftmost, then longest, as the expression allows; neighbours may share a separator."""
    spans, begin = [], 0
    while begin < len(text):
        ends = [
            end for end in range(len(text), begin, -1) if expression.fullmatch(text, begin, end)
        ]
        if ends:
            spans.append((begin, ends[0]))
            begin = ends[0] - 1
        else:
            begin += 1
    return spans


@settings(max_examples=400, deadline=None)
@given(written=WRITTEN, pieces=LINES)
def test_walking_and_the_expression_agree(written, pieces):
    try:
        phrase = pattern.parse(written, LISTS)
    except pattern.BadPattern:
        return
    line = _line(pieces)

    walked = list(Stretch(line, 0, len(pieces)).spans(WALKER.step(phrase)))

    assert walked == _longest(re.compile(RENDERER.expression(phrase)), line.text.decode()), written


@pytest.mark.parametrize("size", [50, 400])
def test_no_pattern_makes_a_long_line_slow(size):
    """A pattern that would send a backtracking search round and round."""
    phrase = pattern.parse("die " + "~~9 [die] ~~9 (die|die die|die*) " * 6 + "now")
    asked = 0

    class Counted(Stretch):
        def like(self, stem):
            nonlocal asked
            asked += 1
            return super().like(stem)

    line = _line([("die", " ")] * size)

    assert list(Counted(line, 0, size).spans(WALKER.step(phrase))) == []
    assert asked <= 12
