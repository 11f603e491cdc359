"""The language of a page: asked for, else accepted by the browser, else the house's own."""

from __future__ import annotations

import logging

from babel import Locale
from flask import g, request
from flask_babel import get_locale

from helpline.faces.house import house
from helpline.store import line

log = logging.getLogger(__name__)


def choose() -> str:
    """`?lang=` or a form's `lang` wins, then Accept-Language, among the line's languages."""
    spoken = languages()
    given = request.args if g.get("unreadable") else request.values
    wished = (given.get("lang") or "").split("-")[0].lower()
    if wished in spoken:
        return wished
    return request.accept_languages.best_match(spoken) or spoken[0]


def languages() -> list[str]:
    """The line's; the house's own when the line cannot be read, so that a page still comes."""
    try:
        with house().store.reading() as tx:
            return list(line.line(tx).languages) or [house().default_language]
    except Exception as fault:
        log.error("the line's languages cannot be read: %s", type(fault).__name__)
        return [house().default_language]


def page_languages() -> list[tuple[str, str]]:
    """The line's languages, each in its own name."""
    return [(code, str(Locale.parse(code).get_display_name(code))) for code in languages()]


def page_language() -> str:
    return str(get_locale().language)


def page_direction() -> str:
    return str(get_locale().text_direction)
