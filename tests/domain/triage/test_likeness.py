"""The second reader: what it learns, what it weighs, and when it is asked."""

from __future__ import annotations

import dataclasses
import json
import math
import re

import pytest

from helpline.domain import triage
from helpline.domain.triage import learning
from helpline.domain.triage.likeness import Likeness, signs
from helpline.domain.triage.normalise import Line, Word
from helpline.domain.urgency import Level
from helpline.store import packs
from tests.domain.triage import mini

PACK = triage.parse(
    mini.document(
        "en",
        mini.entry("en.die", "want to die"),
        context={
            "common": ["i the bus home is late so we want to go out tonight film was long a not"],
            "negation": ["not"],
            "bridges": ["want to"],
        },
    )
)
NO_POINT = Likeness("en", "t", 1.0, 0.0, {"long": 3.0, "was": 1.0, "so": -1.0, "a ~ bus": 2.0})


def with_second_reader(likeness: Likeness = NO_POINT) -> list[triage.Pack]:
    return [dataclasses.replace(PACK, likeness=likeness)]


def line(text: str) -> Line:
    words = tuple(Word(word, " ", nth, nth + 1) for nth, word in enumerate(text.split()))
    return Line(b"", words, (), "en")


def examples(*texts: str, risk: bool) -> list[learning.Example]:
    return [(line(text), risk) for text in texts]


RISK = examples(
    "cannot go on", "cannot take it", "over it all tonight", "it all ends tonight",
    "no more for me", "cannot any more", "nobody needs me", "me no more", risk=True,
)  # fmt: skip
HARMLESS = examples(
    "the bus is late", "the film was long", "we go home", "a long day at work",
    "the game ends late", "my work was fine", "we need a bus", "home late tonight", risk=False,
)  # fmt: skip


def test_signs_are_words_and_pairs_with_their_place_at_the_ends():
    assert signs(["no", "more"]) == {
        "^", "no", "more", "$", "^ no", "no more", "more $", "^ ~ more", "no ~ $",
    }  # fmt: skip


def test_what_was_learned_tells_the_two_kinds_apart():
    learned, trial = learning.learn("en", RISK + HARMLESS)
    weighed = {
        risk: [learned.weight([word.text for word in row.words]) for row, said in RISK + HARMLESS
               if said is risk]
        for risk in (True, False)
    }  # fmt: skip
    assert min(weighed[True]) > max(weighed[False])
    assert (trial.at_risk, trial.harmless) == (len(RISK), len(HARMLESS))


def test_learning_the_same_again_gives_the_same_version():
    first, _ = learning.learn("en", RISK + HARMLESS)
    again, _ = learning.learn("en", RISK + HARMLESS)
    other, _ = learning.learn("en", RISK + HARMLESS[:-1])
    assert first == again
    assert first.weights == again.weights
    assert first.version != other.version


@pytest.mark.parametrize("one_kind", [RISK, HARMLESS, []])
def test_learning_needs_both_kinds(one_kind):
    with pytest.raises(ValueError, match="with risk and without"):
        learning.learn("en", one_kind)


def test_kept_as_json_and_read_again_it_is_the_same():
    again = Likeness.read(json.loads(json.dumps(NO_POINT.as_mapping())), "en")
    assert again == NO_POINT
    assert again.weights == NO_POINT.weights
    assert again.bound == 1.0


KEPT = NO_POINT.as_mapping()


@pytest.mark.parametrize(
    "broken, says",
    [
        ([], "no mapping"),
        (None, "no mapping"),
        ({}, "holds no weights"),
        (KEPT | {"language": "fr"}, "learned for the language 'fr'"),
        (KEPT | {"version": 3}, "names no version"),
        (KEPT | {"version": ""}, "names no version"),
        (KEPT | {"bound": math.nan}, "bound is no number"),
        (KEPT | {"bound": "1.0"}, "bound is no number"),
        (KEPT | {"bound": True}, "bound is no number"),
        (KEPT | {"base": -math.inf}, "base is no number"),
        (KEPT | {"base": None}, "base is no number"),
        (KEPT | {"weights": []}, "holds no weights"),
        (KEPT | {"weights": {}}, "holds no weights"),
        (KEPT | {"weights": {"a": "x"}}, "such as 'a'"),
        (KEPT | {"weights": {"a": 1.0, "b": math.inf}}, "1 of its weights are no numbers"),
        (KEPT | {"weights": {"a": 10**400}}, "such as 'a'"),
        (KEPT | {"weights": {"a": 1e300}}, "such as 'a'"),
    ],
)
def test_what_is_no_likeness_is_refused_and_says_why(broken, says):
    with pytest.raises(triage.BadPack, match=re.escape(says)):
        Likeness.read(broken, "en")


