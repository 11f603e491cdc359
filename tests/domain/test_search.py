"""Words to be found by: what counts nothing, and how far a slip of the finger goes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.domain import search
from helpline.domain.directory import Wish
from helpline.domain.resources import Resource, Way


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Télé-Accueil", "tele accueil"),
        ("HILFETELEFON Straße", "hilfetelefon strasse"),
        ("Shelters for families", "shelter for family"),
        ("Kids' line, bus, crisis", "kid line bus crisi"),
        ("stress", "stress"),
        ("116 123", "116 123"),
        ("いのちの電話", "いの のち ちの の電 電話"),
        ("心", "心"),
        ("자살예방 상담", "자살예방 상담"),
        ("Гаряча лінія", "гаряча лінія"),
        ("_ 'x' \" * ( OR", "x or"),
        ("", ""),
    ],
)
def test_words_as_they_are_compared(text: str, expected: str) -> None:
    assert " ".join(search.words(text)) == expected


@pytest.mark.parametrize(
    "one, other, expected",
    [
        ("samaritan", "samaritn", True),  # one less
        ("samaritan", "samarittan", True),  # one more
        ("samaritan", "samaridan", True),  # another
        ("samaritan", "samartian", True),  # two in the other's place
        ("samaritan", "samaritan", False),  # none
        ("samaritan", "samradan", False),
        ("abcd", "badc", False),  # two slips
        ("line", "lines", True),
        ("line", "life", True),
        ("line", "lime", True),
        ("line", "nile", False),
    ],
)
def test_what_is_one_slip(one: str, other: str, expected: bool) -> None:
    assert search.is_a_slip(one, other) == expected
    assert search.is_a_slip(other, one) == expected


letters = st.text("abc", min_size=4, max_size=7)


@given(letters, letters)
@settings(max_examples=300, deadline=None)
def test_words_that_are_a_slip_apart_share_a_key(one: str, other: str) -> None:
    slips = {one[:at] + one[at + 1 :] for at in range(len(one))}  # told slowly, letter by letter
    slips |= {one[:at] + new + one[at:] for at in range(len(one) + 1) for new in "abc"}
    slips |= {one[:at] + new + one[at + 1 :] for at in range(len(one)) for new in "abc"}
    slips |= {
        one[:at] + one[at + 1] + one[at] + one[at + 2 :] for at in range(len(one) - 1)
    }  # fmt: skip

    assert search.is_a_slip(one, other) == (other in slips and other != one)
    if other in slips:
        assert search.keys(one) & search.keys(other)


def test_short_words_and_numbers_are_not_forgiven() -> None:
    assert search.likes("cat", ["car"]) == ()
    assert search.likes("116123", ["116124"]) == ()
    assert search.likes("carer", ["career", "care", "caring"]) == ("care", "career")
    assert search.keys("cat") == {"cat"}


def test_what_a_resource_is_found_by() -> None:
    ear = Resource(
        "ear", "Ear", "IE", frozenset(["en"]), (Way("call", "116 123"), Way("web", "https://x.ie")),
        topics=frozenset(["abuse"]), regions=frozenset(["IE-M"]), organisation="Émile",
        place="Cork", description="Rooms", notes={"fr": "Une voix"}, emergency=True,
    )  # fmt: skip

    assert (
        search.found_by(ear, ["Ireland"])
        == (
            "ear emile room cork une voix abuse 116 123 ireland 116123 "
            "q0cie q0riem q0len q0tabuse q0wcall q0wweb q0ounknown q0e"
        ).split()
    )


def test_each_filter_looks_for_its_mark() -> None:
    wish = Wish(
        country="IE", region="IE-M", language="en", topic="abuse", way="call", cost="free",
        emergency=True, age=12, open_now=True,
    )  # fmt: skip

    assert search.marks_of(wish) == [
        ("q0cie",), ("q0len",), ("q0tabuse",), ("q0wcall",), ("q0ofree",),
        ("q0rall", "q0riem"), ("q0e",),
    ]  # fmt: skip


def test_a_query_is_cut_where_nobody_reads_it_any_more() -> None:
    assert len(search.typed(" ".join(f"w{each}" for each in range(50)))) == search.MOST_WORDS
    assert len(search.typed("x" * 500)[0]) == search.LONGEST
