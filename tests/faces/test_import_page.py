"""Importing HSDS by page: what it would change first, then that very file, all of it or nothing."""

from __future__ import annotations

import io
import json
import re

import pytest

from helpline import clock
from helpline.faces.coordinator import bringing
from helpline.store import entries, records
from tests.faces.test_coordinator_pages import CSRF, enter
from tests.hsds_data import SERVICE, lantern

PATH = "/coordinator/resources/import"


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def cora(client, store, cast, now):
    return enter(client, store, cast.cora, now)


def send(client, data, *, name="lantern.json", **given):
    sent = data if isinstance(data, bytes) else json.dumps(data).encode()
    form = {"csrf_token": CSRF, "origin": "partner", "file": (io.BytesIO(sent), name), **given}
    return client.post(PATH, data=form, content_type="multipart/form-data")


def shown(answer) -> str:
    """What the page remembers of what it has shown."""
    return re.search(r'name="shown" value="(.*?)"', answer.text)[1]


def held(store):
    with store.reading() as tx:
        return records.everything(tx)


def test_it_is_shown_first_and_the_same_file_again_is_brought_in(cora, store):
    first = send(cora, lantern())

    assert first.status_code == 200
    assert "added: service" in first.text
    assert "Nothing is changed yet." in first.text
    assert held(store) == {}

    again = send(cora, lantern(), shown=shown(first))

    assert again.status_code == 302
    assert "What is new waits to be verified." in cora.get(again.location).text
    assert ("service", SERVICE) in held(store)
    with store.reading() as tx:
        assert entries.shown_services(tx) == []


@pytest.mark.parametrize(
    "other", [{"data": lantern(name="Another")}, {"origin": "somebody"}, {"takes_away": "yes"}]
)
def test_what_was_not_shown_is_not_brought_in(cora, store, other):
    first = send(cora, lantern())

    again = send(cora, other.pop("data", lantern()), shown=shown(first), **other)

    assert again.status_code == 200
    assert "Nothing is changed yet." in again.text
    assert shown(again) not in ("", shown(first))
    assert held(store) == {}


def test_errors_stand_line_by_line_and_nothing_is_half_imported(cora, store):
    phone = {"id": "6c1f3b1e-0000-4000-8000-000000000001", "number": "0800 CALL"}
    wrong = [lantern(), {**lantern(id="6c1f3b1e-0000-4000-8000-000000000002"), "phones": [phone]}]

    for given in ({}, {"shown": "anything"}):
        answer = send(cora, {"contents": wrong}, **given)

        assert answer.status_code == 200
        assert "contents[1].phones[0]: number: &#39;0800 CALL&#39; is no number" in answer.text
        assert shown(answer) == ""
        assert held(store) == {}


def test_what_cannot_be_read_is_said(cora):
    assert "This file cannot be read as JSON." in send(cora, b"{").text
    assert "Please choose a file." in send(cora, b"").text
    ours = send(cora, lantern(), origin="here")
    assert (ours.status_code, "This source is ours." in ours.text) == (400, True)


def test_a_large_file_is_read_and_a_larger_one_is_not(cora, store, monkeypatch):
    large = lantern(description="x" * 500_000)
    assert "Nothing is changed yet." in send(cora, large).text
    with monkeypatch.context() as fewer:
        fewer.setattr(bringing, "RECORDS", 10)
        assert "The file holds too much" in send(cora, large).text

    too_large = send(cora, b"x" * (bringing.AT_MOST + 1))

    assert too_large.status_code == 413
    assert "The file is too large for this page." in too_large.text
    elsewhere = cora.post("/coordinator/resources", data={"csrf_token": CSRF, "x": "x" * 100_000})
    assert elsewhere.status_code == 413
    assert held(store) == {}


@pytest.mark.parametrize("who, status", [(None, 302), ("leo", 403), ("sol", 403)])
def test_nothing_of_it_is_read_from_who_may_not_send_it(client, store, cast, now, who, status):
    """Not even that it is too large is found out."""
    other = client if who is None else enter(client, store, getattr(cast, who), now)

    assert send(other, b"x" * (bringing.AT_MOST + 1)).status_code == status
    assert other.get(PATH).status_code == status


def test_without_the_token_of_the_form_nothing_is_done(cora, store):
    first = send(cora, lantern())

    assert send(cora, lantern(), shown=shown(first), csrf_token="").status_code == 400
    assert held(store) == {}
