"""Care for listeners: a pause after a critical chat, and only so many of them on one shift."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import directing, furnishing, handing, judging, planning, sparing
from helpline.boards import coordinator as coordinator_board
from helpline.boards import listener as board
from helpline.domain import errors
from helpline.domain.access import Who
from helpline.domain.urgency import Level
from helpline.store import floor
from helpline.store.shifts import patterns
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening

MINUTE = timedelta(minutes=1)


def ends_a_critical_chat(evening: Evening, who: Who) -> None:
    opened = evening.talks(who, CRITICAL)
    evening.closes(who, opened.chat_id, anyway="it is over")
    evening.connected.discard(opened.chat_id)


def rests(evening: Evening, who: Who) -> timedelta | None:
    until = evening.presence(who).resting_until
    return until and until - evening.now


def sets(evening: Evening, name: str, number: int) -> None:
    furnishing.set_care(evening.store, name, number, now=evening.now)


# -- the pause ----------------------------------------------------------------------------------


def test_after_a_critical_chat_there_is_a_longer_pause(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    ends_a_critical_chat(evening, leo)
    assert rests(evening, leo) == 15 * MINUTE

    opened = evening.opens()
    evening.passes(14 * 60, every=60)
    assert evening.offers_of(opened.chat_id) == []
    evening.passes(60)

    assert evening.asked(opened.chat_id) == ["Leo"]


def test_after_any_other_chat_there_is_the_wrap_up_only(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, HIGH)
    evening.closes(leo, opened.chat_id, anyway="it is over")

    assert rests(evening, leo) == 5 * MINUTE
    with evening.store.reading() as tx:
        assert board.presence(tx, leo.id, floor.listeners(tx, evening.now), evening.now) == {
            "state": "ready",
            "until": board.iso(evening.now + 5 * MINUTE),
            "recovers": False,
            "seats": 2,
            "used": 0,
            "fit_due": False,
        }


def test_a_critical_chat_that_calmed_down_was_hard_all_the_same(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, CRITICAL)
    judging.assess(evening.store, leo, opened.chat_id, Level.ELEVATED, "calm", now=evening.now)
    evening.closes(leo, opened.chat_id)

    assert rests(evening, leo) == 15 * MINUTE


def test_who_stepped_out_of_one_has_it_too(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, CRITICAL)

    handing.step_out(evening.store, leo, opened.chat_id, None, now=evening.now)

    assert rests(evening, leo) == 15 * MINUTE


def test_it_is_declined_by_one_press(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    ends_a_critical_chat(evening, leo)
    evening.ready(leo)

    opened = evening.opens()
    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Leo"]


def test_a_shorter_rest_does_not_cut_it(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    ends_a_critical_chat(evening, leo)
    opened = evening.opens()
    sparing.choose_not_today(evening.store, leo, [], now=evening.now)
    evening.now += MINUTE
    evening.beat()
    evening.ready(evening.cast.lin)
    other = evening.talks(evening.cast.lin)
    handing.hand_off(
        evening.store, evening.cast.lin, other.chat_id, kind="listener", to_id=leo.id,
        words=None, now=evening.now,
    )  # fmt: skip
    evening.accepts(leo)
    evening.closes(leo, other.chat_id)

    assert rests(evening, leo) == 14 * MINUTE
    assert opened.chat_id not in evening.offered(leo)


def test_the_pause_is_a_setting(evening: Evening) -> None:
    leo = evening.cast.leo
    sets(evening, "pause_after_critical", 30)
    evening.ready(leo)
    ends_a_critical_chat(evening, leo)
    assert rests(evening, leo) == 30 * MINUTE

    with pytest.raises(errors.BadRequest):
        sets(evening, "pause_after_critical", 1000)
    with pytest.raises(errors.BadRequest):
        sets(evening, "naps", 1)


def test_from_the_pause_but_not_from_the_wrap_up_they_are_called_as_a_last_resort(
    evening: Evening,
) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    ends_a_critical_chat(evening, leo)
    evening.hold_open()
    opened = evening.opens(CRITICAL)
    evening.passes(290, every=10)
    assert evening.offers_of(opened.chat_id) == []

    evening.passes(10)

    assert evening.asked(opened.chat_id) == ["Leo"]
    (offer,) = makers.offered_to(evening.store, leo)
    assert (offer.note, offer.ring) == ("last_resort", True)


def test_from_the_wrap_up_after_another_chat_they_are_called_at_once(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.closes(leo, opened.chat_id)
    evening.hold_open()
    light, grave = evening.opens(), evening.opens(CRITICAL)

    evening.sweep()

    assert evening.asked(light.chat_id) == []
    assert evening.asked(grave.chat_id) == ["Leo"]
    assert [each.note for each in makers.offered_to(evening.store, leo)] == ["last_resort"]


# -- so many on one shift -----------------------------------------------------------------------


def had_enough(evening: Evening, who: Who) -> bool:
    with evening.store.reading() as tx:
        return next(e.had_enough for e in floor.listeners(tx, evening.now) if e.id == who.id)


@pytest.fixture
def spent(evening: Evening) -> Evening:
    """Leo has had two critical chats on this shift, which may ask for two, and is ready again."""
    sets(evening, "critical_per_shift", 2)
    leo = evening.cast.leo
    for _ in range(2):
        assert not had_enough(evening, leo)
        evening.ready(leo)
        ends_a_critical_chat(evening, leo)
    evening.ready(leo)
    return evening


def test_who_had_enough_is_not_asked_while_somebody_else_may_be(spent: Evening) -> None:
    leo, lin = spent.cast.leo, spent.cast.lin
    spent.ready(lin)
    assert had_enough(spent, leo)
    assert not had_enough(spent, lin)

    opened, light = spent.opens(CRITICAL), spent.opens(ROUTINE)
    spent.sweep()

    assert spent.asked(opened.chat_id) == ["Lin"]
    assert spent.asked(light.chat_id) == ["Leo"]


def test_as_a_last_resort_they_are_asked_and_it_says_so(spent: Evening) -> None:
    opened = spent.opens(CRITICAL)
    spent.sweep()

    assert spent.asked(opened.chat_id) == ["Leo"]
    (offer,) = makers.offered_to(spent.store, spent.cast.leo)
    assert offer.note == "last_resort"


def test_a_lead_may_lift_it_for_a_person_and_this_shift(spent: Evening) -> None:
    leo = spent.cast.leo
    sparing.lift_cap(spent.store, spent.cast.sol, leo.id, now=spent.now)
    assert not had_enough(spent, leo)

    opened = spent.opens(CRITICAL)
    spent.sweep()

    assert [each.note for each in makers.offered_to(spent.store, leo)] == [""]
    assert spent.asked(opened.chat_id) == ["Leo"]


def test_it_counts_from_the_start_of_the_shift(evening: Evening) -> None:
    sets(evening, "critical_per_shift", 1)
    kit = evening.hires("kit")
    evening.ready(kit)
    ends_a_critical_chat(evening, kit)
    assert had_enough(evening, kit)
    again = evening.now.date() + timedelta(days=2)
    with evening.store.reading() as tx:
        (pattern,) = [each.id for each in patterns(tx) if each.weekday == again.weekday()]
    planning.book(
        evening.store, evening.cast.cora, pattern, kit.id, "listener", again, now=evening.now
    )

    evening.now += timedelta(days=2)

    with evening.store.reading() as tx:
        assert next(e.on_shift for e in floor.listeners(tx, evening.now) if e.id == kit.id)
    assert not had_enough(evening, kit)


def test_zero_turns_it_off(spent: Evening) -> None:
    sets(spent, "critical_per_shift", 0)

    assert not had_enough(spent, spent.cast.leo)


# -- fairness -----------------------------------------------------------------------------------


def test_who_took_fewer_heavy_chats_on_this_shift_is_asked_first(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo)
    heavy = evening.talks(leo, HIGH)
    evening.closes(leo, heavy.chat_id, anyway="it is over")
    evening.ready(lin)
    light = evening.talks(lin)
    evening.closes(lin, light.chat_id)
    evening.now += MINUTE
    evening.ready(leo, lin)

    opened = evening.opens()
    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Lin"]


# -- so many in a week --------------------------------------------------------------------------


def weeks_of(evening: Evening, who: Who) -> dict[str, str]:
    """Whose heavy week this person is told of, in words."""
    shown = board.board(evening.store, who, evening.now)["heavy_weeks"]
    return {each["name"]: each["text"] for each in shown}


def takes(evening: Evening, who: Who, words: str, times: int = 1) -> None:
    """So many chats, each taken and ended; the rest after it declined."""
    for _ in range(times):
        evening.ready(who)
        opened = evening.talks(who, words)
        evening.closes(who, opened.chat_id, anyway="it is over")
        evening.connected.discard(opened.chat_id)
        evening.now += MINUTE
        evening.beat()
    evening.ready(who)


@pytest.fixture
def heavy_week(quiet_evening: Evening) -> Evening:
    """Leo took two critical chats, as many as a week may ask of one here."""
    evening = quiet_evening
    sets(evening, "critical_per_week", 2)
    takes(evening, evening.cast.leo, CRITICAL, 2)
    return evening


def test_a_heavy_week_is_told_to_lead_coordinator_and_listener_and_pages_nobody(
    heavy_week: Evening,
) -> None:
    cast = heavy_week.cast
    before = coordinator_board.board(heavy_week.store, cast.cora, heavy_week.now)
    heavy_week.sweep("care")

    alert = heavy_week.alerts()["heavy_week"]
    assert alert.person_id == cast.leo.id
    assert heavy_week.paged("heavy_week") == []
    told = coordinator_board.board(heavy_week.store, cast.cora, heavy_week.now)
    assert "Leo" in next(each["text"] for each in told["alerts"] if each["id"] == alert.id)
    words = {each["name"]: each["words"] for each in told["people"]}
    assert "many heavy chats this week" in words["Leo"]
    assert "many heavy chats this week" not in words["Lin"]
    assert told["health"] == before["health"]
    own = weeks_of(heavy_week, cast.leo)["Leo"]
    assert "You took 2 heavy chats (2 critical) in seven days." in own
    assert weeks_of(heavy_week, cast.lin) == weeks_of(heavy_week, cast.sol) == {}
    directing.acknowledge(heavy_week.store, cast.sol, alert.id, now=heavy_week.now)
    heavy_week.sweep("watching")
    assert "Ask how they are" in weeks_of(heavy_week, cast.sol)["Leo"]


def test_a_heavy_week_blocks_no_critical_chat(heavy_week: Evening) -> None:
    heavy_week.sweep("care")
    opened = heavy_week.opens(CRITICAL)
    heavy_week.sweep()

    assert heavy_week.asked(opened.chat_id) == ["Leo"]
    (offer,) = makers.offered_to(heavy_week.store, heavy_week.cast.leo)
    assert offer.note == ""


def test_it_is_told_once_in_a_week_and_again_in_the_next(heavy_week: Evening) -> None:
    heavy_week.sweep("care")
    alert = heavy_week.alerts()["heavy_week"]
    directing.acknowledge(heavy_week.store, heavy_week.cast.sol, alert.id, now=heavy_week.now)
    heavy_week.sweep("watching")
    assert "heavy_week" not in heavy_week.alerts()

    takes(heavy_week, heavy_week.cast.leo, CRITICAL)
    heavy_week.sweep("care")
    assert "heavy_week" not in heavy_week.alerts()

    heavy_week.now += timedelta(days=7)
    takes(heavy_week, heavy_week.cast.leo, CRITICAL, 2)
    heavy_week.sweep("care")
    assert "heavy_week" in heavy_week.alerts()


def test_a_week_later_it_is_over_by_itself(heavy_week: Evening) -> None:
    heavy_week.sweep("care")

    heavy_week.now += timedelta(days=7)
    heavy_week.sweep("care", "watching")

    assert "heavy_week" not in heavy_week.alerts()
    assert weeks_of(heavy_week, heavy_week.cast.leo) == {}


@pytest.mark.parametrize("most, is_told", [(3, False), (2, True), (0, False)])
def test_high_chats_count_as_heavy_and_zero_is_no_cap(
    quiet_evening: Evening, most: int, is_told: bool
) -> None:
    evening = quiet_evening
    sets(evening, "heavy_per_week", most)
    takes(evening, evening.cast.leo, HIGH)
    takes(evening, evening.cast.leo, CRITICAL)
    takes(evening, evening.cast.leo, ROUTINE)

    evening.sweep("care")

    assert ("heavy_week" in evening.alerts()) == is_told
