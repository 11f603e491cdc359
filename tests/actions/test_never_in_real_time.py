"""What must never happen to words and places: each test is named after its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from helpline.actions import forgetting, listening, visiting
from helpline.boards import coordinator as coordinator_board
from helpline.boards import listener as listener_board
from helpline.boards import visitor as visitor_board
from helpline.boards import wording
from helpline.domain.chat import ChatState
from helpline.store import chats
from helpline.store.secrets import new_id
from helpline.store.tables import Message
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening

MINUTE = timedelta(minutes=1)

# -- 16. sends but does not hear ----------------------------------------------------------------


def test_whoever_only_sends_is_told_what_they_did_not_hear(quiet_evening: Evening) -> None:
    """With each beat, on either side: the number of the last message, to compare with one's own."""
    evening, leo = quiet_evening, quiet_evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, "one")
    before = visiting.still_here(evening.store, [opened.chat_id], now=evening.now)

    listening.say(
        evening.store, leo, opened.chat_id, makers.client_id(), "I am here.", now=evening.now
    )
    evening.says(opened, "two")

    after = visiting.still_here(evening.store, [opened.chat_id], now=evening.now)
    assert after == {opened.chat_id: before[opened.chat_id] + 2}
    assert listener_board.heads(evening.store, leo, evening.now)[1] == after


# -- 17. recovery by time window ----------------------------------------------------------------


def test_recovery_goes_by_the_last_sequence_and_by_no_window_of_time(
    quiet_evening: Evening,
) -> None:
    evening, leo = quiet_evening, quiet_evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, "one")
    seen = evening.chat(opened).last_seq
    missed = ["I am here.", "Take your time.", "Still here."]
    for words in missed:
        evening.now += 5 * MINUTE
        listening.say(
            evening.store, leo, opened.chat_id, makers.client_id(), words, now=evening.now
        )
        evening.now += 50 * MINUTE

    _, messages, more = visiting.come_back(evening.store, opened.token, seen, now=evening.now)

    assert [(each.seq, each.text) for each in messages] == list(enumerate(missed, seen + 1))
    assert not more


# -- 19. a board that is stale until reload -----------------------------------------------------


def test_no_board_is_stale_until_reload(quiet_evening: Evening) -> None:
    """Whatever a board shows moves its version, so that the larger one replaces the other."""
    evening, leo = quiet_evening, quiet_evening.cast.leo
    evening.ready(leo)
    versions = [_version(evening)]

    opened = evening.opens()
    versions.append(_version(evening))
    for deed in (
        evening.sweep,
        partial(evening.declines, leo),
        partial(evening.passes, 130, every=65),
        partial(evening.accepts, leo),
        partial(evening.says, opened, CRITICAL),
        partial(evening.closes, leo, opened.chat_id, anyway="said goodbye"),
    ):
        deed()
        versions.append(_version(evening))

    assert versions == sorted(set(versions))


def _version(evening: Evening) -> int:
    board = listener_board.board(evening.store, evening.cast.leo, evening.now)
    same = coordinator_board.board(evening.store, evening.cast.cora, evening.now)
    assert board["version"] == same["version"]
    return int(board["version"])


# -- 20. a lost update in a transcript ----------------------------------------------------------


def test_both_sides_writing_lose_nothing_and_leave_no_hole(quiet_evening: Evening) -> None:
    evening, leo = quiet_evening, quiet_evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, "one")

    for turn in range(5):
        evening.says(opened, f"visitor {turn}")
        listening.say(
            evening.store, leo, opened.chat_id, makers.client_id(), f"Leo {turn}", now=evening.now
        )

    with evening.store.reading() as tx:
        said, more = chats.messages_after(tx, opened.chat_id, 0)
    assert [each.seq for each in said] == list(range(1, 13))
    assert [each.text for each in said if each.author == "listener"] == [
        f"Leo {turn}" for turn in range(5)
    ]
    assert not more


