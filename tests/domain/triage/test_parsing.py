"""Reading a pack: what it must say, and that a bad one is refused with every reason."""

from __future__ import annotations

import copy

import pytest

from helpline.domain import triage
from helpline.domain.triage import checks, explain
from helpline.domain.urgency import Level
from helpline.store import packs
from tests.domain.triage import mini

ENTRY = mini.entry(
    "xx.end",
    "end <mine> life",
    hit=["I want to end my life", "end this life of mine? end my life"],
    miss=["end my lease", "a life of crime ends"],
)
PACK = mini.document(
    "xx",
    ENTRY,
    lists={"mine": "my|this"},
    context={"negation": ["not|never"], "bridges": ["going to want"], "self": ["i my"]},
)


def pack_with(**changes):
    document = copy.deepcopy(PACK)
    document["entries"][0].update(changes)
    return document


def test_a_pack_is_read_with_its_defaults():
    pack = triage.parse(PACK)

    entry = pack.entries[0]
    assert (pack.language, entry.level, entry.added_by) == ("xx", Level.HIGH, "Lin")
    assert "negation" in entry.lowered_by
    assert pack.label == f"xx@{pack.version}"
    assert checks.problems(pack) == []


def test_the_version_is_the_content():
    same, other = triage.parse(copy.deepcopy(PACK)), triage.parse(pack_with(why="C-SSRS 1"))

    assert same == triage.parse(PACK)
    assert other.version != same.version
    assert other != same


@pytest.mark.parametrize(
    "document, says",
    [
        ({}, "does not name its language"),
        ({"language": "xx"}, "no entries"),
        (pack_with(level="urgent"), "level is routine, elevated, high or critical"),
        (pack_with(category="mood"), "category 'mood' is not known"),
        (pack_with(patterns=["end ~2"]), "must begin and end with a word"),
        (pack_with(patterns=["end <theirs> life"]), "names a list <theirs>"),
        (pack_with(patterns=[]), "no pattern"),
        (pack_with(hit=["only one"]), "at least 2 hit and miss examples"),
        (pack_with(miss=[True, "on"]), "put quotes around yes, no, on"),
        (pack_with(why=""), "why is missing"),
        (pack_with(context=["weather"]), "context may name"),
        (pack_with(colour="red"), "unknown fields colour"),
        (pack_with(level="critical", patterns=["end my life $"]), "cannot use ^ or $"),
        ({**PACK, "entries": [ENTRY, ENTRY]}, "stands twice"),
        ({**PACK, "added_by": ""}, "added_by is missing"),
        ("not a mapping", "does not name its language"),
    ],
)
def test_a_bad_pack_is_refused_and_says_why(document, says):
    with pytest.raises(triage.BadPack) as refusal:
        triage.parse(document)

    assert any(says in problem for problem in refusal.value.problems)


def test_a_critical_entry_may_be_lowered_by_nothing():
    entry = triage.parse(pack_with(level="critical", context=["negation"])).entries[0]

    assert entry.lowered_by == frozenset()


def test_examples_that_do_not_do_what_they_say_are_problems():
    broken = triage.parse(pack_with(hit=["end my lease", "stop"], miss=["end my life", "no"]))

    assert checks.problems(broken) == [
        "xx.end: should flag 'end my lease' as high and does not",
        "xx.end: should flag 'stop' as high and does not",
        "xx.end: should leave 'end my life' alone and flags it",
    ]


def test_an_id_of_another_pack_is_a_problem():
    other = triage.parse({**PACK, "language": "yy"})

    assert "stands in the pack yy already" in checks.problems(triage.parse(PACK), [other])[0]


def test_an_explanation_shows_the_line_the_flags_and_the_cues():
    explained = explain.explain("I'm not going to end my life", [triage.parse(PACK)])

    assert explained["level"] == "elevated"
    assert explained["flags"][0]["lowered_by"] == "negation"
    assert explained["flags"][0]["words"] == "end my life"
    assert {key: explained["cues"][0][key] for key in ("kind", "name", "words")} == {
        "kind": "negation",
        "name": "negation",
        "words": "not",
    }
    assert "lowered by negation" in explain.as_text(explained)


def test_a_folder_of_packs_is_loaded(tmp_path):
    (tmp_path / "xx.yaml").write_text(
        "language: xx\nadded_by: Lin\ndate: 2026-11-01\nentries: ["
        + str(ENTRY).replace("<mine>", "my")
        + "]",
        "utf-8",
    )

    (pack,) = packs.load_folder(tmp_path)

    assert pack.language == "xx"


@pytest.mark.parametrize(
    "files, says",
    [
        ({}, "no pack"),
        ({"xx.yaml": "language: [xx"}, "not readable as YAML"),
        ({"xx.yaml": "language: xx"}, "no entries"),
        ({"xx.yaml": "- a\n- b"}, "does not name its language"),
    ],
)
def test_a_folder_with_a_bad_pack_is_refused(tmp_path, files, says):
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")

    with pytest.raises(triage.BadPack, match=says):
        packs.load_folder(tmp_path)
