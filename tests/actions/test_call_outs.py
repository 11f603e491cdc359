"""People off shift are asked to help: when, whom, in waves, and never again within hours."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from helpline import pager
from helpline.actions import answering, forgetting, furnishing, paging, welcoming
from helpline.actions.paging import Call
from helpline.boards import coordinator, wording
from helpline.store import callouts, people
from helpline.store.tables import Person
from tests.actions.evening import CRITICAL, HIGH, ROUTINE
from tests.actions.short import STEP, Short

# -- when, and whom -----------------------------------------------------------------------------


def test_nobody_there_and_a_life_at_risk_asks_the_first_wave(short: Short) -> None:
    short.home("ada", "ben", "cleo", "dev")

    short.opens(CRITICAL)
    short.goes_by(seconds=STEP)

    it = short.running()
    assert it is not None
    assert (it.why, it.started_by) == ("nobody", None)
    assert len(short.waves()[1]) == 3
    assert set(short.waves()) == {1}


def test_a_full_house_asks_when_a_high_chat_would_wait_too_long(short: Short) -> None:
    leo = short.cast.leo
    short.ready(leo)
    short.talks(leo)
    short.talks(leo)
    (ada,) = short.home("ada")

    short.opens(HIGH)
    short.later(seconds=29)
    assert short.running() is None
    short.later(seconds=1)

    it = short.running()
    assert it is not None
    assert it.why == "wait"
    assert [each.person_id for each in short.asks()] == [ada.id]


def test_a_free_seat_or_a_calm_chat_asks_nobody(short: Short) -> None:
    short.home("ada")
    short.opens(ROUTINE)
    short.later(minutes=2)
    short.ready(short.cast.leo)
    short.opens(HIGH)
    short.later(seconds=10)
    short.later(minutes=2)

    assert short.running() is None
    assert short.asks() == []


def test_nobody_who_is_on_shift_is_asked(short: Short) -> None:
    for each in (short.cast.leo, short.cast.lin, short.cast.sol):
        answering.choose_when(short.store, each, "any_time", now=short.now)
    (ada,) = short.home("ada")

    short.opens(CRITICAL)
    short.goes_by(seconds=STEP)

    assert [each.person_id for each in short.asks()] == [ada.id]


def test_nobody_here_gone_or_unwilling_is_asked(short: Short) -> None:
    (ada,), (ben,) = short.home("ada"), short.home("ben")
    short.home("cleo", when="never")
    short.hires("dev", booked=False)  # never said anything: off by default
    short.home("eve", when="by_day")
    (gone,) = short.home("finn")
    welcoming.let_go(short.store, short.cast.cora, gone.id, now=short.now)
    short.here.add(ben)  # at the console already
    short.now = short.now.replace(hour=23)
    short.beat()

    short.opens(CRITICAL)
    short.goes_by(seconds=STEP)

    assert [each.person_id for each in short.asks()] == [ada.id]


def test_who_has_just_served_rests(short: Short) -> None:
    """Booked on a shift that ended an hour ago, on one that begins in an hour, or long ago."""
    shifts = {"ada": ("12:00", "19:00"), "ben": ("21:00", "23:00"), "cleo": ("06:00", "11:00")}
    for name, (starts, ends) in shifts.items():
        (who,) = short.home(name)
        short.books_today(who, starts, ends)

    short.opens(CRITICAL)
    short.goes_by(seconds=STEP)

    assert short.waves() == {1: ["Cleo"]}


def test_the_line_that_asks_nobody_by_itself(short: Short) -> None:
    furnishing.set_call_outs(short.store, "call_out_after", 0, now=short.now)
    short.home("ada")
    short.opens(CRITICAL)
    short.later(minutes=2)
    assert short.running() is None

    short.starts()

    assert short.waves() == {1: ["Ada"]}


def test_with_nobody_to_ask_none_begins(short: Short) -> None:
    short.home("ada", when="never")
    short.opens(CRITICAL)
    short.later(minutes=2)

    assert short.running() is None
    assert "nobody_to_ask" not in short.alerts()


# -- in waves -----------------------------------------------------------------------------------


def test_a_few_at_a_time_and_the_next_after_five_minutes(short: Short) -> None:
    short.home("ada", "ben", "cleo", "dev", "eve")
    short.opens(CRITICAL)
    short.later(seconds=0)
    short.later(minutes=4, seconds=59)
    assert {wave: len(asked) for wave, asked in short.waves().items()} == {1: 3}

    short.later(seconds=1)

    assert {wave: len(asked) for wave, asked in short.waves().items()} == {1: 3, 2: 2}


def test_when_nobody_else_may_be_asked_the_leads_hear_of_it(short: Short) -> None:
    (ada,) = short.home("ada")
    short.opens(CRITICAL)
    short.later(seconds=0)
    assert "nobody_to_ask" not in short.alerts()
    short.later(minutes=5)
    assert "nobody_to_ask" in short.alerts()
    assert short.paged("nobody_to_ask") == ["Cora", "Sol"]

    short.answers(ada, here=False)
    assert "nobody_to_ask" not in short.alerts()

    short.later(minutes=9)
    assert "nobody_to_ask" not in short.alerts()
    short.later(minutes=5)  # a yes that did not come

    assert "nobody_to_ask" in short.alerts()
    short.here.add(ada)
    short.goes_by(seconds=STEP)
    assert "nobody_to_ask" not in short.alerts()


def test_nobody_is_asked_twice_within_the_hours(short: Short) -> None:
    short.home("ada", "ben")
    short.opens(CRITICAL)
    short.later(seconds=0)
    short.ends()
    short.later(hours=11, minutes=59)
    short.starts()
    assert len(short.asks()) == 2

    short.now += timedelta(minutes=2)
    short.ends()
    short.starts()

    assert len(short.asks()) == 4


def test_who_was_asked_longest_ago_is_asked_first(short: Short) -> None:
    furnishing.set_call_outs(short.store, "call_out_wave", 1, now=short.now)
    short.home("ada", "ben")
    asked = []
    for _ in range(4):
        short.starts()
        asked.append(short.asks()[-1].person_id)
        short.ends()
        short.now += timedelta(hours=13)

    assert asked[0] != asked[1]
    assert asked[:2] == asked[2:]


def test_a_returned_chat_is_no_need_while_it_is_offered_anew(short: Short) -> None:
    """Its arrival is old; it waits only since the listener was lost."""
    leo, lin = short.cast.leo, short.cast.lin
    short.ready(leo)
    short.talks(leo, HIGH)
    short.home("ada")
    short.later(minutes=40)
    short.ready(lin)
    short.loses(leo)
    short.passes(100, sweeps=("routing", "call_outs"))
    assert short.offered(lin)

    assert short.running() is None


# -- what leaves the building -------------------------------------------------------------------


def test_the_call_holds_nothing_of_what_was_written_and_leaves_once(short: Short) -> None:
    (ada,) = short.home("ada")
    with short.store.transaction() as tx:
        tx.session.get(Person, ada.id).language = "es"  # type: ignore[union-attr]
    short.opens(CRITICAL + ", heronfeather", nickname="Wren", topic="pills")
    short.goes_by(seconds=STEP)

    (call,) = short.delivers()
    assert short.delivers() == []

    said = pager.words(call)
    assert said == "Ada: " + wording.call_out_text("es")
    assert said != "Ada: " + wording.call_out_text("en")
    assert pager.words(Call("x", "Ada", paging.CALL_OUT, 7)) == (
        "Ada: People are waiting on the line. Can you help? Open the console."
    )
    assert not any(character.isdigit() for character in said)
    for word in ("critical", "risk", "pills", "heronfeather", "Wren", "crític"):
        assert word.lower() not in said.lower()


def test_what_cannot_leave_is_tried_again_and_told(short: Short) -> None:
    short.home("ada")
    short.opens(CRITICAL)
    short.goes_by(seconds=STEP)
    tried = 0
    for _ in range(10):
        tried += len(short.delivers(leaves=False))
        short.now += timedelta(minutes=1)

    assert tried == 5
    (shown,) = coordinator.board(short.store, short.cast.cora, short.now)["call_outs"]
    assert shown["words"] == "1 asked · 1 could not be reached"
    (ask,) = short.asks()
    assert ask.given_up_at is not None
    assert "page_failed" in short.alerts()


def test_what_is_answered_or_over_leaves_no_more(short: Short) -> None:
    ada, ben, _ = short.home("ada", "ben", "cleo")
    short.opens(CRITICAL)
    short.goes_by(seconds=STEP)
    short.answers(ada, False)
    welcoming.let_go(short.store, short.cast.cora, ben.id, now=short.now)
    assert [each.person_name for each in short.delivers()] == ["Cleo"]

    short.home("dev", "eve")
    short.later(minutes=5)
    short.ends()

    assert len(short.asks()) == 5
    assert short.delivers() == []


# -- kept and forgotten -------------------------------------------------------------------------


def test_call_outs_are_forgotten_with_the_chats_of_their_time(short: Short) -> None:
    short.home("ada")
    short.starts()
    short.ends()
    short.now += timedelta(days=30)
    forgetting.forget_due(short.store, now=short.now)
    assert len(short.asks()) == 1

    forgetting.forget_due(short.store, now=short.now + timedelta(seconds=1))

    assert short.asks() == []
    with short.store.reading() as tx:
        assert callouts.since(tx, short.now - timedelta(days=60)) == []


def test_one_that_runs_is_not_forgotten(short: Short) -> None:
    short.home("ada")
    short.starts()

    forgetting.forget_due(short.store, now=short.now + timedelta(days=400))

    assert short.running() is not None


def test_who_comes_back_to_the_list_chooses_anew(short: Short) -> None:
    (ada,) = short.home("ada")
    welcoming.let_go(short.store, short.cast.cora, ada.id, now=short.now)
    welcoming.welcome(
        short.store, short.cast.cora, email="ada@example.org", name="Ada", roles=["listener"],
        languages=["en"], skills=[], seats=2, offload=lambda work, *args: work(*args),
        now=short.now,
    )  # fmt: skip

    with short.store.reading() as tx:
        assert people.person(tx, ada.id).may_be_asked == "never"


# -- what the line sets -------------------------------------------------------------------------


def test_the_commands_set_when_and_how_people_are_asked(app: Flask, short: Short) -> None:
    run = app.test_cli_runner().invoke

    done = run(args=["line", "call-out", "call_out_wave", "1"])
    too_many = run(args=["line", "call-out", "call_out_wave", "21"])

    assert done.output == "call_out_wave: 1\n"
    assert too_many.exit_code == 1
    short.home("ada", "ben")
    short.starts()
    assert len(short.asks()) == 1
