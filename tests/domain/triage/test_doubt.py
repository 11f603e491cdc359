"""Words that no rule can judge, at the door of a line that is closed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from helpline.domain import triage
from helpline.domain.triage import Pack


@pytest.fixture
def english(lexicon: Sequence[Pack]) -> list[Pack]:
    return [pack for pack in lexicon if pack.language == "en"]


@pytest.mark.parametrize(
    "text",
    [
        "me quiero matar",
        "je veux mourir",
        "ich will sterben",
        "chcę umrzeć",
        "quiero morirme hoy mismo ya",
        "хочу умереть",
        "我想死",
        "\U0001f62d\U0001f62d\U0001f62d",
        "\U0001f52a",
        "...",
    ],
)
def test_another_language_another_script_and_lone_pictures_are_undecided(
    english: list[Pack], text: str
) -> None:
    assert triage.is_undecided(text, english)


@pytest.mark.parametrize(
    "text",
    [
        "hi",
        "boring day",
        "ok thanks \U0001f600",
        "are you open tomorrow",
        "can i talk to someone about my cat please",
        "I took all my pills",
    ],
)
def test_plain_english_is_decided(english: list[Pack], text: str) -> None:
    assert not triage.is_undecided(text, english)


def test_without_a_pack_nothing_is_decided() -> None:
    assert triage.is_undecided("hi", [])


def test_whatever_fails_leaves_it_undecided(
    english: list[Pack], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(triage.doubt.reading, "is_undecided", lambda *_: 1 / 0)

    assert triage.is_undecided("hi", english)
