"""The figures: our own vectors always, the development suite where it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helpline.domain.triage import suite
from tests.lexicon import read_once

HOUSE = Path(__file__).parents[3]
PACKS = read_once()
VECTORS = sorted((HOUSE / "tests" / "vectors").glob("*.jsonl"))
STRANGERS = HOUSE / "tests" / "vectors" / "strangers"
SHARED = HOUSE.parent / "shared" / "triage"
LANGUAGES = {pack.language for pack in PACKS}
FEWEST_VECTORS = 150


def _rows(file):
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line]


@pytest.mark.parametrize("file", VECTORS, ids=[file.stem for file in VECTORS])
def test_own_vectors_hold_the_gates(file):
    report = suite.report(_rows(file), PACKS)
    print(suite.as_text(report))

    assert report["n"] >= FEWEST_VECTORS
    assert report["critical_seen"] == 1
    assert report["recall_high"] >= 0.95
    assert report["false_flags"] <= 0.02


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.language)
def test_every_pack_has_a_second_reader_of_its_language(pack):
    assert pack.likeness is not None
    assert pack.likeness.language == pack.language


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_everyday_talk_is_left_alone(language):
    """Chatter that was written to be flagged by mistake, and learned from: it must stay quiet."""
    rows = [row for row in _rows(STRANGERS / f"{language}.jsonl") if row["category"] == "chatter"]
    report = suite.report(rows, PACKS)

    assert report["n"] >= FEWEST_VECTORS
    assert report["false_flags"] <= 0.01, report["false"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the development suite stands elsewhere")
def test_development_messages_hold_the_gates():
    rows = [row for row in _rows(SHARED / "messages.jsonl") if row["lang"] in LANGUAGES]
    report = suite.report(rows, PACKS)
    print(suite.as_text(report))

    assert report["critical_seen"] == 1
    for language, part in report["by_language"].items():
        assert part["recall_high"] >= (0.97 if language == "en" else 1), language
    assert report["false_flags"] <= 0.04


@pytest.mark.skipif(not SHARED.is_dir(), reason="the development suite stands elsewhere")
def test_every_development_conversation_peaks_where_it_should():
    report = suite.report(_rows(SHARED / "conversations.jsonl"), PACKS)

    assert report["peaks_missed"] == []
    assert report["peak_exact"] == 1


def test_a_report_counts_and_gives_intervals():
    rows = [
        {"id": "a", "text": "I want to die", "label": "high", "lang": "en", "category": "x"},
        {"id": "b", "text": "nice weather", "label": "high", "lang": "en", "category": "x"},
        {"id": "c", "text": "took all my pills", "label": "critical", "lang": "en"},
        {"id": "d", "text": "I want to be dead", "label": "routine", "lang": "xx"},
    ]

    report = suite.report(rows, PACKS)

    assert (report["n"], report["critical_seen"], report["false_flags"]) == (4, 1, 1)
    assert report["recall_high_count"] == [2, 3]
    assert report["missed"] == ["b"]
    assert report["false"] == ["d"]
    assert report["by_language"]["en"]["n"] == 3
    assert report["confusion"]["high"] == {"routine": 1, "elevated": 0, "high": 1, "critical": 0}
    assert report["peak_exact"] is None
    assert len(report["unshown"]) < report["entries"] == len(suite.unshown([], PACKS))
    text = suite.as_text(report)
    assert "recall high    2/3 (21-94%)" in text
    assert "critical 1/1 (21-100%)" in text
    assert (
        f"entries that alone flag a message here: {report['entries'] - len(report['unshown'])}"
        in text
    )


@pytest.mark.parametrize(
    "hits, n, low, high", [(0, 0, 0, 1), (10, 10, 0.72, 1), (0, 10, 0, 0.28), (5, 10, 0.24, 0.76)]
)
def test_wilson_intervals(hits, n, low, high):
    assert suite.wilson(hits, n) == pytest.approx((low, high), abs=0.005)


def test_a_listeners_question_bears_on_the_next_answer_only():
    asked = {"from": "listener", "text": "Are you thinking of suicide?"}
    yes = {"text": "yes"}

    assert suite.conversation_peak([asked, yes], PACKS).level.word == "high"
    assert suite.conversation_peak([yes, asked], PACKS).level.word == "routine"


def test_entries_that_no_vector_shows_alone_are_listed():
    rows = [{"text": "I overslept again"}]

    listed = suite.unshown(rows, PACKS)

    assert len(listed) == sum(len(pack.entries) for pack in PACKS)
