"""A service's records as one entry of the directory, and an entry of ours as records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from ..resources import COSTS, Resource, Way
from ..schedules import DAYS, Schedule
from . import rules, values, vocabulary
from .kinds import Body, Key
from .vocabulary import FIELDS, TOPICS
from .writing import Tree

Records = Mapping[Key, Body]
Said = Mapping[str, Sequence[tuple[str, str, str]]]

# a phone's type -> how it is reached; a fax or a pager is no way for a visitor
PHONE_TYPES = {"voice": "call", "cell": "call", "text": "text", "sms": "text"}
TYPE_OF = {"call": "voice", "text": "text"}
UNSAID_TYPE = "voice"
# the columns and kinds that say what an entry says: what `records` writes anew
MANAGED = (
    "organization_id",
    "name",
    "description",
    "status",
    "minimum_age",
    "maximum_age",
    "assured_date",
)
WRITTEN = ("phone", "schedule", "language", "service_area", "cost_option")
ALWAYS = Schedule("UTC", time.min, rules.LAST_MINUTE, freq="WEEKLY", byday=DAYS)


@dataclass(frozen=True, slots=True)
class Entry:
    """`lacks` names what nobody may leave out before visitors see it: a way to reach it, its
    hours, its country, or that it is active."""

    resource: Resource
    lacks: tuple[str, ...] = ()


class Reader:
    """Services as visitors would see them, out of their records. Nothing is guessed: a number that
    cannot be dialled as it stands, or needs an extension, is no way; hours without a zone are not
    known."""

    def __init__(self, records: Records) -> None:
        self.tree = Tree(records)
        self.records = records
        self.said = vocabulary.said_of(records)

    def entry(self, service_id: str, resource_id: str) -> Entry:
        return _Service(self, service_id).entry(resource_id)


class _Service:
    def __init__(self, reader: Reader, service_id: str) -> None:
        self.tree, self.records, self.said = reader.tree, reader.records, reader.said
        self.id = service_id
        self.service = self.records["service", service_id]
        self.places = self.of("service_at_location", "service_id", service_id)

    def entry(self, resource_id: str) -> Entry:
        hours = self.hours()
        country, regions = self.area()
        organization = self.records.get(("organization", str(self.service.get("organization_id"))))
        assured = self.service.get("assured_date")
        resource = Resource(
            id=resource_id,
            name=self.service.get("name") or "",
            organisation=(organization or {}).get("name") or "",
            country=country,
            regions=frozenset(regions),
            languages=frozenset(self.languages()),
            topics=frozenset(code for code, _ in self.ours(TOPICS)),
            youngest=_age(self.service.get("minimum_age")),
            oldest=_age(self.service.get("maximum_age")),
            emergency=self.one("emergency") == "yes",
            ways=tuple(self.ways()),
            hours=hours or (),
            cost=self.cost(),
            place=self.one("place") or next((each for each in self.visits()), ""),
            note=self.one("note"),
            notes={c.removeprefix("note-"): v for c, v in self.ours(FIELDS) if c[:5] == "note-"},
            description=self.service.get("description") or "",
            source=self.source(),
            assured_on=date.fromisoformat(assured) if assured else None,
            shown=False,
        )
        return Entry(resource, tuple(lacking(resource, self.service.get("status"), hours)))

    def ours(self, taxonomy: str, of: str = "") -> list[tuple[str, str]]:
        return [(c, v) for t, c, v in self.said.get(of or self.id, ()) if t == taxonomy]

    def one(self, code: str, of: str = "") -> str:
        return next((value for each, value in self.ours(FIELDS, of) if each == code), "")

    def source(self) -> str:
        """A page that a browser may be sent to, whatever an attribute holds."""
        said = [self.one("source"), self.service.get("url") or ""]
        return next((each for each in said if values.is_url(each)), "")

    def of(self, kind: str, column: str, id: str) -> list[Body]:
        return [self.records[kind, each] for each in self.tree.below.get((kind, column, id), ())]

    def nearest(self, kind: str) -> list[Body]:
        """What is said of the service itself; else of it at its places; else of the places."""
        found = self.of(kind, "service_id", self.id)
        for column, name in (("service_at_location_id", "id"), ("location_id", "location_id")):
            found = found or [b for p in self.places for b in self.of(kind, column, p[name])]
        return found

    def ways(self) -> Iterator[Way]:
        for phone in self.nearest("phone"):
            kind = PHONE_TYPES.get((phone.get("type") or UNSAID_TYPE).lower())
            number = str(phone.get("number"))
            if kind and values.is_dialled(number) and phone.get("extension") is None:
                yield Way(kind, number, self.one("word", phone["id"]) or None)
        for kind in ("chat", "web"):
            for code, value in self.ours(FIELDS):
                if code == kind and values.is_url(value):
                    yield Way(kind, value)
        url = self.service.get("url")
        if url and not any(code == "source" for code, _ in self.ours(FIELDS)):
            yield Way("web", url)
        for place in self.visits():
            yield Way("visit", place)

    def visits(self) -> Iterator[str]:
        for place in self.places:
            location = self.records.get(("location", str(place.get("location_id"))), {})
            if location.get("location_type") == "physical" and (there := _where(self.tree, place)):
                yield there

    def hours(self) -> tuple[Schedule, ...] | None:
        """None while they are not known."""
        found = self.nearest("schedule")
        if not found:
            return None
        if any(rules.is_always(each) for each in found):
            return ()
        read = []
        for each in found:
            zone = rules.zone_of(each, self.one("zone", each["id"]))
            if zone is None or not each.get("opens_at"):
                return None
            read.append(rules.schedule(each, zone))
        return tuple(read)

    def area(self) -> tuple[str, list[str]]:
        found: dict[str, list[str]] = {vocabulary.ISO_COUNTRY: [], vocabulary.ISO_REGION: []}
        for each in self.of("service_area", "service_id", self.id):
            if each.get("extent_type") in found and each.get("extent"):
                found[each["extent_type"]].append(each["extent"].upper())
        regions = found[vocabulary.ISO_REGION]
        countries = {*found[vocabulary.ISO_COUNTRY], *(each[:2] for each in regions)}
        if not countries:
            countries = {each for each in self.countries_of_places() if len(each) == 2}
        return (countries.pop() if len(countries) == 1 else ""), regions

    def countries_of_places(self) -> set[str]:
        return {
            (each.get("country") or "").upper()
            for place in self.places
            for each in self.of("address", "location_id", str(place.get("location_id")))
        }

    def languages(self) -> Iterator[str]:
        for each in self.of("language", "service_id", self.id):
            if each.get("code"):
                yield each["code"].lower()

    def cost(self) -> str:
        found = self.of("cost_option", "service_id", self.id)
        for each in found:
            if (each.get("option") or "").lower() in COSTS:
                return str(each["option"]).lower()
        amounts = [each["amount"] for each in found if each.get("amount") is not None]
        if not amounts or len(amounts) < len(found):
            return "unknown"
        return "paid" if any(amounts) else "free"


def _where(tree: Tree, place: Body) -> str:
    """Where a service is offered, in words: its street address, else the name of the place."""
    id = str(place.get("location_id"))
    for each in tree.below.get(("address", "location_id", id), ()):
        address = tree.records["address", each]
        if address.get("address_type") != "postal":
            parts = (address.get(n) for n in ("address_1", "address_2", "postal_code", "city"))
            return ", ".join(part for part in parts if part)
    return tree.records.get(("location", id), {}).get("name") or ""


def lacking(
    resource: Resource, status: str | None, hours: tuple[Schedule, ...] | None
) -> Iterator[str]:
    """`hours` is None while they are not known; none at all is day and night."""
    if not any(way.kind != "visit" for way in resource.ways):
        yield "way"
    if hours is None:
        yield "hours"
    if not resource.country:
        yield "country"
    if not resource.languages:
        yield "language"
    if status != "active":
        yield "status"


def _age(value: Any) -> int | None:
    return None if value is None else int(value)


# -- ours -------------------------------------------------------------------------------------


def records(
    resource: Resource, service_id: str, organization_id: str | None = None
) -> dict[Key, Body]:
    """An entry of ours as its organization, its service and all that belongs to it. One that is
    known already may be named; it is not written anew."""
    kept: dict[Key, Body] = {}

    def keep(kind: str, body: Body, *said: tuple[str, str, str]) -> None:
        kept[kind, body["id"]] = {name: value for name, value in body.items() if value is not None}
        kept.update(vocabulary.attributes(kind, body["id"], said))

    def made(kind: str, *words: str) -> str:
        return vocabulary.made_id(kind, service_id, *words)

    name = resource.organisation or resource.name
    organization = organization_id or vocabulary.made_id("organization", resource.country, name)
    if organization_id is None:
        keep("organization", {"id": organization, "name": name, "description": name})
    keep("service", _service(resource, service_id, organization), *_said(resource))
    for place, way in enumerate(resource.ways):
        if way.kind in TYPE_OF:
            id = made("phone", way.kind, str(place))
            word = [(FIELDS, "word", way.word)] if way.word else []
            phone = {"id": id, "service_id": service_id, "number": way.value}
            keep("phone", {**phone, "type": TYPE_OF[way.kind]}, *word)
        elif way.kind == "visit":
            id = made("location", way.value)
            keep("location", {"id": id, "location_type": "physical", "name": way.value})
            at = {"id": made("at", way.value), "service_id": service_id, "location_id": id}
            keep("service_at_location", at)
    for rule in resource.hours or (ALWAYS,):
        body = rules.body_of(rule)
        id = made("schedule", rule.zone, *(f"{n}={v}" for n, v in body.items()))
        zone = () if rule is ALWAYS else ((FIELDS, "zone", rule.zone),)
        keep("schedule", {"id": id, "service_id": service_id, **body}, *zone)
    for code in sorted(resource.languages):
        keep("language", {"id": made("language", code), "service_id": service_id, "code": code})
    for extent in sorted(resource.regions) or [resource.country]:
        extent_type = vocabulary.ISO_REGION if resource.regions else vocabulary.ISO_COUNTRY
        area = {"id": made("area", extent), "service_id": service_id, "name": extent}
        keep("service_area", {**area, "extent": extent, "extent_type": extent_type})
    if resource.cost != "unknown":
        cost = {"id": made("cost"), "service_id": service_id, "option": resource.cost}
        keep("cost_option", {**cost, "amount": 0 if resource.cost == "free" else None})
    return kept


def _service(resource: Resource, id: str, organization: str) -> Body:
    return {
        "id": id,
        "organization_id": organization,
        "name": resource.name,
        "description": resource.description or None,
        "status": "active",
        "minimum_age": resource.youngest,
        "maximum_age": resource.oldest,
        "assured_date": resource.assured_on and resource.assured_on.isoformat(),
    }


def _said(resource: Resource) -> Iterator[tuple[str, str, str]]:
    fields = {
        "source": resource.source,
        "emergency": "yes" if resource.emergency else "",
        "note": resource.note,
        "place": resource.place,
        **{f"note-{language}": words for language, words in resource.notes.items()},
    }
    yield from ((FIELDS, code, value) for code, value in fields.items() if value)
    for way in resource.ways:
        if way.kind in ("chat", "web"):
            yield FIELDS, way.kind, way.value
    yield from ((TOPICS, topic, "yes") for topic in sorted(resource.topics))


def rewritten(
    before: Records, resource: Resource, service_id: str
) -> tuple[dict[Key, Body], set[Key]]:
    """What to write, and what of `before` to take away, so that the service's records say what
    `resource` says; what they say beyond that stays."""
    old = before.get(("service", service_id), {})
    organization = before.get(("organization", str(old.get("organization_id"))), {})
    same_name = organization.get("name") == (resource.organisation or resource.name)
    new = records(resource, service_id, organization["id"] if same_name else None)
    kept = {name: value for name, value in old.items() if name not in MANAGED}
    new["service", service_id] = {**kept, **new["service", service_id]}
    ours = {vocabulary.TAXONOMIES[each]["id"] for each in vocabulary.TAXONOMIES}
    wanted = {way.value for way in resource.ways if way.kind == "visit"}
    gone = set()
    tree = Tree(before)
    for (kind, id), body in before.items():
        if kind in WRITTEN and body.get("service_id") == service_id:
            gone.add((kind, id))
        elif kind == "attribute":
            term = before.get(("taxonomy_term", str(body.get("taxonomy_term_id"))), {})
            if term.get("taxonomy_id") in ours:
                gone.add((kind, id))
        elif kind == "service_at_location" and body.get("service_id") == service_id:
            if _where(tree, body) in wanted:
                for key in _visit(new, service_id, _where(tree, body)):
                    new.pop(key, None)
            else:
                gone.add((kind, id))
    return new, gone - new.keys()


def _visit(new: Records, service_id: str, value: str) -> list[Key]:
    made = vocabulary.made_id
    keys = [("location", made("location", service_id, value))]
    return [*keys, ("service_at_location", made("at", service_id, value))]


def same(one: Resource, other: Resource) -> bool:
    """Whether visitors would see the same: whoever verified it, and when it was read, aside."""
    return _bare(one) == _bare(other)


def differences(one: Resource, other: Resource) -> dict[str, tuple[Any, Any]]:
    """Field by field, what `other` says anew."""
    old, new = _bare(one), _bare(other)
    return {
        name: (getattr(old, name), getattr(new, name))
        for name in Resource.__slots__
        if getattr(old, name) != getattr(new, name)
    }


def _bare(resource: Resource) -> Resource:
    return replace(resource, id="", assured_on=None, verified_on=None, shown=False)
