"""A change of shift: what a lead leaves, what the line leaves by itself, and enough leads."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from helpline.actions import directing, forgetting, furnishing, handover, listening, planning
from helpline.boards import handover as board
from helpline.boards import listener as console
from helpline.domain import errors
from helpline.domain.access import Role
from helpline.store import handovers
from helpline.store.shifts import patterns
from tests.actions.evening import CRITICAL, HIGH, Evening


@pytest.fixture
def two_leads(quiet_evening: Evening) -> Evening:
    """Sol leads, and Mia leads the next shift."""
    quiet_evening.mia = quiet_evening.hires("mia", lead=True, booked=False)
    return quiet_evening


def shown(evening: Evening, who):
    return board.board(evening.store, who, evening.now)


def test_the_next_lead_reads_how_things_stand_and_says_so(two_leads: Evening) -> None:
    cast = two_leads.cast
    two_leads.ready(cast.leo)
    two_leads.talks(cast.leo, HIGH)
    two_leads.opens("hello")
    left = handover.leave(
        two_leads.store, cast.sol, "Leo needs a break", "A bomb threat, police know",
        now=two_leads.now,
    )  # fmt: skip

    assert board.unread(two_leads.store, two_leads.mia) == 1
    assert board.unread(two_leads.store, cast.sol) == 0
    assert "hand_over_left" in two_leads.alerts()
    assert two_leads.paged("hand_over_left") == []
    (entry,) = shown(two_leads, two_leads.mia)["left"]
    assert (entry["watch_for"], entry["incidents"]) == (
        "Leo needs a break",
        "A bomb threat, police know",
    )
    assert "Leo" in entry["facts"][0]
    assert "high" in entry["facts"][0]
    assert any("1 waits in line" in each for each in entry["facts"])
    assert entry["may_read"]
    assert not shown(two_leads, cast.sol)["left"][0]["may_read"]

    handover.read(two_leads.store, cast.sol, left, now=two_leads.now)
    assert shown(two_leads, cast.sol)["left"][0]["read_by"] is None
    handover.read(two_leads.store, two_leads.mia, left, now=two_leads.now)
    assert shown(two_leads, cast.sol)["left"][0]["read_by"] == "Mia"
    assert "hand_over_left" not in two_leads.alerts()


def test_words_that_say_nothing_leave_nothing(two_leads: Evening) -> None:
    with pytest.raises(errors.Empty):
        handover.leave(two_leads.store, two_leads.cast.sol, " \n", None, now=two_leads.now)
    with pytest.raises(errors.TooLong):
        handover.leave(two_leads.store, two_leads.cast.sol, "x" * 4001, None, now=two_leads.now)
    with pytest.raises(errors.NotAllowed):
        handover.leave(two_leads.store, two_leads.cast.leo, "hi", None, now=two_leads.now)

    assert shown(two_leads, two_leads.cast.sol)["left"] == []


def test_its_words_are_sealed_and_forgotten(two_leads: Evening) -> None:
    store, sol = two_leads.store, two_leads.cast.sol
    left = handover.leave(store, sol, "a secret worry", None, now=two_leads.now)
    with store.reading() as tx:
        row = handovers.hand_over(tx, left)
        assert b"secret" not in row.watch_for_sealed
        assert tx.vault.holds(f"hand-over-{left}")

    two_leads.now += timedelta(days=29)
    forgetting.forget_due(store, now=two_leads.now)
    assert shown(two_leads, sol)["left"][0]["watch_for"] == "a secret worry"

    two_leads.now += timedelta(days=2)
    forgetting.forget_due(store, now=two_leads.now)
    assert shown(two_leads, sol)["left"] == []
    with store.reading() as tx:
        assert not tx.vault.holds(f"hand-over-{left}")


@pytest.fixture
def ending(two_leads: Evening) -> Evening:
    """Sol's shift ends at 21:00, an hour from now: Mia leads from then on."""
    evening, cora = two_leads, two_leads.cast.cora
    with evening.store.reading() as tx:
        all_day = next(each.id for each in patterns(tx) if each.weekday == evening.now.weekday())
    planning.override(
        evening.store, cora, all_day, evening.now.date(), "remove", evening.cast.sol.id,
        now=evening.now,
    )  # fmt: skip
    for who, starts, ends in (
        (evening.cast.sol, time(17), time(21)),
        (evening.mia, time(21), time(23)),
    ):
        made = planning.add_pattern(
            evening.store, cora, "Lead", evening.now.weekday(), starts, ends,
            evening.now.date(), now=evening.now - timedelta(days=1),
        )  # fmt: skip
        planning.book(
            evening.store, cora, made, who.id, Role.LEAD, evening.now.date(),
            now=evening.now - timedelta(days=1),
        )  # fmt: skip
    return evening


def at(evening: Evening, hour: int, minute: int = 0) -> None:
    evening.now = datetime.combine(evening.now.date(), time(hour, minute), tzinfo=UTC)


