"""What we say in HSDS that it has no column for: attributes, whose terms are of our own taxonomies.

Ids are made from names, so that the same entry is the same record on every line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from uuid import NAMESPACE_URL, uuid5

from .kinds import Body, Key

SPACE = uuid5(NAMESPACE_URL, "urn:open-crisis-triage-helpline:directory")

ISO_COUNTRY = "ISO 3166-1"  # extent_type of a service area: its extent is "IE"
ISO_REGION = "ISO 3166-2"  # its extent is "US-CA"

FIELDS = "helpline-fields"  # the taxonomy of what is said of an entry
TOPICS = "helpline-topics"  # the taxonomy of what somebody may need help with

# code -> what it says of the record that it is linked to
TERMS: Mapping[str, str] = {
    "zone": "The IANA zone on whose wall a schedule is read",
    "word": "What a text message to this phone has to say",
    "source": "The page where this was read, on the assured date",
    "chat": "The page where one can chat with this service",
    "web": "A page where one can reach this service",
    "place": "Where this service is, in words",
    "note": "What happens when you call",
    "emergency": "A number for emergencies: 'yes'",
}


def made_id(*words: str) -> str:
    return str(uuid5(SPACE, "\n".join(words)))


TAXONOMIES: Mapping[str, Body] = {
    FIELDS: {
        "id": made_id("taxonomy", FIELDS),
        "name": FIELDS,
        "description": "What a crisis helpline says of a service beyond HSDS",
        "version": "1",
    },
    TOPICS: {
        "id": made_id("taxonomy", TOPICS),
        "name": TOPICS,
        "description": "What somebody may need help with",
        "version": "1",
    },
}


def term(taxonomy: str, code: str) -> Body:
    """A term of ours; one of `note` in another language says which ("note-es")."""
    language = code.partition("-")[2] if code.startswith("note-") else ""
    return {
        "id": made_id("term", taxonomy, code),
        "code": code,
        "name": code,
        "description": TERMS.get(code.partition("-")[0], code) if taxonomy == FIELDS else code,
        "taxonomy": taxonomy,
        "taxonomy_id": TAXONOMIES[taxonomy]["id"],
        **({"language": language} if language else {}),
    }


def attributes(
    kind: str, id: str, said: Iterable[tuple[str, str, str]]
) -> Iterator[tuple[Key, Body]]:
    """Records that say (taxonomy, code, value) of a record, with the terms they need."""
    for taxonomy, code, value in said:
        named = term(taxonomy, code)
        yield ("taxonomy", TAXONOMIES[taxonomy]["id"]), TAXONOMIES[taxonomy]
        yield ("taxonomy_term", named["id"]), named
        made = made_id("attribute", id, taxonomy, code, value)
        yield (
            ("attribute", made),
            {
                "id": made,
                "link_id": id,
                "taxonomy_term_id": named["id"],
                "link_entity": kind,
                "value": value,
            },
        )


def said_of(records: Mapping[Key, Body]) -> dict[str, list[tuple[str, str, str]]]:
    """By the id of what it is said of: (taxonomy, code, value) of every attribute of ours."""
    ours = {
        named["id"]: taxonomy
        for (kind, _), named in records.items()
        if kind == "taxonomy_term"
        for taxonomy in TAXONOMIES
        if named.get("taxonomy_id") == TAXONOMIES[taxonomy]["id"]
    }
    found: dict[str, list[tuple[str, str, str]]] = {}
    for (kind, _), body in records.items():
        if kind == "attribute" and body.get("taxonomy_term_id") in ours and body.get("link_id"):
            code = records["taxonomy_term", body["taxonomy_term_id"]].get("code") or ""
            said = (ours[body["taxonomy_term_id"]], code, body.get("value") or "")
            found.setdefault(body["link_id"], []).append(said)
    return found
