"""From words to a level and its reasons: the rules around a match, joined messages, failures."""

from __future__ import annotations

import pytest

from helpline.domain import triage
from helpline.domain.urgency import Assessment, Flag, Level
from tests.lexicon import read_once

PACKS = read_once()
ROUTINE, ELEVATED, HIGH, CRITICAL = Level

NEGATED = [
    "I'm not suicidal, just very tired",
    "no i dont want to die, im only sad",
    "i would never hurt myself",
    "I have no plans to kill myself",
    "not having any thoughts of suicide",
    "I'm not saying I want to die",
    "i dont think i want to kill myself",
    "he has never hit me, he is kind",
]
NOT_NEGATED = [
    "not gonna lie, I want to die",
    "no one cares, I'm going to end my life",
    "I can't stop thinking about killing myself",
    "I'm not okay i want to die",
    "don't tell me not to kill myself",
    "I can't say I don't want to die",
    "i cant sleep i just want to die",
    "I never wanted to die until now",
    "not a day goes by that i dont think about killing myself",
    "why not kill myself",
    "he will not stop hitting me",
]
HARMLESS = [
    "this homework is killing me",
    "I'm dying to see you",
    "kill the lights",
    "shoot me an email",
    "I killed time at the station",
    "bored to death in this lecture",
    "break a leg tonight!",
    "my phone died and so did my laptop",
    "she beat me at chess again",
    "do you have a suicide prevention leaflet",
]


@pytest.mark.parametrize("text", NEGATED)
def test_a_negated_match_is_lowered_to_elevated_and_says_so(text):
    assessment = triage.assess(text, PACKS)

    assert assessment.level == ELEVATED
    assert {flag.lowered_by for flag in assessment.flags} == {"negation"}


@pytest.mark.parametrize("text", NOT_NEGATED)
def test_a_word_that_only_looks_like_negation_lowers_nothing(text):
    assert triage.assess(text, PACKS).level >= HIGH


@pytest.mark.parametrize("text", HARMLESS)
def test_a_turn_of_speech_is_no_flag_at_all(text):
    assert triage.assess(text, PACKS) == Assessment(ROUTINE)


@pytest.mark.parametrize(
    "text, rule",
    [
        ("they told me to kill myself", "told"),
        ("when I was 15 I wanted to die", "past"),
        ('in the movie he says "I want to die"', "fiction"),
        ("haha i'm suicidal", "hyperbole"),
    ],
)
def test_a_context_rule_lowers_one_match_and_is_named(text, rule):
    assessment = triage.assess(text, PACKS)

    assert assessment.level == ELEVATED
    assert rule in {flag.lowered_by for flag in assessment.flags}


@pytest.mark.parametrize(
    "text",
    [
        "when I was 15 I wanted to die and it is back again",
        "lol i want to die and i mean it",
        "I was watching a film and I want to die",
        "my friend wants to kill herself",
    ],
)
def test_a_context_rule_does_not_reach_further_than_it_should(text):
    assert triage.assess(text, PACKS).level >= HIGH


@pytest.mark.parametrize(
    "text",
    [
        "i did not take all my pills i took all of them and more",
        "lol i took all my pills",
        "haha jk i am going to kill myself tonight",
        "in the film i took all of the pills",
    ],
)
def test_a_critical_match_is_lowered_by_nothing(text):
    assert triage.assess(text, PACKS).level == CRITICAL


def test_lowering_touches_one_match_and_leaves_the_other():
    assessment = triage.assess("I'm not suicidal. I just want to be dead.", PACKS)

    assert assessment.level == HIGH
    assert {(flag.level, flag.lowered_by) for flag in assessment.flags} >= {
        (HIGH, None),
        (ELEVATED, "negation"),
    }


def test_a_flag_marks_the_words_and_names_its_pack():
    text = "hi. I want to k1ll mуself 😔 please"
    flag = next(flag for flag in triage.assess(text, PACKS).flags if flag.rule == "en.kill-myself")

    assert text[flag.start : flag.end] == "k1ll mуself"
    assert flag.pack == f"en@{PACKS[0].version}" or flag.pack.startswith("en@")
    assert (flag.level, flag.category) == (HIGH, "ideation")
    assert flag.reason == "speaks of suicide or of wanting to die"


def test_the_gravest_flag_comes_first():
    levels = [flag.level for flag in triage.assess("i hate myself. i want to die", PACKS).flags]

    assert levels == sorted(levels, reverse=True)


def test_a_statement_over_two_messages_is_found_and_lies_inside_the_newest():
    assessment = triage.assess("die", PACKS, before=["hi", "I want to"])

    assert assessment.level == HIGH
    assert all(0 <= flag.start < flag.end <= 3 for flag in assessment.flags if flag.level == HIGH)
    assert "said over several messages" in {flag.reason for flag in assessment.flags}


