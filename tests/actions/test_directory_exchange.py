"""HSDS data into the directory and out again: all or nothing, and unseen until it is verified."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from helpline import practice
from helpline.actions import exchanging, furnishing, verifying
from helpline.domain import errors, hsds
from helpline.domain.hsds import writing
from helpline.store import entries, records, resources
from tests.hsds_data import SERVICE, SPECIFICATION, files, lantern, with_specification


def bring(store, sent, now, who=None, **more):
    read = hsds.read_tables(sent) if "phones.csv" in sent else hsds.read_json(sent)
    return exchanging.bring(store, who, read, now=now, **more)


def everything(store):
    return exchanging.taken_out(store, everything=True)


def shown(store) -> set[str]:
    with store.reading() as tx:
        return {each.id for each in resources.all_resources(tx)}


def entry(store, resource_id=SERVICE):
    with store.reading() as tx:
        return entries.entry(tx, resource_id)


def resource(store, resource_id=SERVICE):
    with store.reading() as tx:
        return resources.find(tx, resource_id)


def other_number(number="+44 20 7946 0199"):
    sent = lantern()
    sent["phones"][0]["number"] = number
    return sent


# -- in ------------------------------------------------------------------------------------------


def test_what_comes_in_comes_out_equal_and_twice_is_once(store, cast, now):
    first = bring(store, lantern(), now)
    again = bring(store, files(), now + timedelta(hours=1))

    assert not first.refused
    assert len(first.changes.added) == len(everything(store))
    assert not again.changes
    assert again.changes.unchanged == len(first.changes.added)
    assert list(writing.services(everything(store))) == [lantern()]


def test_a_dry_run_says_what_would_change_and_changes_nothing(store, cast, now):
    bring(store, lantern(), now)

    report = bring(store, other_number(), now, dry_run=True)

    assert [fields for fields in report.changes.changed.values()] == [
        {"number": ("+44 20 7946 0101", "+44 20 7946 0199")}
    ]
    assert list(writing.services(everything(store))) == [lantern()]


def test_one_wrong_line_and_nothing_is_imported(store, cast, now):
    broken = files()
    broken["schedules.csv"] = broken["schedules.csv"].replace("20:00", "25:00")

    report = bring(store, broken, now)

    assert report.refused
    assert not report.changes
    assert [(p.where, p.field) for p in report.problems if p.fatal] == [
        ("schedules.csv line 2", "opens_at")
    ]
    assert everything(store) == {}


def test_a_fault_while_writing_leaves_nothing_half_imported(store, cast, now, monkeypatch):
    bring(store, lantern(), now)
    monkeypatch.setattr(exchanging, "read_again", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        bring(store, other_number(), now)

    assert list(writing.services(everything(store))) == [lantern()]


def test_rows_may_refer_to_what_is_there_already(store, cast, now):
    bring(store, lantern(), now)
    more = {"phones": [{"id": "p", "number": "112", "service_id": SERVICE}]}
    lost = {"phones": [{"id": "p", "number": "112", "service_id": "nobody"}]}

    assert bring(store, lost, now).refused
    assert not bring(store, more, now).refused
    assert "112" in {way.value for way in resource(store).ways}


def test_nothing_is_removed_unless_it_is_asked_for_and_only_of_the_same_origin(store, cast, now):
    bring(store, lantern(), now, origin="lantern house")
    bring(store, {"phones": [{"id": "p", "number": "112"}]}, now, origin="another")
    shorter = lantern(languages=None)

    bring(store, shorter, now, origin="lantern house")
    assert len(next(writing.services(everything(store)))["languages"]) == 1
    report = bring(store, shorter, now, origin="lantern house", takes_away=True)

    assert [kind for kind, _ in report.changes.removed] == ["language"]
    assert list(writing.services(everything(store))) == [shorter]
    assert ("phone", "p") in everything(store)


@pytest.mark.parametrize("origin", ["seed", "here", " "])
def test_nobody_may_import_in_our_name(store, cast, now, origin):
    with pytest.raises(errors.BadRequest):
        bring(store, lantern(), now, origin=origin, takes_away=True)


def test_a_listener_may_not_import(store, cast, now):
    with pytest.raises(errors.NotAllowed):
        bring(store, lantern(), now, who=cast.leo)


@with_specification
@pytest.mark.parametrize("name", ["service_full", "organization_full", "service_list"])
def test_the_published_examples_go_through_the_database_and_come_out_equal(store, cast, now, name):
    sent = json.loads((SPECIFICATION / "examples" / f"{name}.json").read_text("utf-8"))

    report = bring(store, sent, now)

    assert not report.refused
    tree = writing.Tree(everything(store))
    kind = "organization" if name == "organization_full" else "service"
    for each in sent.get("contents", [sent]):
        assert tree.built(kind, each["id"]) == each


@with_specification
def test_the_published_tables_go_through_the_database_and_come_out_equal(store, cast, now):
    sent = files(SPECIFICATION / "examples" / "csv")

    assert not bring(store, sent, now).refused

    written = writing.csv_files(everything(store))
    again = hsds.read_tables(written)
    assert again.records == hsds.read_tables(sent).records
    assert written.keys() == sent.keys()


# -- and what visitors see -----------------------------------------------------------------------


def test_what_is_imported_is_shown_to_nobody_until_it_is_verified_here(store, cast, now):
    bring(store, lantern(), now)
    assert SERVICE not in shown(store)
    bring(store, other_number(), now)  # its partner changed it meanwhile
    assert SERVICE not in shown(store)
    bring(store, lantern(), now)

    verifying.verify(store, cast.cora, SERVICE, now=now)

    assert SERVICE in shown(store)
    assert [way.value for way in resource(store).ways] == ["+44 20 7946 0101", "85558"]
    assert entry(store).verified_by == cast.cora.id


def test_a_new_number_waits_until_somebody_has_looked_at_it(store, cast, now):
    bring(store, lantern(), now)
    verifying.verify(store, cast.cora, SERVICE, now=now)

    bring(store, other_number(), now)
    assert resource(store).ways[0].value == "+44 20 7946 0101"
    assert entry(store).news_at == now
    verifying.verify(store, cast.cora, SERVICE, takes_news=True, now=now)

    assert resource(store).ways[0].value == "+44 20 7946 0199"
    assert entry(store).news_at is None


def test_our_own_word_can_stay_and_then_the_records_say_it_too(store, cast, now):
    bring(store, lantern(), now)
    verifying.verify(store, cast.cora, SERVICE, now=now)
    bring(store, other_number(), now)

    verifying.verify(store, cast.cora, SERVICE, now=now)

    assert entry(store).news_at is None
    exported = list(writing.services(exchanging.taken_out(store)))
    assert [phone["number"] for phone in exported[0]["phones"]] == ["+44 20 7946 0101", "85558"]


def test_what_was_changed_and_not_looked_at_is_exported_as_it_was_verified(store, cast, now):
    bring(store, lantern(), now)
    verifying.verify(store, cast.cora, SERVICE, now=now)
    bring(store, other_number(), now)

    exported = list(writing.services(exchanging.taken_out(store)))

    assert "+44 20 7946 0101" in {phone["number"] for phone in exported[0]["phones"]}
    assert exported[0]["assured_date"] == now.date().isoformat()


@pytest.mark.parametrize(
    ("without", "lacks"),
    [
        ({"phones": []}, "way"),
        ({"schedules": []}, "hours"),
        ({"service_areas": []}, "country"),
        ({"languages": []}, "language"),
        ({"status": "temporarily closed"}, "status"),
    ],
)
def test_nobody_is_sent_where_they_cannot_go(store, cast, now, without, lacks):
    bring(store, lantern(**without), now)

    with pytest.raises(errors.BadRequest) as refused:
        verifying.verify(store, cast.cora, SERVICE, now=now)

    assert refused.value.field == lacks
    assert SERVICE not in shown(store)


def test_a_service_that_its_partner_sends_no_more_stays_until_somebody_looks(store, cast, now):
    other = {"id": "o", "name": "Other", "status": "active"}
    bring(store, [lantern(), other], now)
    verifying.verify(store, cast.cora, SERVICE, now=now)

    bring(store, {"organizations": []}, now, takes_away=True)

    assert SERVICE in shown(store)
    assert entry(store).news_at == now
    with pytest.raises(errors.NotFound):
        entry(store, "o")


# -- what comes with the software ----------------------------------------------------------------


def test_the_seeds_are_records_too_and_come_out_valid_and_come_in_again(store, cast, now):
    practice.load_directory(store, now=now)
    kept = everything(store)

    again = hsds.read_json(list(writing.services(exchanging.taken_out(store))))
    report = exchanging.bring(store, None, again, dry_run=True, now=now)

    assert again.problems == []
    assert not report.changes, report.changes.changed
    assert {key[0] for key in kept} >= {"service", "phone", "schedule", "attribute", "language"}
    with store.reading() as tx:
        assert len(resources.all_resources(tx)) == len(list(writing.services(kept)))
        for each in resources.all_resources(tx):
            assert each.verified_on == each.assured_on


def test_what_we_export_validates_against_the_published_schema(store, cast, now):
    jsonschema = pytest.importorskip("jsonschema")
    if not SPECIFICATION.is_dir():
        pytest.skip("the specification is not here; set HELPLINE_HSDS_DIR")
    practice.load_directory(store, now=now)
    schema = SPECIFICATION / "schema" / "compiled" / "service_with_definitions.json"
    validator = jsonschema.Draft202012Validator(
        json.loads(schema.read_text("utf-8")),
        format_checker=jsonschema.FormatChecker(["uuid", "email"]),
    )

    for each in writing.services(exchanging.taken_out(store)):
        assert [error.message for error in validator.iter_errors(each)] == []


SEEN = date(2026, 11, 1)


def seed(number="116 123", seen=SEEN):
    return {
        "id": "ie-test", "name": "Test", "operator": "Testers", "country": "IE",
        "languages": ["en"], "ways": [{"kind": "call", "value": number}], "hours": "always",
        "source": "https://a.example", "seen": seen, "verified": True,
    }  # fmt: skip


def test_seeds_loaded_again_change_what_nobody_verified_since(store, cast, now):
    furnishing.load_resources(store, [seed()], now=now)
    furnishing.load_resources(store, [seed("116 124")], now=now)

    assert resource(store, "ie-test").ways[0].value == "116 124"
    phones = [body for (kind, _), body in everything(store).items() if kind == "phone"]
    assert [each["number"] for each in phones] == ["116 124"]


def test_seeds_loaded_again_leave_what_a_coordinator_verified_later(store, cast, now):
    furnishing.load_resources(store, [seed()], now=now)
    verifying.verify(store, cast.cora, "ie-test", now=now)

    furnishing.load_resources(store, [seed("116 124")], now=now)

    assert resource(store, "ie-test").ways[0].value == "116 123"


def test_records_are_found_again_in_the_order_they_came(store, cast, now):
    sent = lantern()
    sent["phones"] = [{"id": f"p{9 - n}", "number": f"11{n}"} for n in range(9)]

    bring(store, sent, now)

    with store.reading() as tx:
        found = records.belonging(tx, [SERVICE])
    assert [each["number"] for each in next(iter(writing.services(found)))["phones"]] == [
        f"11{n}" for n in range(9)
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"organizations": [{"id": "ORG", "name": "Another House", "description": "x"}]},
        {"schedules": [{"id": "SCHEDULE", "opens_at": "21:00", "closes_at": "02:00"}]},
        {"attributes": [{"id": "ATTRIBUTE", "value": "Europe/Dublin"}]},
        {"cost_options": [{"id": "COST", "option": "paid", "amount": 3}]},
        {"languages": [{"id": "new", "service_id": SERVICE, "code": "gd"}]},
        {"locations": [{"id": "quay", "location_type": "physical", "name": "New Quay"}]},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_whatever_changes_around_a_verified_service_waits_for_somebody(store, cast, now, changed):
    sent = lantern()
    sent["service_at_locations"] = [
        {"id": "at", "location": {"id": "quay", "location_type": "physical", "name": "Old Quay"}}
    ]
    ids = {
        "ORG": sent["organization"]["id"],
        "SCHEDULE": sent["schedules"][0]["id"],
        "ATTRIBUTE": sent["schedules"][0]["attributes"][0]["id"],
        "COST": sent["cost_options"][0]["id"],
    }
    bring(store, sent, now)
    verifying.verify(store, cast.cora, SERVICE, now=now)
    before = resource(store)

    ((table, (row,)),) = changed.items()
    report = bring(store, {table: [{**row, "id": ids.get(row["id"], row["id"])}]}, now)

    assert not report.refused
    assert entry(store).news_at == now
    assert resource(store) == before
