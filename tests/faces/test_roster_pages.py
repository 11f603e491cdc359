"""Suggested rosters on the coordinator's pages and as JSON."""

from __future__ import annotations

import json
from datetime import time

import pytest

from helpline import clock, solving
from helpline.actions import entering, planning, proposing
from helpline.domain.access import Role
from helpline.store import proposals
from tests.faces.test_coordinator_pages import CSRF, enter

PATH = "/coordinator/rosters"
FRIDAY = "2026-11-20"


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def cora(client, store, cast, now):
    return enter(client, store, cast.cora, now)


@pytest.fixture
def late(store, cast, now):
    """A shift that lacks two listeners and a lead; only Ada could come."""
    entering.add_person(
        store, email="ada@example.org", name="Ada <i>", roles=[str(Role.LISTENER)],
        languages=["en"], skills=["mentor"], seats=2, password=None, now=now,
    )  # fmt: skip
    planning.set_need(store, cast.cora, 4, 18, 22, 4, 2, now=now)
    return planning.add_pattern(
        store, cast.cora, "Late", 4, time(18), time(22), now.date(), now=now
    )


def post(client, path=PATH, **form):
    return client.post(path, data={"csrf_token": CSRF, **form})


def ask(client, **form):
    answer = post(client, **{"first_date": FRIDAY, "weeks": "1", "may_move": "0"} | form)
    assert answer.status_code == 302
    return answer.location.partition("?")[0]


def thought_out(store, now):
    proposal_id, question = proposing.begin_next(store, now=now)
    lines = []
    solving.answer(question, 0, 1, lines.append)
    proposing.end(store, proposal_id, json.loads(lines[-1]), now=now)


def test_a_roster_is_asked_for_read_and_published(cora, store, now, late):
    path = ask(cora)
    waits = cora.get(path).text
    assert "asked for" in waits
    assert "Stop and drop it" in waits
    assert "roster.js" in waits
    assert "A roster is being thought out" in cora.get(PATH).text

    thought_out(store, now)
    page = cora.get(path).text
    assert "1 shift changes" in page
    assert "Fri 20 Nov, 18:00–22:00" in page
    assert "Ada &lt;i&gt; comes" in page
    assert "Fri 20 Nov, 18:00–22:00: 1 listener missing, 1 lead missing" in page
    assert "all who could serve then already: 4" in page
    assert "roster.js" not in page

    answer = post(cora, path, do="publish")
    assert answer.status_code == 302
    assert "The roster is published" in cora.get(answer.location).text
    assert "Ada &lt;i&gt;" in cora.get(f"/coordinator/shifts/{late}").text


def test_a_refusal_stands_on_the_page(cora, store, cast, now, late):
    path = ask(cora)
    thought_out(store, now)
    planning.end_pattern(store, cast.cora, late, now.date(), now=now)

    answer = post(cora, path, do="publish")

    assert answer.status_code == 400
    assert "Nothing was published." in answer.text


def test_it_can_be_dropped_and_asked_for_again(cora, late):
    path = ask(cora)
    assert post(cora, first_date=FRIDAY, weeks="1").status_code == 400  # one at a time

    assert post(cora, path, do="drop").status_code == 302

    assert "dropped" in cora.get(path).text
    ask(cora)


def test_one_that_failed_says_so(cora, store, now, late):
    path = ask(cora)
    with store.reading() as tx:
        (row,) = proposals.latest(tx, 1)
    proposing.fail(store, row.id, "lost", now=now)

    assert "The server stopped while it was thought out." in cora.get(path).text
    assert "Publish all of it" not in cora.get(path).text


def test_while_it_is_thought_out_the_page_says_how_far(cora, store, now, late):
    path = ask(cora)
    proposal_id, _ = proposing.begin_next(store, now=now)
    progress = {
        "method": "solver",
        "cost": 200,
        "bound": 150,
        "coverage": 0.5,
        "coverage_now": 0.25,
    }
    proposing.beat(store, proposal_id, progress, now=now)

    page = cora.get(path).text

    assert "50% of the need is met, now 25%." in page
    assert "At most 25% could still be gained." in page
    assert "Best so far costs 200. None can cost less than 150." in page


@pytest.mark.parametrize("form", [{"weeks": "9"}, {"weeks": "x"}, {"first_date": "never"}])
def test_what_cannot_be_asked_is_refused_beside_its_field(cora, form):
    answer = post(cora, form="ask", **{"first_date": FRIDAY, "weeks": "1"} | form)

    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text


def test_a_listener_may_not(client, store, cast, now):
    enter(client, store, cast.leo, now)

    assert client.get(PATH).status_code == 403
    assert post(client, first_date=FRIDAY, weeks="1").status_code == 403


def test_an_unknown_one_is_not_found(cora):
    assert cora.get(f"{PATH}/none").status_code == 404


def test_the_same_as_json(client, store, cast, now, late):
    token = entering.make_token(store, "cora@example.org", now=now)

    def call(method, path="", **body):
        return client.open(
            f"/api/v1/roster{path}", method=method,
            headers={"Authorization": f"Bearer {token}"}, json=body or None,
        )  # fmt: skip

    asked = call("POST", first_date=FRIDAY)
    assert asked.status_code == 202
    made = asked.json["roster"]
    assert call("POST", f"/{made}/publish").status_code == 400
    thought_out(store, now)

    found = call("GET", f"/{made}").json
    assert found["state"] == "ready"
    assert found["shifts"][0]["added"][0]["name"] == "Ada <i>"
    assert found["unfilled"][0]["why"] == [["all_serve", 4]]
    assert call("POST", f"/{made}/publish").json == {"changes": 1}
    assert call("POST", f"/{made}/drop").status_code == 400
    assert call("GET").json["proposals"][0]["state"] == "published"