def test_earlier_messages_alone_raise_nothing_now():
    assert triage.assess("ok thanks", PACKS, before=["I want to die"]).level == ROUTINE


def test_taking_back_a_denial_counts_over_messages():
    said = triage.assess("ok that's not true. I am", PACKS, before=["I'm not suicidal"])

    assert said.level == HIGH


@pytest.mark.parametrize(
    "answer", ["yes", "yeah", "i do", "Sometimes", "um yes i guess", "a lot", "kinda...", "YES."]
)
def test_a_bare_yes_to_the_question_about_risk_is_high(answer):
    assert triage.assess(answer, PACKS, asked_about_risk=True).level == HIGH
    assert triage.assess(answer, PACKS).level == ROUTINE


@pytest.mark.parametrize("answer", ["no", "no, nothing like that", "not really", "yeah no i dont"])
def test_a_no_to_the_question_about_risk_is_not_high(answer):
    assert triage.assess(answer, PACKS, asked_about_risk=True).level < HIGH


@pytest.mark.parametrize("text", ["", "   ", "...", "👍", "?!", "123", "\n\n"])
def test_signs_without_words_are_routine(text):
    assert triage.assess(text, PACKS) == Assessment(ROUTINE)


@pytest.mark.parametrize(
    "text, packs",
    [
        ("hello there", ()),
        ("мне очень плохо сегодня", PACKS),
        ("今日はとても悲しい", PACKS),
        ("bu hafta çok kötü geçti ve kimseyle konuşamıyorum", PACKS),
        ("broken \ud800 text", PACKS),
    ],
)
def test_what_cannot_be_analysed_is_elevated_and_says_so(text, packs):
    assessment = triage.assess(text, packs)

    assert assessment.level >= ELEVATED
    assert "not_analysed" in {flag.rule for flag in assessment.flags}


def test_a_fault_inside_is_elevated_and_raises_nothing():
    assert triage.assess(None, PACKS) == triage.not_analysed()  # type: ignore[arg-type]
    assert triage.assess("hi", ["not a pack"]) == triage.not_analysed()  # type: ignore[list-item]


def test_head_and_tail_of_a_long_text_are_analysed():
    filler = "we had soup and bread and talked about the garden. " * 300
    for text in ("I want to die. " + filler, filler + " I want to die"):
        assessment = triage.assess(text, PACKS)

        flag = assessment.flags[0]
        assert assessment.level == HIGH
        assert text[flag.start : flag.end].lower().endswith("die")


def test_three_different_elevated_signs_close_together_are_high():
    said = [
        triage.assess(text, PACKS)
        for text in (
            "i feel hopeless",
            "ok",
            "i am such a burden to everyone",
            "my brother died by suicide",
        )
    ]

    assert max(one.level for one in said) == ELEVATED
    assert triage.over_conversation(said).level == HIGH
    assert triage.over_conversation(said[:3]).level == ELEVATED


def test_signs_far_apart_do_not_add_up():
    signs = [
        Assessment(ELEVATED, (Flag(name, name, ELEVATED, "", 0, 1, "en@1"),))
        for name in ("hopelessness", "bereaved", "past")
    ]
    quiet = [Assessment(ROUTINE)] * 9

    apart = [signs[0], *quiet, signs[1], *quiet, signs[2]]

    assert triage.over_conversation(apart).level == ELEVATED
    assert triage.over_conversation(signs).level == HIGH


def test_a_conversation_keeps_its_peak():
    critical = triage.assess("i took all my pills", PACKS)
    joking = triage.assess("never mind, only joking", PACKS)

    assert triage.over_conversation([critical, joking]).level == CRITICAL
    assert triage.over_conversation([]) == Assessment(ROUTINE)


@pytest.mark.parametrize(
    "question, asks",
    [
        ("Are you thinking about suicide?", True),
        ("have you had thoughts of hurting yourself", True),
        ("Are you thinking of ending your life?", True),
        ("Have you taken anything tonight?", True),
        ("Do you have a plan for how you would do it?", True),
        ("¿Estás pensando en suicidarte?", True),
        ("Est-ce que tu penses au suicide ?", True),
        ("Denkst du daran, dir das Leben zu nehmen?", True),
        ("Você está pensando em se matar?", True),
        ("How was your day?", False),
        ("What would you like to talk about?", False),
        ("Are you safe right now?", False),
        ("Tell me more about your sister", False),
    ],
)
def test_a_listeners_question_about_risk_is_known(question, asks):
    assert triage.asks_about_risk(question) is asks
