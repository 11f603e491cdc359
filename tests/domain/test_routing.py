"""Routing: who may be asked, and which offers can still be answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain import errors, routing
from helpline.domain.routing import Listener

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)


def listens(id: str = "leo", **more: object) -> Listener:
    """Somebody who is there, speaks English and has a free seat, but for `more`."""
    plain = Listener(
        id, on_shift=True, ready=True, here=True, seats=2, used=0, languages=frozenset({"en"})
    )
    return replace(plain, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "categories, skills",
    [
        ([], set()),
        (["hopelessness", "plan"], set()),
        (["child"], {"minors"}),
        (["abuse"], {"abuse"}),
        (["child", "abuse", "child"], {"minors", "abuse"}),
    ],
)
def test_which_training_the_flags_of_a_chat_ask_for(
    categories: list[str], skills: set[str]
) -> None:
    assert routing.needs(categories) == skills


@pytest.mark.parametrize(
    "missed, others, expected",
    [
        (0, 0, (1, False)),
        (0, 3, (1, False)),
        (1, 3, (2, True)),
        (1, 1, (2, True)),
        (1, 0, (2, False)),
        (5, 0, (6, False)),
        (5, 1, (6, True)),
    ],
)
def test_two_missed_pause_but_never_the_last_one(
    missed: int, others: int, expected: tuple[int, bool]
) -> None:
    assert routing.next_missed(missed, others_ready=others) == expected


@pytest.mark.parametrize(
    "state, seconds_left, refusal",
    [
        ("pending", 1, None),
        ("pending", 0, errors.OfferGone),
        ("pending", -1, errors.OfferGone),
        ("taken", 1, errors.OfferTaken),
        ("taken", -1, errors.OfferTaken),
        ("accepted", 1, errors.OfferGone),
        ("declined", 1, errors.OfferGone),
        ("lapsed", -1, errors.OfferGone),
        ("withdrawn", 1, errors.OfferGone),
        ("stepped_out", 1, errors.OfferGone),
    ],
)
def test_which_offers_can_be_answered(
    state: str, seconds_left: float, refusal: type[errors.Refused] | None
) -> None:
    expires_at = NOW + timedelta(seconds=seconds_left)

    if refusal is None:
        routing.require_still_open(state, expires_at, NOW)
        return
    with pytest.raises(refusal):
        routing.require_still_open(state, expires_at, NOW)


@pytest.mark.parametrize(
    "listener, may",
    [
        (listens(), True),
        (listens(resting_until=NOW + timedelta(minutes=5)), True),
        (listens(on_shift=False), False),
        (listens(here=False), False),
        (listens(ready=False), False),
        (listens(used=2), False),
        (listens(used=1, holds_critical=True), False),
    ],
)
def test_to_whom_a_reopened_chat_comes_back(listener: Listener, may: bool) -> None:
    assert routing.may_go_on(listener) == may


@pytest.mark.parametrize(
    "listener, can",
    [
        (listens(), True),
        (listens(used=1), True),
        (listens(used=2), False),
        (listens(paused=True), False),
        (listens(ready=False), False),
        (listens(resting_until=NOW + timedelta(minutes=5)), False),
    ],
)
def test_who_counts_as_somebody_else_to_ask(listener: Listener, can: bool) -> None:
    assert routing.can_take(listener, NOW) == can


@pytest.mark.parametrize(
    "seats, used, critical, free",
    [(2, 0, False, 2), (2, 1, False, 1), (2, 3, False, 0), (1, 0, False, 1), (2, 1, True, 0)],
)
def test_free_seats(seats: int, used: int, critical: bool, free: int) -> None:
    listener = listens(seats=seats, used=used, holds_critical=critical)

    assert routing.free_seats(listener) == free
