"""An organisation's Markdown as HTML that may stand in our pages: no script, no image, no style."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

FIRST_HEADING = 3  # the page has its own title, and one for each part

TAGS = {
    "p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "blockquote", "a",
    "code", "pre",
}  # fmt: skip
SCHEMES = {"https", "http", "mailto", "tel", "sms"}

_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")


def as_html(text: str) -> str:
    """By CommonMark, without HTML of its own; then whatever is not on the list is taken out."""
    tokens = _markdown.parse(text)
    for each in tokens:
        _lower(each)
    made = _markdown.renderer.render(tokens, _markdown.options, {})
    return nh3.clean(
        made,
        tags=TAGS,
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )


def _lower(token: Token) -> None:
    """A heading of a text stands below those of the page."""
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(6, int(token.tag[1]) + FIRST_HEADING - 1)}"
