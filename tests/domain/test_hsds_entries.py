"""A service's records as visitors would see them: read strictly, and written so that they read back."""

from __future__ import annotations

from datetime import date, time

import pytest

from helpline.domain import hsds, schedules
from helpline.domain.hsds import entries, vocabulary, writing
from helpline.domain.resources import Resource, Way
from tests.hsds_data import SERVICE, lantern

ZONE = "Europe/London"


def read(**changed):
    records = hsds.read_json(lantern(**changed)).records
    return entries.Reader(records).entry(SERVICE, "lantern")


def phone(number="112", **more):
    return {"id": "p", "number": number, **more}


def test_our_example_reads_as_it_is_meant():
    found = read()

    assert found.lacks == ()
    assert found.resource == Resource(
        id="lantern",
        name="Lantern night line",
        country="GB",
        languages=frozenset({"en"}),
        ways=(Way("call", "+44 20 7946 0101"), Way("text", "85558")),
        hours=(
            schedules.Schedule(
                ZONE, time(20), time(2), freq="WEEKLY", byday=("FR", "SA"), dtstart=date(2026, 1, 2)
            ),
        ),
        organisation="Lantern House",
        regions=frozenset({"GB-SCT"}),
        youngest=16,
        cost="free",
        description="Somebody to talk to when the night is long.",
        assured_on=date(2026, 9, 30),
        shown=False,
    )


@pytest.mark.parametrize(
    ("sent", "ways"),
    [
        (phone(), [("call", "112")]),
        (phone(type="Cell"), [("call", "112")]),
        (phone(type="sms"), [("text", "112")]),
        (phone(type="fax"), []),
        (phone(type="hologram"), []),
        (phone(extension=4), []),
        (phone('"112"'), []),
    ],
)
def test_a_phone_is_a_way_only_if_it_can_be_dialled_as_it_stands(sent, ways):
    assert [(way.kind, way.value) for way in read(phones=[sent]).resource.ways] == ways


def test_the_phones_of_a_person_or_of_the_organisation_are_not_the_services():
    assert read(phones=[]).resource.ways == ()
    assert read(phones=[]).lacks == ("way",)


@pytest.mark.parametrize(
    ("changed", "hours", "lacks"),
    [
        ({"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "23:59"}, (), ()),
        ({"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "24:00"}, (), ()),
        ({"byday": "MO", "opens_at": "00:00", "closes_at": "23:59"}, (), ("hours",)),
        ({"byday": "MO", "opens_at": "09:00", "closes_at": "17:00"}, (), ("hours",)),
        ({"byday": "MO"}, (), ("hours",)),
        (
            {"byday": "MO", "opens_at": "09:00:00Z", "closes_at": "17:00:00Z"},
            (schedules.Schedule("UTC", time(9), time(17), freq="WEEKLY", byday=("MO",)),),
            (),
        ),
        (
            {"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "24:00", "until": "2020-01-01"},
            (),
            ("hours",),
        ),
    ],
)  # fmt: skip
def test_hours_are_day_and_night_only_if_it_is_said(changed, hours, lacks):
    found = read(schedules=[{"id": "s", "freq": "WEEKLY", **changed}])

    assert (found.resource.hours, found.lacks) == (hours, lacks)


def test_no_schedule_is_not_day_and_night():
    assert read(schedules=[]).lacks == ("hours",)


def test_an_unknown_zone_is_no_zone():
    sent = lantern()
    sent["schedules"][0]["attributes"][0]["value"] = "Middle/Earth"

    assert entries.Reader(hsds.read_json(sent).records).entry(SERVICE, "x").lacks == ("hours",)


@pytest.mark.parametrize("value", ["javascript:alert(1)", "www.a.example", ""])
def test_what_is_no_page_is_no_source_and_no_way(value):
    records = hsds.read_json(lantern()).records
    said = [(vocabulary.FIELDS, code, value) for code in ("source", "chat", "web")]
    records = records | dict(vocabulary.attributes("service", SERVICE, said))

    found = entries.Reader(records).entry(SERVICE, "lantern").resource

    assert found.source == ""
    assert {way.kind for way in found.ways} == {"call", "text"}


def test_where_it_is_gives_the_way_and_the_country_if_nothing_else_does():
    address = {
        "id": "a", "address_1": "1 Quay Street", "city": "Galway", "state_province": "G",
        "postal_code": "H91", "country": "IE", "address_type": "physical",
    }  # fmt: skip
    place = {"id": "l", "location_type": "physical", "name": "Quay House", "addresses": [address]}
    found = read(service_areas=[], service_at_locations=[{"id": "at", "location": place}])

    assert found.resource.country == "IE"
    assert found.resource.ways[-1] == Way("visit", "1 Quay Street, H91, Galway")


@pytest.mark.parametrize(
    ("options", "cost"),
    [
        ([{"id": "c", "amount": 0}], "free"),
        ([{"id": "c", "amount": 3}], "paid"),
        ([{"id": "c", "option": "Local"}], "local"),
        ([{"id": "c", "amount": 0}, {"id": "d", "option": "for adults"}], "unknown"),
        ([], "unknown"),
    ],
)
def test_the_cost_is_known_only_if_it_is_said(options, cost):
    assert read(cost_options=options).resource.cost == cost


FULL = Resource(
    id="harbour",
    name="Harbour",
    country="IE",
    languages=frozenset({"en", "ga"}),
    ways=(
        Way("call", "116 123"),
        Way("text", "50808", "HELLO"),
        Way("chat", "https://harbour.example/chat"),
        Way("web", "https://harbour.example"),
        Way("visit", "1 Quay Street"),
    ),
    emergency=True,
    hours=(
        schedules.weekly("Europe/Dublin", [0, 2], time(18), time(2)),
        schedules.Schedule("Europe/Dublin", time(9), time(12), freq="MONTHLY", byday=("1SA",)),
    ),
    note="A volunteer answers.",
    topics=frozenset({"crisis", "emergency"}),
    organisation="Harbour House",
    regions=frozenset({"IE-D", "IE-G"}),
    youngest=12,
    oldest=18,
    cost="local",
    place="by the sea",
    description="For young people.",
    notes={"ga": "Freagraíonn oibrí deonach."},
    source="https://harbour.example/about",
    assured_on=date(2026, 11, 1),
    shown=False,
)


def test_an_entry_of_ours_reads_back_as_it_was_written():
    written = entries.records(FULL, "service")

    assert entries.Reader(written).entry("service", "harbour") == entries.Entry(FULL)
    again = hsds.read_json(list(writing.services(written)))
    assert again.problems == []
    assert again.records == written


def test_writing_an_entry_anew_keeps_what_its_partner_said_beside_it():
    before = hsds.read_json(lantern()).records
    new, gone = entries.rewritten(before, FULL, SERVICE)
    after = {key: body for key, body in before.items() if key not in gone} | new

    found = entries.Reader(after).entry(SERVICE, "harbour")

    assert found == entries.Entry(FULL)
    assert after["service", SERVICE]["colour_of_door"] == "green"
    assert ("contact", "99999999-9999-4999-8999-999999999999") in after
    assert [b["number"] for (k, _), b in after.items() if k == "phone" and "service_id" in b] == [
        "116 123",
        "50808",
    ]