@pytest.fixture
def folder(tmp_path):
    """A pack in a file of another name than its language's."""
    written = mini.document("en", mini.entry("en.die", "want to die"))
    (tmp_path / "house.yaml").write_text(json.dumps(written), "utf-8")
    return tmp_path


def test_what_was_learned_is_found_by_the_language_of_the_pack(folder):
    file = packs.keep_likeness(folder, NO_POINT)

    (pack,) = packs.load_folder(folder)

    assert file.name == "en.likeness.json"
    assert pack.likeness == NO_POINT
    assert pack.unread == ""


@pytest.mark.parametrize(
    "written, says",
    [
        (b"{broken", "JSONDecodeError"),
        (b"\xff\xfe", "UnicodeDecodeError"),
        (b"[" * 100_000, "RecursionError"),
        (json.dumps(KEPT | {"language": "de"}).encode(), "learned for the language 'de'"),
        (None, "IsADirectoryError"),
    ],
)
def test_a_bad_likeness_leaves_a_pack_its_rules_and_is_told(folder, caplog, written, says):
    if written is None:
        (folder / "en.likeness.json").mkdir()
    else:
        (folder / "en.likeness.json").write_bytes(written)

    (pack,) = packs.load_folder(folder)

    assert triage.assess("i want to die", [pack]).level is Level.HIGH
    assert pack.likeness is None
    assert says in pack.unread
    assert says in caplog.text


def test_what_cannot_be_written_leaves_what_was_there(folder, monkeypatch):
    file = packs.keep_likeness(folder, NO_POINT)
    monkeypatch.setattr(type(file), "replace", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        packs.keep_likeness(folder, dataclasses.replace(NO_POINT, version="new"))

    assert packs.read_likeness(file, "en") == NO_POINT


def test_what_each_word_brings_adds_up_to_all_that_was_weighed():
    texts = ["no", "more", "of", "this"]
    weights = {sign: 2.0**nth for nth, sign in enumerate(sorted(signs(texts) - {"^"}))}
    likeness = dataclasses.replace(NO_POINT, weights=weights)

    assert sum(likeness._of_each(texts)) == sum(weights.values())


def test_a_message_that_reads_like_risk_is_high_and_says_which_words():
    said = triage.assess("the film was long", with_second_reader())
    (flag,) = said.flags
    assert said.level is Level.HIGH
    assert (flag.rule, flag.category, flag.pack) == ("en.likeness", "likeness", "en-likeness@t")
    assert "the film was long"[flag.start : flag.end] == "was long"


def test_a_message_that_does_not_is_left_alone():
    assert triage.assess("the bus is late", with_second_reader()).flags == ()


def test_a_few_words_say_too_little_to_be_weighed():
    assert triage.assess("was long", with_second_reader()).flags == ()


def test_where_a_rule_found_risk_it_is_not_asked():
    said = triage.assess("i want to die so long", with_second_reader())
    assert [flag.rule for flag in said.flags] == ["en.die"]


def test_where_a_rule_lowered_a_match_it_is_not_asked():
    said = triage.assess("i not want to die was long", with_second_reader())
    assert [(flag.rule, flag.lowered_by) for flag in said.flags] == [("en.die", "negation")]


def test_what_a_rule_lowered_elsewhere_does_not_silence_it():
    said = triage.assess("i not want to die. the film was long", with_second_reader())
    assert {flag.rule for flag in said.flags} == {"en.die", "en.likeness"}
    assert said.level is Level.HIGH


def test_a_long_message_is_weighed_in_parts():
    text = "the bus is late so we go home " * 12 + "the film was long a long night"
    strong = dataclasses.replace(NO_POINT, version="strong", weights={"long": 12.0})
    flags = triage.assess(text, with_second_reader(strong)).flags
    assert [text[flag.start : flag.end] for flag in flags] == ["long"]


def test_a_pack_from_elsewhere_gets_the_likeness_of_its_language():
    house = with_second_reader()
    assert PACK.beside(house).likeness == NO_POINT
    assert dataclasses.replace(PACK, language="xx").beside(house).likeness is None


def test_a_pack_from_elsewhere_is_silent_where_the_likeness_cannot_be_used():
    house = [dataclasses.replace(PACK, unread="broken")]
    assert PACK.beside(house).unread == "broken"