@pytest.mark.parametrize("same", ["seq", "client_id"])
def test_the_database_refuses_a_second_message_in_one_place(
    quiet_evening: Evening, same: str
) -> None:
    opened = _one_message(quiet_evening)
    with quiet_evening.store.reading() as tx:
        first = chats.messages_after(tx, opened.chat_id, 0)[0][0]
    twin = {"seq": 99, "client_id": "another"} | {same: getattr(first, same)}

    def write() -> None:
        with quiet_evening.store.transaction() as tx:
            row = {"id": new_id(), "chat_id": opened.chat_id, "author": "visitor"}
            tx.session.execute(insert(Message).values(**row, **twin, sent_at=quiet_evening.now))

    with pytest.raises(IntegrityError):
        write()


def _one_message(evening: Evening) -> visiting.Opened:
    evening.hold_open()
    return evening.opens("hello")


# -- 21. a reload loses your place --------------------------------------------------------------


def test_a_reload_does_not_lose_the_place(evening: Evening) -> None:
    evening.hold_open()
    first = evening.opens("hello")
    evening.now += MINUTE
    second = evening.opens("hello")
    evening.says(first, "still here")

    evening.disconnects(first)
    evening.passes(9 * 60, every=60)
    assert evening.in_line() == {first.chat_id, second.chat_id}
    chat_id, messages, more = visiting.come_back(evening.store, first.token, 0, now=evening.now)

    assert chat_id == first.chat_id
    assert [each.text for each in messages] == ["hello", "still here"]
    assert not more
    assert _place(evening, first) == 1
    assert _place(evening, second) == 2


def _place(evening: Evening, opened: visiting.Opened) -> int:
    return visitor_board.chat_of(evening.store, opened.chat_id, evening.now)["place"]


# -- 23. a silent end ---------------------------------------------------------------------------


def is_closed_by_the_listener(evening: Evening, opened: visiting.Opened) -> str:
    evening.closes(evening.cast.leo, opened.chat_id)
    return "closed"


def is_ended_by_the_visitor(evening: Evening, opened: visiting.Opened) -> str:
    visiting.leave(evening.store, opened.token, quick=False, now=evening.now)
    return "visitor_left"


def is_left_in_haste(evening: Evening, opened: visiting.Opened) -> str:
    visiting.leave(evening.store, opened.token, quick=True, now=evening.now)
    return "visitor_left_quickly"


@pytest.mark.parametrize(
    "end", [is_closed_by_the_listener, is_ended_by_the_visitor, is_left_in_haste]
)
def test_no_chat_ends_in_silence(
    quiet_evening: Evening,
    directory: list[str],
    end: Callable[[Evening, visiting.Opened], str],
) -> None:
    evening = quiet_evening
    evening.ready(evening.cast.leo)
    opened = evening.talks(evening.cast.leo)

    code = end(evening, opened)

    assert makers.transcript(evening.store, opened.chat_id)[-1] == f"[{code}]"
    assert wording.line_says("en", code, "Leo")
    shown = visitor_board.chat_of(evening.store, opened.chat_id, evening.now)
    assert shown["state"] == "closed"
    assert [each["id"] for each in shown["resources"]] == directory


def test_whoever_leaves_the_line_sees_what_else_there_is(
    quiet_evening: Evening, directory: list[str]
) -> None:
    quiet_evening.hold_open()
    opened = quiet_evening.opens()

    visiting.leave(quiet_evening.store, opened.token, quick=False, now=quiet_evening.now)

    shown = visitor_board.page(quiet_evening.store, opened.token, quiet_evening.now)["chat"]
    assert shown["state"] == "left"
    assert [each["id"] for each in shown["resources"]] == directory


@pytest.mark.parametrize("words", [ROUTINE, HIGH, CRITICAL])
def test_time_alone_never_ends_a_conversation(quiet_evening: Evening, words: str) -> None:
    evening, leo = quiet_evening, quiet_evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, words)
    evening.disconnects(opened)

    for _ in range(8):
        evening.now += 30 * MINUTE
        listening.be_here(evening.store, leo, now=evening.now)
        evening.look()
    forgetting.forget_due(evening.store, now=evening.now + timedelta(days=90))

    assert evening.chat(opened).state == ChatState.ACTIVE
    assert makers.transcript(evening.store, opened.chat_id)[0] == words
