"""Is it up, is it well, how much is going on: for machines, with no word of anybody."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text as sql

from helpline import clock
from helpline.actions import answering, calling, entering
from helpline.bootstrap import create_app
from helpline.domain.access import Who
from helpline.jobs import BESIDE, SWEEPS, Jobs, late
from helpline.settings import Settings
from helpline.store.tables import SweepRun
from helpline.store.transaction import Store
from tests import makers
from tests.cast import Cast, make_ready

PERIODS = {each.name: each.every_s for each in SWEEPS} | BESIDE
TOKEN = "a token for whoever reads the figures"


@pytest.fixture(autouse=True)
def time(now: datetime) -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(now) as frozen:
        yield frozen


@pytest.fixture
def well(store: Store, cast: Cast, now: datetime) -> None:
    """Every sweep has just ended well."""
    with store.transaction() as tx:
        for name in PERIODS:
            tx.session.merge(SweepRun(name=name, ok_at=now))


# -- up and well -----------------------------------------------------------------------------------


def test_a_process_that_runs_is_up_whatever_else_is_not(client: FlaskClient, store: Store):
    with store.transaction() as tx:
        tx.session.execute(sql("DROP TABLE sweep_runs"))

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json == {"ok": True}


def test_a_line_whose_sweeps_run_is_ready(client: FlaskClient, well: None):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json == {"ok": True, "unwell": [], "weakened": [], "canary": None}


@pytest.mark.parametrize("name", PERIODS)
def test_a_sweep_that_is_late_is_named(client: FlaskClient, store: Store, well, name: str, now):
    long_ago = now - max(timedelta(seconds=31), timedelta(seconds=3 * PERIODS[name] + 1))
    with store.transaction() as tx:
        tx.session.merge(SweepRun(name=name, ok_at=long_ago))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json == {"ok": False, "unwell": [f"sweep:{name}"], "weakened": [], "canary": None}


def test_a_pager_that_delivers_is_not_late_and_one_that_fails_is(store: Store, well, now, time):
    jobs = Jobs(store)
    jobs._turn.look()

    time.tick(timedelta(minutes=1))
    jobs._run_beside("pager", lambda: None)
    assert "sweep:pager" not in late(store, clock.now())

    time.tick(timedelta(minutes=1))
    with pytest.raises(ZeroDivisionError):  # as a mail server that is away
        jobs._run_beside("pager", lambda: 1 // 0)
    assert "sweep:pager" in late(store, clock.now())


def test_a_sweep_that_never_ran_is_named_too(client: FlaskClient, store: Store, well: None):
    with store.transaction() as tx:
        tx.session.execute(sql("DELETE FROM sweep_runs WHERE name = 'routing'"))

    assert client.get("/readyz").json["unwell"] == ["sweep:routing"]


def test_a_line_that_stood_still_is_unwell_by_itself(client: FlaskClient, well: None, time):
    time.tick(timedelta(minutes=20))

    assert set(client.get("/readyz").json["unwell"]) == {f"sweep:{each}" for each in PERIODS}


def test_keys_that_cannot_be_read_are_named(client: FlaskClient, settings: Settings, well: None):
    shutil.rmtree(settings.key_dir)
    settings.key_dir.write_text("no directory any more")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json["unwell"] == ["keys"]


def test_a_database_that_does_not_answer_is_named(client: FlaskClient, store: Store, well: None):
    with store.transaction() as tx:
        tx.session.execute(sql("DROP TABLE sweep_runs"))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json["unwell"] == ["database"]


@pytest.mark.parametrize("skew", [timedelta(seconds=2), timedelta(seconds=-2)])
def test_a_clock_that_is_off_is_named(client: FlaskClient, well: None, skew, monkeypatch):
    monkeypatch.setattr(clock, "_offset", skew)

    assert "clock" in client.get("/readyz").json["unwell"]


def test_a_second_reader_that_cannot_be_used_is_named_and_keeps_nobody_away(
    client: FlaskClient, store: Store, well: None
):
    store.packs = [replace(pack, unread="broken") for pack in store.packs[:1]]

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json == {"ok": True, "unwell": [], "weakened": ["likeness:de"], "canary": None}


def test_what_is_unwell_is_named_and_not_described(client: FlaskClient, settings, well: None):
    shutil.rmtree(settings.key_dir)
    settings.key_dir.write_text("no directory any more")

    told = client.get("/readyz").text

    assert str(settings.key_dir) not in told
    assert "Error" not in told


# -- figures ---------------------------------------------------------------------------------------


def test_the_figures_count_and_name_nobody(
    client: FlaskClient, store: Store, cast: Cast, now: datetime
):
    make_ready(store, cast.leo, now=now)
    makers.open_chat(store, "hello", now=now)
    critical = makers.open_chat(store, "I took all my pills", now=now)
    taken = makers.take_next(store, cast.leo, now=now)

    page = client.get("/metrics")

    figures = {each.name: each.samples for each in text_string_to_metric_families(page.text)}
    waiting = {each.labels["level"]: each.value for each in figures["helpline_waiting"]}
    assert taken == critical.chat_id
    assert waiting == {"routine": 1, "elevated": 0, "high": 0, "critical": 0}
    assert figures["helpline_active_chats"][0].value == 1
    assert figures["helpline_listeners_ready"][0].value == 1
    labels = {name for samples in figures.values() for each in samples for name in each.labels}
    assert labels <= {"level"}
    named = [cast.leo.id, cast.leo.name, cast.sol.id, taken, "pills", "hello", "example.org"]
    assert not [word for word in named if re.search(rf"\b{re.escape(word)}\b", page.text)]


def test_who_is_asked_to_help_and_who_comes_is_counted(client, store, cast, now):
    made = [
        entering.add_person(
            store, email=f"{name}@example.org", name=name, roles=["listener"], languages=["en"],
            skills=[], seats=1, password=None, now=now,
        )
        for name in ("ida", "ian")
    ]  # fmt: skip
    for each in made:
        who = Who(each.id, each.name, frozenset(each.roles))
        answering.choose_when(store, who, "any_time", now=now)
    call_out = calling.start(store, cast.cora, now=now)
    answering.answer(store, who, call_out, comes=True, here=False, now=now)

    assert "helpline_asked_to_help 2.0" in client.get("/metrics").text
    assert "helpline_came_to_help 1.0" in client.get("/metrics").text
    calling.end(store, cast.cora, call_out, now=now)
    assert "helpline_asked_to_help 0.0" in client.get("/metrics").text


def test_the_oldest_wait_is_that_of_whoever_waits_longest(client, store, cast, now, time):
    make_ready(store, cast.leo, now=now)
    makers.open_chat(store, "hello", now=now)
    time.tick(90)
    makers.open_chat(store, "I want to die", now=now + timedelta(seconds=90))

    page = client.get("/metrics").text

    assert "helpline_oldest_wait_seconds 90.0" in page


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_this_machine_may_read_the_figures(client: FlaskClient, address: str):
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": address}).status_code == 200


@pytest.mark.parametrize(
    "address, headers",
    [
        ("203.0.113.7", {}),
        ("10.0.0.1", {}),
        ("", {}),
        ("not an address", {}),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("203.0.113.7", {"X-Forwarded-For": "127.0.0.1"}),
        ("203.0.113.7", {"Authorization": "Bearer "}),
        ("203.0.113.7", {"Authorization": "Bearer guess"}),
        ("203.0.113.7", {"Authorization": "Bearer \u00e9"}),
    ],
)
def test_nobody_else_may_without_the_token(client: FlaskClient, address: str, headers: dict):
    answer = client.get("/metrics", environ_base={"REMOTE_ADDR": address}, headers=headers)

    assert answer.status_code == 404
    assert "helpline_" not in answer.text


def test_a_bearer_of_the_token_may_read_them_from_anywhere(store: Store, cast, settings: Settings):
    app: Flask = create_app(replace(settings, metrics_token=TOKEN), store)
    away = {"REMOTE_ADDR": "203.0.113.7"}
    asking = app.test_client()

    right = asking.get("/metrics", environ_base=away, headers={"Authorization": f"Bearer {TOKEN}"})
    wrong = asking.get("/metrics", environ_base=away, headers={"Authorization": f"Bearer {TOKEN}x"})

    assert right.status_code == 200
    assert wrong.status_code == 404


def test_the_token_is_not_taken_from_an_address(store: Store, cast: Cast, settings: Settings):
    asking = create_app(replace(settings, metrics_token=TOKEN), store).test_client()

    answer = asking.get(f"/metrics?token={TOKEN}", environ_base={"REMOTE_ADDR": "203.0.113.7"})

    assert answer.status_code == 404
