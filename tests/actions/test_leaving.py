"""A message is left while the line is closed, answered by one listener, and read with its code."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from helpline.actions import (
    directing,
    forgetting,
    furnishing,
    leaving,
    retaining,
    returning,
    visiting,
)
from helpline.boards import casebook
from helpline.boards import leaving as board
from helpline.boards import listener as listener_board
from helpline.boards import visitor as visitor_board
from helpline.domain import errors
from helpline.domain.access import Who
from helpline.domain.urgency import Level
from helpline.store import holds, left, people
from helpline.store.return_tables import LeftMessage
from tests import makers
from tests.actions.evening import CRITICAL, ELEVATED, HIGH, ROUTINE, Evening

CODE, OTHER = "a-hash", "another-hash"
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def pushed_by() -> str:
    """Nobody waits in line here."""
    return "sweeps"


@pytest.fixture
def closed(evening: Evening) -> Evening:
    """The line is closed by hand, and messages may be left."""
    furnishing.tune(evening.store, "way_back", {"left_messages": 1}, now=evening.now)
    shut(evening)
    return evening


def shut(evening: Evening) -> None:
    directing.set_line(evening.store, evening.cast.cora, is_open=False, reason="", now=evening.now)


def leaves(
    evening: Evening, text: str = ROUTINE, *, code: str = CODE, calls: bool = True, **wish: str
) -> visiting.Opened | None:
    wish.setdefault("client_id", makers.client_id())
    opening = visiting.Opening(text=text, **wish)
    return leaving.leave(evening.store, opening, code, calls=calls, now=evening.now)


def rows(evening: Evening) -> list[LeftMessage]:
    with evening.store.reading() as tx:
        return left.unanswered(tx)


def to_do(evening: Evening, who: Who) -> int:
    shown = listener_board.board(evening.store, who, evening.now)
    return shown["left_messages"]


# -- leaving ------------------------------------------------------------------------------------


def test_what_can_wait_is_kept_for_the_next_shift_and_stands_in_no_line(closed: Evening) -> None:
    assert leaves(closed, "a boring heronfeather day") is None

    [row] = rows(closed)
    assert closed.in_line() == set()
    assert closed.alerts() == {}
    assert b"heronfeather" not in (row.words_sealed or b"")
    with closed.store.reading() as tx:
        assert left.words_of(tx, row) == "a boring heronfeather day"


@pytest.mark.parametrize("words", [HIGH, CRITICAL])
def test_what_cannot_wait_stands_in_line_and_somebody_is_called(closed: Evening, words) -> None:
    opened = leaves(closed, words)

    assert opened is not None
    assert closed.chat(opened).level >= Level.HIGH
    assert closed.in_line() == {opened.chat_id}
    assert "Cora" in closed.paged("urgent_while_closed")
    assert rows(closed) == []


def test_what_is_said_in_an_open_line_is_a_chat(closed: Evening) -> None:
    closed.hold_open()

    opened = leaves(closed)

    assert opened is not None
    assert closed.in_line() == {opened.chat_id}


def test_no_message_is_left_where_none_are_taken_or_nobody_is_on_call(evening: Evening) -> None:
    shut(evening)
    with pytest.raises(errors.LineClosed):
        leaves(evening)
    furnishing.tune(evening.store, "way_back", {"left_messages": 1}, now=evening.now)
    with pytest.raises(errors.LineClosed):
        leaves(evening, calls=False)

    assert not visitor_board.may_leave(evening.store, evening.now, calls=False)
    evening.ready(evening.cast.sol)
    assert visitor_board.may_leave(evening.store, evening.now, calls=False)
    assert leaves(evening, calls=False) is None


def test_without_a_lead_or_coordinator_nobody_is_on_call(closed: Evening) -> None:
    with closed.store.transaction() as tx:
        for each in people.everyone(tx):
            each.roles = ["listener"]
            tx.session.add(each)

    assert not visitor_board.may_leave(closed.store, closed.now, calls=True)


def test_the_same_try_again_keeps_one_message_under_the_new_code(closed: Evening) -> None:
    leaves(closed, "hello", client_id="one-try")

    leaves(closed, "hello", client_id="one-try", code=OTHER)

    assert [each.code_hash for each in rows(closed)] == [OTHER]
    with pytest.raises(errors.ClientIdReused):
        leaves(closed, "hello!", client_id="one-try")
    closed.now += timedelta(minutes=10, seconds=1)
    with pytest.raises(errors.ClientIdReused):
        leaves(closed, "hello", client_id="one-try")


# -- answering ----------------------------------------------------------------------------------


@pytest.fixture
def morning(closed: Evening) -> Evening:
    """Two were left, and the line is open: Leo and Lin are on shift."""
    leaves(closed, "boring day", code=OTHER)
    closed.now += SECOND
    leaves(closed, ELEVATED)
    closed.hold_open()
    closed.ready(closed.cast.leo, closed.cast.lin)
    return closed


def ids(evening: Evening, who: Who, part: str = "waiting") -> list[str]:
    return [each["id"] for each in board.board(evening.store, who, evening.now)[part]]


def test_listeners_see_what_waits_the_gravest_first_and_no_words(morning: Evening) -> None:
    shown = board.board(morning.store, morning.cast.leo, morning.now)

    assert [each["level"] for each in shown["waiting"]] == ["elevated", "routine"]
    assert "hopeless" not in str(shown)
    assert to_do(morning, morning.cast.leo) == 2


def test_one_listener_takes_it_and_only_they_read_and_answer(morning: Evening) -> None:
    leo, lin = morning.cast.leo, morning.cast.lin
    first = ids(morning, leo)[0]

    leaving.take(morning.store, leo, first, now=morning.now)
    leaving.take(morning.store, leo, first, now=morning.now)

    with pytest.raises(errors.OfferTaken):
        leaving.take(morning.store, lin, first, now=morning.now)
    with pytest.raises(errors.NotFound):
        leaving.answer(morning.store, lin, first, "hello", now=morning.now)
    assert board.board(morning.store, leo, morning.now)["mine"][0]["text"] == ELEVATED
    assert ids(morning, lin) == ids(morning, leo)
    assert (to_do(morning, leo), to_do(morning, lin)) == (2, 1)


def test_of_two_who_take_it_at_once_one_has_it(morning: Evening) -> None:
    first = ids(morning, morning.cast.leo)[0]
    start, refused = Barrier(2), []

    def takes(who: Who) -> None:
        start.wait()
        try:
            leaving.take(morning.store, who, first, now=morning.now)
        except errors.OfferTaken:
            refused.append(who.name)

    both = [Thread(target=takes, args=[who]) for who in (morning.cast.leo, morning.cast.lin)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert len(refused) == 1


def test_the_answer_is_read_with_the_code_and_the_message_is_not(morning: Evening) -> None:
    leo = morning.cast.leo
    first = ids(morning, leo)[0]
    leaving.take(morning.store, leo, first, now=morning.now)
    assert board.of_visitor(morning.store, CODE)["answers"] == []

    leaving.answer(morning.store, leo, first, "You are not alone.", now=morning.now)
    leaving.answer(morning.store, leo, first, "Come back tonight.", now=morning.now + SECOND)

    shown = board.of_visitor(morning.store, CODE)
    assert [(each["name"], each["text"]) for each in shown["answers"]] == [
        ("Leo", "You are not alone."),
        ("Leo", "Come back tonight."),
    ]
    assert ELEVATED not in str(shown)
    assert ids(morning, leo, "answered") == [first]
    assert to_do(morning, leo) == 1
    with pytest.raises(errors.ChatClosed):
        leaving.give_back(morning.store, leo, first, now=morning.now)


def test_what_is_given_back_or_left_lying_another_may_take(morning: Evening) -> None:
    leo, lin = morning.cast.leo, morning.cast.lin
    first, second = ids(morning, leo)
    for each in (first, second):
        leaving.take(morning.store, leo, each, now=morning.now)

    leaving.give_back(morning.store, leo, first, now=morning.now)
    leaving.take(morning.store, lin, first, now=morning.now)
    morning.now += HOUR
    morning.beat()
    leaving.take(morning.store, lin, second, now=morning.now)

    assert ids(morning, lin, "mine") == [first, second]


def test_who_is_not_on_shift_takes_nothing(morning: Evening) -> None:
    max_ = morning.hires("max", booked=False)

    with pytest.raises(errors.NotOnShift):
        leaving.take(morning.store, max_, ids(morning, max_)[0], now=morning.now)


# -- when it waits, and when it goes --------------------------------------------------------------


def test_somebody_is_told_when_it_waits_for_hours_in_an_open_line(closed: Evening) -> None:
    leaves(closed)
    closed.now += 30 * HOUR
    closed.sweep("left_messages")
    assert closed.alerts() == {}

    closed.hold_open()
    closed.sweep("left_messages")
    closed.now += 4 * HOUR - SECOND
    closed.sweep("left_messages")
    assert closed.alerts() == {}
    closed.now += SECOND
    closed.sweep("left_messages")
    assert set(closed.paged("left_waits")) >= {"Cora"}

    with closed.store.transaction() as tx:
        left.unanswered(tx)[0].answered_at = closed.now
    closed.sweep("left_messages")
    assert closed.alerts() == {}


def test_its_visitor_takes_it_back_with_the_code(closed: Evening) -> None:
    leaves(closed)
    [row] = rows(closed)

    with pytest.raises(errors.UnknownCode):
        leaving.erase(closed.store, OTHER, now=closed.now)
    leaving.erase(closed.store, CODE, now=closed.now)

    assert rows(closed) == []
    assert not closed.store.vault.holds(f"left-{row.id}")
    assert board.of_visitor(closed.store, CODE) is None


def test_it_is_forgotten_after_as_many_days_as_a_chat(morning: Evening) -> None:
    leo = morning.cast.leo
    first, second = ids(morning, leo)
    morning.now += timedelta(days=1)
    leaving.take(morning.store, leo, first, now=morning.now)
    leaving.answer(morning.store, leo, first, "hello", now=morning.now)

    forgetting.forget_due(morning.store, now=morning.now + timedelta(days=29, seconds=1))
    vault = morning.store.vault
    assert (vault.holds(f"left-{first}"), vault.holds(f"left-{second}")) == (True, False)
    forgetting.forget_due(morning.store, now=morning.now + timedelta(days=30, seconds=1))

    assert not vault.holds(f"left-{first}")
    assert board.of_visitor(morning.store, CODE) is None


def test_the_code_opens_a_fresh_chat_too_and_stays_good(morning: Evening) -> None:
    wish = visiting.Opening(makers.client_id())

    first = returning.come_again(morning.store, CODE, wish, now=morning.now)
    again = returning.come_again(morning.store, CODE, wish, now=morning.now)

    assert again.chat_id == first.chat_id
    returning.offered(morning.store, CODE, now=morning.now)
    with pytest.raises(errors.UnknownCode):
        returning.offered(morning.store, "never-made", now=morning.now)
    with pytest.raises(errors.ThatIsACode):
        returning.require_no_code(morning.store, CODE, chat_id=first.chat_id)


def test_coordinators_have_no_page_of_what_was_left(morning: Evening) -> None:
    with pytest.raises(errors.NotAllowed):
        board.board(morning.store, morning.cast.cora, morning.now)


# -- kept from deletion -------------------------------------------------------------------------


def holds_it(evening: Evening, who: Who, days: int = 90) -> str:
    [row] = rows(evening)
    words = "because of a heronfeather"
    return retaining.ask_left(evening.store, who, row.id, "safety", words, days, now=evening.now)


def is_kept(evening: Evening, left_id: str, after: timedelta) -> bool:
    """After the sweep of that moment."""
    forgetting.forget_due(evening.store, now=evening.now + after)
    with evening.store.reading() as tx:
        return left.find_by_id(tx, left_id) is not None


@pytest.mark.parametrize("agreed, days", [(False, 30 + 3), (True, 90)])
def test_two_people_keep_what_was_left_and_it_goes_by_itself(
    closed: Evening, agreed: bool, days: int
) -> None:
    leaves(closed)
    [row] = rows(closed)
    closed.now += 0 * HOUR if agreed else timedelta(days=30)
    hold = holds_it(closed, closed.cast.cora)
    if agreed:
        retaining.agree(closed.store, closed.cast.sol, hold, now=closed.now)
    over = timedelta(days=days) - (closed.now - row.left_at)

    assert is_kept(closed, row.id, over - SECOND)
    assert not is_kept(closed, row.id, over)
    with closed.store.reading() as tx:
        assert holds.reason_of(tx, holds.hold(tx, hold)) == ""


def test_who_asked_and_who_answers_it_do_not_agree(closed: Evening) -> None:
    sol = closed.cast.sol
    leaves(closed)
    [row] = rows(closed)
    closed.hold_open()
    leaving.take(closed.store, sol, row.id, now=closed.now)
    hold = holds_it(closed, closed.cast.cora)

    with pytest.raises(errors.IsConcerned):
        retaining.agree(closed.store, sol, hold, now=closed.now)
    with pytest.raises(errors.SecondPerson):
        retaining.agree(closed.store, closed.cast.cora, hold, now=closed.now)
    with pytest.raises(errors.AskedBefore):
        holds_it(closed, closed.cast.cora)
    with pytest.raises(errors.NotAllowed):
        holds_it(closed, closed.cast.leo)


def test_who_wants_it_deleted_while_it_is_held_is_told_and_nobody_reads_it_any_more(
    closed: Evening,
) -> None:
    leaves(closed)
    [row] = rows(closed)
    hold = holds_it(closed, closed.cast.cora)

    until = leaving.erase(closed.store, CODE, now=closed.now)

    assert until == closed.now + timedelta(hours=72)
    assert "until Sat 21 Nov 2026" in board.kept(closed.store, "en", until)
    assert rows(closed) == []
    with pytest.raises(errors.UnknownCode):
        returning.offered(closed.store, CODE, now=closed.now)
    assert is_kept(closed, row.id, HOUR)
    retaining.release(closed.store, closed.cast.sol, hold, now=closed.now)
    assert not is_kept(closed, row.id, HOUR)


def test_what_was_left_stands_beside_the_chats_to_choose_from(closed: Evening) -> None:
    leaves(closed)
    [row] = rows(closed)
    holds_it(closed, closed.cast.cora)

    shown = casebook.board(closed.store, closed.cast.sol, None, closed.now)

    assert [each["id"] for each in shown["left"]] == [f"left:{row.id}"]
    [held] = shown["holds"]
    assert held["chat"].startswith("a message left while closed")
    assert held["reason"] == "because of a heronfeather"
    assert "boring" not in str(shown)
