"""The directory page: what waits, search, verifying with one press, the form; and the same as JSON."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from helpline import clock
from helpline.actions import exchanging, furnishing
from helpline.domain import entrytext, hsds
from helpline.store import entries, resources
from tests.faces.test_coordinator_pages import enter, post
from tests.hsds_data import SERVICE, lantern

PATH = "/coordinator/resources"


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def cora(client, store, cast, now):
    return enter(client, store, cast.cora, now)


@pytest.fixture
def lines(store, cast, now):
    def entry(id, name, days, **more):
        return {
            "id": id, "name": name, "operator": "Testers", "country": "IE", "languages": ["en"],
            "ways": [{"kind": "call", "value": "01 555 0100"}], "hours": "always",
            "source": "https://a.example", "seen": (now - timedelta(days=days)).date(),
            "verified": True, **more,
        }  # fmt: skip

    furnishing.load_resources(
        store,
        [
            entry("fresh", "Fresh line", 10),
            entry("old", "Old line", 300),
            entry("older", "Older line", 400),
            entry("gb", "British line", 10, country="GB"),
        ],
        now=now,
    )
    exchanging.bring(store, None, hsds.read_json(lantern()), now=now)


def held(store, id):
    with store.reading() as tx:
        return resources.find(tx, id), entries.entry(tx, id)


def section(page: str, title: str) -> str:
    return page.split(f'aria-labelledby="{title}"', 1)[1].split("</section>")[0]


def names(page: str) -> list[str]:
    return re.findall(r"<strong><bdi>(.*?)</bdi></strong>", page)


def test_what_waits_comes_first_what_visitors_see_and_the_oldest_before(cora, lines):
    page = cora.get(PATH).text

    assert names(section(page, "waiting-title")) == ["Older line", "Old line", "Lantern night line"]
    assert "3 entries wait." in page
    assert section(page, "waiting-title").count("not checked for long") == 2
    assert "Nobody has verified it here. Visitors do not see it." in page


def test_entries_are_found_by_country_and_part_of_a_name(cora, lines):
    assert names(section(cora.get(f"{PATH}?country=GB").text, "find-title")) == [
        "British line",
        "Lantern night line",
    ]
    assert names(section(cora.get(f"{PATH}?find=fresh line").text, "find-title")) == ["Fresh line"]
    assert "Nothing was found." in cora.get(f"{PATH}?find=nobody").text


def test_one_press_verifies(cora, store, lines, now, cast):
    answer = post(cora, f"{PATH}/old", do="verify")

    assert answer.status_code == 302
    assert "Kept: checked here today." in cora.get(answer.location).text
    each, entry = held(store, "old")
    assert (each.verified_on, entry.verified_by) == (now.date(), cast.cora.id)
    assert "Verified here on Wed 18 Nov 2026 by" in cora.get(f"{PATH}/old").text


def test_hiding_and_showing_and_taking_out(cora, store, lines):
    post(cora, f"{PATH}/fresh", do="hide")
    assert not held(store, "fresh")[0].shown
    post(cora, f"{PATH}/fresh", do="show")
    assert held(store, "fresh")[0].shown

    refused = post(cora, f"{PATH}/fresh", do="remove", form="remove", why=" ")
    assert refused.status_code == 422
    post(cora, f"{PATH}/fresh", do="remove", why="It was closed.")

    assert cora.get(f"{PATH}/fresh").status_code == 404
    assert "Fresh line" not in cora.get(PATH).text


def test_an_imported_service_is_verified_on_its_page(cora, store, lines):
    page = cora.get(f"{PATH}/{SERVICE}").text
    assert "I checked it today" in page
    assert "text: 85558" in page

    post(cora, f"{PATH}/{SERVICE}", do="verify")

    assert held(store, SERVICE)[0].shown


def test_what_a_partner_changed_stands_side_by_side_until_somebody_decides(cora, store, lines, now):
    post(cora, f"{PATH}/{SERVICE}", do="verify")
    changed = lantern()
    changed["phones"][0]["number"] = "+44 20 7946 0199"
    exchanging.bring(store, None, hsds.read_json(changed), now=now)

    news = section(cora.get(f"{PATH}/{SERVICE}").text, "news-title")
    assert "call: +44 20 7946 0101" in news
    assert "call: +44 20 7946 0199" in news
    assert "changed by who sent it" in section(cora.get(PATH).text, "waiting-title")
    post(cora, f"{PATH}/{SERVICE}", do="take")

    assert held(store, SERVICE)[0].ways[0].value == "+44 20 7946 0199"


def test_the_form_changes_what_it_shows_and_nothing_else(cora, store, lines, now):
    before = held(store, "fresh")[0]
    form = entrytext.written(before)

    answer = post(cora, f"{PATH}/fresh", do="change", **{**form, "ways": "call: 116 123"})

    assert answer.status_code == 302
    after = held(store, "fresh")[0]
    assert after.ways[0].value == "116 123"
    assert after == replace(before, ways=after.ways, assured_on=now.date(), verified_on=now.date())


def test_a_form_that_was_refused_shows_what_was_typed_beside_its_field(cora, store, lines):
    form = {**entrytext.written(held(store, "fresh")[0]), "ways": "call: 0800 CALL"}

    changed = post(cora, f"{PATH}/fresh", do="change", form="change", **form)
    added = post(cora, PATH, do="add", form="add", **form)

    for answer, name in ((changed, "change"), (added, "add")):
        assert answer.status_code == 400
        assert (
            'aria-invalid="true"' in re.search(rf'<textarea id="{name}-ways".*?>', answer.text)[0]
        )
        assert "call: 0800 CALL" in answer.text
        assert f'id="{name}-ways-error">Please give each way on a line' in answer.text


def test_a_new_entry_is_seen_at_once(cora, store, lines):
    form = {**entrytext.written(held(store, "fresh")[0]), "name": "Harbour"}

    answer = post(cora, PATH, do="add", **form)

    assert answer.status_code == 302
    with store.reading() as tx:
        assert "Harbour" in {each.name for each in resources.all_resources(tx)}


@pytest.mark.parametrize("who", ["leo", "sol"])
def test_others_have_no_part_in_it(client, store, cast, lines, now, who):
    other = enter(client, store, getattr(cast, who), now)

    assert other.get(PATH).status_code == 403
    assert post(other, f"{PATH}/old", do="verify").status_code == 403
    assert held(store, "old")[1].verified_by is None


def test_an_unknown_deed_or_entry_is_refused(cora, lines):
    assert post(cora, f"{PATH}/fresh", do="sell").status_code == 400
    assert post(cora, f"{PATH}/nobody", do="verify").status_code == 404
    assert cora.get(f"{PATH}/nobody").status_code == 404


def test_the_same_stands_in_the_api(cora, lines):
    answer = cora.get("/api/v1/resources?country=IE&find=old").json

    assert [each["id"] for each in answer["found"]] == ["old", "older"]
    assert [each["id"] for each in answer["waiting"]] == ["older", "old", SERVICE]
    assert (answer["limit"], answer["count"]) == (180, 3)
    one = cora.get(f"/api/v1/resources/{SERVICE}").json
    assert (one["state"], one["origin"], one["news"]) == ("unverified", "import", [])
    assert cora.get("/api/v1/resources/nobody").status_code == 404
