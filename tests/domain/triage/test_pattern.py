"""The pattern language: what each sign means, and what is refused."""

from __future__ import annotations

import re

import pytest

from helpline.domain.triage import pattern
from helpline.domain.triage.rendering import Renderer

LISTS = {"self": pattern.parse_list("myself|my self", {})}


def fits(written, line):
    expression = Renderer(tuple).expression(pattern.parse(written, LISTS))
    return re.search(expression, line) is not None


@pytest.mark.parametrize(
    "written, line, expected",
    [
        # words in a row, whole words only, over a pause or a "but", not over a mark
        ("take my life", ".take my life.", True),
        ("take my life", ".mistake my life.", False),
        ("take my life", ".take my lifeboat.", False),
        ("take my life", ".take_my;life.", True),
        ("take my life", ".take my,life.", False),
        # choices bind the two words that touch the bar; brackets hold phrases
        ("kill|end my life", ".end my life.", True),
        ("kill|end my life", ".kill life.", False),
        ("(give up|let go) now", ".let go now.", True),
        ("(give up|let go) now", ".give go now.", False),
        ("a|b|c end", ".c end.", True),
        # optional words
        ("want to [really|just] die", ".want to die.", True),
        ("want to [really|just] die", ".want to just die.", True),
        ("want to [really|just] die", ".want to not die.", False),
        ("[so] done $", ".so done.", True),
        # gaps
        ("kill ~2 myself", ".kill myself.", True),
        ("kill ~2 myself", ".kill my own myself.", True),
        ("kill ~2 myself", ".kill a b c myself.", False),
        ("kill ~2 myself", ".kill it,by myself.", False),
        ("kill ~2 myself", ".kill it;but myself.", False),
        ("kill ~~3 myself", ".kill it,by myself.", True),
        # stems, lists, marks and edges
        ("hopeless*", ".hopelessness.", True),
        ("s*icid* now", ".suuicidal now.", True),
        ("kill <self>", ".kill my self.", True),
        ("goodbye , everyone", ".goodbye,everyone.", True),
        ("goodbye , everyone", ".goodbye everyone.", True),
        ("goodbye , ~2 all", ".goodbye.to you all.", True),
        ("^ let me die", ".let me die.", True),
        ("^ let me die", ".please let me die.", False),
        ("^ [please] let me die", ".please let me die.", True),
        ("^ [please] let me die", ".now please let me die.", False),
        ("want to die $", ".want to die.", True),
        ("want to die $", ".want to die hard.", False),
        ("die (now|$)", ".die now or later.", True),
        ("die (now|$)", ".die hard.", False),
        # other scripts and pictures are words too
        ("took 💊", ".took 💊.", True),
        ("хочу умереть", ".хочу умереть.", True),
    ],
)
def test_a_sign_means_what_the_docs_say(written, line, expected):
    line, written = line.encode().decode("latin-1"), written
    assert fits(written, line) is expected


@pytest.mark.parametrize(
    "written",
    ["", "a", "~2 die", "die ~2", "(die", "die)", "die | ", "<nobody> die", "die ~0 now",
     "die $ now", "*", "(die|) now", "die [] now", "[a] [b]"],
)  # fmt: skip
def test_a_pattern_that_cannot_be_read_is_refused(written):
    with pytest.raises(pattern.BadPattern):
        pattern.parse(written, LISTS)
