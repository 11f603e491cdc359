"""The objects of the Human Services Data Specification 3.0, each as a flat record.

A record has the columns of the specification's tabular form; nested JSON is the same records with
some of them inside others. One line a kind: what its file is called, and its columns as
`name:type`, where `!` is a column without which the record is of no use, `*` one that the
specification requires too, and `>kind` refers to another record (`>kind!`: it must be there).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

Key = tuple[str, str]  # kind, id
Body = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """`type` names a check in `values`; `refers_to` is a kind, or "*" for any record at all."""

    name: str
    type: str
    needed: bool = False
    required: bool = False
    refers_to: str | None = None
    must_exist: bool = False


@dataclass(frozen=True)
class Kind:
    name: str
    file: str
    columns: Mapping[str, Column]

    @cached_property
    def references(self) -> tuple[Column, ...]:
        return tuple(each for each in self.columns.values() if each.refers_to)


TABLE = {
    "organization": (
        "organizations",
        "id name! alternate_name description* email:email website:url tax_status tax_id "
        "year_incorporated:number legal_status logo uri:url parent_organization_id>organization",
    ),
    "program": (
        "programs",
        "id organization_id>organization! name! alternate_name description*",
    ),
    "service": (
        "services",
        "id organization_id>organization! program_id>program name! alternate_name description "
        "url:url email:email status!:status interpretation_services application_process "
        "fees_description wait_time fees accreditations eligibility_description "
        "minimum_age:number maximum_age:number assured_date:date assurer_email:email licenses "
        "alert last_modified:moment",
    ),
    "attribute": (
        "attributes",
        "id link_id>* taxonomy_term_id>taxonomy_term link_type link_entity value",
    ),
    "service_at_location": (
        "service_at_location",
        "id service_id>service! location_id>location! description",
    ),
    "location": (
        "locations",
        "id location_type!:place url:url organization_id>organization name alternate_name "
        "description transportation latitude:number longitude:number external_identifier "
        "external_identifier_type",
    ),
    "phone": (
        "phones",
        "id location_id>location! service_id>service! organization_id>organization! "
        "contact_id>contact service_at_location_id>service_at_location! number!:phone "
        "extension:number type description",
    ),
    "contact": (
        "contacts",
        "id organization_id>organization service_id>service "
        "service_at_location_id>service_at_location location_id>location name title department "
        "email:email",
    ),
    "address": (
        "addresses",
        "id location_id>location! attention address_1* address_2 city* region state_province* "
        "postal_code* country* address_type*:place",
    ),
    "schedule": (
        "schedules",
        "id service_id>service! location_id>location! "
        "service_at_location_id>service_at_location! valid_from:date valid_to:date dtstart:date "
        "timezone:number until:date count:number wkst:weekday freq:freq interval:number "
        "byday:byday byweekno:numbers bymonthday:numbers byyearday:numbers description "
        "opens_at:time closes_at:time schedule_link:url attending_type notes",
    ),
    "funding": ("funding", "id organization_id>organization service_id>service source"),
    "service_area": (
        "service_areas",
        "id service_id>service! name description extent extent_type uri",
    ),
    "required_document": ("required_documents", "id service_id>service document uri:url"),
    "language": (
        "languages",
        "id service_id>service! location_id>location phone_id>phone! name code note",
    ),
    "accessibility": ("accessibility", "id location_id>location description details url:url"),
    "taxonomy_term": (
        "taxonomy_terms",
        "id code name! description* parent_id>taxonomy_term taxonomy language "
        "taxonomy_id>taxonomy term_uri:url",
    ),
    "metadata": (
        "metadata",
        "id resource_id>* resource_type last_action_date*:moment last_action_type* field_name* "
        "previous_value* replacement_value* updated_by*",
    ),
    "meta_table_description": (
        "meta_table_descriptions",
        "id name language character_set",
    ),
    "cost_option": (
        "cost_options",
        "id service_id>service! valid_from:date valid_to:date option currency amount:number "
        "amount_description",
    ),
    "organization_identifier": (
        "organization_identifiers",
        "id organization_id>organization! identifier_scheme identifier_type! identifier!",
    ),
    "taxonomy": ("taxonomies", "id name! description* uri:url version"),
}

# what a record of a kind carries inside it in nested JSON: its name there -> kind, by which column
_PLAIN = ("attribute", "taxonomy_term", "taxonomy")  # these carry no attributes
_OF_ALL = {"attributes": ("attribute", "link_id"), "metadata": ("metadata", "resource_id")}


def _inside(parent: str, names: str) -> dict[str, tuple[str, str]]:
    found = {}
    for name in names.split():
        kind = next(k for k, (file, _) in TABLE.items() if file == name.removesuffix("!"))
        found[INSIDE_NAME.get(kind, name)] = (kind, f"{parent}_id")
    return {**found, **_OF_ALL}


INSIDE_NAME = {"service_at_location": "service_at_locations"}
CHILDREN: Mapping[str, Mapping[str, tuple[str, str]]] = {
    **{kind: _OF_ALL for kind in TABLE if kind not in _PLAIN},
    **{kind: {"metadata": _OF_ALL["metadata"]} for kind in _PLAIN},
    "organization": _inside(
        "organization",
        "funding contacts phones locations programs organization_identifiers services",
    ),
    "service": _inside(
        "service",
        "phones schedules service_areas service_at_location languages funding cost_options "
        "required_documents contacts",
    ),
    "service_at_location": _inside("service_at_location", "contacts phones schedules"),
    "location": _inside("location", "languages addresses contacts accessibility phones schedules"),
    "phone": _inside("phone", "languages"),
    "contact": _inside("contact", "phones"),
    "metadata": {},
}
# one record inside another that refers to it: its name there -> kind, by which column
ABOVE: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "service": {
        "organization": ("organization", "organization_id"),
        "program": ("program", "program_id"),
    },
    "service_at_location": {
        "location": ("location", "location_id"),
        "service": ("service", "service_id"),
    },
    "attribute": {"taxonomy_term": ("taxonomy_term", "taxonomy_term_id")},
    "taxonomy_term": {"taxonomy_detail": ("taxonomy", "taxonomy_id")},
}


def _column(text: str) -> Column:
    text, _, refers_to = text.partition(">")
    if refers_to:
        kind = refers_to.removesuffix("!")
        return Column(text, "id", refers_to=kind, must_exist=refers_to.endswith("!"))
    name, _, type_ = text.partition(":")
    plain = name.rstrip("!*")
    if plain == "id":
        return Column("id", "id", needed=True, required=True)
    needed = name.endswith("!")
    return Column(plain, type_ or "text", needed=needed, required=needed or name.endswith("*"))


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        name: Kind(name, file, {each.name: each for each in map(_column, columns.split())})
        for name, (file, columns) in TABLE.items()
    }
)


def named(name: str) -> str | None:
    """The kind that a file, a table or a list goes by: "phones.csv", "phones" or "phone"."""
    return _BY_NAME.get(name.rsplit("/", 1)[-1].removesuffix(".csv").lower())


_BY_NAME = {
    **{each.file: name for name, each in KINDS.items()},
    **{name: name for name in KINDS},
    "service_at_locations": "service_at_location",
}
