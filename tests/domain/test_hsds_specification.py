"""The specification's own examples and schemas, read from where they stand (`HELPLINE_HSDS_DIR`)."""

from __future__ import annotations

import csv
import json

import pytest

from helpline.domain.hsds import reading, writing
from helpline.domain.hsds.kinds import ABOVE, CHILDREN, KINDS
from tests import hsds_data
from tests.hsds_data import SPECIFICATION, files, lantern, with_specification

pytestmark = with_specification

OBJECTS = {
    "service_full": "service",
    "service_list": "service",
    "organization_full": "organization",
    "organization_list": "organization",
    "service_at_location_full": "service_at_location",
    "service_at_location_list": "service_at_location",
    "location": "location",
    "taxonomy": "taxonomy",
    "taxonomy_list": "taxonomy",
    "taxonomy_term": "taxonomy_term",
    "taxonomy_term_list": "taxonomy_term",
}


def example(name: str):
    return json.loads((SPECIFICATION / "examples" / name).read_text("utf-8"))


def schema(name: str):
    return json.loads((SPECIFICATION / "schema" / name).read_text("utf-8"))


def fatal(read: reading.Reading) -> list:
    return [each for each in [*read.problems, *reading.dangling(read, ())] if each.fatal]


@pytest.mark.parametrize("name", OBJECTS)
def test_a_published_example_goes_in_and_comes_out_equal(name):
    sent = example(f"{name}.json")

    read = reading.read_json(sent)

    assert fatal(read) == []
    tree = writing.Tree(read.records)
    for each in sent.get("contents", [sent]):
        assert tree.built(OBJECTS[name], each["id"]) == each


def test_the_published_tables_in_json_go_in_and_come_out_equal():
    """But for two identifiers that the example writes as numbers and the schema wants as text."""
    sent = example("tabular.json")
    sent["locations.csv"][0]["external_identifier"] = "10092008082"
    sent["organization_identifiers.csv"][0]["identifier"] = "1234567"

    read = reading.read_json(example("tabular.json"))

    assert fatal(read) == []
    assert {f"{n}.csv": rows for n, rows in writing.tables(read.records).items()} == sent


def test_the_published_csv_goes_in_and_comes_out_equal():
    sent = files(SPECIFICATION / "examples" / "csv")

    read = reading.read_tables(sent)

    assert fatal(read) == []
    written = writing.csv_files(read.records)
    assert written.keys() == sent.keys()
    for name, text in sent.items():
        assert list(csv.reader(written[name].splitlines())) == list(csv.reader(text.splitlines()))


def test_the_guidance_on_schedules_is_read_in_both_forms():
    folder = SPECIFICATION / "schedule-guidance"
    nested = reading.read_json(json.loads((folder / "services.json").read_text("utf-8")))
    tables = reading.read_tables(files(folder))

    assert fatal(nested) == fatal(tables) == []
    assert nested.records.keys() == tables.records.keys()


def test_what_is_odd_in_the_examples_is_told():
    codes = {each.code for each in reading.read_json(example("service_full.json")).problems}

    assert codes == {"phone_in_quotes", "weeks_of_a_rule", "never_open", "no_zone"}


def test_our_table_of_kinds_is_the_specification():
    for name, kind in KINDS.items():
        said = schema(f"{name}.json")
        inside = {
            n for n, p in said["properties"].items() if p.get("type") == "array" or "$ref" in p
        }

        assert f"{kind.file}.csv" == said["path"]
        assert set(kind.columns) == set(said["properties"]) - inside, name
        ours = {*CHILDREN[name], *ABOVE.get(name, {})}
        assert inside <= ours, name
        assert ours - inside <= {"services", "attributes", "metadata", "service"}, name
        required = {column.name for column in kind.columns.values() if column.required}
        assert required == set(said.get("required", [])), name
        for column in kind.columns.values():
            if "enum" in (found := said["properties"][column.name]):
                assert set(found["enum"]) == set(reading.values.ENUMS[column.type])
            assert (column.type == "number") is (found.get("type") == "number"), column


def test_what_we_write_validates_against_the_published_schema():
    jsonschema = pytest.importorskip("jsonschema")
    read = reading.read_json(lantern())
    validator = jsonschema.Draft202012Validator(
        schema("compiled/service_with_definitions.json"),
        format_checker=jsonschema.FormatChecker(["uuid", "email"]),
    )

    written = list(writing.services(read.records))

    assert len(written) == 1
    assert [error.message for error in validator.iter_errors(written[0])] == []
    assert [*validator.iter_errors({**written[0], "status": "perhaps"})] != []


def test_the_examples_are_told_apart():
    for name, kind in OBJECTS.items():
        read = reading.read_json(example(f"{name}.json"))

        assert kind in {key[0] for key in read.once}, name
    assert hsds_data.SERVICE
