"""Everybody's own mailbox, and how they are reached: by plain forms."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline import clock
from helpline.store import channels, notices, people
from tests.faces.test_coordinator_pages import enter, post


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


def test_a_stranger_is_sent_to_the_door(client):
    assert "/sign-in" in client.get("/notices").location


def test_one_sees_what_one_was_told_and_nothing_of_others(client, store, cast, now):
    with store.transaction() as tx:
        for who, number in ((cast.leo, 71), (cast.lin, 82)):
            about = {"number": number}
            notices.add(
                tx, key=who.id, person_id=who.id, kind="digest", detail=about,
                due_at=now, valid_until=now + timedelta(days=1), now=now,
            )  # fmt: skip
            (row,) = (each for each in notices.due(tx, now) if each.person_id == who.id)
            notices.sent(tx, row.id, "mailbox", now)

    page = enter(client, store, cast.leo, now).get("/notices").text

    assert "missing in 71 shifts" in page
    assert "82" not in page


def test_one_chooses_ones_way_and_quiet_hours_and_a_bad_one_keeps_what_was_typed(
    client, store, cast, now
):
    enter(client, store, cast.leo, now)

    kept = post(client, "/notices", do="channel", channel="mail", address="leo@home.example")
    quiet = post(client, "/notices", do="quiet", quiet_from="22:00", quiet_until="07:30")
    wrong = post(client, "/notices", do="channel", channel="sms", address="nothing")

    assert (kept.status_code, quiet.status_code, wrong.status_code) == (302, 302, 400)
    assert 'value="nothing"' in wrong.text
    with store.reading() as tx:
        leo = people.person(tx, cast.leo.id)
        assert channels.of(tx, leo) == "mail:leo@home.example"
        assert (leo.quiet_from, leo.quiet_until) == ("22:00", "07:30")


def test_a_coordinator_sets_how_somebody_is_reached_and_does_not_see_the_address(
    client, store, cast, now
):
    enter(client, store, cast.cora, now)

    post(client, f"/coordinator/people/{cast.leo.id}/channel", channel="push", address="leos-phone")

    with store.reading() as tx:
        assert channels.of(tx, people.person(tx, cast.leo.id)) == "push:leos-phone"
    assert "leos-phone" not in client.get("/coordinator/people").text
