"""What was said is forgotten when it was promised, by losing its key; what goes on is not touched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import func, select, update

from helpline import jobs
from helpline.actions import (
    forgetting,
    judging,
    listening,
    offering,
    settling,
    viewing,
    visiting,
)
from helpline.domain import errors
from helpline.domain.chat import Closing
from helpline.domain.urgency import Level
from helpline.store import alerts, chats, flags, notes
from helpline.store.secrets import digest
from helpline.store.tables import Chat, FlagRow, Line, Message, Moment, ViewTicket
from tests import makers
from tests.cast import make_ready
from tests.databases import BOTH

WORD = "I took all my pills, heronfeather"
SECOND = timedelta(seconds=1)
FORGET = next(each for each in jobs.SWEEPS if each.name == "forgetting")


@pytest.fixture(params=BOTH)
def on(request):
    return request.param


@pytest.fixture
def sweep_at(store, now):
    """The sweep as the scheduler runs it, on a wall clock that stands at this moment."""
    swept = jobs.Jobs(store)
    with freeze_time(now):
        swept._look()

    def run(moment) -> None:
        with freeze_time(moment):
            swept._run(FORGET)

    return run


@pytest.fixture
def leo(store, cast, now):
    make_ready(store, cast.leo, now=now)
    return cast.leo


@pytest.fixture
def talking(store, leo, now) -> visiting.Opened:
    """A conversation that goes on, with words in every place."""
    wish = visiting.Opening(makers.client_id(), text=WORD, nickname=WORD[:30], topic=WORD)
    opened = visiting.open_chat(store, wish, now=now)
    assert makers.take_next(store, leo, now=now) == opened.chat_id
    listening.say(store, leo, opened.chat_id, makers.client_id(), WORD, now=now)
    judging.write_note(store, leo, opened.chat_id, WORD, now=now)
    return opened


@pytest.fixture
def closed(store, leo, talking, now) -> visiting.Opened:
    close(store, leo, talking.chat_id, now)
    return talking


def close(store, who, chat: str, now) -> None:
    listening.close(store, who, chat, Closing("felt_heard", anyway="we agreed"), None, now=now)
    listening.end_wrap_ups(store, now=now + timedelta(minutes=6))


def has_words(store, chat: str) -> bool:
    """Whether anything that was written there can still be read; the sealed rows themselves stay."""
    with store.reading() as tx:
        said, _ = chats.messages_after(tx, chat, 0)
        assert said
        texts = [each.text for each in said] + [each.text for each in notes.of_chat(tx, chat)]
    return store.vault.holds(chat) and any("heronfeather" in each for each in texts)


def keep_for(store, days: int) -> None:
    with store.transaction() as tx:
        tx.session.execute(update(Line).values(keep_days=days))


def open_alerts(store) -> set[str]:
    with store.reading() as tx:
        return {each.kind for each in alerts.still_open(tx)}


def state(store, chat: str) -> str:
    return makers.chat_row(store, chat).state


# -- after some days --------------------------------------------------------------------------


@pytest.mark.parametrize("days", [30, 7])
def test_a_closed_chat_is_forgotten_after_the_days_that_the_line_has_set(
    store, closed, sweep_at, now, days
):
    if days != 30:
        keep_for(store, days)
    ended = makers.chat_row(store, closed.chat_id).ended_at

    sweep_at(ended + timedelta(days=days))
    assert has_words(store, closed.chat_id)

    sweep_at(ended + timedelta(days=days) + SECOND)
    assert not has_words(store, closed.chat_id)
    assert not store.vault.holds(closed.chat_id)


def test_a_chat_that_nobody_answered_is_forgotten_too(store, leo, sweep_at, now):
    opened = makers.open_chat(store, WORD, now=now)
    visiting.leave(store, opened.token, quick=False, now=now)

    sweep_at(now + timedelta(days=30))
    assert has_words(store, opened.chat_id)

    sweep_at(now + timedelta(days=30) + SECOND)
    assert state(store, opened.chat_id) == "left"
    assert not store.vault.holds(opened.chat_id)


def test_a_chat_that_goes_on_is_never_touched(store, leo, talking, sweep_at, now):
    waiting = makers.open_chat(store, WORD, now=now)
    assert (state(store, talking.chat_id), state(store, waiting.chat_id)) == ("active", "waiting")

    sweep_at(now + timedelta(days=400))

    assert has_words(store, talking.chat_id)
    assert has_words(store, waiting.chat_id)


def test_a_chat_that_was_reopened_is_not_forgotten_for_its_earlier_end(
    store, leo, closed, sweep_at, now
):
    listening.reopen(store, leo, closed.chat_id, now=now + timedelta(minutes=10))

    sweep_at(now + timedelta(days=31))

    assert has_words(store, closed.chat_id)


def test_what_must_be_forgotten_is_forgotten_by_the_loop_alone_and_only_once(
    store, closed, sweep_at, now
):
    sweep_at(now + timedelta(days=31))
    sweep_at(now + timedelta(days=32))

    assert makers.journal_kinds(store, closed.chat_id).count("erased") == 1


def test_a_chat_that_breaks_halfway_is_found_again_and_keeps_back_no_other(
    store, cast, closed, now, monkeypatch
):
    void_tokens = chats.void_tokens
    other = makers.open_chat(store, WORD, now=now)
    visiting.leave(store, other.token, quick=False, now=now)

    def fail(tx, chat_id, at) -> None:
        if chat_id == closed.chat_id:
            raise RuntimeError("after the key was destroyed")
        void_tokens(tx, chat_id, at)

    later = now + timedelta(days=31)
    with monkeypatch.context() as broken:
        broken.setattr(chats, "void_tokens", fail)
        assert forgetting.forget_due(store, now=later) == 1
    assert not store.vault.holds(closed.chat_id)
    assert makers.chat_row(store, closed.chat_id).erased_at is None
    assert makers.chat_row(store, other.chat_id).erased_at == later
    assert "not_forgotten" in open_alerts(store)

    assert forgetting.forget_due(store, now=later) == 1
    assert makers.chat_row(store, closed.chat_id).erased_at == later
    with store.transaction() as tx:
        settling.settle_what_is_over(tx, later)
    assert "not_forgotten" not in open_alerts(store)


# -- when a visitor asks ----------------------------------------------------------------------


def test_who_waits_and_asks_is_forgotten_at_once_and_leaves_the_line(store, leo, now):
    opened = makers.open_chat(store, WORD, now=now)

    erased = forgetting.erase(store, opened.token, now=now)

    assert (erased.when, erased.at) == ("now", now)
    assert state(store, opened.chat_id) == "left"
    assert not has_words(store, opened.chat_id)


def test_after_the_end_it_is_forgotten_at_once(store, leo, talking, now):
    listening.close(store, leo, talking.chat_id, Closing("felt_heard", "agreed"), None, now=now)

    assert forgetting.erase(store, talking.token, now=now).when == "now"
    assert not has_words(store, talking.chat_id)


def test_in_a_conversation_it_waits_for_the_end_of_it(store, leo, talking, sweep_at, now):
    erased = forgetting.erase(store, talking.token, now=now)
    assert (erased.when, erased.at) == ("by", now + timedelta(hours=24))

    sweep_at(now + timedelta(minutes=1))
    assert has_words(store, talking.chat_id)

    close(store, leo, talking.chat_id, now + timedelta(minutes=2))
    sweep_at(now + timedelta(minutes=3))
    assert not has_words(store, talking.chat_id)


def test_after_a_day_the_conversation_ends_with_its_words(store, leo, talking, sweep_at, now):
    forgetting.erase(store, talking.token, now=now)

    sweep_at(now + timedelta(hours=24) - SECOND)
    assert has_words(store, talking.chat_id)

    sweep_at(now + timedelta(hours=24))
    assert not has_words(store, talking.chat_id)
    assert state(store, talking.chat_id) == "wrapping_up"
    with pytest.raises(errors.ChatClosed):
        listening.say(store, leo, talking.chat_id, makers.client_id(), "still here?", now=now)


def test_asking_again_does_not_put_it_off(store, talking, now):
    forgetting.erase(store, talking.token, now=now)

    again = forgetting.erase(store, talking.token, now=now + timedelta(hours=1))

    assert again.at == now + timedelta(hours=24)


def test_who_asked_and_whose_listener_is_lost_keeps_their_place(store, leo, talking, sweep_at, now):
    forgetting.erase(store, talking.token, now=now)
    lost = now + timedelta(minutes=2)
    offering.reclaim_lost(store, now=lost)
    assert state(store, talking.chat_id) == "waiting"

    sweep_at(lost)

    assert has_words(store, talking.chat_id)
    assert visiting.bound_to(store, talking.token, now=lost) == talking.chat_id


def test_who_asked_and_was_never_answered_again_leaves_the_line_after_a_day(
    store, leo, talking, sweep_at, now
):
    forgetting.erase(store, talking.token, now=now)
    offering.reclaim_lost(store, now=now + timedelta(minutes=2))

    sweep_at(now + timedelta(hours=24))

    assert not has_words(store, talking.chat_id)
    assert state(store, talking.chat_id) == "left"


# -- what is void, what stays -----------------------------------------------------------------


@pytest.fixture
def forgotten(store, closed, now) -> visiting.Opened:
    viewing.issue(store, closed.token, now=now)
    forgetting.forget_due(store, now=now + timedelta(days=31))
    return closed


def test_tokens_and_tickets_of_a_forgotten_chat_open_nothing(store, leo, talking, now):
    ticket = viewing.issue(store, talking.token, now=now)
    listening.close(store, leo, talking.chat_id, Closing("felt_heard", "agreed"), None, now=now)
    assert viewing.look(store, ticket, now=now)[1] == talking.chat_id

    forgetting.erase(store, talking.token, now=now)

    for refused in (
        lambda: visiting.come_back(store, talking.token, 0, now=now),
        lambda: visiting.say(store, talking.token, makers.client_id(), "hello?", now=now),
        lambda: visiting.give_feedback(store, talking.token, "same", None, now=now),
        lambda: viewing.issue(store, talking.token, now=now),
    ):
        with pytest.raises(errors.UnknownToken):
            refused()
    with pytest.raises(errors.NotFound):
        viewing.look(store, ticket, now=now)
    with store.reading() as tx:
        assert tx.session.get(ViewTicket, digest(ticket)) is None


def test_nobody_reopens_what_was_forgotten(store, leo, forgotten, now):
    with pytest.raises(errors.ChatClosed):
        listening.reopen(store, leo, forgotten.chat_id, now=now)


def test_flags_and_the_journal_stay_without_a_word(store, forgotten):
    with store.reading() as tx:
        kept = flags.of_chat(tx, forgotten.chat_id)
        told = [
            str(value)
            for table in (FlagRow, Moment, Chat)
            for row in tx.session.execute(select(table.__table__))
            for value in row
        ]

    assert max(each.level for each in kept) == Level.CRITICAL
    assert makers.journal_kinds(store, forgotten.chat_id)[-1] == "erased"
    assert [each for each in told if "heronfeather" in each] == []


def test_counts_and_times_stay(store, forgotten):
    row = makers.chat_row(store, forgotten.chat_id)

    assert (row.level, row.outcome) == (Level.CRITICAL, "felt_heard")
    assert None not in (row.arrived_at, row.accepted_at, row.ended_at)
    assert row.nickname_sealed is row.topic_sealed is row.feedback_sealed is None
    with store.reading() as tx:
        query = select(func.count()).where(Message.chat_id == forgotten.chat_id)
        assert tx.session.scalar(query) == row.last_seq


def test_a_house_whose_sweep_forgets_to_destroy_the_key_is_found_out(
    store, closed, sweep_at, now, monkeypatch
):
    monkeypatch.setattr(type(store.vault), "destroy", lambda *_: True)

    sweep_at(now + timedelta(days=31))

    assert has_words(store, closed.chat_id)


def test_expired_tickets_are_deleted(store, closed, sweep_at, now):
    viewing.issue(store, closed.token, now=now)

    sweep_at(now + timedelta(minutes=16))

    with store.reading() as tx:
        assert tx.session.scalars(select(ViewTicket)).all() == []


def test_who_left_quickly_leaves_no_way_back(store, leo, talking, now):
    ticket = viewing.issue(store, talking.token, now=now)

    visiting.leave(store, talking.token, quick=True, now=now)

    with pytest.raises(errors.UnknownToken):
        visiting.come_back(store, talking.token, 0, now=now)
    with pytest.raises(errors.NotFound):
        viewing.look(store, ticket, now=now)


def test_after_the_end_a_token_lives_fifteen_minutes(store, leo, closed, now):
    ended = makers.chat_row(store, closed.chat_id).ended_at

    assert visiting.bound_to(store, closed.token, now=ended + timedelta(minutes=15) - SECOND)
    with pytest.raises(errors.UnknownToken):
        visiting.bound_to(store, closed.token, now=ended + timedelta(minutes=15))
