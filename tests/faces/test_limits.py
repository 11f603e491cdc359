"""How much at once is too much: buckets that refill, under names that tell nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain import errors
from helpline.domain.urgency import Level
from helpline.faces import limits
from helpline.faces.limits import EVENTS, OPEN, OPEN_AT_RISK, SAY, SIGN_IN, Limits, Rate

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def on() -> Limits:
    return Limits(on=True)


def taken(of: Limits, rate: Rate, whose: str, *, now: datetime) -> int:
    """How many may be taken at once until the bucket is empty."""
    for count in range(1_000):
        try:
            of.take(rate, whose, now=now)
        except errors.SlowDown:
            return count
    raise AssertionError("the bucket never ends")


@pytest.mark.parametrize(
    "rate, burst, refill_s", [(SAY, 10, 1), (OPEN, 20, 20), (SIGN_IN, 5, 12), (EVENTS, 60, 0.1)]
)
def test_a_burst_then_one_at_a_time(on: Limits, rate: Rate, burst: int, refill_s: float) -> None:
    assert taken(on, rate, "vera", now=NOW) == burst

    almost, then = (NOW + timedelta(seconds=refill_s * part) for part in (0.98, 1.0))
    assert taken(on, rate, "vera", now=almost) == 0
    assert taken(on, rate, "vera", now=then) == 1


@pytest.mark.parametrize("rate, wait", [(SAY, 1), (OPEN, 20), (SIGN_IN, 12), (EVENTS, 1)])
def test_a_refusal_says_when_to_try_again_and_it_is_true(on: Limits, rate: Rate, wait: int) -> None:
    taken(on, rate, "vera", now=NOW)

    with pytest.raises(errors.SlowDown) as refused:
        on.take(rate, "vera", now=NOW)

    assert refused.value.extra == {"retry_after_s": wait}
    on.take(rate, "vera", now=NOW + wait * SECOND)


def test_a_refusal_costs_nothing(on: Limits) -> None:
    """Whoever keeps trying is not kept out for longer."""
    taken(on, OPEN, "vera", now=NOW)
    for second in range(1, 20):
        with pytest.raises(errors.SlowDown):
            on.take(OPEN, "vera", now=NOW + second * SECOND)

    on.take(OPEN, "vera", now=NOW + 20 * SECOND)


def test_the_wait_shrinks_as_time_goes_by(on: Limits) -> None:
    taken(on, OPEN, "vera", now=NOW)

    def wait(after: int) -> int:
        with pytest.raises(errors.SlowDown) as refused:
            on.take(OPEN, "vera", now=NOW + after * SECOND)
        return refused.value.extra["retry_after_s"]

    assert [wait(after) for after in (0, 1, 10, 18)] == [20, 19, 10, 2]


def test_a_bucket_never_holds_more_than_its_burst(on: Limits) -> None:
    on.take(SAY, "vera", now=NOW)

    assert taken(on, SAY, "vera", now=NOW + timedelta(days=1)) == SAY.burst


def test_words_at_risk_come_in_after_a_crowd_and_are_bounded_too(on: Limits) -> None:
    for _ in range(OPEN.burst):
        on.take_opening("a school", Level.ELEVATED, now=NOW)
    with pytest.raises(errors.SlowDown):
        on.take_opening("a school", Level.ROUTINE, now=NOW)

    for _ in range(OPEN_AT_RISK.burst // 2):
        on.take_opening("a school", Level.HIGH, now=NOW)
        on.take_opening("a school", Level.CRITICAL, now=NOW)

    with pytest.raises(errors.SlowDown):
        on.take_opening("a school", Level.CRITICAL, now=NOW)
    on.take_opening("elsewhere", Level.ROUTINE, now=NOW)


def test_one_visitors_haste_is_nobody_elses(on: Limits) -> None:
    taken(on, SAY, "say:vera", now=NOW)

    assert taken(on, SAY, "say:max", now=NOW) == SAY.burst


def test_a_clock_that_goes_back_gives_and_takes_nothing(on: Limits) -> None:
    taken(on, SAY, "vera", now=NOW)

    assert taken(on, SAY, "vera", now=NOW - timedelta(hours=1)) == 0
    assert taken(on, SAY, "max", now=NOW) == SAY.burst


def test_limits_that_are_off_refuse_nobody() -> None:
    off = Limits(on=False)

    for _ in range(1_000):
        off.take(SIGN_IN, "vera", now=NOW)


def test_memory_stays_bounded(on: Limits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BUCKETS_AT_MOST", 50)

    for number in range(500):
        on.take(SAY, f"somebody-{number}", now=NOW)

    assert len(on._buckets) <= 50


# -- names of where somebody comes from ---------------------------------------------------------


@pytest.mark.parametrize(
    "one, other, alike",
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.250", True),
        ("192.0.2.7", "192.0.3.7", False),
        ("2001:db8:1::1", "2001:db8:1:ffff::2", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("not an address", "", True),
        ("192.0.2.7", "not an address", False),
    ],
)
def test_a_network_has_one_name(on: Limits, one: str, other: str, alike: bool) -> None:
    first, second = on.source(one, now=NOW), on.source(other, now=NOW)

    assert (first == second) == alike


def test_a_name_holds_no_address_and_is_another_in_every_process(on: Limits) -> None:
    name = on.source("192.0.2.7", now=NOW)

    assert len(name) == 16
    assert name != Limits(on=True).source("192.0.2.7", now=NOW)


def test_a_name_is_forgotten_after_some_minutes(on: Limits) -> None:
    name = on.source("192.0.2.7", now=NOW)

    assert on.source("192.0.2.7", now=NOW + limits.KEY_LIVES) == name
    assert on.source("192.0.2.7", now=NOW + limits.KEY_LIVES + SECOND) != name


def test_no_bucket_bears_an_address(on: Limits) -> None:
    on.take(OPEN, f"open:{on.source('192.0.2.7', now=NOW)}", now=NOW)

    assert not any("192.0.2" in key for key in on._buckets)
