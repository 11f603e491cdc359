"""How a crisis resource is reached: a link and its words for each way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from flask_babel import gettext as _

_NOT_DIALLED = re.compile(r"[^0-9+*#]")
OPENED = ("web", "chat")  # in a window of their own
_APART = "\u2068{}\u2069"  # a number keeps its own direction among words of any script


@dataclass(frozen=True, slots=True)
class Link:
    kind: str
    href: str
    words: str


def link(way: Mapping[str, str | None]) -> Link | None:
    """A `call`, `text`, `chat` or `web` way as a link; None for what must not become one."""
    kind, value, word = way.get("kind"), way.get("value") or "", way.get("word")
    number = quote(_NOT_DIALLED.sub("", value), safe="+*")
    if kind == "call" and number:
        return Link("call", f"tel:{number}", _("Call %(number)s", number=_APART.format(value)))
    if kind == "text" and number:
        return Link("text", _sms(number, word), _text_words(value, word))
    if kind in OPENED and value.startswith("https://"):
        site = urlsplit(value).hostname or value
        words = _("Open %(site)s") if kind == "web" else _("Chat on %(site)s")
        return Link(kind, value, words % {"site": _APART.format(site)})
    return None


def links(resource: Mapping[str, list[Mapping[str, str | None]]]) -> list[Link]:
    return [found for way in resource["ways"] if (found := link(way))]


def _sms(number: str, word: str | None) -> str:
    return f"sms:{number}?body={quote(word)}" if word else f"sms:{number}"


def _text_words(value: str, word: str | None) -> str:
    if word:
        return _(
            "Text %(word)s to %(number)s",
            word=_APART.format(word),
            number=_APART.format(value),
        )
    return _("Text %(number)s", number=_APART.format(value))
