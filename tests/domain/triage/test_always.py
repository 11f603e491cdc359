"""What must hold whatever people write."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.domain import triage
from helpline.domain.triage import match
from helpline.domain.urgency import Level
from tests.lexicon import assessed, read_once

PACKS = read_once()
EXAMPLES = [text for pack in PACKS for entry in pack.entries for text in entry.hit]
LETTERS = st.characters(blacklist_categories=())
CRITICAL = st.deferred(
    lambda: st.sampled_from([one for one in EXAMPLES if assessed(one).level is Level.CRITICAL])
)
WORDS = st.lists(
    st.sampled_from(
        "no not never lol haha jk movie game said i my want to die laughing , . ! ? ... but and "
        'when was 15 years ago they told me essay about pills myself kill 😂 « » " \n'.split(" ")
    ),
    max_size=12,
).map(" ".join)
A_STALL = 15.0  # seconds of CPU, on whatever machine: work that grows with the text takes minutes
UNSEEN = ["\u200b", "\u200d", "\u00ad", "\ufeff", "\u2060", "\ufe0f"]
ACCENTS = {"a": "á", "e": "ê", "i": "ï", "o": "ö", "u": "ū", "n": "ñ", "c": "ç"}


@settings(max_examples=150, deadline=None)
@given(text=st.text(LETTERS, max_size=200))
def test_any_text_is_assessed_and_offsets_lie_inside_it(text):
    assessment = triage.assess(text, PACKS)

    assert all(0 <= flag.start <= flag.end <= len(text) for flag in assessment.flags)


@settings(max_examples=100, deadline=None)
@given(text=WORDS, before=st.lists(WORDS, max_size=3), asked=st.booleans())
def test_offsets_lie_inside_the_newest_message(text, before, asked):
    assessment = triage.assess(text, PACKS, before=before, asked_about_risk=asked)

    assert all(0 <= flag.start <= flag.end <= len(text) for flag in assessment.flags)
    assert assessment.level == max((flag.level for flag in assessment.flags), default=0)


@settings(max_examples=100, deadline=None)
@given(text=st.sampled_from(EXAMPLES), place=st.integers(0, 40), before=WORDS)
def test_what_lies_across_two_messages_is_found_as_if_all_of_both_were_looked_at(
    text, place, before
):
    words = text.split()
    joined = f"{before} {' '.join(words[: place % len(words)])}\n"
    seam_at, joined = len(joined), joined + " ".join(words[place % len(words) :])
    matcher = match.for_packs(tuple(PACKS))

    for line in matcher.read(joined):
        all_of_it = _across(line, matcher.find(line), seam_at)
        only_there = _across(line, matcher.find(line, match.seam(line, seam_at)), seam_at)
        assert only_there == all_of_it


def _across(line, found, seam_at):
    places = [
        (rule.name, line.original(*hit)) for rule, hits in found.entries.items() for hit in hits
    ]
    return [(name, at) for name, at in places if at[0] < seam_at < at[1]]


@settings(max_examples=100, deadline=None)
@given(text=st.sampled_from(EXAMPLES), shift=st.text("🙂e\u0301\u200b", max_size=9))
def test_a_flag_marks_the_same_words_wherever_they_stand(text, shift):
    alone = {flag.rule: text[flag.start : flag.end] for flag in assessed(text).flags}
    written = f"{shift}. {text}"

    for flag in triage.assess(written, PACKS).flags:
        if flag.rule in alone and flag.start >= len(written) - len(text):
            assert written[flag.start : flag.end] == alone[flag.rule]


@settings(max_examples=100, deadline=None)
@given(text=st.sampled_from(EXAMPLES), before=st.lists(CRITICAL | WORDS, max_size=3))
def test_what_was_said_before_never_lowers(text, before):
    assert triage.assess(text, PACKS, before=before).level >= assessed(text).level


@settings(max_examples=100, deadline=None)
@given(text=st.sampled_from(EXAMPLES), critical=CRITICAL)
def test_a_conversation_keeps_an_earlier_critical(text, critical):
    said = [assessed(one) for one in (critical, text)]

    assert triage.over_conversation(said).level is Level.CRITICAL


@pytest.mark.parametrize("plane", range(17))
def test_every_plane_of_unicode_is_assessed(plane):
    for start in range(plane << 16, (plane + 1) << 16, 4_000):
        text = "".join(map(chr, range(start, min(start + 400, 0x110000))))
        assert all(flag.end <= len(text) for flag in triage.assess(text, PACKS).flags)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "i want to die ",
        "no ",
        "d i e ",
        "not ",
        "💊😂 ",
        "\ud800",
        "\u200b",
        "e\u0301",
        "'",
        "x1!",
    ],
)
def test_a_text_of_any_length_takes_bounded_work(piece):
    """Head and tail are read; what lies between is not, and the assessment says so."""
    text = (piece * 100_000)[:100_000]
    start = process_time()

    assessment = triage.assess(text, PACKS)

    assert process_time() - start < A_STALL
    assert "not_analysed" in {flag.rule for flag in assessment.flags}


@settings(max_examples=50, deadline=None)
@given(text=st.text(st.sampled_from("😂💊🔪🩸😭👍🏽\u200d\ufe0f "), max_size=60))
def test_pictures_alone_are_assessed(text):
    assert "not_analysed" not in {flag.rule for flag in triage.assess(text, PACKS).flags}


@settings(max_examples=150, deadline=None)
@given(text=CRITICAL, prefix=WORDS, suffix=WORDS)
def test_adding_words_never_lowers_a_critical_message(text, prefix, suffix):
    assert triage.assess(f"{prefix} {text} {suffix}", PACKS).level is Level.CRITICAL


@settings(max_examples=150, deadline=None)
@given(text=st.sampled_from(EXAMPLES), data=st.data())
def test_noise_in_the_writing_does_not_change_the_level(text, data):
    noisy = "".join(data.draw(st.sampled_from(_ways(char))) for char in text)

    assert triage.assess(f"  {noisy}\t", PACKS).level == assessed(text).level


@pytest.mark.parametrize("change", [str.upper, str.title, str.swapcase])
def test_case_does_not_change_the_level(change):
    for text in EXAMPLES[::3]:
        assert triage.assess(change(text), PACKS).level == assessed(text).level, text


@pytest.mark.parametrize("unseen", UNSEEN)
def test_invisible_characters_do_not_change_the_level(unseen):
    for text in EXAMPLES[:: len(UNSEEN)]:
        hidden = unseen.join(text)
        assert triage.assess(hidden, PACKS).level == assessed(text).level, text


def test_a_marked_character_keeps_its_accents():
    text = "I want to di\u0301e\u0301 ok"
    flag = triage.assess(text, PACKS).flags[0]

    assert text[flag.start : flag.end].endswith("di\u0301e\u0301")


def _ways(char):
    """How a character may be written by someone in a hurry, or in hiding."""
    ways = [char, char, char, char.upper() if len(char.upper()) == 1 else char]
    if char == " ":
        return [" ", "  ", "\u00a0", "\t", " \u200b"]
    return [*ways, ACCENTS.get(char, char), char + "\u200b"]
