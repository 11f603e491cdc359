"""The words choose the patterns that can fit; nothing that fits may be left out by that choice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helpline.domain import triage
from helpline.domain.triage import match, pattern
from helpline.domain.triage.index import Index
from helpline.domain.triage.rendering import Renderer
from helpline.domain.triage.walking import Stretch
from tests.domain.triage import mini
from tests.lexicon import read_once

HOUSE = Path(__file__).parents[3]
PACKS = read_once()
MATCHER = match.for_packs(PACKS)
TEXTS = [
    json.loads(line)["text"]
    for file in sorted((HOUSE / "tests" / "vectors").glob("*.jsonl"))
    for line in file.read_text("utf-8").splitlines()
]


def test_every_pattern_that_fits_is_among_the_candidates():
    for text in TEXTS[::401]:
        line = MATCHER.read(text)[0]
        everywhere = Stretch(line, 0, len(line.words))
        fits = {form.rule for form in MATCHER.forms if list(everywhere.spans(form.step))}

        assert set(MATCHER.find(line).everything()) == fits, text


def test_a_match_across_two_stretches_of_a_long_text_is_found():
    for words_before in range(400, 520, 13):
        text = "we talked about soup and bread today " * (words_before // 7) + "i want to die"
        line = MATCHER.read(text)[0]

        assert "en.want-to-die" in {rule.name for rule in MATCHER.find(line).entries}


@pytest.mark.parametrize(
    "words, numbers",
    [("kill myself", [0, 2]), ("killing me", [1, 2]), ("suicidal", [3]), ("nothing", [])],
)
def test_an_index_asks_for_every_need(words, numbers):
    needs = [
        [frozenset({"kill"}), frozenset({"myself"})],
        [frozenset({"killing"}), frozenset({"me", "us"})],
        [frozenset({"kill*"})],
        [frozenset({"suicid*", "sui"})],
    ]

    assert list(Index(needs).candidates(words.split())) == numbers


@pytest.mark.parametrize(
    "written, needs",
    [
        ("kill ~2 myself", [{"kill"}, {"myself"}]),
        ("want|wish to [really] die", [{"to"}, {"die"}, {"want", "wish"}]),
        ("hopeless* (feeling|day $)", [{"hopeless*"}, {"feeling", "day"}]),
        ("(end it|stop) $", [{"end", "stop"}]),
        ("as good as gone", [{"good"}]),
        ("die (now|$)", [{"die"}]),
    ],
)
def test_what_a_pattern_needs(written, needs):
    found = Renderer(tuple).needs(pattern.parse(written))

    assert [set(one) for one in found] == needs


def test_everything_that_is_found_stands_in_the_order_of_the_text():
    later_first = mini.entry("en.two", "quite gone", "all over", level="elevated")
    pack = triage.parse(mini.document("en", later_first, context={"negation": ["not", "no"]}))
    matcher = match.Matcher([pack])
    text = "no it is all over and not quite gone, " + "soup bread " * 240 + "quite gone"

    found = matcher.find(matcher.read(text)[0]).everything()

    assert sorted(map(len, found.values())) == [2, 3]
    for places in found.values():
        assert places == sorted(set(places))


def test_an_entry_is_split_by_who_says_the_negation():
    """A visitor's "not" inside a match counts for patterns that hold none themselves."""
    both = mini.entry("en.end", "friend ~3 suicidal", "do not want to live")
    context = {"negation": ["not"], "bridges": ["want to"], "self": ["i my"]}
    packs_ = [triage.parse(mini.document("en", both, context=context))]

    def lowered_by(text: str) -> str | None:
        (flag,) = triage.assess(text, packs_).flags
        return flag.lowered_by

    assert lowered_by("my friend is not suicidal") == "negation"
    assert lowered_by("my friend is so suicidal") is None
    assert lowered_by("i do not want to live") is None


def test_once_made_ready_no_message_waits_for_a_pattern():
    pack = triage.parse(
        mini.document("en", mini.entry("en.worn", "worn out", "so {very|truly} low"))
    )

    steps = list(triage.made_ready([pack]))

    forms = match.for_packs((pack,)).forms
    assert len(steps) == len(forms) > 1
    assert all("step" in vars(form) for form in forms)
