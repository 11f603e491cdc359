"""Topics that a listener may be spared, by the categories of flags."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpline.domain import errors, topics
from helpline.store import packs

LEXICON = Path(__file__).parent.parent.parent / "seed_data" / "lexicon"


@pytest.mark.parametrize(
    "categories, spoken_of",
    [
        (["child"], {"minors"}),
        (["abuse", "self_harm"], {"abuse", "self_harm"}),
        (["ideation"], {"suicide"}),
        (["in_progress", "plan"], {"suicide"}),
        (["violence_now"], {"violence"}),
        (["harm_to_others"], {"violence"}),
        (["bereaved"], {"loss"}),
        (["hopelessness"], set()),
        ([], set()),
    ],
)
def test_flags_speak_of_topics(categories: list[str], spoken_of: set[str]) -> None:
    assert topics.of(categories) == spoken_of


def test_each_topic_has_a_category_that_the_packs_raise() -> None:
    raised = set()
    for path in LEXICON.glob("*.yaml"):
        raised |= {each["category"] for each in packs.parsed(path.read_text())["entries"]}

    for topic, begins in topics.TOPICS.items():
        assert all(any(each.startswith(begin) for each in raised) for begin in begins), topic


def test_an_unknown_topic_is_refused() -> None:
    with pytest.raises(errors.BadRequest):
        topics.require_known(["abuse", "mondays"])
    assert topics.require_known(["suicide", "abuse", "abuse"]) == ["abuse", "suicide"]
