"""An entry of the directory as somebody types it: ways to reach it, hours, codes, ages."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from . import errors, text, weektext
from .hsds import rules, values
from .resources import COSTS, WAYS, Resource, Way
from .schedules import Schedule

NAME_LENGTH = 120
NOTE_LENGTH = 300
DESCRIPTION_LENGTH = 2000
URL_LENGTH = 500
OLDEST = 130
TEXTED = re.compile(r"(?P<number>[+0-9(][0-9() ./-]*?)(?:\s+(?P<word>[^\W\d].*))?")
CODES = {
    "languages": re.compile(r"[a-z]{2,3}"),
    "topics": re.compile(r"[a-z][a-z_-]{1,30}"),
    "regions": re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}"),
}
NOTED_IN = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


class NotAWay(errors.BadRequest):
    message = "Please give each way on a line of its own, such as call: 116 123."


class NotACode(errors.BadRequest):
    message = "Please give codes, separated by commas, such as en, es."


class NotANote(errors.BadRequest):
    message = "Please give the sentence in each language on a line of its own, such as es: …"


class NotAPage(errors.BadRequest):
    message = "Please give an address of the web that begins with https://."


def read(given: Mapping[str, str], before: Resource | None = None) -> Resource:
    """The entry that a form wants; what the form does not hold stays as it was `before`.

    Fields: name, organisation, country, regions, languages, topics, emergency, ways, hours, zone,
    youngest, oldest, cost, place, note, notes, description, source. Refused: `bad_request`,
    `empty` or `too_long` with the field.
    """
    country = given.get("country", "").strip().upper()
    if not re.fullmatch("[A-Z]{2}", country):
        raise NotACode(field="country")
    regions = _codes(given, "regions", upper=True)
    if any(not each.startswith(f"{country}-") for each in regions):
        raise NotACode(field="regions")
    if given.get("cost") not in COSTS:
        raise errors.BadRequest(field="cost")
    youngest, oldest = _age(given, "youngest"), _age(given, "oldest")
    if youngest is not None and oldest is not None and youngest > oldest:
        raise errors.BadNumber(field="oldest")
    blank = Resource("", "", "", frozenset(), ())
    return replace(
        before or blank,
        name=text.clean(given.get("name"), limit=NAME_LENGTH, field="name").strip(),
        organisation=_words(given, "organisation", NAME_LENGTH),
        country=country,
        regions=regions,
        languages=_codes(given, "languages"),
        topics=_codes(given, "topics"),
        emergency=given.get("emergency") == "1",
        ways=ways(given.get("ways", "")),
        hours=_hours(given, before),
        youngest=youngest,
        oldest=oldest,
        cost=given["cost"],
        place=_words(given, "place", NAME_LENGTH),
        note=_words(given, "note", NOTE_LENGTH),
        notes=_notes(given.get("notes", "")),
        description=_words(given, "description", DESCRIPTION_LENGTH),
        source=_page(given, "source"),
    )


def written(resource: Resource) -> dict[str, str]:
    """What the form shows of an entry: `read` gives the same back."""
    hours = weektext.words(resource.hours)
    return {
        "name": resource.name,
        "organisation": resource.organisation,
        "country": resource.country,
        "regions": ", ".join(sorted(resource.regions)),
        "languages": ", ".join(sorted(resource.languages)),
        "topics": ", ".join(sorted(resource.topics)),
        "emergency": "1" if resource.emergency else "",
        "ways": "\n".join(_way_words(each) for each in resource.ways),
        "hours": weektext.AS_IT_IS if hours is None else hours,
        "zone": resource.hours[0].zone if resource.hours else "",
        "youngest": "" if resource.youngest is None else str(resource.youngest),
        "oldest": "" if resource.oldest is None else str(resource.oldest),
        "cost": resource.cost,
        "place": resource.place,
        "note": resource.note,
        "notes": "\n".join(f"{each}: {said}" for each, said in sorted(resource.notes.items())),
        "description": resource.description,
        "source": resource.source,
    }


def ways(given: str) -> tuple[Way, ...]:
    """ "call: 116 123", "text: 50808 HELLO", "chat: https://…", "visit: 1 Main Street", a line
    each. A number is only taken if it can be dialled as it stands."""
    lines = [each.strip() for each in given.splitlines() if each.strip()]
    if not lines:
        raise NotAWay(field="ways")
    return tuple(_way(each) for each in lines)


def _way(line: str) -> Way:
    kind, colon, value = (each.strip() for each in line.partition(":"))
    kind = kind.lower()
    if not colon or kind not in WAYS or not value or len(value) > URL_LENGTH:
        raise NotAWay(field="ways")
    if kind in ("chat", "web"):
        return _checked(Way(kind, value), values.is_url(value))
    if kind == "visit":
        return Way(kind, value)
    found = TEXTED.fullmatch(value) if kind == "text" else None
    number, word = (found["number"], found["word"]) if found else (value, None)
    return _checked(Way(kind, number, word), values.is_dialled(number))


def _checked(way: Way, is_good: bool) -> Way:
    if not is_good:
        raise NotAWay(field="ways")
    return way


def _way_words(way: Way) -> str:
    return f"{way.kind}: {way.value}{f' {way.word}' if way.word else ''}"


def _hours(given: Mapping[str, str], before: Resource | None) -> tuple[Schedule, ...]:
    said, zone = given.get("hours", "").strip(), given.get("zone", "").strip()
    if said.lower() == weektext.AS_IT_IS:
        if before is None or not before.hours:
            raise weektext.NotHours(field="hours")
        return before.hours
    if said.lower() != weektext.ALWAYS and not rules.is_zone(zone):
        raise errors.BadRequest(field="zone")
    return weektext.read(said, zone)


def _codes(given: Mapping[str, str], field: str, *, upper: bool = False) -> frozenset[str]:
    said = given.get(field, "").replace(",", " ")
    found = frozenset((said.upper() if upper else said.lower()).split())
    if not all(CODES[field].fullmatch(each) for each in found):
        raise NotACode(field=field)
    return found


def _notes(given: str) -> dict[str, str]:
    """ "es: Atienden voluntarios.", a line for each language."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, given.splitlines())):
        language, colon, said = (each.strip() for each in line.partition(":"))
        code = language.lower()
        if not colon or not NOTED_IN.fullmatch(code) or code in found or not said:
            raise NotANote(field="notes")
        found[code] = text.clean(said, limit=NOTE_LENGTH, field="notes").strip()
    return found


def _age(given: Mapping[str, str], field: str) -> int | None:
    said = given.get(field, "").strip()
    if not said:
        return None
    if not (said.isascii() and said.isdigit()) or int(said[:6]) > OLDEST:
        raise errors.BadNumber(field=field)
    return int(said)


def _words(given: Mapping[str, str], field: str, limit: int) -> str:
    return (text.clean_or_none(given.get(field), limit=limit, field=field) or "").strip()


def _page(given: Mapping[str, str], field: str) -> str:
    said = _words(given, field, URL_LENGTH)
    if not values.is_url(said):
        raise NotAPage(field=field)
    return said


FIELDS: Collection[str] = written(Resource("", "", "", frozenset(), ())).keys()
