"""The server is killed while people write: every acknowledged word is there once, in order."""

from __future__ import annotations

import dataclasses

import pytest

from tests.databases import BOTH
from tests.promises import writing
from tests.promises.practice import rising
from tests.promises.writing import Evidence, said, violations

pytestmark = [pytest.mark.sockets, pytest.mark.slow]


@pytest.fixture(params=BOTH)
def on(request):
    return request.param


@pytest.fixture
def week(weeks, on):
    return weeks(on)


KILLS = {"sqlite": 13, "postgresql": 12}  # 25 together


def test_no_acknowledged_word_is_lost_doubled_or_out_of_order(week, tmp_path, on):
    with rising(week, tmp_path / "house") as house:
        seen = writing.write_through_kills(house, kills=KILLS[on])

    assert seen.acknowledged >= KILLS[on] * writing.BETWEEN_KILLS
    assert violations(seen) == []


@pytest.mark.parametrize(
    "on, fault, kills, consequence",
    [
        ("sqlite", "ack_before_commit", 2, "is lost"),
        ("sqlite", "no_dedup_key", 1, "times"),
        pytest.param("postgresql", "ack_before_commit", 2, "is lost", marks=pytest.mark.full),
        pytest.param("postgresql", "no_dedup_key", 1, "times", marks=pytest.mark.full),
    ],
)
def test_a_house_that_breaks_the_promise_is_found_out(week, tmp_path, fault, kills, consequence):
    with rising(week, tmp_path / "house", fault=fault) as house:
        found = violations(writing.write_through_kills(house, kills=kills))

    assert [each for each in found if consequence in each]


KEPT = Evidence(
    acked={"c": [[("a", 1), ("b", 2)]]},
    stored={"c": [said(1, "a"), said(2, "b"), said(3, None)]},
    counted={"c": 3},
    shown={"c": [{1: "hi", 2: "hi", 3: "hi"}]},
    arrived={"w": 1},
    in_line={"w": 1},
)


@pytest.mark.parametrize(
    "change, complaint",
    [
        ({"stored": {"c": [said(1, "a"), said(2, None), said(3, None)]}}, "b is lost"),
        ({"stored": {"c": [said(1, "a"), said(2, "b"), said(3, "b")]}}, "b is there 2 times"),
        ({"acked": {"c": [[("b", 2), ("a", 1)]]}}, "not in the order"),
        ({"acked": {"c": [[("a", 3)]]}}, "acknowledged at 3 and is at 1"),
        ({"stored": {"c": [said(1, "a"), said(2, "b")]}}, "holes"),
        ({"stored": {"c": [said(1, "a"), said(2, "b"), said(4, None)]}}, "holes"),
        ({"shown": {"c": [{1: "hi", 2: "hi"}]}}, "a transcript differs"),
        ({"shown": {"c": [{1: "hi", 2: "ho", 3: "hi"}]}}, "a transcript differs"),
        ({"in_line": {}}, "no longer in the queue"),
        ({"in_line": {"w": 2}}, "its arrival changed"),
        ({"answered_otherwise": ["a"]}, "answered otherwise"),
    ],
)
def test_the_checker_sees_each_broken_promise(change, complaint):
    assert violations(KEPT) == []

    found = violations(dataclasses.replace(KEPT, **change))

    assert [each for each in found if complaint in each]
