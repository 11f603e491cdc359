"""The emergency protocol: which ways there are, what each needs, and who signs it off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from helpline.domain import alarms, emergency, errors, safeguarding
from helpline.domain.emergency import Step

NOW = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    "policies, ways",
    [
        ({}, ("agreed", "told", "not_told")),
        ({"calls_untold": 0}, ("agreed", "told")),
        ({"may_tell": False}, ("agreed",)),  # and so nobody is called for in secret either
        ({"calls_agreed": 0, "calls_untold": 0}, ("told",)),
        ({"calls_agreed": 0, "may_tell": False}, ()),
    ],
)
def test_the_organisation_says_in_which_ways(policies: dict[str, Any], ways: tuple[str, ...]):
    assert emergency.allowed(policies) == ways


@pytest.mark.parametrize(
    "said",
    [
        Step("called"),
        Step("way", way="agreed"),
        Step("way", way="not_told", note="He reads along."),
        Step("place", place={"area": "by the harbour"}),
        Step("note", note="They ask for her name."),
        Step("ended", result="help_comes"),
    ],
)
def test_a_step_is_taken_in_any_order(said: Step):
    emergency.require_step(said, {})


@pytest.mark.parametrize(
    "said, refusal",
    [
        (Step("begun"), errors.BadRequest),
        (Step("signed"), errors.BadRequest),
        (Step("way"), errors.BadRequest),
        (Step("way", way="secretly"), errors.BadRequest),
        (Step("way", way="not_told"), errors.Empty),  # it needs its reason
        (Step("note"), errors.Empty),
        (Step("ended"), errors.BadRequest),
        (Step("place", place={"address_of_network": "x"}), errors.BadRequest),
    ],
)
def test_what_is_no_step_is_refused(said: Step, refusal: type[errors.Refused]):
    with pytest.raises(refusal):
        emergency.require_step(said, {})


def test_the_call_itself_needs_no_policy_and_no_words():
    nothing = {"calls_agreed": 0, "may_tell": 0}

    emergency.require_step(Step("called"), nothing)
    with pytest.raises(errors.NotAllowed):
        emergency.require_step(Step("way", way="told"), nothing)


def test_a_call_that_nobody_ended_is_to_sign_off_after_half_an_hour():
    assert not emergency.is_to_sign_off(NOW, None, NOW + 29 * MINUTE)
    assert emergency.is_to_sign_off(NOW, None, NOW + 30 * MINUTE)
    assert emergency.is_to_sign_off(NOW, NOW, NOW)


@pytest.mark.parametrize(
    "leads, alone", [(["sol"], False), (["sol", "lin"], False), (["leo", "sol"], None),
                     (["leo"], True)],
)  # fmt: skip
def test_nobody_signs_their_own_call_while_there_is_another_lead(leads, alone):
    signer = "leo" if "leo" in leads else "sol"
    if alone is None:
        with pytest.raises(errors.OwnDeed):
            emergency.require_signer(signer, {"leo"}, leads)
    else:
        assert emergency.require_signer(signer, {"leo"}, leads) is alone


@pytest.mark.parametrize(
    "rung, owned, minutes, calls",
    [
        (1, False, 4, False),
        (1, False, 5, True),
        (1, True, 5, False),  # somebody is on it: each hour is enough
        (1, True, 60, True),
        (alarms.RUNGS, False, 5, False),
        (alarms.RUNGS + 7, False, 60, True),
    ],
)
def test_what_must_be_done_calls_until_it_is(rung: int, owned: bool, minutes: int, calls: bool):
    due = NOW - minutes * MINUTE

    found = alarms.next_rung(rung, due, NOW, until_done=True, owned=owned)

    assert found == (rung + 1 if calls else None)


@pytest.mark.parametrize("minutes, calls", [(5, False), (59, False), (60, True)])
@pytest.mark.parametrize("rung, owned", [(1, False), (1, True), (40, False)])
def test_what_has_to_be_arranged_first_calls_each_hour_and_never_stops(
    rung: int, owned: bool, minutes: int, calls: bool
):
    due = NOW - minutes * MINUTE

    found = alarms.next_rung(rung, due, NOW, until_done=True, owned=owned, hourly=True)

    assert found == (rung + 1 if calls else None)
    assert alarms.HOURLY <= alarms.UNTIL_DONE


@pytest.mark.parametrize("hours", [None, 1, 24, 72])
def test_a_concern_has_a_due_time(hours: int | None):
    assert safeguarding.due_at(hours, NOW) == NOW + timedelta(hours=hours or 24)


def test_a_concern_is_not_put_off():
    with pytest.raises(errors.BadRequest):
        safeguarding.due_at(1000, NOW)
