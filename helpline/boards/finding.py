"""What was found in the directory, as cards, with a word on what was let go for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.lists import format_list

from helpline.boards import checked, resources
from helpline.boards.wording import N_, say
from helpline.domain import errors
from helpline.domain import regions as names_of_regions
from helpline.domain.access import Who
from helpline.domain.directory import Found, Wish
from helpline.store import chats, line, searching
from helpline.store.transaction import Store, Transaction

WIDENED = N_("Nothing fits all of that. This fits without: %(what)s.")
LAST = N_("Nothing fits. These are the numbers for any emergency, wherever you are.")
NAMES = {
    "cost": N_("what it costs"),
    "way": N_("how to reach it"),
    "region": N_("the region"),
    "topic": N_("what it is about"),
    "age": N_("your age"),
    "language": N_("the language"),
    "open_now": N_("open now"),
    "query": N_("the words"),
    "country": N_("the country"),
}


def find(tx: Transaction, wish: Wish, language: str, now: datetime) -> dict[str, Any]:
    """`resources` as cards in the reader's language, and `widened`: a sentence, perhaps empty."""
    found = searching.find(tx, wish, now)
    return {
        "resources": [resources.as_dict(each, language) for each in found.shown],
        "widened": _widened(found, language),
    }


def for_listener(
    store: Store, who: Who, wish: Wish, chat_id: str | None, now: datetime
) -> dict[str, Any]:
    """With a chat, its country and language unless the wish says others; cards in its language.

    Refused: `not_found` for a chat that this person neither holds nor leads.
    """
    with store.reading() as tx:
        if chat_id is None:
            return _marked(tx, wish, who.language, now)
        chat = chats.chat(tx, chat_id)
        if chat.holder_id != who.id and "lead" not in who.roles:
            raise errors.NotFound
        country = wish.country or chat.country or line.line(tx).country
        near = replace(wish, country=country, language=wish.language or chat.language)
        return _marked(tx, near, who.language, now)


def _marked(tx: Transaction, wish: Wish, language: str, now: datetime) -> dict[str, Any]:
    """For listeners, who see what nobody has checked for long."""
    found = find(tx, wish, language, now)
    return {**found, "resources": checked.marked(tx, language, found["resources"], now)}


def for_visitor(store: Store, wish: Wish, language: str, now: datetime) -> dict[str, Any]:
    with store.reading() as tx:
        return find(tx, wish, language, now)


def choices(store: Store, language: str, country: str | None = None) -> dict[str, Any]:
    """What the form offers: the line's own country first; `regions` of `country`, where its
    services have any."""
    with store.reading() as tx:
        row, known = line.line(tx), searching.countries(tx)
        of_country = regions(tx, country or row.country).get(country or row.country, [])
    here, names = row.country, _locale(language).territories
    others = sorted((names.get(each, each), each) for each in known if each != here)
    return {
        "country": here,
        "regions": of_country,
        "languages": _named(row.languages, language),
        "countries": [(here, names.get(here, here)), *((code, name) for name, code in others)],
    }


def spoken(store: Store, language: str) -> list[tuple[str, str]]:
    """The languages of the line, and then those of the directory, by their names."""
    with store.reading() as tx:
        ours, theirs = line.line(tx).languages, searching.languages(tx)
    others = _named([each for each in theirs if each not in ours], language)
    return [*_named(ours, language), *sorted(others, key=lambda each: each[1].casefold())]


def regions(tx: Transaction, country: str = "") -> dict[str, list[tuple[str, str]]]:
    """Of each country whose services are for some regions: their codes and names."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code in searching.regions(tx, country):
        found.setdefault(code[:2], []).append((code, names_of_regions.name(code)))
    return {each: sorted(some, key=lambda it: it[1]) for each, some in found.items()}


def _named(codes: list[str], language: str) -> list[tuple[str, str]]:
    names = _locale(language).languages
    return [(each, names.get(each, each)) for each in codes]


def _widened(found: Found, language: str) -> str:
    if not found.widened:
        return ""
    if found.shown and all(each.resource.emergency for each in found.shown):
        return say(language, LAST)
    names = [say(language, NAMES[each]) for each in found.widened]
    return say(language, WIDENED, what=format_list(names, locale=_locale(language)))


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")
