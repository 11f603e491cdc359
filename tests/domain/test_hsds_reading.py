"""HSDS data as others send it: kept whole, or refused by the line."""

from __future__ import annotations

import pytest

from helpline.domain.hsds import reading, writing
from helpline.domain.hsds.comparing import changes
from tests import hsds_data
from tests.hsds_data import SERVICE, files, lantern


def told(read, known=()):
    found = [*read.problems, *reading.dangling(read, known)]
    return {(each.where, each.field, each.code) for each in found if each.fatal}


def csv_with(name: str, old: str, new: str) -> reading.Reading:
    changed = files()
    assert old in changed[name]
    return reading.read_tables({**changed, name: changed[name].replace(old, new, 1)})


# -- both forms --------------------------------------------------------------------------------


def test_nested_json_and_tables_are_the_same_records():
    nested, tables = reading.read_json(lantern()), reading.read_tables(files())

    assert told(nested) == told(tables) == set()
    assert nested.problems == tables.problems == []
    clean = {k: {n: v for n, v in b.items() if v is not None} for k, b in tables.records.items()}
    assert clean == nested.records


def test_what_was_read_is_written_again_as_it_was():
    read = reading.read_json(lantern())

    assert list(writing.services(read.records)) == [lantern()]
    again = reading.read_tables(writing.csv_files(read.records))
    assert list(writing.services(again.records)) == [lantern()]


def test_fields_that_nobody_knows_are_kept():
    read = reading.read_json(lantern())

    assert read.records["service", SERVICE]["colour_of_door"] == "green"
    assert "green" in writing.csv_files(read.records)["services.csv"]


@pytest.mark.parametrize(
    "sent",
    [
        [lantern()],
        {"contents": [lantern()], "total_items": 1},
        {"services": [lantern()]},
        {"services.csv": [lantern()]},
        {"service": [lantern()]},
    ],
)
def test_services_come_alone_in_lists_and_on_pages(sent):
    assert reading.read_json(sent).records == reading.read_json(lantern()).records


def test_a_cell_with_a_line_end_and_an_odd_separator_stays_one_cell():
    text = 'id,name,status\nx,"one\u2028still\ntwo",active\ny,three,active\n'

    read = reading.read_tables({"services.csv": text})

    assert read.records["service", "x"]["name"] == "one\u2028still\ntwo"
    assert read.where["service", "y"] == "services.csv line 4"


# -- what is wrong is told by its line ---------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "where", "field", "code"),
    [
        ("phones.csv", "+44 20 7946 0101", "0800 CALL", "phones.csv line 3", "number", "no_phone"),
        ("phones.csv", "+44 20 7946 0101", "", "phones.csv line 3", "number", "missing"),
        ("phones.csv", ",4,voice", ",four,voice", "phones.csv line 5", "extension", "no_number"),
        ("schedules.csv", "20:00", "25:00", "schedules.csv line 2", "opens_at", "no_time"),
        ("schedules.csv", "20:00", "", "schedules.csv line 2", "opens_at", "half_open"),
        ("schedules.csv", "20:00", "24:00", "schedules.csv line 2", "opens_at", "no_time"),
        ("schedules.csv", "2026-01-02", "2026-02-30", "schedules.csv line 2", "dtstart", "no_date"),
        ("schedules.csv", '"FR,SA"', "Friday", "schedules.csv line 2", "byday", "no_days"),
        ("schedules.csv", "WEEKLY", "DAILY", "schedules.csv line 2", "freq", "none_of"),
        ("schedules.csv", '"FR,SA"', "2FR", "schedules.csv line 2", "byday", "nth_of_a_week"),
        ("services.csv", "active", "perhaps", "services.csv line 2", "status", "none_of"),
        ("services.csv", "Lantern night line", "", "services.csv line 2", "name", "missing"),
        ("services.csv", ",16,", ",sixteen,", "services.csv line 2", "minimum_age", "no_number"),
        ("services.csv", "id,", "id,id,", "services.csv line 1", "", "bad_header"),
        ("services.csv", ",green", ",green,blue", "services.csv line 2", "", "cells"),
        ("services.csv", "Lantern", '"Lantern', "services.csv line 2", "", "no_csv"),
        ("organizations.csv", "https://", "www.", "organizations.csv line 2", "website", "no_url"),
    ],
)  # fmt: skip
def test_a_fault_in_a_table_is_told_by_its_line(name, old, new, where, field, code):
    assert (where, field, code) in told(csv_with(name, old, new))


@pytest.mark.parametrize(
    ("changed", "where", "field", "code"),
    [
        ({"name": None}, "service", "name", "missing"),
        ({"id": None}, "service", "id", "missing"),
        ({"status": 1}, "service", "status", "no_text"),
        ({"url": "javascript:alert(1)"}, "service", "url", "no_url"),
        ({"phones": [{"id": "p", "number": 112}]}, "service.phones[0]", "number", "phone_as_number"),
        ({"phones": {"id": "p"}}, "service.phones", "", "no_list"),
        ({"phones": ["112"]}, "service.phones[0]", "", "no_object"),
        ({"name": ["a"]}, "service", "name", "no_text"),
        ({"schedules": [{"id": "s", "byday": "MO", "interval": 0}]}, "service.schedules[0]", "freq", "bad_rule"),
        ({"schedules": [{"id": "s", "byday": "MO", "count": 1.5}]}, "service.schedules[0]", "freq", "bad_rule"),
    ],
)  # fmt: skip
def test_a_fault_in_json_is_told_by_its_place(changed, where, field, code):
    assert (where, field, code) in told(reading.read_json(lantern(**changed)))


