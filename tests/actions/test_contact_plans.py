"""Contact plans: made by a lead, told before they count, carried along, reviewed, and forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import contacting, forgetting, likening, settling, visiting
from helpline.boards import listener as listener_board
from helpline.domain import errors
from helpline.store import line, plans
from tests.actions.evening import HIGH, Evening

WORDS = "Two chats a day of 30 minutes. A walk helps."
IN_A_MONTH = timedelta(days=30)


@pytest.fixture
def talk(quiet_evening: Evening) -> visiting.Opened:
    quiet_evening.ready(quiet_evening.cast.leo, quiet_evening.cast.sol)
    return quiet_evening.talks(quiet_evening.cast.leo)


@pytest.fixture
def plan(quiet_evening: Evening, talk: visiting.Opened) -> str:
    return make(quiet_evening, talk)


def make(evening: Evening, opened: visiting.Opened, days: int = 30) -> str:
    review_on = evening.now.date() + timedelta(days=days)
    return contacting.keep_plan(
        evening.store, evening.cast.sol, opened.chat_id, WORDS, review_on, now=evening.now
    )


def seen(evening: Evening, opened: visiting.Opened) -> dict | None:
    who = evening.cast.leo
    return listener_board.chat_of(evening.store, who, opened.chat_id, evening.now)["plan"]


def tell(evening: Evening, opened: visiting.Opened) -> None:
    contacting.tell_plan(evening.store, evening.cast.leo, opened.chat_id, now=evening.now)


def test_a_plan_is_not_in_force_before_the_person_was_told(quiet_evening, talk, plan):
    before = seen(quiet_evening, talk)

    tell(quiet_evening, talk)

    assert (before["standing"], before["text"], before["told_at"]) == ("not_told", WORDS, None)
    after = seen(quiet_evening, talk)
    assert (after["standing"], after["told_by"]) == ("in_force", "Leo")
    assert after["told_at"] is not None


def test_a_plan_that_was_changed_has_to_be_told_anew(quiet_evening, talk, plan):
    tell(quiet_evening, talk)

    assert make(quiet_evening, talk) == plan

    assert seen(quiet_evening, talk)["standing"] == "not_told"


def test_at_high_risk_it_is_said_that_it_is_not_applied_and_not_what_it_says(
    quiet_evening, talk, plan
):
    tell(quiet_evening, talk)
    quiet_evening.says(talk, HIGH)

    shown = seen(quiet_evening, talk)

    assert (shown["standing"], shown["text"]) == ("not_applied", None)
    with pytest.raises(errors.NoPlanNow):
        tell(quiet_evening, talk)


def test_who_does_not_hold_the_chat_sees_no_plan(quiet_evening, talk, plan):
    for who in (quiet_evening.cast.lin, quiet_evening.cast.sol):
        shown = listener_board.chat_of(quiet_evening.store, who, talk.chat_id, quiet_evening.now)
        assert shown["plan"] is None


def test_a_plan_goes_along_to_a_chat_of_the_same_person_and_back_when_it_was_not(
    quiet_evening, talk, plan
):
    evening, sol = quiet_evening, quiet_evening.cast.sol
    again = evening.talks(evening.cast.leo)
    assert seen(evening, again) is None

    likening.link(evening.store, sol, again.chat_id, talk.chat_id, now=evening.now)
    assert seen(evening, again)["text"] == WORDS
    likening.unlink(evening.store, sol, again.chat_id, talk.chat_id, now=evening.now)

    assert seen(evening, again) is None
    assert seen(evening, talk)["text"] == WORDS


def test_a_plan_of_its_own_is_not_replaced(quiet_evening, talk, plan):
    again = quiet_evening.talks(quiet_evening.cast.leo)
    own = make(quiet_evening, again)

    with quiet_evening.store.transaction() as tx:
        assert not plans.carry(tx, talk.chat_id, again.chat_id, quiet_evening.now)

    assert own != plan


@pytest.mark.parametrize("days", [-1, 0, 181])
def test_a_plan_has_a_day_of_review_ahead(quiet_evening, talk, days):
    with pytest.raises(errors.NotADayAhead):
        make(quiet_evening, talk, days)


def test_leads_are_told_when_a_review_is_due_and_nobody_is_paged(quiet_evening, talk):
    evening = quiet_evening
    plan = make(evening, talk, days=1)
    contacting.look(evening.store, now=evening.now)
    assert "plan_review" not in evening.alerts()
    evening.now += timedelta(days=1)

    for _ in range(2):
        contacting.look(evening.store, now=evening.now)

    assert evening.alerts()["plan_review"].matter == f"plan_review:{plan}"
    assert evening.paged("plan_review") == []
    with evening.store.transaction() as tx:
        settling.settle_what_is_over(tx, evening.now)
    assert "plan_review" in evening.alerts()
    later = evening.now.date() + IN_A_MONTH
    contacting.review_plan(evening.store, evening.cast.sol, plan, later, now=evening.now)
    assert "plan_review" not in evening.alerts()


def test_an_ended_plan_is_gone_with_its_key(quiet_evening, talk, plan):
    assert quiet_evening.store.vault.holds(f"plan-{plan}")

    contacting.end_plan(quiet_evening.store, quiet_evening.cast.sol, plan, now=quiet_evening.now)

    assert seen(quiet_evening, talk) is None
    assert not quiet_evening.store.vault.holds(f"plan-{plan}")


def test_who_asks_to_be_forgotten_takes_their_plan_along(quiet_evening, talk, plan):
    evening = quiet_evening
    again = evening.talks(evening.cast.leo)
    with evening.store.transaction() as tx:
        plans.carry(tx, talk.chat_id, again.chat_id, evening.now)
    evening.closes(evening.cast.leo, talk.chat_id)

    forgetting.erase(evening.store, talk.token, now=evening.now)

    assert seen(evening, again) is None
    assert not evening.store.vault.holds(f"plan-{plan}")


def test_a_plan_lives_as_long_as_the_last_chat_it_is_for(quiet_evening, talk, plan):
    evening = quiet_evening
    with evening.store.transaction() as tx:
        line.line(tx).keep_days = 1
    again = evening.talks(evening.cast.leo)
    with evening.store.transaction() as tx:
        plans.carry(tx, talk.chat_id, again.chat_id, evening.now)
    evening.closes(evening.cast.leo, talk.chat_id)
    evening.now += timedelta(days=2)
    evening.sweep("wrap_ups", "forgetting")
    assert evening.chat(talk).erased_at is not None
    assert seen(evening, again)["text"] == WORDS

    evening.closes(evening.cast.leo, again.chat_id)
    evening.now += timedelta(days=2)
    evening.sweep("wrap_ups", "forgetting")

    assert not evening.store.vault.holds(f"plan-{plan}")
    with evening.store.reading() as tx:
        assert plans.every(tx) == []
