"""When the house itself is broken, a visitor still gets a page that says where help is."""

from __future__ import annotations

import pytest


class TheDiskIsGone(Exception):
    pass


@pytest.fixture
def broken_store(store, monkeypatch):
    def fail(*_: object) -> None:
        raise TheDiskIsGone

    monkeypatch.setattr(type(store), "reading", fail)
    monkeypatch.setattr(type(store), "transaction", fail)


@pytest.mark.parametrize("path", ["/", "/widget", "/chat/unknown", "/nowhere"])
def test_a_visitor_sees_where_help_is(client, broken_store, path):
    answer = client.get(path)

    assert answer.status_code in (404, 503)
    assert "Call your emergency number now if" in answer.text
    assert "TheDiskIsGone" not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_what_was_written_is_not_claimed_to_be_sent(client, broken_store):
    answer = client.post("/open", data={"text": "hello", "client_id": "a-1"})

    assert answer.status_code == 503
    assert "Something went wrong here" in answer.text
