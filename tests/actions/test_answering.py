"""Who answers a call-out is on shift until the need is over; then nobody is cut off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import listening, sparing
from helpline.domain import errors
from helpline.domain.access import Who
from helpline.store import floor
from tests.actions.evening import CRITICAL, ROUTINE
from tests.actions.short import STEP, Short

# -- who answers --------------------------------------------------------------------------------


def test_no_chat_is_given_to_someone_who_was_asked_and_has_not_come(short: Short) -> None:
    """What must never happen, 1: eligible is who is on shift or *answered* a call-out."""
    ada, ben, _ = short.home("ada", "ben", "cleo")
    opened = short.opens(CRITICAL)
    short.sweep("call_outs")
    assert len(short.asks()) == 3
    short.answers(ben, False)

    for each in (ada, ben):
        with pytest.raises(errors.NotOnShift):
            listening.get_ready(short.store, each, now=short.now)
    short.sweep("routing")

    assert short.asked(opened.chat_id) == []


def test_who_answers_is_offered_a_chat_by_the_sweep_alone(short: Short) -> None:
    """What must never happen, 2: whoever comes is capacity, and the sweep sees it."""
    (ada,) = short.home("ada")
    opened = short.opens(CRITICAL)
    short.sweep("call_outs")

    assert short.answers(ada)
    assert short.offered(ada) == []
    short.sweep("routing")

    assert short.offered(ada) == [opened.chat_id]
    short.sweep("shift_ends")  # leaves them be
    assert short.presence(ada).ready
    short.accepts(ada)


def test_a_yes_without_a_console_is_no_presence(short: Short) -> None:
    """From the plain form nobody is ready yet: the console says so once it is there."""
    (ada,) = short.home("ada")
    short.opens(CRITICAL)
    short.goes_by(seconds=STEP)

    assert short.answers(ada, here=False)
    short.goes_by(seconds=STEP)

    assert ada.id in short.on_shift()
    assert short.offered(ada) == []
    short.ready(ada)
    short.goes_by(seconds=STEP)
    assert len(short.offered(ada)) == 1


def test_no_is_kept_without_blame_and_may_be_taken_back(short: Short) -> None:
    (ada,) = short.home("ada")
    short.opens(CRITICAL)
    short.goes_by(seconds=STEP)

    assert short.answers(ada, False)
    assert ada.id not in short.on_shift()
    assert short.answers(ada, True)
    assert ada.id in short.on_shift()
    assert short.answers(ada, False)  # has to go

    assert ada.id not in short.on_shift()
    assert not short.presence(ada).ready
    assert short.journal().count("call_out_no") == 2


def test_who_comes_without_being_asked_is_welcome(short: Short) -> None:
    """At the console already, so nobody writes to them: it shows them that help is needed."""
    (ada,), (ben,) = short.home("ada"), short.home("ben")
    short.here.add(ben)
    short.beat()
    short.opens(CRITICAL)
    short.goes_by(seconds=STEP)
    assert [each.person_id for each in short.asks()] == [ada.id]

    assert short.answers(ben)
    short.goes_by(seconds=STEP)

    assert len(short.offered(ben)) == 1
    assert short.waves()[0] == ["Ben"]


def test_what_was_chosen_for_the_shift_lasts_while_they_help(short: Short) -> None:
    (ada,) = short.home("ada")
    short.opens(CRITICAL)
    short.goes_by(seconds=STEP)
    short.answers(ada)

    sparing.choose_not_today(short.store, ada, ["abuse"], now=short.now)

    with short.store.reading() as tx:
        stands = {each.id: each for each in floor.listeners(tx, short.now)}
    assert stands[ada.id].not_today == frozenset({"abuse"})


# -- the need is over ---------------------------------------------------------------------------


@pytest.fixture
def helped(short: Short) -> tuple[Short, Who]:
    """Ada came, and holds the only chat."""
    (ada,) = short.home("ada")
    short.opens(CRITICAL)
    short.goes_by(seconds=STEP)
    short.answers(ada)
    short.goes_by(seconds=STEP)
    short.accepts(ada)
    return short, ada


def test_it_is_not_over_while_everybody_is_busy_nor_at_the_first_calm(
    helped: tuple[Short, Who],
) -> None:
    short, ada = helped
    short.later(minutes=1)
    short.later(minutes=20)
    assert short.running() is not None

    short.closes(ada, short.held_chat(ada), anyway="is with a friend")
    listening.get_ready(short.store, ada, now=short.now)
    short.later(seconds=0)
    short.later(minutes=14, seconds=59)
    assert short.running() is not None
    short.later(seconds=1)
    short.sweep("shift_ends")

    assert short.running() is None
    assert ada.id not in short.on_shift()
    assert not short.presence(ada).ready
    assert short.journal()[-1] == "call_out_over"


def test_a_calm_that_is_broken_counts_from_its_new_beginning(short: Short) -> None:
    short.home("ada")
    leo = short.cast.leo
    short.opens(CRITICAL)
    short.later(seconds=0)
    short.ready(leo)
    short.sweep("routing")
    held = short.accepts(leo)
    short.closes(leo, held, anyway="is with a friend")
    listening.get_ready(short.store, leo, now=short.now)
    short.later(seconds=1)
    short.later(minutes=14)
    short.talks(leo, CRITICAL)  # nobody is free now
    short.later(seconds=1)
    short.closes(leo, short.held_chat(leo), anyway="is with a friend")
    listening.get_ready(short.store, leo, now=short.now)
    short.later(seconds=1)

    short.later(minutes=14)
    assert short.running() is not None
    short.later(minutes=1)

    assert short.running() is None


def test_the_end_of_a_call_out_strands_nobody(helped: tuple[Short, Who]) -> None:
    """What must never happen, 24: no new chats for who helped, and no chat is taken from them."""
    short, ada = helped
    held = short.held_chat(ada)

    short.ends()
    other = short.opens(ROUTINE)
    short.goes_by(seconds=30)

    assert short.chat(held).holder_id == ada.id
    assert short.chat(held).state == "active"
    assert short.offered(ada) == []
    assert other.chat_id in short.in_line()
    with short.store.reading() as tx:
        over = floor.overrunning(tx, short.now)[ada.id]
    assert over.chats == 1
    assert over.since == short.now - timedelta(seconds=30)


def test_a_late_yes_is_thanked_and_changes_nothing(short: Short) -> None:
    (ada,), ben = short.home("ada"), short.hires("ben", booked=False)
    short.opens(CRITICAL)
    short.goes_by(seconds=STEP)
    short.ends()

    assert short.answers(ada) is False

    assert ada.id not in short.on_shift()
    assert short.journal()[-1] == "call_out_late"
    with pytest.raises(errors.NotFound):
        short.answers(ben)


def test_who_ends_one_by_hand_is_not_overruled_by_the_next_sweep(short: Short) -> None:
    short.home("ada", "ben", "cleo", "dev")
    short.opens(CRITICAL)
    short.goes_by(seconds=STEP)
    short.ends()

    short.later(minutes=29)
    assert short.running() is None
    short.later(minutes=1)

    assert short.running() is not None


def test_one_by_hand_runs_an_hour_and_asks_until_somebody_comes(short: Short) -> None:
    ada, *_ = short.home("ada", "ben", "cleo", "dev", "eve")
    short.ready(short.cast.leo)
    started = short.starts()
    assert short.starts() == started
    assert len(short.asks()) == 3
    short.later(minutes=5)
    assert len(short.asks()) == 5
    short.answers(ada)

    short.later(minutes=54)
    assert short.running() is not None
    short.later(minutes=1)

    assert short.running() is None


def test_the_journal_tells_the_whole_course(helped: tuple[Short, Who]) -> None:
    short, _ = helped
    short.ends()

    assert short.journal() == [
        "call_out_begun", "call_out_asked", "call_out_yes", "call_out_over",
    ]  # fmt: skip
