"""A return code is the same however somebody writes it down, and nothing else reads as one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain import retention, way_back

WORDS = frozenset({"abacus", "tshirt", "yoyo", "moon", "otter", "zebra", "river"})
CODE = "abacus t-shirt yo-yo moon otter zebra"
NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        CODE,
        "ABACUS T-Shirt Yo-Yo Moon Otter Zebra",
        "abacus-t-shirt-yo-yo-moon-otter-zebra",
        "  abacus\tt shirt\nyo yo  moon   otter zebra. ",
        "1. abacus 2. tshirt 3. yoyo 4. moon 5. otter 6. zebra",
        "abacus\u00a0t\u2011shirt\u200b yo\u2013yo moon otter zébra",
        "\uff41bacus t-shirt yo-yo moon otter zebra",  # a full-width a
        "abacustshirtyoyomoonotterzebra",
    ],
)
def test_case_blanks_hyphens_and_accents_make_no_difference(written):
    assert way_back.plain(written) == way_back.plain(CODE)
    assert way_back.reads_as_code(written, WORDS)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "hello",
        "abacus t-shirt yo-yo moon otter",
        CODE + " river",
        "abacus t-shirt yo-yo moon otter zebras",
        "the abacus t-shirt yo-yo moon otter",
        "I saw the moon over the river",
        "\u6708" * 6,
        CODE + " " * 128,
    ],
)
def test_nothing_else_reads_as_a_code(written):
    assert not way_back.reads_as_code(written, WORDS)


@pytest.mark.parametrize(
    "client_id, later, still",
    [
        ("mine", timedelta(0), True),
        ("mine", retention.OPEN_REPEATS_WITHIN, True),
        ("mine", retention.OPEN_REPEATS_WITHIN + timedelta(seconds=1), False),
        ("another", timedelta(0), False),
    ],
)
def test_a_used_code_repeats_its_answer_to_the_same_try_only(client_id, later, still):
    assert way_back.repeats(NOW, "mine", client_id, NOW + later) is still
