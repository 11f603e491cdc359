"""Rotations, changes over days, special days and needs of dates: by plain forms, and as JSON."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest

from helpline import clock
from helpline.actions import entering, planning
from helpline.boards import days as board
from helpline.domain import shifts
from helpline.store import sessions
from helpline.store import shifts as rota

API = "/api/v1"
CSRF = "the-token-of-this-session"
FRIDAY = date(2026, 11, 20)
WEEK = timedelta(weeks=1)


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def cora(client, store, cast, now):
    """Signed in without the door: the session as the door would have made it."""
    with store.transaction() as tx:
        secret = sessions.begin(tx, cast.cora.id, "cookie", now, timedelta(hours=1))
    with client.session_transaction() as kept:
        kept.update({"_user_id": secret, "_fresh": True, "csrf": CSRF})
    return client


@pytest.fixture
def late(store, cast, now):
    return planning.add_pattern(
        store, cast.cora, "Late", 4, time(18), time(21), now.date(), now=now
    )  # fmt: skip


def post(client, path, do, form="x", **fields):
    return client.post(path, data={"csrf_token": CSRF, "do": do, "form": form, **fields})


def serve(store, pattern_id, day):
    with store.reading() as tx:
        plan = rota.plan(tx)
    pattern = next(each for each in plan.patterns if each.id == pattern_id)
    people = shifts.who_serves(plan, pattern, day)
    return None if people is None else {each.person_id for each in people}


def test_days_are_kept_by_forms(cora, store, cast, late, now):
    page = "/coordinator/days"
    leo, lin = cast.leo.id, cast.lin.id
    planning.book(store, cast.cora, late, leo, "listener", now.date(), now=now)
    for do, fields in (
        ("override", {"kind": "replace", "person_id": lin, "in_place_of": leo, "pattern": late,
                      "on_date": "2026-11-20", "until_date": "2026-11-27"}),
        ("override", {"kind": "remove", "person_id": lin, "pattern": "",
                      "on_date": "2026-11-27", "until_date": "2026-12-31"}),
        ("declare_day", {"on_date": "2026-12-04", "name": "<b>Party</b>", "kind": "closed"}),
        ("keep_holidays_of", {"country": "DE", "region": "BY"}),
        ("set_date_need", {"on_date": "2026-12-24", "from_hour": "18", "to_hour": "24",
                           "listeners": "5", "leads": "1", "minors": "1", "languages": "es, en",
                           "why": "Christmas Eve"}),
    ):  # fmt: skip
        answer = post(cora, page, do, **fields)
        assert answer.status_code == 302, (do, answer.text)

    shown = cora.get(page).text
    assert "Lin serves in place of Leo from Fri 20 Nov 2026 until Fri 27 Nov 2026" in shown
    assert "Lin is off from Fri 27 Nov 2026 until Thu 31 Dec 2026" in shown
    assert "&lt;b&gt;Party" in shown
    assert "All Saints" in shown  # a Bavarian holiday
    assert "5 listeners, 1 lead, 1 trained for minors, English, Spanish" in shown
    served = [serve(store, late, FRIDAY + week * WEEK) for week in range(4)]
    assert served == [{lin}, set(), None, {leo}]
    assert "Party" in cora.get(f"/coordinator/shifts/{late}").text

    for do, field in (("withdraw_day", "on_date"), ("remove_date_need", "need")):
        value = re.search(
            rf'value="{do}">\s*<input type="hidden" name="{field}" value="([^"]+)"', shown
        )
        assert post(cora, page, do, **{field: value.group(1)}).status_code == 302
    for change in re.findall(r'name="change" value="([^"]+)"', shown):
        post(cora, page, "lift_override", change=change)
    shown = cora.get(page).text
    assert "Party" not in shown
    assert "Christmas Eve" not in shown
    assert "Lin is off" not in shown
    assert serve(store, late, FRIDAY) == {leo}


@pytest.mark.parametrize(
    ("do", "fields", "field"),
    [
        ("override", {"kind": "add", "on_date": "2026-11-20"}, "pattern"),
        ("override", {"kind": "remove", "on_date": "2026-11-20", "until_date": "2026-11-19"}, "until_date"),
        ("override", {"kind": "replace", "on_date": "2026-11-20"}, "in_place_of"),
        ("declare_day", {"on_date": "2026-11-01", "name": "Past", "kind": "closed"}, "on_date"),
        ("keep_holidays_of", {"country": "IE", "region": "BY"}, "region"),
        ("set_date_need", {"on_date": "2026-11-20", "from_hour": "9", "to_hour": "9", "listeners": "1"}, "to_hour"),
        ("set_date_need", {"on_date": "2026-11-20", "from_hour": "9", "to_hour": "10", "listeners": "1", "languages": "?"}, "languages"),
    ],
)  # fmt: skip
def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(cora, cast, do, fields, field):
    form = {"override": "off", "declare_day": "day", "keep_holidays_of": "calendar"}.get(do, "date")

    answer = post(cora, "/coordinator/days", do, form, person_id=cast.leo.id, **fields)

    assert answer.status_code == 400
    assert f'id="{form}-{field}-error"' in answer.text
    given = next(value for name, value in fields.items() if name != field)
    assert f'value="{given}"' in answer.text


def test_people_take_turns_by_a_form(cora, store, cast, late):
    page = f"/coordinator/shifts/{late}"
    turns = {f"turn-{cast.leo.id}": "2", f"turn-{cast.lin.id}": "1", f"turn-{cast.sol.id}": "2"}

    refused = post(cora, page, "rotate", "rotate", first_date="2026-11-18")
    answer = post(cora, page, "rotate", "rotate", first_date="2026-11-18", shifts_each="1", **turns)

    assert (refused.status_code, answer.status_code) == (400, 302)
    assert "Say who takes turns" in refused.text
    assert [serve(store, late, FRIDAY + week * WEEK) for week in range(3)] == [
        {cast.lin.id}, {cast.leo.id, cast.sol.id}, {cast.lin.id},
    ]  # fmt: skip
    shown = cora.get(page).text
    rotation = re.search(r'name="rotation" value="([^"]+)"', shown).group(1)
    assert "Each serves 1 shift, then the next." in shown
    assert "in turns" in cora.get("/coordinator/shifts").text

    post(cora, page, "end_rotation", rotation=rotation, last_date="2026-11-20")

    assert serve(store, late, FRIDAY + WEEK) == set()


def test_a_pattern_of_the_month_is_planned_by_a_form(cora, store, cast, now):
    form = {
        "title": "Meeting", "weekday": "2", "starts": "18:00", "ends": "20:00", "every_weeks": "1",
        "first_date": "2026-11-18",
    }  # fmt: skip
    odd = post(cora, "/coordinator/shifts", "add_pattern", "add", nth="5", **form)
    made = post(
        cora, "/coordinator/shifts", "add_pattern", "add", nth="-1", off_on_holidays="1", **form
    )  # fmt: skip

    assert (odd.status_code, made.status_code) == (400, 302)
    assert "the last of each month, not on holidays" in cora.get(made.location).text


@pytest.mark.parametrize("value", ["\x00", "\ud800", "<script>alert(1)</script>", "9" * 400])
def test_odd_input_is_answered_and_never_a_500(cora, cast, late, value):
    fields = (
        "kind", "person_id", "in_place_of", "pattern", "on_date", "until_date", "role", "change",
        "name", "country", "region", "from_hour", "to_hour", "listeners", "leads", "minors", "why",
        "languages", "need", "rotation", "shifts_each", "first_date", "turn-x",
    )  # fmt: skip
    odd = dict.fromkeys(fields, value.encode("utf-8", "surrogatepass"))
    for do in (
        "override", "lift_override", "declare_day", "withdraw_day", "keep_holidays_of",
        "set_date_need", "remove_date_need",
    ):  # fmt: skip
        answer = post(cora, "/coordinator/days", do, do, **odd)
        assert 400 <= answer.status_code < 500, do
        assert "<script>alert" not in answer.text
    for do in ("rotate", "end_rotation"):
        assert 400 <= post(cora, f"/coordinator/shifts/{late}", do, **odd).status_code < 500
    assert post(cora, "/coordinator/days", "nothing").status_code == 400


def test_all_of_it_as_json(client, store, cast, late, now):
    token = entering.make_token(store, "cora@example.org", now=now)

    def call(method, path, **body):
        answer = client.open(
            API + path,
            method=method,
            headers={"Authorization": f"Bearer {token}"},
            json=body or None,
        )
        assert answer.status_code < 300, answer.json
        return answer.json

    leo, lin = cast.leo.id, cast.lin.id
    rotation = call(
        "POST", "/rotations", pattern=late, groups=[[leo], [lin]], first_date="2026-11-18"
    )["rotation"]  # fmt: skip
    change = call(
        "POST", "/overrides",
        kind="remove", person_id=leo, on_date="2026-11-20", until_date="2026-11-22",
    )["change"]  # fmt: skip
    call("POST", "/needs", weekday=4, from_hour=18, to_hour=21, listeners=3, languages=["fr"])
    call("POST", "/needs/dates", on_date="2026-11-27", from_hour=18, to_hour=21, listeners=0)
    call("POST", "/special-days", on_date="2026-12-04", name="Party", kind="closed")
    call("POST", "/special-days/calendar", country="DE", region="BY")

    (shown,) = call("GET", "/rotations")["rotations"]
    assert [[each["name"] for each in group] for group in shown["groups"]] == [["Leo"], ["Lin"]]
    (off,) = call("GET", "/overrides")["overrides"]
    assert (off["pattern"], off["until"]) == (None, "2026-11-22")
    needs = call("GET", "/needs")
    assert (needs["needs"][0]["languages"], needs["dates"][0]["listeners"]) == (["fr"], 0)
    special = call("GET", "/special-days")
    assert (special["country"], special["region"]) == ("DE", "BY")
    assert [each["name"] for each in special["special_days"] if each["own"]] == ["Party"]
    gaps = call("GET", "/gaps?from=2026-11-20T00:00:00Z&to=2026-12-06T00:00:00Z")["gaps"]
    assert [each["says"] for each in gaps] == [
        "Fri 20 Nov 18–21: one of three, nobody speaks French"
    ]
    assert gaps[0]["missing"]["languages"] == ["fr"]
    monthly = call(
        "POST", "/patterns", title="Monthly", weekday=1, starts="18:00", ends="20:00",
        first_date="2026-11-18", nth=-1, off_on_holidays=True,
    )["pattern"]  # fmt: skip
    assert call("GET", f"/patterns/{monthly}")["pattern"]["nth"] == -1

    call("DELETE", f"/overrides/{change}")
    call("POST", f"/rotations/{rotation}/end")
    call("DELETE", "/special-days/2026-12-04")
    call("DELETE", f"/needs/dates/{needs['dates'][0]['id']}")
    left = board.days_board(store, cast.cora, now)
    assert (left["changes"], left["date_needs"]) == ([], [])
    assert call("GET", "/rotations") == {"rotations": []}
