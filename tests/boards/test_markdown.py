"""An organisation's Markdown: what it may look like, and what never gets into a page."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.boards.markdown import TAGS, as_html

LEADS_TO = {"https", "http", "mailto", "tel", "sms"}
NEVER = {"script", "style", "iframe", "img", "svg", "object", "embed", "form", "input", "base"}
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![a picture](https://elsewhere.example/pixel.gif)",
    "[press](javascript:alert(1))",
    "[press](JaVaScRiPt&colon;alert(1))",
    "[press](data:text/html;base64,PHNjcmlwdD4=)",
    "[press](vbscript:x)",
    "<javascript:alert(1)>",
    "<a href='javascript:alert(1)'>press</a>",
    "<a href='https://x.example' onclick='y'>z</a>",
    "<iframe src='https://elsewhere.example'></iframe>",
    "<style>body{display:none}</style>",
    "<!-- <script> -->",
    '[a](https://x.example "t\\" onmouseover=alert(1) x=\\"")',
    "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "`<script>`",
    "[a]: javascript:alert(1)\n\n[a]",
    "<https://x.example/?a=<script>>",
)


class Inside(HTMLParser):
    """What a browser would find."""

    def __init__(self, made: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(made)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


def require_harmless(text: str) -> None:
    found = Inside(as_html(text))

    assert found.tags <= TAGS - NEVER
    assert found.attributes <= {"href", "rel", "start"}
    assert all(":" not in each or each.split(":")[0].lower() in LEADS_TO for each in found.links)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_gets_into_a_page(text: str) -> None:
    require_harmless(text)


@given(st.lists(st.sampled_from([*HOSTILE, *"[]()<>!`\"'\n#*-_ ", "a", "&#106;", "\x00"])))
def test_whatever_is_put_together(pieces: list[str]) -> None:
    require_harmless("".join(pieces))


def test_what_people_write_looks_as_they_mean_it() -> None:
    made = as_html("# Who we are\n\nWe are **here**, *really*:\n\n- one\n- two\n")

    assert "<h3>Who we are</h3>" in made
    assert "<strong>here</strong>" in made
    assert "<li>one</li>" in made


def test_a_link_says_nothing_of_where_it_came_from() -> None:
    made = as_html("[The clinic](https://clinic.example/a?b=c) or [call](tel:+3531234567)")

    assert '<a href="https://clinic.example/a?b=c" rel="noopener noreferrer">The clinic</a>' in made
    assert '<a href="tel:+3531234567"' in made


def test_a_picture_is_no_more_than_its_words() -> None:
    made = as_html("![our house](https://elsewhere.example/house.png)")

    assert "img" not in made
    assert "our house" in made
