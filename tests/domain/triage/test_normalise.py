"""Plain words out of what people type, with the way back to it."""

from __future__ import annotations

import pytest

from helpline.domain.triage.folding import fold
from helpline.domain.triage.normalise import normalise
from helpline.domain.triage.wording import Wording

SHORT = {
    "don't": "do not", "dont": "do not", "im": "i am", "wanna": "want to", "2nite": "tonight",
    "want 2": "want to", "self harm": "selfharm", "hes": "he is",
}  # fmt: skip
WORDING = Wording(
    SHORT,
    ["kill", "myself", "suicide", "suicidal", "die", "selfharm"],
    "i to be so the my a want 💊 took now hell well pills all".split(),
    ["but", "even though"],
)


def read(text):
    return normalise(text, WORDING)


@pytest.mark.parametrize(
    "text, line",
    [
        ("I want to die", ".i want to die."),
        ("DON’T", ".do not."),
        ("don t", ".do not."),
        ("Ｉ ｗａｎｔ ｔｏ ｄｉｅ", ".i want to die."),
        ("i want to kіll mуself", ".i want to kill myself."),  # Cyrillic letters
        ("suicidé thöughts", ".suicide thoughts."),
        ("su\u200bici\u00addal", ".suicidal."),
        ("k1ll mys3lf", ".kill myself."),
        ("su!cidal", ".suicidal."),
        ("su*cide", ".suicide."),
        ("s-u-i-c-i-d-e", ".suicide."),
        ("i want to d i e", ".i want to die."),
        ("k.i.l.l", ".kill."),
        ("🇩🇮🇪", ".die."),
        ("suiiiiiicidal", ".suicidal."),
        ("killlll", ".kill."),
        ("sooooo", ".so."),
        ("suicdal mysefl", ".suicidal myself."),
        ("killmyself", ".kill myself."),
        ("wanna 2nite", ".want to tonight."),
        ("want 2 self-harm", ".want to selfharm."),
        ("took 💊💊💊", ".took 💊 💊 💊."),
        ("hello 😊 there", ".hello_there."),
        ("yes, no; ok. well? now", ".yes,no,ok.well?now."),
        ("wait... now", ".wait_now."),
        ("one\ntwo", ".one_two."),
        ("so but now", ".so;but now."),
        ("so even though now", ".so;even though now."),
        ("even so", ".even so."),
        ("therapist", ".therapist."),
        ("at 4am on the 2nd", ".at 4am on the 2nd."),
        ("mum's", ".mum."),
        ("really?", ".really?"),
        ("", "."),
        ("!!!", "."),
    ],
)
def test_a_message_becomes_a_plain_line(text, line):
    assert read(text).text.decode() == line


@pytest.mark.parametrize(
    "text, word, written",
    [
        ("ok K1LL mуself.", "kill", "K1LL"),
        ("pls d i e now", "die", "d i e"),
        ("so su\u200bici\u0301dal", "suicidal", "su\u200bici\u0301dal"),
        ("well want 2 die", "want", "want 2"),
        ("DON'T", "not", "DON'T"),
        ("a 💊\ufe0f b", "💊", "💊\ufe0f"),
        ("so killmyself now", "myself", "killmyself"),
    ],
)
def test_every_word_knows_where_it_was_written(text, word, written):
    found = next(one for one in read(text).words if one.text == word)

    assert text[found.start : found.end] == written


def test_one_character_stands_for_a_few_letters_at_most():
    folded, pieces = fold("\ufdfa" * 4_000)
    assert len(pieces) == 4_000
    assert len(folded) <= 6 * 4_000
