"""The page of the ladder: what is short and why, who is on it, who came, who was told what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpline import clock
from helpline.actions import answering, entering, laddering, planning, reminding, shifting
from helpline.store.shift_tables import Notice, Rung
from tests.faces.test_coordinator_pages import enter, post

PATH = "/coordinator/coverage"


@pytest.fixture
def short(store, cast, now, monkeypatch):
    """Tonight from 21:00 four are needed and two are booked; nobody but Leo is there."""
    later = now + timedelta(minutes=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    answering.choose_when(store, cast.leo, "any_time", now=now)
    planning.set_need(store, cast.cora, now.weekday(), 21, 24, 4, now=now)
    for sweep in (shifting.look, reminding.look, laddering.look):
        sweep(store, now=later)
    return later


def test_it_says_what_is_short_and_what_was_done_and_who_came(client, store, cast, now, short):
    page = enter(client, store, cast.cora, now).get(PATH).text

    assert ": two of four" in page
    assert "the lead paged" in page
    assert "not seen yet" in page


def test_i_am_on_it_holds_the_ladder_and_says_who(client, store, cast, now, short):
    enter(client, store, cast.cora, now)
    with store.reading() as tx:
        row = tx.session.scalars(select(Rung)).first()

    answer = post(client, PATH, pattern=row.pattern_id, date=row.on_date.isoformat())

    assert answer.status_code == 302
    page = client.get(PATH).text
    assert "Cora</bdi> is on it" in page
    assert "I am on it" not in page


def test_people_are_asked_now_and_the_page_says_how_it_went(client, store, cast, now, short):
    mia = entering.add_person(
        store, email="mia@example.org", name="Mia", roles=["listener"], languages=["en"],
        skills=[], seats=1, password=None, now=now,
    )  # fmt: skip
    enter(client, store, cast.cora, now)
    with store.reading() as tx:
        row = tx.session.scalars(select(Rung)).first()
    form = {"do": "ask", "pattern": row.pattern_id, "date": row.on_date.isoformat()}
    assert 'value="ask"' in client.get(PATH).text

    asked = client.get(post(client, PATH, **form).location).text
    assert "The next volunteers were asked." in asked
    assert "volunteers asked (1)" in asked
    with store.reading() as tx:
        assert tx.session.scalars(select(Notice.person_id).where(Notice.kind == "ask")).all() == [
            mia.id
        ]
    again = client.get(post(client, PATH, **form).location).text
    assert "Nobody else may take this shift" in again
    assert post(client, PATH, **form | {"pattern": "nothing"}).status_code == 404
    assert post(client, PATH, **form | {"do": "burn"}).status_code == 400


def test_what_is_not_short_cannot_be_held(client, store, cast, now, short):
    enter(client, store, cast.cora, now)

    assert post(client, PATH, pattern="nothing", date="2026-11-18").status_code == 404


def test_a_lead_sees_it_and_a_listener_does_not(client, store, cast, now, short):
    assert enter(client, store, cast.sol, now).get(PATH).status_code == 200
    assert enter(client, store, cast.leo, now).get(PATH).status_code == 403
