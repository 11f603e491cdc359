"""A hold keeps one chat from being forgotten, and nothing else; without it all goes in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpline.actions import forgetting, listening, retaining, visiting
from helpline.boards import visitor as board
from helpline.domain import errors, retention
from helpline.domain.chat import Closing
from helpline.store import alerts, holds
from helpline.store.record_tables import HoldRow
from tests import makers
from tests.cast import make_ready
from tests.databases import BOTH

WORD = "I took all my pills, heronfeather"
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture(params=BOTH)
def on(request):
    return request.param


@pytest.fixture
def talking(store, cast, now) -> visiting.Opened:
    make_ready(store, cast.leo, now=now)
    opened = makers.open_chat(store, WORD, now=now)
    assert makers.take_next(store, cast.leo, now=now) == opened.chat_id
    return opened


@pytest.fixture
def closed(store, cast, talking, now) -> visiting.Opened:
    close(store, cast, talking, now)
    return talking


def close(store, cast, opened, now) -> None:
    closing = Closing("felt_heard", anyway="we agreed")
    listening.close(store, cast.leo, opened.chat_id, closing, None, now=now)
    listening.end_wrap_ups(store, now=now + timedelta(minutes=6))


def ask(store, who, opened, now, days: int = 90) -> str:
    return retaining.ask(store, who, opened.chat_id, "safety", f"because {WORD}", days, now=now)


def is_kept(store, opened, at) -> bool:
    """After the sweep of that moment."""
    forgetting.forget_due(store, now=at)
    return store.vault.holds(opened.chat_id)


def test_what_one_person_asked_for_holds_at_once_and_lapses_without_a_second(
    store, cast, closed, now
):
    """The chat is due while one person's word holds it, and goes when nobody agreed."""
    asked = now + 30 * DAY
    ask(store, cast.sol, closed, asked)

    assert is_kept(store, closed, asked + timedelta(hours=72) - SECOND)
    assert not is_kept(store, closed, asked + timedelta(hours=72))


def test_with_a_second_person_it_holds_for_its_days_and_ends_by_itself(store, cast, closed, now):
    hold = ask(store, cast.cora, closed, now)
    retaining.agree(store, cast.sol, hold, now=now + DAY)

    assert is_kept(store, closed, now + 91 * DAY - SECOND)
    assert not is_kept(store, closed, now + 91 * DAY)
    assert [each for each in makers.journal_kinds(store, closed.chat_id) if "hold" in each] == [
        "hold_asked",
        "hold_agreed",
    ]


def test_two_people_prolong_it_again(store, cast, closed, now):
    first = ask(store, cast.cora, closed, now)
    retaining.agree(store, cast.sol, first, now=now)
    again = ask(store, cast.cora, closed, now + 89 * DAY)
    retaining.agree(store, cast.sol, again, now=now + 90 * DAY - SECOND)

    assert is_kept(store, closed, now + 180 * DAY - 2 * SECOND)
    assert not is_kept(store, closed, now + 180 * DAY)


def test_neither_who_asked_nor_who_was_in_the_chat_agrees(store, cast, closed, now):
    hold = ask(store, cast.sol, closed, now)

    with pytest.raises(errors.SecondPerson):
        retaining.agree(store, cast.sol, hold, now=now)
    leo_leads = type(cast.leo)(cast.leo.id, cast.leo.name, cast.sol.roles)
    for concerned in (retaining.agree, retaining.release):
        with pytest.raises(errors.IsConcerned):
            concerned(store, leo_leads, hold, now=now)
    with pytest.raises(errors.AskedBefore):
        ask(store, cast.sol, closed, now + 4 * DAY)


def test_once_released_forgetting_goes_on_as_if_there_had_been_none(store, cast, closed, now):
    hold = ask(store, cast.sol, closed, now)
    retaining.agree(store, cast.cora, hold, now=now)
    assert is_kept(store, closed, now + 40 * DAY)

    retaining.release(store, cast.cora, hold, now=now + 40 * DAY)

    assert not is_kept(store, closed, now + 40 * DAY)
    assert "hold_released" in makers.journal_kinds(store, closed.chat_id)
    with pytest.raises(errors.NotFound):
        retaining.release(store, cast.cora, hold, now=now + 40 * DAY)


