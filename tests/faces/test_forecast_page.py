"""What is expected, on the coordinator's page and as JSON, and how it becomes the need."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from helpline import clock
from helpline.actions import entering, planning
from helpline.domain import walltime
from helpline.store import shifts
from helpline.store.shift_tables import DemandHour
from tests.faces.test_coordinator_pages import CSRF, enter

PATH = "/coordinator/forecast"


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def cora(client, store, cast, now):
    return enter(client, store, cast.cora, now)


@pytest.fixture
def history(store, now):
    """Eight weeks: five chats an hour on Tuesdays from 20 to 22, else hardly any."""
    with store.transaction() as tx:
        tx.session.bulk_save_objects(
            [
                DemandHour(
                    hour_at=hour.starts_at, arrived=5 * busy, answered=5 * busy,
                    talk_minutes=200.0 * busy, open_minutes=60,
                )
                for hour in walltime.hours("Europe/Dublin", now - timedelta(weeks=8), now)
                for wall in [walltime.local("Europe/Dublin", hour.starts_at)]
                for busy in [wall.weekday() == 1 and wall.hour in (20, 21)]
            ]
        )  # fmt: skip


def post(client, **form):
    return client.post(PATH, data={"csrf_token": CSRF, **form})


def needs(store):
    with store.reading() as tx:
        return shifts.needs(tx)


def test_without_history_the_page_says_so(cora):
    page = cora.get(PATH).text

    assert "There is too little history yet: 0 weeks of the 4 that a forecast takes" in page
    assert "<table" not in page


def test_a_suggestion_has_its_reason_and_becomes_the_need(cora, store, cast, now, history):
    for weekday in range(7):
        planning.set_need(store, cast.cora, weekday, 0, 24, 2, 1, now=now)
    page = cora.get(PATH).text
    ((until, heads),) = re.findall(r"Tue 20–(\d\d): need 2, forecast (\d): 5 chats an hour", page)

    answer = post(
        cora, do="take_over", form="take-1", weekday="1", from_hour="20", to_hour=until,
        listeners=heads,
    )  # fmt: skip

    assert answer.status_code == 302
    with store.reading() as tx:
        tuesday = {each.from_hour: each for each in shifts.needs(tx) if each.weekday == 1}
    assert (tuesday[20].to_hour, tuesday[20].listeners) == (int(until), int(heads))
    assert {each.leads for each in tuesday.values()} == {1}
    assert {each.listeners for hour, each in tuesday.items() if hour != 20} == {2}
    assert "Tue 20–" not in cora.get(PATH).text


def test_every_hour_is_there_in_words(cora, history):
    page = cora.get(PATH).text

    assert page.count(" chats an hour; need ") == 168
    assert 'class="expects of-8"' in page
    assert "style=" not in page


def test_what_makes_no_sense_is_refused_on_the_page(cora, store):
    answer = post(cora, do="take_over", weekday="7", from_hour="20", to_hour="22", listeners="3")

    assert answer.status_code == 400
    assert needs(store) == []


def test_a_listener_may_not(client, store, cast, now):
    enter(client, store, cast.leo, now)

    assert client.get(PATH).status_code == 403
    answer = post(client, weekday="1", from_hour="20", to_hour="22", listeners="3")
    assert answer.status_code == 403


def test_it_is_there_as_json(client, store, cast, now, history):
    token = entering.make_token(store, "cora@example.org", now=now)

    answer = client.get("/api/v1/forecast", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200
    tuesday = answer.json["rows"][1]["hours"][20]
    assert tuesday["chats_an_hour"] == 5
    assert tuesday["need"] == 0
    assert tuesday["listeners"] > 3
    assert answer.json["suggestions"]


def test_the_week_map_shows_how_many_come(cora, history):
    page = cora.get("/coordinator").text

    assert "5 chats expected" in page
    assert 'class="expects of-8"' in page
    assert "The bar is how many chats are expected." in page


def test_without_history_the_week_map_says_nothing_of_it(cora):
    page = cora.get("/coordinator").text

    assert "chats expected" not in page
    assert "expects of" not in page
