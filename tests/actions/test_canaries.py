"""A chat of our own goes the whole way again and again; nobody is asked, nothing of it stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import SQLModel, select

from helpline.actions import furnishing, proving, visiting, waking
from helpline.canary import SAYS
from helpline.domain import canary, events
from helpline.domain.urgency import Level
from helpline.store import canaries
from helpline.store.tables import SweepRun
from tests import makers
from tests.actions.evening import Evening

MINUTE = timedelta(minutes=1)


@pytest.fixture
def on():
    return "sqlite"


@pytest.fixture
def watched(quiet_evening):
    """With the first one counted from now."""
    assert not proving.may_send(quiet_evening.store, now=quiet_evening.now)
    return quiet_evening


def comes(watched: Evening, words: str = SAYS) -> str:
    wish = visiting.Opening(makers.client_id(), text=words)
    opened = visiting.open_chat(watched.store, wish, now=watched.now, canary=True)
    return opened.chat_id


def goes(watched: Evening) -> bool:
    """One goes, if it is time, and comes through."""
    if not proving.may_send(watched.store, now=watched.now):
        return False
    proving.came_through(watched.store, comes(watched), now=watched.now)
    return True


def later(watched: Evening, minutes: float) -> None:
    watched.now += minutes * MINUTE
    watched.sweep("canary")


def rows_of(watched: Evening, chat_id: str) -> list[str]:
    """The tables in which something of this chat still is."""
    with watched.store.reading() as tx:
        return [
            table.name
            for table in SQLModel.metadata.sorted_tables
            for column in table.columns
            if column.name in ("chat_id", "id")
            and tx.session.execute(select(column).where(column == chat_id)).first()
        ]


def test_22_a_channel_that_nobody_watches_calls_the_coordinator(watched):
    later(watched, canary.EVERY)
    assert goes(watched)
    later(watched, 2 * canary.EVERY)
    assert watched.alerts() == {}

    later(watched, 1.1)  # and nothing has come through since

    assert watched.paged("canary_late") == ["Cora"]
    assert proving.is_late(watched.store, watched.now)


def test_22_one_that_comes_through_again_ends_the_alarm(watched):
    later(watched, 2 * canary.EVERY + 1.1)
    assert "canary_late" in watched.alerts()

    assert goes(watched)
    watched.sweep("canary")

    assert watched.alerts() == {}
    assert proving.last_through(watched.store) == watched.now


def test_each_is_sent_by_one_process_and_not_too_soon(watched, open_again):
    store, other = watched.store, open_again()
    later(watched, canary.EVERY)

    sent = [proving.may_send(each, now=watched.now) for each in (store, other, store)]

    assert sent == [True, False, False]


@pytest.mark.parametrize("is_open", [True, False])
def test_nobody_is_asked_told_or_counted(watched, is_open, told):
    if is_open:
        watched.ready(watched.cast.leo)
        watched.hold_open()
    told.clear()

    chat_id = comes(watched)
    watched.look()

    assert watched.chat(chat_id).level >= Level.HIGH
    assert watched.offered(watched.cast.leo) == []
    assert watched.in_line() == set()
    assert not {"urgent_while_closed", "left_unanswered"} & set(watched.alerts())
    about_it = [each for each in told if getattr(each, "chat_id", "") == chat_id]
    assert {type(each) for each in about_it} == {events.MessageSaid}


def test_nothing_of_it_stays_when_it_came_through(watched, tmp_path):
    chat_id = comes(watched)
    assert {"chats", "messages", "flags"} <= set(rows_of(watched, chat_id))

    proving.came_through(watched.store, chat_id, now=watched.now)

    assert rows_of(watched, chat_id) == []
    assert not list((tmp_path / "keys").glob(f"*{chat_id}*"))


def test_nothing_of_it_stays_when_it_did_not(watched):
    chat_id = comes(watched)

    later(watched, canary.FORGOTTEN_AFTER / MINUTE)

    assert rows_of(watched, chat_id) == []


def test_a_chat_of_a_person_is_never_taken_away(watched):
    opened = watched.opens(SAYS)

    with watched.store.transaction() as tx:
        canaries.take_away(tx, opened.chat_id)

    assert watched.says(opened, "still there").seq == 2


def test_words_that_triage_does_not_hear_are_no_proof(watched):
    with pytest.raises(proving.NotProven):
        proving.came_through(watched.store, comes(watched, "a nice day"), now=watched.now)

    assert proving.last_through(watched.store) is None


def test_a_router_that_cannot_reckon_is_no_proof(watched, monkeypatch):
    monkeypatch.setattr(proving.queue, "in_turn", lambda waiting: iter(()))

    with pytest.raises(proving.NotProven):
        proving.came_through(watched.store, comes(watched), now=watched.now)


def test_they_can_be_turned_off(watched):
    furnishing.set_canary(watched.store, 0, now=watched.now)

    later(watched, 600)

    assert not proving.may_send(watched.store, now=watched.now)
    assert watched.alerts() == {}


def test_time_in_which_nothing_ran_is_no_reason_for_an_alarm(watched):
    with watched.store.transaction() as tx:
        tx.session.merge(SweepRun(name="routing", ok_at=watched.now))
    watched.now += timedelta(hours=3)

    waking.wake_up(watched.store, now=watched.now)
    watched.sweep("canary")

    assert watched.alerts() == {}