def test_a_held_chat_keeps_back_no_other(store, cast, closed, now, monkeypatch):
    monkeypatch.setattr(forgetting, "AT_ONCE", 1)
    other = makers.open_chat(store, WORD, now=now + timedelta(minutes=1))
    visiting.leave(store, other.token, quick=False, now=now + timedelta(minutes=1))
    hold = ask(store, cast.sol, closed, now)
    retaining.agree(store, cast.cora, hold, now=now)

    assert is_kept(store, closed, now + 31 * DAY)
    assert not store.vault.holds(other.chat_id)


def test_a_hold_that_comes_while_forgetting_has_begun_is_heeded(
    store, cast, closed, now, monkeypatch
):
    """The chat was found to be due, and somebody asks for a hold before its turn comes."""
    goes = forgetting._forget_by_itself

    def a_moment_later(store, chat_id, before, at):
        ask(store, cast.sol, closed, at)
        return goes(store, chat_id, before, at)

    monkeypatch.setattr(forgetting, "_forget_by_itself", a_moment_later)

    assert is_kept(store, closed, now + 31 * DAY)


def test_a_wish_for_deletion_is_kept_told_plainly_and_done_when_the_hold_ends(
    store, cast, closed, now
):
    """And nobody may say it was deleted."""
    ask(store, cast.sol, closed, now)
    shown = board.page(store, closed.token, now)["chat"]
    assert shown["held"] is None

    erased = forgetting.erase(store, closed.token, now=now)

    assert (erased.when, erased.at, erased.held) == ("by", now + 3 * DAY, True)
    assert store.vault.holds(closed.chat_id)
    shown = board.page(store, closed.token, now)["chat"]
    assert "until November 21, 2026" in shown["held"]
    assert "Somebody may be in danger." in shown["held"]
    assert "heronfeather" not in shown["held"]
    assert is_kept(store, closed, now + 3 * DAY - SECOND)
    assert not is_kept(store, closed, now + 3 * DAY)


def test_who_waits_and_asks_while_held_leaves_the_line(store, cast, now):
    opened = makers.open_chat(store, WORD, now=now)
    ask(store, cast.sol, opened, now)

    assert forgetting.erase(store, opened.token, now=now).held
    assert makers.chat_row(store, opened.chat_id).state == "left"


def test_a_hold_that_ends_during_the_talk_promises_no_earlier_deletion(store, cast, talking, now):
    ask(store, cast.sol, talking, now - timedelta(hours=71))

    erased = forgetting.erase(store, talking.token, now=now)

    assert erased.at == now + timedelta(hours=24)


def test_a_second_person_is_called_calmly_until_somebody_agreed_or_it_lapsed(
    store, cast, closed, now
):
    hold = ask(store, cast.sol, closed, now)
    with store.reading() as tx:
        found = {each.kind: each for each in alerts.still_open(tx)}["hold_asked"]
        assert alerts.pages_of(tx, found.id) == []

    retaining.agree(store, cast.cora, hold, now=now)

    with store.reading() as tx:
        assert "hold_asked" not in {each.kind for each in alerts.still_open(tx)}


def test_what_is_forgotten_cannot_be_held(store, cast, closed, now):
    forgetting.forget_due(store, now=now + 31 * DAY)

    with pytest.raises(errors.NotFound):
        ask(store, cast.sol, closed, now + 31 * DAY)


def test_the_reason_goes_with_the_key_and_the_row_after_three_years(store, cast, closed, now):
    hold = ask(store, cast.sol, closed, now)
    with store.reading() as tx:
        assert "heronfeather" in holds.reason_of(tx, holds.hold(tx, hold))

    until = now + timedelta(hours=72)
    forgetting.forget_due(store, now=until + 31 * DAY)
    with store.reading() as tx:
        assert holds.reason_of(tx, holds.hold(tx, hold)) == ""

    forgetting.forget_due(store, now=until + retention.RECORDS_KEPT)
    assert rows(store) == [hold]
    forgetting.forget_due(store, now=until + retention.RECORDS_KEPT + SECOND)
    assert rows(store) == []


def rows(store) -> list[str]:
    with store.reading() as tx:
        return list(tx.session.scalars(select(HoldRow.id)))
