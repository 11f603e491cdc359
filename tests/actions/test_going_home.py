"""How people leave a shift: counts that are nobody's, and a call for who wants one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpline import clock
from helpline.actions import going_home
from helpline.boards import alerts as alert_board
from helpline.boards import casebook
from helpline.domain import errors
from helpline.domain.access import Who
from helpline.store.tables import Moment
from tests.faces.test_coordinator_pages import enter, post


def told(store, who: Who) -> list[str]:
    with store.reading() as tx:
        found = alert_board.open_alerts(tx, who)
    return [each["text"] for each in found if each["kind"] == "wants_call"]


def test_fine_and_heavy_are_counts_without_a_name_from_five_on(store, cast, now):
    for how in ("fine", "fine", "heavy", "fine"):
        going_home.leave(store, cast.leo, how, now=now)
    assert casebook.board(store, cast.cora, None, now)["leavings"] == []

    going_home.leave(store, cast.lin, "heavy", now=now)

    shown = casebook.board(store, cast.cora, None, now)["leavings"]
    assert shown == ["Fine: 3", "A bit heavy: 2", "I want a call: 0"]
    with store.reading() as tx:
        kept = tx.session.scalars(select(Moment).where(Moment.kind == "leaving")).all()
    assert {each.person_id for each in kept} == {None}
    assert told(store, cast.cora) == []


def test_who_wants_a_call_is_told_by_name_to_coordinators_alone(store, cast, now):
    going_home.leave(store, cast.leo, "call", now=now)

    assert ["Leo" in each for each in told(store, cast.cora)] == [True]
    assert told(store, cast.sol) == []
    with pytest.raises(errors.BadRequest):
        going_home.leave(store, cast.leo, "splendid", now=now)


def test_it_is_asked_on_the_console_by_a_plain_form(client, store, cast, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    leo = enter(client, store, cast.leo, now)
    assert "how are you leaving today?" in leo.get("/listener").text

    assert post(leo, "/listener", do="leaving", how="call").status_code == 302

    assert told(store, cast.cora)
