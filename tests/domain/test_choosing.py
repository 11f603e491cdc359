"""One chat at a time: whom to ask first, why nobody, and what the offer notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain import assigning
from helpline.domain.assigning import Choice
from helpline.domain.routing import Candidate, Listener
from helpline.domain.urgency import Level

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
ROUTINE, ELEVATED, HIGH, CRITICAL = Level


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def listens(id: str = "leo", **more: object) -> Listener:
    """Somebody who is there, speaks English and has a free seat, but for `more`."""
    plain = Listener(
        id, on_shift=True, ready=True, here=True, seats=2, used=0, languages=frozenset({"en"})
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def chat(level: Level = ROUTINE, **more: object) -> Candidate:
    return replace(Candidate("c", level, "en", NOW), **more)  # type: ignore[arg-type]


HOUR = timedelta(hours=1)
SPEAKS_BOTH = frozenset({"en", "es"})
ASKED = {"asked": {"leo": ago(10)}}

# who is there, which chat -> whom to ask, why nobody, what the offer notes
CHOICES = [
    # -- somebody, nobody
    ([listens()], chat(), ("leo", "", "")),
    ([], chat(), ("", "nobody_ready", "")),
    # -- 1. given to someone who is not there
    ([listens(on_shift=False)], chat(CRITICAL), ("", "nobody_ready", "")),
    ([listens(ready=False)], chat(CRITICAL), ("", "nobody_ready", "")),
    ([listens(here=False)], chat(CRITICAL), ("", "nobody_ready", "")),
    ([listens(resting_until=NOW + timedelta(seconds=1))], chat(), ("", "nobody_ready", "")),
    ([listens(resting_until=NOW)], chat(), ("leo", "", "")),
    # -- seats
    ([listens(used=1)], chat(), ("leo", "", "")),
    ([listens(used=2)], chat(), ("", "all_busy", "")),
    ([listens(used=3)], chat(), ("", "all_busy", "")),
    ([listens(seats=1, used=1)], chat(CRITICAL), ("", "all_busy", "")),
    ([listens(used=1, holds_critical=True)], chat(CRITICAL), ("", "all_busy", "")),
    ([listens(used=2), listens("lin")], chat(), ("lin", "", "")),
    # -- paused: only for critical
    ([listens(paused=True)], chat(HIGH), ("", "asked_everyone", "")),
    ([listens(paused=True)], chat(CRITICAL), ("leo", "", "")),
    ([listens(paused=True), listens("lin")], chat(), ("lin", "", "")),
    # -- asked a moment ago
    ([listens()], chat(asked={"leo": ago(119)}), ("", "asked_everyone", "")),
    ([listens()], chat(asked={"leo": ago(120)}), ("leo", "", "")),
    ([listens()], chat(HIGH, asked={"leo": ago(19)}), ("", "asked_everyone", "")),
    ([listens()], chat(HIGH, asked={"leo": ago(20)}), ("leo", "", "")),
    ([listens()], chat(CRITICAL, asked={"leo": ago(20)}), ("leo", "", "")),
    ([listens(), listens("lin")], chat(**ASKED), ("lin", "", "")),
    # -- stepped out: never again, however long ago and however urgent
    ([listens()], chat(CRITICAL, not_for=frozenset({"leo"})), ("", "asked_everyone", "")),
    # -- the turn: never asked, then least recently asked; in one sweep who has less to do
    ([listens(last_offered_at=ago(60)), listens("lin")], chat(), ("lin", "", "")),
    (
        [listens(last_offered_at=ago(60)), listens("lin", last_offered_at=ago(61))],
        chat(),
        ("lin", "", ""),
    ),
    (
        [listens(last_offered_at=NOW, used=1), listens("lin", last_offered_at=NOW)],
        chat(),
        ("lin", "", ""),
    ),
    ([listens("b"), listens("a")], chat(), ("a", "", "")),
    # -- leads last
    ([listens("sol", leads=True), listens(last_offered_at=ago(1))], chat(), ("leo", "", "")),
    ([listens("sol", leads=True), listens(used=2)], chat(), ("sol", "", "")),
    # -- language first ...
    (
        [listens(), listens("lin", languages=SPEAKS_BOTH, last_offered_at=ago(1))],
        chat(language="es"),
        ("lin", "", ""),
    ),
    # ... even a lead's
    (
        [listens(), listens("sol", languages=SPEAKS_BOTH, leads=True)],
        chat(language="es"),
        ("sol", "", ""),
    ),
    # ... waited for while somebody with it is on shift
    (
        [listens(), listens("lin", languages=SPEAKS_BOTH, used=2)],
        chat(language="es"),
        ("", "no_one_fitting", ""),
    ),
    (
        [listens(), listens("lin", languages=SPEAKS_BOTH, resting_until=NOW + HOUR)],
        chat(language="es"),
        ("", "no_one_fitting", ""),
    ),
    # ... but not when they are booked and absent, or would never be asked
    (
        [listens(), listens("lin", languages=SPEAKS_BOTH, here=False)],
        chat(language="es"),
        ("leo", "", "language"),
    ),
    (
        [listens(), listens("lin", languages=SPEAKS_BOTH, ready=False)],
        chat(language="es"),
        ("leo", "", "language"),
    ),
    (
        [listens(), listens("lin", languages=SPEAKS_BOTH)],
        chat(language="es", not_for=frozenset({"lin"})),
        ("leo", "", "language"),
    ),
    # ... or nobody is
    (
        [listens(), listens("lin", languages=SPEAKS_BOTH, on_shift=False)],
        chat(language="es"),
        ("leo", "", "language"),
    ),
    # -- training first
    (
        [listens(), listens("lin", skills=frozenset({"minors"}), last_offered_at=ago(1))],
        chat(needs=frozenset({"minors"})),
        ("lin", "", ""),
    ),
    ([listens()], chat(needs=frozenset({"minors"})), ("leo", "", "training")),
    (
        [listens(), listens("lin", skills=frozenset({"minors"}), used=2)],
        chat(needs=frozenset({"minors"})),
        ("", "no_one_fitting", ""),
    ),
    (
        [listens(skills=frozenset({"minors"}))],
        chat(needs=frozenset({"minors", "abuse"})),
        ("leo", "", "training"),
    ),
    # -- what is missing most is said
    ([listens()], chat(language="es", needs=frozenset({"minors"})), ("leo", "", "language")),
]


@pytest.mark.parametrize("there, waiting, expected", CHOICES)
def test_whom_to_ask(
    there: list[Listener], waiting: Candidate, expected: tuple[str, str, str]
) -> None:
    asked, why, note = expected

    found = assigning.choose(waiting, there, NOW)

    assert found == Choice((asked,) if asked else (), why, note)


@pytest.mark.parametrize(
    "level, patience", [(CRITICAL, 30), (HIGH, 180), (ELEVATED, 600), (ROUTINE, 1200)]
)
def test_how_long_language_and_training_are_waited_for(level: Level, patience: int) -> None:
    there = [listens(), listens("lin", languages=SPEAKS_BOTH, used=2)]

    def choose(waited: float) -> Choice:
        return assigning.choose(chat(level, language="es", arrived_at=ago(waited)), there, NOW)

    assert choose(patience - 0.001) == Choice((), "no_one_fitting")
    assert choose(patience) == Choice(("leo",), note="language")
