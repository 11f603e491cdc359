"""Several packs side by side: each hears its own language, none cries wolf in another's."""

from __future__ import annotations

import pytest

from helpline.domain import triage
from helpline.domain.triage import match
from helpline.domain.urgency import Level
from tests.domain.triage import mini


def _pack(language, *, common, hidden=(), **entries):
    """A small pack; each entry is (level, pattern)."""
    written = [
        mini.entry(
            f"{language}.{name.replace('_', '-')}",
            pattern,
            level=level,
            category="in_progress" if level == "critical" else "ideation",
        )
        for name, (level, pattern) in entries.items()
    ]
    context = {"common": common, "disguised": list(hidden)}
    return triage.parse(mini.document(language, *written, context=context))


ENGLISH = _pack(
    "en",
    common=["i want to the a my is will and so it was of pain here today tired really very"],
    hidden=["die", "suicide"],
    die=("high", "will|to die"),
    suicide=("high", "suicide"),
    pills=("critical", "all my pills"),
)
GERMAN = _pack(
    "de",
    common=["ich will die das nicht mehr war so und mit ist der heute sehr müde es an rat"],
    hidden=["suizid", "suicide"],
    life=("high", "nicht mehr leben"),
    thought=("high", "denke ~1 an suizid|suicide"),
)
SPANISH = _pack(
    "es",
    common=["me la de un el no más que en y con estoy muy hoy jefe trabajo"],
    live=("high", "no quiero vivir"),
    leap=("high", "me mato hoy"),
)
PORTUGUESE = _pack(
    "pt",
    common=["eu não que um uma estou muito hoje com o a me"],
    kill=("high", "me mato"),
)
PACKS = (ENGLISH, GERMAN, SPANISH, PORTUGUESE)


@pytest.mark.parametrize(
    "text",
    [
        "ich will die sache mit der arbeit",  # "will die" of the English pack
        "das war so sehr heute, ich will die ruhe",
        "el pan de la casa con jamón",
        "it was a war and i was so tired",
    ],
)
def test_everyday_words_of_the_language_are_no_flag_of_another(text):
    assert triage.assess(text, PACKS).level is Level.ROUTINE


def test_words_that_the_language_has_too_are_lowered_and_the_flag_says_why():
    (flag,) = triage.assess("el jefe me mato de un susto, no más trabajo", PACKS).flags

    assert (flag.rule, flag.level, flag.lowered_by) == ("pt.kill", Level.ELEVATED, "other_language")


@pytest.mark.parametrize(
    "text, rule",
    [
        ("ich bin so müde und i want to die heute", "en.die"),  # in the middle of a sentence
        ("das ist suicide und nicht mehr", "en.suicide"),  # a risk word of both
        ("estoy muy cansada. i want to die. no más", "en.die"),
        ("i am so tired, ich will nicht mehr leben", "de.life"),
        ("no quiero vivir", "es.live"),  # whatever was spoken before
        ("me mato", "pt.kill"),
    ],
)
def test_foreign_risk_words_are_heard(text, rule):
    flags = {flag.rule: flag for flag in triage.assess(text, PACKS).flags}

    assert flags[rule].level is Level.HIGH


def test_a_critical_match_of_another_language_is_lowered_by_nothing():
    german = _pack("de", common=["ich all my pills der die und heute so"], no=("high", "nicht da"))

    assert triage.assess("ich so all my pills heute", [ENGLISH, german]).level is Level.CRITICAL


def test_a_language_is_known_by_its_words_with_accents_too():
    lines = match.for_packs(PACKS).read("müde")

    assert [line.language for line in lines] == ["de"]
