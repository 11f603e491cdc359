"""A code leads to one fresh chat, until it is used, replaced, erased or forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from helpline.actions import directing, forgetting, listening, returning, visiting
from helpline.domain import errors, retention
from helpline.domain.urgency import Level
from helpline.store import returns
from helpline.store.return_tables import ReturnCode
from tests import makers
from tests.actions.evening import CRITICAL, Evening

CODE, OTHER = "a-hash", "another-hash"
SECOND = timedelta(seconds=1)


@pytest.fixture
def pushed_by() -> str:
    """What a visitor does waits for no router."""
    return "sweeps"


@pytest.fixture
def opened(evening: Evening) -> visiting.Opened:
    """A chat whose visitor kept a code."""
    evening.hold_open()
    wish = visiting.Opening(makers.client_id(), text="heron", nickname="Sam", topic="feathers")
    opened = visiting.open_chat(evening.store, wish, now=evening.now)
    returning.keep(evening.store, opened.token, CODE, now=evening.now)
    return opened


def comes(evening: Evening, code: str = CODE, **wish: str) -> visiting.Opened:
    wish.setdefault("client_id", makers.client_id())
    return returning.come_again(evening.store, code, visiting.Opening(**wish), now=evening.now)


def rows(evening: Evening) -> int:
    with evening.store.reading() as tx:
        return tx.session.scalar(select(func.count()).select_from(ReturnCode)) or 0


def unknown(evening: Evening, code: str = CODE, **wish: str) -> bool:
    with pytest.raises(errors.UnknownCode):
        comes(evening, code, **wish)
    return True


def test_a_code_leads_to_a_fresh_chat_that_shows_nothing(evening, opened):
    again = comes(evening)

    chat, before = evening.chat(again), evening.chat(opened)
    assert again.chat_id != opened.chat_id
    assert makers.transcript(evening.store, again.chat_id) == []
    assert (chat.nickname_sealed, chat.topic_sealed, chat.holder_id) == (None, None, None)
    assert (chat.state, chat.level) == ("waiting", Level.ROUTINE)
    assert before.state == "waiting"
    assert visiting.bound_to(evening.store, opened.token, now=evening.now) == opened.chat_id


def test_a_code_is_used_once(evening, opened):
    comes(evening)

    assert unknown(evening)


def test_of_two_who_bring_it_at_once_one_comes_in(evening, opened, monkeypatch):
    """The second read the code before the first had used it, and comes a moment too late."""
    with evening.store.reading() as tx:
        unused = returns.find(tx, CODE)
    comes(evening)

    monkeypatch.setattr(returns, "find", lambda tx, code_hash: unused)

    assert unknown(evening)


def test_the_same_try_again_finds_the_same_chat_under_a_new_token(evening, opened):
    first = comes(evening, client_id="this-try")
    evening.now += retention.OPEN_REPEATS_WITHIN

    again = comes(evening, client_id="this-try")

    assert replace(again, token="") == replace(first, token="")
    with pytest.raises(errors.UnknownToken):
        visiting.bound_to(evening.store, first.token, now=evening.now)
    evening.now += SECOND
    assert unknown(evening, client_id="this-try")


def test_the_client_id_of_an_earlier_opening_takes_no_code(evening, opened):
    with pytest.raises(errors.ClientIdReused):
        comes(evening, client_id=evening.chat(opened).open_client_id)

    assert comes(evening)


def test_a_new_code_voids_the_one_before(evening, opened):
    returning.keep(evening.store, opened.token, OTHER, now=evening.now)

    assert unknown(evening, CODE)
    assert comes(evening, OTHER)


def test_a_chat_that_was_left_quickly_keeps_its_way_back(evening, opened):
    visiting.leave(evening.store, opened.token, quick=True, now=evening.now)

    assert comes(evening)


def test_what_is_erased_leads_nowhere(evening, opened):
    forgetting.erase(evening.store, opened.token, now=evening.now)

    assert unknown(evening)
    with pytest.raises(errors.UnknownToken):
        returning.keep(evening.store, opened.token, OTHER, now=evening.now)


def test_the_code_goes_when_deletion_is_asked_for_and_none_is_made_after(evening, opened):
    evening.ready(evening.cast.leo)
    makers.take_next(evening.store, evening.cast.leo, now=evening.now)

    assert forgetting.erase(evening.store, opened.token, now=evening.now).when == "by"

    assert unknown(evening)
    with pytest.raises(errors.ChatClosed):
        returning.keep(evening.store, opened.token, OTHER, now=evening.now)


def test_a_code_goes_with_the_words_of_its_chat(evening, opened):
    visiting.leave(evening.store, opened.token, quick=False, now=evening.now)
    evening.now += timedelta(days=30)
    forgetting.forget_due(evening.store, now=evening.now)
    fresh = comes(evening)
    returning.keep(evening.store, fresh.token, OTHER, now=evening.now)
    visiting.leave(evening.store, fresh.token, quick=False, now=evening.now)

    evening.now += timedelta(days=30, seconds=1)
    forgetting.forget_due(evening.store, now=evening.now)

    assert unknown(evening, OTHER)
    assert rows(evening) == 0


def test_what_was_used_is_kept_for_minutes_only(evening, opened):
    comes(evening)
    evening.now += retention.OPEN_REPEATS_WITHIN

    forgetting.forget_due(evening.store, now=evening.now)
    assert rows(evening) == 1
    forgetting.forget_due(evening.store, now=evening.now + SECOND)

    assert rows(evening) == 0


def test_a_closed_door_refuses_and_the_code_stays_good(evening, opened):
    directing.set_line(evening.store, evening.cast.cora, is_open=False, reason="", now=evening.now)
    with pytest.raises(errors.LineClosed):
        comes(evening)
    evening.hold_open()

    assert comes(evening)


def test_whoever_comes_back_in_danger_waits_also_while_the_line_is_closed(evening, opened):
    directing.set_line(evening.store, evening.cast.cora, is_open=False, reason="", now=evening.now)

    again = comes(evening, text=CRITICAL)

    assert evening.chat(again).level == Level.CRITICAL
    assert "urgent_while_closed" in evening.alerts()


def test_ones_own_code_is_known_among_words(evening, opened):
    other = makers.open_chat(evening.store, now=evening.now)

    with pytest.raises(errors.ThatIsACode):
        returning.require_no_code(evening.store, CODE, chat_id=opened.chat_id)
    with pytest.raises(errors.ThatIsACode):
        returning.require_no_code(evening.store, CODE)
    returning.require_no_code(evening.store, CODE, chat_id=other.chat_id)
    returning.require_no_code(evening.store, OTHER)
    returning.require_no_code(evening.store, OTHER, chat_id=opened.chat_id)


def test_the_holder_of_a_chat_learns_nothing_of_its_code(evening, opened):
    evening.ready(evening.cast.leo)
    chat_id = makers.take_next(evening.store, evening.cast.leo, now=evening.now)

    before = listening.read_on(evening.store, evening.cast.leo, chat_id, 0, now=evening.now)
    returning.keep(evening.store, opened.token, OTHER, now=evening.now)

    assert listening.read_on(evening.store, evening.cast.leo, chat_id, 0, now=evening.now) == before
