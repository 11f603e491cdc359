"""What a visitor sees: every key, always; never a level, a flag, or that an offer went round."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from helpline.actions import directing, forgetting, listening, offering, visiting
from helpline.boards import visitor as board
from helpline.boards import wording
from helpline.domain import errors
from helpline.domain.urgency import Level
from helpline.store import chats, people, standing
from helpline.store.tables import Chat
from helpline.store.transaction import Store
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening, load_directory
from tests.cast import Cast

MINUTE = timedelta(minutes=1)
KEYS = {
    "id", "state", "seq", "language", "place", "estimate", "listener", "open_until", "opens_at",
    "urgent_help", "resources", "erased",
}  # fmt: skip


@pytest.fixture
def evening(store: Store, cast: Cast, now: datetime) -> Evening:
    load_directory(store, now)
    return Evening(store, cast, now)


def seen(evening: Evening, opened: visiting.Opened) -> dict:
    return board.chat_of(evening.store, opened.chat_id, evening.now)


# -- each state ---------------------------------------------------------------------------------


def waits(evening: Evening) -> visiting.Opened:
    evening.hold_open()
    return evening.opens()


def is_being_offered(evening: Evening) -> visiting.Opened:
    evening.ready(evening.cast.leo)
    opened = evening.opens()
    evening.sweep()
    return opened


def talks(evening: Evening) -> visiting.Opened:
    evening.ready(evening.cast.leo)
    return evening.talks(evening.cast.leo)


def is_wrapped_up(evening: Evening) -> visiting.Opened:
    opened = talks(evening)
    evening.closes(evening.cast.leo, opened.chat_id)
    return opened


def is_closed(evening: Evening) -> visiting.Opened:
    opened = is_wrapped_up(evening)
    evening.passes(300, every=100, sweeps=["wrap_ups"])
    return opened


def has_left(evening: Evening) -> visiting.Opened:
    opened = waits(evening)
    visiting.leave(evening.store, opened.token, quick=False, now=evening.now)
    return opened


def is_erased(evening: Evening) -> visiting.Opened:
    opened = is_closed(evening)
    forgetting.erase(evening.store, opened.token, now=evening.now)
    return opened


STATES = [
    (waits, "waiting"),
    (is_being_offered, "waiting"),
    (talks, "active"),
    (is_wrapped_up, "closed"),
    (is_closed, "closed"),
    (has_left, "left"),
    (is_erased, "closed"),
]
in_each_state = pytest.mark.parametrize(
    "get_there, state", STATES, ids=[each.__name__ for each, _ in STATES]
)


@in_each_state
def test_every_key_is_there_in_every_state(
    evening: Evening, get_there: Callable[[Evening], visiting.Opened], state: str
) -> None:
    opened = get_there(evening)

    shown = seen(evening, opened)

    assert set(shown) >= KEYS
    assert shown["state"] == state
    assert (shown["place"] is not None) == (state == "waiting")
    assert (shown["listener"] is not None) == (state == "active")
    assert (shown["open_until"] is not None) == (state == "closed")
    assert [each["id"] for each in shown["resources"]] == ["ie-112", "ie-ear"]
    json.dumps(shown)


@in_each_state
def test_no_state_tells_of_levels_people_or_the_router(
    evening: Evening, get_there: Callable[[Evening], visiting.Opened], state: str
) -> None:
    opened = get_there(evening)
    page = {"chat": seen(evening, opened)}
    if evening.chat(opened).erased_at is None:
        page = board.page(evening.store, opened.token, evening.now)

    told = json.dumps(page, default=str)
    for level in Level:
        assert f'"{level.word}"' not in told
    with evening.store.reading() as tx:
        for person in people.everyone(tx):
            assert person.id not in told
            assert person.email not in told
    for word in ("flag", "offered", "epoch", "holder", "wrapping"):
        assert word not in told


def test_a_grave_chat_says_urgent_help_and_no_more(evening: Evening) -> None:
    evening.hold_open()
    high, critical = evening.opens(HIGH), evening.opens(CRITICAL)

    assert not seen(evening, high)["urgent_help"]
    assert seen(evening, critical)["urgent_help"]
    assert set(seen(evening, high)) == set(seen(evening, critical))


def test_that_nobody_took_an_offer_is_not_seen(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    opened = evening.opens()
    before = seen(evening, opened)

    evening.sweep()
    asked = seen(evening, opened)
    evening.declines(evening.cast.leo)

    assert before == asked == seen(evening, opened)


# -- waiting ------------------------------------------------------------------------------------


def test_the_place_counts_from_one_and_the_wait_is_a_range(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    evening.talks(leo)
    evening.talks(leo)
    first, second = evening.opens(), evening.opens(HIGH)

    shown = [seen(evening, each) for each in (first, second)]

    assert [each["place"] for each in shown] == [2, 1]
    assert [each["estimate"] for each in shown] == [
        {"low_minutes": 5, "high_minutes": 40},
        {"low_minutes": 0, "high_minutes": 25},
    ]


def test_nobody_there_promises_nothing(evening: Evening) -> None:
    opened = waits(evening)

    assert seen(evening, opened)["estimate"] is None
    assert seen(evening, opened)["place"] == 1


# -- messages -----------------------------------------------------------------------------------


def test_messages_bear_names_and_only_ones_own_client_id(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, "hello", nickname="Sam", client_id="v-1")
    listening.say(evening.store, leo, opened.chat_id, "l-1", "Hi Sam", now=evening.now)
    listening.send_resource(evening.store, leo, opened.chat_id, "ie-ear", "l-2", now=evening.now)

    messages = board.page(evening.store, opened.token, evening.now)["messages"]

    assert [(each["seq"], each["from"], each["name"], each["client_id"]) for each in messages] == [
        (1, "visitor", "Sam", "v-1"),
        (2, "line", None, None),
        (3, "listener", "Leo", None),
        (4, "listener", "Leo", None),
    ]
    assert messages[1]["text"].startswith("Leo is here now.")
    assert messages[3]["resource"]["ways"] == [{"kind": "text", "value": "50808", "word": "HELLO"}]
    assert messages[3]["resource"]["open_now"]
    assert messages[0]["sent_at"] == "2026-11-18T20:00:00.000Z"


def test_a_client_id_is_only_for_the_one_who_sent_it(evening: Evening) -> None:
    opened = waits(evening)
    with evening.store.reading() as tx:
        said, _ = chats.messages_after(tx, opened.chat_id, 0)

    own, others = (
        board.messages(evening.store, opened.chat_id, said, evening.now, own=own)[0]["client_id"]
        for own in (True, False)
    )

    assert own is not None
    assert others is None


def test_a_long_chat_shows_its_newest_messages(evening: Evening) -> None:
    opened = waits(evening)
    with evening.store.transaction() as tx:
        for number in range(chats.PAGE + 20):
            chats.add_message(
                tx, opened.chat_id, author="visitor", text=f"{number}", now=evening.now
            )

    messages = board.page(evening.store, opened.token, evening.now)["messages"]

    assert [each["seq"] for each in messages] == list(range(22, chats.PAGE + 22))


@pytest.mark.parametrize("token", ["", "no-such-token"])
def test_nobody_looks_at_a_chat_without_its_token(evening: Evening, token: str) -> None:
    waits(evening)

    with pytest.raises(errors.UnknownToken):
        board.page(evening.store, token, evening.now)


# -- the door -----------------------------------------------------------------------------------


def test_who_waits_sees_that_the_line_has_closed_and_keeps_their_place(evening: Evening) -> None:
    opened = waits(evening)
    assert seen(evening, opened)["line_open"] is True

    directing.let_line_run(evening.store, evening.cast.cora, now=evening.now)
    evening.passes(360, every=60, sweeps=["line"])
    shown = seen(evening, opened)

    assert (shown["line_open"], shown["state"], shown["place"]) == (False, "waiting", 1)
    assert shown["opens_at"] == "2026-11-19T00:00:00.000Z"
    assert [each["id"] for each in shown["resources"]] == ["ie-112", "ie-ear"]


def test_the_door_of_an_open_line(evening: Evening) -> None:
    evening.ready(evening.cast.leo)

    shown = board.front(evening.store, "en", None, evening.now)

    assert (shown["open"], shown["opens_at"], shown["opens_at_words"]) == (True, None, None)
    assert shown["estimate"] == {"low_minutes": 0, "high_minutes": 5}
    assert shown["languages"] == [("en", "English"), ("es", "español")]
    assert [each["id"] for each in shown["resources"]] == ["ie-112", "ie-ear"]


def test_the_door_of_a_closed_line_says_when_it_opens(evening: Evening) -> None:
    shown = board.front(evening.store, "en", None, evening.now)

    assert shown["open"] is False
    assert shown["opens_at"] == "2026-11-19T00:00:00.000Z"
    assert shown["opens_at_words"] == "Thursday 00:00"
    assert shown["estimate"] is None


def test_a_line_closed_by_hand_promises_no_hour(evening: Evening) -> None:
    directing.set_line(evening.store, evening.cast.cora, is_open=False, reason="", now=evening.now)

    shown = board.front(evening.store, "en", None, evening.now)

    assert (shown["open"], shown["opens_at"]) == (False, None)


def test_the_line_speaks_the_visitors_language_in_the_transcript(evening: Evening) -> None:
    lin = evening.cast.lin
    evening.ready(lin)
    opened = evening.opens(language="es")
    offering.assign(evening.store, evening.cast.sol, opened.chat_id, lin.id, now=evening.now)
    evening.accepts(lin)

    spanish = board.page(evening.store, opened.token, evening.now)["messages"][-1]["text"]

    assert spanish == wording.line_says("es", "joined", "Lin")
    assert spanish != wording.line_says("en", "joined", "Lin")


def test_resources_follow_the_visitors_country(evening: Evening) -> None:
    """None is known for Finland: the emergency numbers, and what is understood."""
    shown = board.front(evening.store, "en", "FI", evening.now)

    assert [each["id"] for each in shown["resources"]] == ["ie-112", "ie-ear"]


def test_erasing_says_so_on_the_chat(evening: Evening) -> None:
    opened = talks(evening)

    erasure = forgetting.erase(evening.store, opened.token, now=evening.now)

    assert erasure.when == "by"
    assert seen(evening, opened)["erased"] == "2026-11-18T20:00:00.000Z"
    assert makers.transcript(evening.store, opened.chat_id)[0] == ROUTINE


# -- and when it changes ------------------------------------------------------------------------

# Set once, or beside a column that is looked at.
NEVER_ALONE = {"id", "last_seq", "language", "country", "level", "ended_at"}


def test_whatever_of_a_chat_is_shown_is_looked_at_for_what_was_not_told(evening: Evening):
    """`Live.catch_up` compares the columns of `standing.SHOWN`: nothing else may change a view."""

    class Read:
        def __init__(self, chat: Chat) -> None:
            self._chat = chat

        def __getattr__(self, name: str) -> object:
            read.add(name)
            return getattr(self._chat, name)

    read: set[str] = set()
    for reach in (talks, waits):
        opened = reach(evening)
        with evening.store.reading() as tx:
            chat = chats.chat(tx, opened.chat_id)
            board.snapshot(tx, Read(chat), evening.now)  # type: ignore[arg-type]

    assert "parked_at" in read
    assert read - NEVER_ALONE <= {column.key for column in standing.SHOWN}


# -- all who wait -------------------------------------------------------------------------------


def test_all_who_wait_are_shown_what_each_of_them_sees_alone(evening: Evening):
    evening.hold_open()
    opened = [evening.opens(text) for text in (ROUTINE, HIGH, ROUTINE, CRITICAL)]

    with evening.store.reading() as tx:
        together = board.of_all_who_wait(tx, {each.chat_id for each in opened[1:]}, evening.now)

    assert together == {each.chat_id: seen(evening, each) for each in opened[1:]}


def test_showing_all_who_wait_asks_no_more_of_the_store_when_more_of_them_wait(evening: Evening):
    evening.hold_open()
    asked: list[str] = []
    event.listen(evening.store.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    here: set[str] = set()
    counts = []
    for _ in range(2):
        here |= {evening.opens().chat_id, evening.opens().chat_id}
        asked.clear()
        with evening.store.reading() as tx:
            board.of_all_who_wait(tx, here, evening.now)
        counts.append(len(asked))

    assert counts[0] == counts[1]
