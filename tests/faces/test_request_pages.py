"""The coordinator's side: approvals, hours by name, certificates, checks, and tables to download."""

from __future__ import annotations

import csv
import io
import re

import pytest

from helpline import clock
from helpline.actions import asking, entering
from helpline.actions.asking import Shift
from helpline.faces import tables
from helpline.store import people
from helpline.store import requests as rows
from helpline.store.shifts import patterns
from tests.faces.test_coordinator_pages import enter, post
from tests.faces.test_volunteer_pages import DAY, _joins

PAGES = (
    "/coordinator/requests",
    "/coordinator/requests.csv",
    "/coordinator/hours",
    "/coordinator/hours.csv",
)


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def cora(client, store, cast, now):
    return enter(client, store, cast.cora, now)


@pytest.fixture
def time_off(store, cast, now):
    first = now.date() + 3 * DAY
    asking.ask_time_off(store, cast.leo, first, first, now=now)
    with store.reading() as tx:
        (row,) = rows.still_open(tx)
    return row.id


def test_only_coordinators_see_them(client, store, cast, now):
    enter(client, store, cast.sol, now)

    assert {client.get(path).status_code for path in PAGES} == {403}


def test_what_waits_stands_first_and_one_press_decides_it(cora, store, time_off):
    page = cora.get("/coordinator/requests").text
    assert "\u2068Leo\u2069 asks for time off: Sat 21 Nov 2026." in page

    answer = post(cora, "/coordinator/requests", do="approve", request=time_off)

    page = cora.get(answer.location).text
    assert "Approved. It stands in the plan now." in page
    assert "Nothing waits for you." in page
    with store.reading() as tx:
        assert rows.request(tx, time_off).state == "done"
    again = post(cora, "/coordinator/requests", do="refuse", request=time_off)
    assert again.status_code == 409
    assert "answered or taken back meanwhile" in again.text
    assert post(cora, "/coordinator/requests", do="rule", request=time_off).status_code == 400


def test_hours_stand_by_name_and_as_a_table(cora):
    page = cora.get("/coordinator/hours").text
    table = list(csv.reader(io.StringIO(cora.get("/coordinator/hours.csv").text.lstrip("\ufeff"))))

    assert re.findall(r'<th scope="row"><bdi>(\w+)', page) == ["Leo", "Lin", "Sol"]
    assert [row[0] for row in table] == ["Name", "Leo", "Lin", "Sol"]
    served = float(table[1][1])
    assert served > 14 * 20
    assert f"<td>{served:g}</td>" in page


def test_a_name_that_would_calculate_is_text_in_the_table(cora, store, cast):
    with store.transaction() as tx:
        leo = people.person(tx, cast.leo.id)
        leo.name = "=HYPERLINK(1)"
        tx.session.add(leo)

    answer = cora.get("/coordinator/hours.csv")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="hours.csv"'
    assert "\r\n'=HYPERLINK(1)," in answer.text


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "\nx", " =1", "\u00a0@x", "\uff1d1"]
)
def test_no_cell_is_a_formula(cell):
    assert tables.harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Ada", "a=1", "", "3-4", 4, -2.5])
def test_plain_cells_stay_as_they_are(cell):
    assert tables.harmless(cell) == cell


def test_a_certificate_for_anybody_on_the_list(cora, cast):
    page = cora.get(
        f"/coordinator/hours/{cast.lin.id}?first_date=2026-11-16&last_date=2026-11-16"
    ).text

    assert '<p class="who"><bdi>Lin</bdi></p>' in page
    assert "24 hours in 1 shift<" in page
    assert cora.get("/coordinator/hours/nobody").status_code == 404


def test_checks_are_kept_renewed_and_asked_of_everybody(cora, store, cast, now):
    path = f"/coordinator/people/{cast.leo.id}/checks"
    for until in ("2026-12-01", "2027-12-01"):
        answer = post(
            cora, path, do="keep", name="Police check", given_on="2026-11-18", valid_until=until
        )
        assert answer.status_code == 302
    post(cora, "/coordinator/people/checks", checks="Police check, first aid")
    post(cora, path, do="training", on="1")

    page = cora.get("/coordinator/people").text

    assert page.count("valid until Wed 1 Dec 2027") == 1
    assert 'value="police check, first aid"' in page
    assert "The training is over" in page
    wrong = post(cora, path, do="keep", name="x", given_on="2026-11-18", valid_until="2026-11-17")
    assert wrong.status_code == 400
    assert "The last day comes before the first one." in wrong.text
    check = re.search(r'name="check" value="([^"]+)"', page)[1]
    post(cora, path, do="drop", check=check)
    assert "valid until" not in cora.get("/coordinator/people").text


def test_a_volunteer_sees_their_checks_and_a_stranger_none_of_it(client, store, cast, now):
    ida = _joins(store, "ida", now)
    enter(client, store, cast.cora, now)
    post(
        client, f"/coordinator/people/{ida.id}/checks",
        do="keep", name="police", given_on="2026-11-18", valid_until="2027-06-01",
    )  # fmt: skip

    page = enter(client, store, ida, now).get("/shifts").text

    assert "<bdi>police</bdi> · valid until Tue 1 Jun 2027" in page
    assert client.get("/coordinator/people").status_code == 403


# -- as JSON ---------------------------------------------------------------------------------------


def test_tools_read_and_decide_the_same(client, store, cast, now, time_off):
    token = entering.make_token(store, "cora@example.org", now=now)
    api = {"headers": {"Authorization": f"Bearer {token}"}}

    (request,) = client.get("/api/v1/requests", **api).json["requests"]
    assert (request["id"], request["kind"], request["to_decide"]) == (time_off, "time_off", True)
    assert client.get("/api/v1/swaps", **api).json == {"swaps": []}
    day = now.date() + DAY
    with store.reading() as tx:
        pattern = next(each.id for each in patterns(tx) if each.weekday == day.weekday())
    cover = asking.ask_cover(store, cast.lin, Shift(pattern, day), now=now)
    (swap,) = client.get("/api/v1/swaps", **api).json["swaps"]
    assert (swap["id"], swap["kind"]) == (cover, "cover")
    assert client.post(f"/api/v1/requests/{time_off}/refuse", **api).json == {"state": "refused"}
    again = client.post(f"/api/v1/requests/{time_off}/approve", **api)
    assert (again.status_code, again.json["error"]["code"]) == (409, "stale")
    assert [each["name"] for each in client.get("/api/v1/hours", **api).json["people"]] == [
        "Leo", "Lin", "Sol",
    ]  # fmt: skip
    (first, *_) = client.get("/api/v1/availability", **api).json["availability"]
    assert (first["person"]["name"], first["hours"], first["free"]) == ("Leo", [], [])

    kept = client.post(
        f"/api/v1/people/{cast.leo.id}/checks",
        json={"name": "Police", "given_on": "2026-11-18", "valid_until": None},
        **api,
    )
    assert kept.status_code == 201
    assert client.post("/api/v1/checks", json={"checks": ["police"]}, **api).status_code == 200
    assert client.post("/api/v1/checks", json={"checks": "police"}, **api).status_code == 400
    shown = client.get("/api/v1/checks", **api).json
    assert shown["needed"] == ["police"]
    assert [each["name"] for each in shown["checks"][cast.leo.id]] == ["police"]
    assert client.delete(f"/api/v1/checks/{kept.json['check']}", **api).status_code == 200