@pytest.mark.parametrize("sent", [None, 3, "text", [3], [[]], {}])
def test_what_is_no_object_is_told(sent):
    assert "no_object" in {each.code for each in reading.read_json(sent).problems}


def test_an_object_inside_an_object_without_end_is_told():
    deep = lantern()
    for number in range(20):
        around = {"id": f"o{number}", "name": "o", "description": "o", "services": [deep]}
        deep = {"id": f"s{number}", "name": "s", "status": "active", "organization": around}

    assert "no_object" in {each.code for each in reading.read_json(deep).problems}


def test_one_id_twice_in_a_table_is_told_with_both_lines():
    row = files()["phones.csv"].splitlines()[2]
    other = row.replace("0101", "0199")

    same = reading.read_tables({"phones.csv": files()["phones.csv"] + row + "\n"})
    differs = reading.read_tables({"phones.csv": files()["phones.csv"] + other + "\n"})

    assert [(p.where, p.code, p.fatal) for p in same.problems] == [
        ("phones.csv line 7", "twice", False)
    ]
    assert ("phones.csv line 7", "id", "twice") in told(differs)


def test_one_record_that_says_two_things_is_told():
    twice = lantern()
    twice["contacts"][0]["phones"] = [{**twice["phones"][0], "number": "+44 20 7946 0199"}]

    assert ("service.contacts[0].phones[0]", "number", "said_twice") in told(
        reading.read_json(twice)
    )


def test_one_phone_of_two_services_is_told():
    other = lantern(id="another")

    read = reading.read_json([lantern(), other])

    assert ("[1].phones[0]", "service_id", "two_places") in told(read)


def test_a_phone_of_an_unknown_service_stops_everything_and_a_known_one_does_not():
    read = csv_with("phones.csv", SERVICE, "nobody")

    assert told(read) == {("phones.csv line 3", "service_id", "refers_to")}
    assert ("service", "nobody") in reading.outside(read)
    assert told(read, known={("service", "nobody")}) == set()


def test_a_lost_reference_that_reaches_nobody_is_only_told():
    read = reading.read_json(lantern(organization={**lantern()["organization"], "parent_organization_id": "x"}))  # fmt: skip

    found = reading.dangling(read, ())

    assert [(p.field, p.code, p.fatal) for p in found] == [
        ("parent_organization_id", "refers_to", False)
    ]


def test_hours_without_a_zone_are_told():
    bare = lantern()
    del bare["schedules"][0]["attributes"]

    codes = [(p.where, p.field, p.code, p.fatal) for p in reading.read_json(bare).problems]

    assert codes == [("service.schedules[0]", "timezone", "no_zone", False)]


def test_a_file_that_is_no_table_is_told_and_passed_over():
    read = reading.read_tables({**files(), "readme.csv": "a,b\n"})

    assert [(p.where, p.code, p.fatal) for p in read.problems] == [
        ("readme.csv", "no_table", False)
    ]


# -- what an import would change ---------------------------------------------------------------


def test_the_same_again_changes_nothing():
    read = reading.read_json(lantern())

    assert not changes(read, read.records)
    assert changes(read, read.records).unchanged == len(read.records)


def test_a_change_is_told_field_by_field():
    before = reading.read_json(lantern()).records
    after = lantern(name="Lantern line", colour_of_door="red")
    after["phones"][0]["number"] = "+44 20 7946 0199"

    found = changes(reading.read_json(after), before)

    assert found.changed == {
        ("service", SERVICE): {
            "name": ("Lantern night line", "Lantern line"),
            "colour_of_door": ("green", "red"),
        },
        ("phone", after["phones"][0]["id"]): {
            "number": ("+44 20 7946 0101", "+44 20 7946 0199"),
        },
    }
    assert found.added == found.removed == ()


def test_a_field_that_was_not_sent_stays_and_one_that_was_sent_empty_goes():
    before = reading.read_json(lantern()).records
    key = ("phone", lantern()["phones"][2]["id"])

    silent = reading.read_tables({"phones.csv": f"id,number\n{key[1]},+44 20 7946 0102\n"})
    empty = reading.read_tables(
        {"phones.csv": f"id,number,extension\n{key[1]},+44 20 7946 0102,\n"}
    )

    assert not changes(silent, before)
    assert changes(empty, before).changed == {key: {"extension": (4, None)}}
    assert "extension" not in changes(empty, before).bodies[key]


def test_the_example_has_no_fault_of_its_own():
    assert hsds_data.LANTERN["id"] == SERVICE
