"""What counts as text: the wire's rules, character by character."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.domain import errors, text

LIMIT = 4_000


def clean(raw: object, limit: int = LIMIT) -> str:
    return text.clean(raw, limit=limit, field="text")


@pytest.mark.parametrize(
    "raw, kept",
    [
        ("hello", "hello"),
        (" hello ", " hello "),
        # line ends
        ("a\r\nb", "a\nb"),
        ("a\rb", "a\nb"),
        ("a\nb", "a\nb"),
        ("a\r\r\nb", "a\n\nb"),
        ("a\n\rb", "a\n\nb"),
        # controls of both sets go, tab and newline stay
        ("a\tb\nc", "a\tb\nc"),
        ("a\x00b\x07c\x1bd\x7fe", "abcde"),
        ("a\x0bb\x0cc", "abc"),
        ("a\x80b\x85c\x9fd", "abcd"),
        ("a\xa0b", "a\xa0b"),
        # lone surrogates become the replacement character, whole characters stay
        ("a\ud83dz", "a\ufffdz"),
        ("\udc00", "\ufffd"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
        ("\U0001f600", "\U0001f600"),
        # what shows direction or joins is kept: it is shown isolated
        ("\u202eabc\u202c", "\u202eabc\u202c"),
        ("\u2066abc\u2069", "\u2066abc\u2069"),
        ("a\u200db\u200cc\u200bd\ufeffe", "a\u200db\u200cc\u200bd\ufeffe"),
        # nothing else is touched
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("e\u0301 \u00e9", "e\u0301 \u00e9"),
        ("\ufffe\uffff", "\ufffe\uffff"),
    ],
)
def test_what_becomes_of_a_text(raw: str, kept: str) -> None:
    assert clean(raw) == kept


@pytest.mark.parametrize("raw", ["", " ", "\n\t ", "\x00\x1f", "\x85", "\r\n", "\u3000\u2003"])
def test_what_is_empty(raw: str) -> None:
    with pytest.raises(errors.Empty) as refused:
        clean(raw)

    assert (refused.value.code, refused.value.field) == ("empty", "text")


@pytest.mark.parametrize("raw", [None, 1, True, 1.5, b"hello", ["hello"], {"text": "hello"}])
def test_what_is_no_text(raw: object) -> None:
    with pytest.raises(errors.BadRequest):
        clean(raw)


@pytest.mark.parametrize("char", ["a", "\u0301", "\U0001f600", chr(0xD800), "\u202e"])
def test_the_limit_counts_code_points_and_is_exact(char: str) -> None:
    assert len(clean("x" + char * (LIMIT - 1))) == LIMIT
    with pytest.raises(errors.TooLong):
        clean("x" + char * LIMIT)


@pytest.mark.parametrize(
    "raw", ["x" * LIMIT + "\x00" * 99, "\r\n" * (LIMIT - 1) + "x", "\x1f" * LIMIT + "x"]
)
def test_the_limit_counts_what_is_left(raw: str) -> None:
    assert len(clean(raw)) <= LIMIT


@given(st.text(st.characters(exclude_categories=())))
def test_what_was_cleaned_stays_as_it_is(raw: str) -> None:
    try:
        once = clean(raw)
    except (errors.Empty, errors.TooLong):
        return

    assert clean(once) == once
    assert once.encode()
    assert not any(
        unicodedata.category(char) in ("Cc", "Cs") for char in once if char not in "\n\t"
    )


@pytest.mark.parametrize("raw", [None, "", "  ", "\x00", "\n"])
def test_what_may_be_left_out_is_none(raw: object) -> None:
    assert text.clean_or_none(raw, limit=40, field="nickname") is None


def test_what_may_be_left_out_is_cleaned_like_the_rest() -> None:
    assert text.clean_or_none("Sa\x00m", limit=40, field="nickname") == "Sam"
    with pytest.raises(errors.TooLong):
        text.clean_or_none("x" * 41, limit=40, field="nickname")
    with pytest.raises(errors.BadRequest):
        text.clean_or_none(7, limit=40, field="nickname")


@pytest.mark.parametrize("raw", ["a", "A-Z_0.9:", "x" * 64, "00000000-0000-4000-8000-000000000001"])
def test_what_is_an_id(raw: str) -> None:
    assert text.require_id(raw, "client_id") == raw


@pytest.mark.parametrize(
    "raw", ["", "x" * 65, "a b", "a\n", "\n", "a\x00", "é", "../x", "a'b", None, 7, ["a"], "a;"]
)
def test_what_is_no_id(raw: object) -> None:
    with pytest.raises(errors.BadRequest) as refused:
        text.require_id(raw, "client_id")

    assert refused.value.field == "client_id"
