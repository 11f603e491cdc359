"""What may become of a hand-off, and for how long a visitor is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain import errors, handoffs
from helpline.domain.urgency import Level

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    "level, waits",
    [
        (Level.ROUTINE, MINUTE),
        (Level.ELEVATED, MINUTE),
        (Level.HIGH, timedelta(0)),
        (Level.CRITICAL, timedelta(0)),
    ],
)
def test_at_high_and_critical_nobody_is_kept_for_a_question(level, waits):
    assert handoffs.asked_until(level, NOW) - NOW == waits


@pytest.mark.parametrize(
    "old, new",
    [("offered", "calling"), ("calling", "reached"), ("offered", "not_reached"),
     ("calling", "did_not_want")],
)  # fmt: skip
def test_a_call_goes_on_to_its_outcome(old, new):
    assert handoffs.require_move(old, new)


@pytest.mark.parametrize("state", handoffs.SAID_OF_RESOURCES)
def test_saying_the_same_again_is_fine(state):
    assert not handoffs.require_move(state, state)


@pytest.mark.parametrize("old, new", [("reached", "calling"), ("unknown", "reached")])
def test_what_has_ended_stays(old, new):
    with pytest.raises(errors.OfferGone):
        handoffs.require_move(old, new)


@pytest.mark.parametrize("new", ["unknown", "offered", "pending", ""])
def test_nobody_says_what_only_the_line_knows(new):
    with pytest.raises(errors.BadRequest):
        handoffs.require_move("offered", new)
