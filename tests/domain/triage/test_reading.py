"""In which language a message is read, and what hurried fingers meant."""

from __future__ import annotations

import pytest

from helpline.domain import triage
from helpline.domain.triage import match
from helpline.domain.urgency import Level

MISTYPED = [
    "i wnat to kill myself",
    "i want to kill mysefl",
    "i wnat to dei",
    "he is hiting me agian",
    "they lockd me in the basemnt",
]


@pytest.mark.parametrize("text", MISTYPED)
def test_swapped_and_missing_letters_hide_nothing(lexicon, text):
    assert triage.assess(text, lexicon).level >= Level.HIGH


@pytest.mark.parametrize("text", ["I dyed my hair", "the kiln is hot", "a hoping heart", "diet"])
def test_real_words_are_not_taken_for_slips(lexicon, text):
    assert triage.assess(text, lexicon).level < Level.HIGH


BOTH = [
    ("hi, not sure who reads this but quiero matarme esta noche", Level.CRITICAL),
    ("hola amiga, sorry my english, I want to kill myself tonight", Level.CRITICAL),
    ("ich weiß nicht, j'ai envie de mourir", Level.HIGH),
]


@pytest.mark.parametrize("text, level", BOTH)
def test_each_language_of_a_message_is_read(lexicon, text, level):
    assert triage.assess(text, lexicon).level >= min(level, Level.HIGH)
    assert len(match.for_packs(tuple(lexicon)).read(text)) > 1


def test_one_word_of_another_language_is_only_a_name(lexicon):
    lines = match.for_packs(tuple(lexicon)).read("my friend Maria went to the shop with me")

    assert [line.language for line in lines] == ["en"]
