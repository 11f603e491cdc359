"""Planning as JSON: what it answers, what it refuses, and that its description is whole."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline import clock
from helpline.actions import entering
from helpline.faces.api import openapi
from helpline.store import sessions

API = "/api/v1"
PATTERN = {
    "title": "Late",
    "weekday": 4,
    "starts": "18:00",
    "ends": "21:00",
    "first_date": "2026-11-18",
}


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def cora(store, cast, now):
    token = entering.make_token(store, "cora@example.org", now=now)
    return {"Authorization": f"Bearer {token}"}


def test_every_route_is_described_and_nothing_else(app):
    routes = {
        (
            str(rule).removeprefix(API).replace("<", "{").replace(">", "}"),
            method.lower(),
        )
        for rule in app.url_map.iter_rules()
        if str(rule).startswith(API)
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, each in openapi.PATHS.items() for method in each}

    assert routes == described


def test_the_description_is_there_for_everybody(client):
    answer = client.get(f"{API}/openapi.json")

    assert answer.status_code == 200
    assert answer.json["openapi"] == "3.0.3"


def test_every_other_route_asks_who_is_there(app, client):
    for path, operations in openapi.PATHS.items():
        for method in operations:
            if path == "/openapi.json":
                continue
            answer = client.open(API + path.replace("{", "").replace("}", ""), method=method)

            assert answer.status_code == 401, path
            assert answer.json["error"]["code"] == "not_signed_in"


@pytest.mark.parametrize("authorization", ["Bearer nonsense", "Basic Y29yYTpw", "Bearer ", "x"])
def test_a_token_that_is_none_is_refused(client, authorization):
    answer = client.get(f"{API}/shifts", headers={"Authorization": authorization})

    assert answer.status_code == 401


def test_a_token_from_a_foreign_page_is_refused(client, cora):
    answer = client.get(f"{API}/shifts", headers=cora | {"Origin": "https://elsewhere.example"})

    assert answer.status_code == 401


def test_a_listeners_token_is_not_allowed(client, store, cast, now):
    token = entering.make_token(store, "leo@example.org", now=now)

    answer = client.get(f"{API}/shifts", headers={"Authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.json["error"]["code"]) == (403, "not_allowed")


def test_a_cookie_needs_the_csrf_header_to_change_anything(client, store, cast, now):
    with store.transaction() as tx:
        secret = sessions.begin(tx, cast.cora.id, "cookie", now, timedelta(hours=1))
    with client.session_transaction() as kept:
        kept.update({"_user_id": secret, "_fresh": True, "csrf": "the-token"})

    without = client.post(f"{API}/patterns", json=PATTERN)
    wrong = client.post(f"{API}/patterns", json=PATTERN, headers={"X-CSRF-Token": "another"})
    right = client.post(f"{API}/patterns", json=PATTERN, headers={"X-CSRF-Token": "the-token"})

    assert (without.status_code, wrong.status_code, right.status_code) == (400, 400, 201)
    assert without.json["error"]["field"] == "X-CSRF-Token"
    assert client.get(f"{API}/patterns").status_code == 200


def test_a_week_is_planned_from_end_to_end(client, store, cast, cora):
    def call(method, path, **body):
        answer = client.open(f"{API}{path}", method=method, headers=cora, json=body or None)
        assert answer.status_code < 300, answer.json
        return answer.json

    pattern = call("POST", "/patterns", **PATTERN)["pattern"]
    booking = call(
        "POST", f"/patterns/{pattern}/bookings",
        person_id=cast.lin.id, role="listener", first_date="2026-11-18",
    )["booking"]  # fmt: skip
    change = call(
        "POST", f"/patterns/{pattern}/changes",
        on_date="2026-11-20", kind="add", person_id=cast.sol.id, role="lead",
    )["change"]  # fmt: skip
    call("POST", "/needs", weekday=4, from_hour=18, to_hour=21, listeners=9)

    window = "?from=2026-11-20T12:00:00Z&to=2026-11-20T23:00:00%2B00:00"
    late = [each for each in call("GET", f"/shifts{window}")["shifts"] if each["title"] == "Late"]
    assert late[0]["starts_at"] == "2026-11-20T18:00:00.000Z"
    assert [each["name"] for each in late[0]["people"]] == ["Lin", "Sol"]
    (gap,) = call("GET", f"/gaps{window}")["gaps"]
    assert gap["need"] == {"listeners": 9, "leads": 0, "minors": 0, "languages": []}
    assert len(call("GET", f"/patterns/{pattern}")["bookings"]) == 1

    call("DELETE", f"/changes/{change}")
    call("POST", f"/bookings/{booking}/end")
    (need,) = call("GET", "/needs")["needs"]
    call("DELETE", f"/needs/{need['id']}")
    again = call(
        "POST", f"/patterns/{pattern}/change",
        from_date="2026-11-19", title="Later", weekday=4, starts="19:00", ends="22:00",
    )["pattern"]  # fmt: skip
    call("POST", f"/patterns/{again}/end", last_date="2026-11-18")

    assert not [each for each in call("GET", "/patterns")["patterns"] if each["title"] == "Later"]
    assert {each["name"] for each in call("GET", "/people")["people"]} >= {"Leo", "Lin", "Sol"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-11-20T12:00:00", "from"),
        ("to=2026-11-20T12:00:00", "to"),
        ("from=2026-11-20", "from"),
        ("from=yesterday", "from"),
        ("from=2026-11-20T12:00:00Z&to=2026-11-20T12:00:00Z", "to"),
        ("from=2026-11-20T12:00:00Z&to=2027-11-20T12:00:00Z", "to"),
        ("from=9999-12-31T23:59:59Z", "from"),
        ("from=0001-01-01T00:00:00%2B14:00", "from"),
    ],
)
def test_a_window_without_its_offset_or_out_of_reach_is_refused(client, cora, query, field):
    answer = client.get(f"{API}/shifts?{query}", headers=cora)

    assert answer.status_code == 400
    assert set(answer.json["error"]) == {"code", "message", "field"}
    assert (answer.json["error"]["code"], answer.json["error"]["field"]) == ("bad_request", field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"weekday": "monday"}, "weekday"),
        ({"weekday": True}, "weekday"),
        ({"weekday": 1.5}, "weekday"),
        ({"starts": "18:00:00"}, "starts"),
        ({"starts": "18:00+01:00"}, "starts"),
        ({"ends": None}, "ends"),
        ({"first_date": "2026-11-18T00:00:00Z"}, "first_date"),
        ({"first_date": "20261118"}, "first_date"),
        ({"first_date": 20261118}, "first_date"),
        ({"title": ["Late"]}, "title"),
        ({"title": {}}, "title"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(client, cora, change, field):
    answer = client.post(f"{API}/patterns", headers=cora, json=PATTERN | change)

    assert answer.status_code == 400
    assert answer.json["error"]["field"] == field


@pytest.mark.parametrize("body", [b"[1]", b"{", b"null", b'"x"', b"\xff", b"[" * 50_000])
def test_a_body_that_is_no_object_is_a_bad_request(client, cora, body):
    answer = client.post(
        f"{API}/patterns", headers=cora, data=body, content_type="application/json"
    )

    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "bad_request"


def test_what_is_not_there_is_not_found(client, cora):
    for method, path in (
        ("GET", "/patterns/none"),
        ("POST", "/bookings/none/end"),
        ("DELETE", "/changes/none"),
        ("DELETE", "/needs/none"),
    ):
        answer = client.open(f"{API}{path}", method=method, headers=cora)

        assert (answer.status_code, answer.json["error"]["code"]) == (404, "not_found")