def test_a_lead_who_goes_without_a_word_leaves_how_things_stand_once(ending: Evening) -> None:
    ending.ready(ending.cast.leo)
    ending.talks(ending.cast.leo, HIGH)
    at(ending, 20, 59)
    ending.sweep("hand_overs")
    assert shown(ending, ending.mia)["left"] == []

    at(ending, 21, 1)
    ending.sweep("hand_overs", "hand_overs")
    (entry,) = shown(ending, ending.mia)["left"]
    assert entry["by"] == "Sol"
    assert entry["by_itself"]
    assert "Leo" in entry["facts"][0]
    assert entry["may_read"]


def test_a_lead_who_left_a_word_has_left_it(ending: Evening) -> None:
    ending.ready(ending.cast.leo)
    ending.talks(ending.cast.leo, HIGH)
    handover.leave(ending.store, ending.cast.sol, "all is well", None, now=ending.now)

    at(ending, 21, 1)
    ending.sweep("hand_overs")
    assert [each["by_itself"] for each in shown(ending, ending.mia)["left"]] == [False]


def test_a_quiet_line_leaves_nothing(ending: Evening) -> None:
    at(ending, 21, 1)
    ending.sweep("hand_overs")

    assert shown(ending, ending.mia)["left"] == []


def test_hours_later_nothing_stale_is_left(ending: Evening) -> None:
    ending.ready(ending.cast.leo)
    ending.talks(ending.cast.leo, HIGH)

    at(ending, 22, 30)
    ending.sweep("hand_overs")
    assert shown(ending, ending.mia)["left"] == []


# -- enough leads -------------------------------------------------------------------------------


def test_more_listeners_than_the_leads_can_stand_behind(quiet_evening: Evening) -> None:
    evening = quiet_evening
    listeners = [evening.hires(f"nia{n}") for n in range(4)]
    evening.ready(evening.cast.sol, evening.cast.leo, *listeners)
    evening.sweep("hand_overs")
    assert "too_few_leads" not in evening.alerts()

    evening.ready(evening.cast.lin)
    evening.sweep("hand_overs")
    assert "too_few_leads" in evening.alerts()
    assert evening.paged("too_few_leads") == ["Cora", "Sol"]

    furnishing.tune(evening.store, "shift_change", {"listeners_per_lead": 6}, now=evening.now)
    evening.sweep("hand_overs")
    assert "too_few_leads" not in evening.alerts()


def test_a_lead_whose_seats_are_taken_stands_behind_nobody(quiet_evening: Evening) -> None:
    evening = quiet_evening
    evening.ready(evening.cast.sol, evening.cast.leo)
    evening.sweep("hand_overs")
    assert "too_few_leads" not in evening.alerts()

    evening.talks(evening.cast.sol, CRITICAL)
    evening.sweep("hand_overs")
    assert "too_few_leads" in evening.alerts()

    furnishing.tune(evening.store, "shift_change", {"listeners_per_lead": 0}, now=evening.now)
    evening.sweep("hand_overs")
    assert "too_few_leads" not in evening.alerts()


# -- fit to take chats --------------------------------------------------------------------------


def fit_due(evening: Evening, who) -> bool:
    return console.presence_of(evening.store, who, evening.now)["fit_due"]


def test_everybody_is_asked_once_on_each_shift(ending: Evening) -> None:
    sol, mia = ending.cast.sol, ending.mia
    assert fit_due(ending, sol)
    assert not fit_due(ending, mia)  # not on shift yet
    listening.get_ready(ending.store, sol, fit=True, now=ending.now)
    assert not fit_due(ending, sol)
    listening.go_away(ending.store, sol, now=ending.now)
    assert not fit_due(ending, sol)

    ending.now += timedelta(days=7)
    assert fit_due(ending, sol)
    furnishing.tune(ending.store, "shift_change", {"asks_fit": 0}, now=ending.now)
    assert not fit_due(ending, sol)


def test_who_is_not_fit_is_left_alone_and_the_lead_knows(quiet_evening: Evening) -> None:
    evening, leo = quiet_evening, quiet_evening.cast.leo
    evening.ready(leo)
    chat = evening.opens()
    evening.sweep()
    assert evening.asked(chat.chat_id) == ["Leo"]

    listening.not_fit(evening.store, leo, now=evening.now)
    evening.sweep("routing", "watching")
    assert evening.asked(chat.chat_id) == []
    assert not evening.presence(leo).ready
    assert evening.alerts()["not_fit"].person_id == leo.id
    assert evening.paged("not_fit") == []

    listening.get_ready(evening.store, leo, fit=True, now=evening.now)
    evening.sweep("watching")
    assert "not_fit" not in evening.alerts()


def test_a_lead_who_knows_ends_it(quiet_evening: Evening) -> None:
    evening = quiet_evening
    listening.not_fit(evening.store, evening.cast.leo, now=evening.now)
    alert = evening.alerts()["not_fit"]

    directing.acknowledge(evening.store, evening.cast.sol, alert.id, now=evening.now)
    evening.sweep("watching")
    assert "not_fit" not in evening.alerts()


def test_off_shift_nobody_needs_to_say_so(two_leads: Evening) -> None:
    with pytest.raises(errors.NotOnShift):
        listening.not_fit(two_leads.store, two_leads.mia, now=two_leads.now)
