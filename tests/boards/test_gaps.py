"""Gaps in words: what is missing, as one would say it, in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpline.actions import planning
from helpline.boards import gaps, weekly
from helpline.domain import coverage
from helpline.domain.cover import Heads
from helpline.domain.coverage import Gap

STARTS = datetime(2027, 1, 19, 20, 0, tzinfo=UTC)
ES = frozenset({"es"})
TWO = Heads(2, 1, 1, ES)


def gap(need: Heads, there: Heads, hours: float = 2) -> Gap:
    reason = coverage.shortfall(need, there)
    assert reason is not None
    return Gap(STARTS, STARTS + timedelta(hours=hours), need, there, reason)


@pytest.mark.parametrize(
    "need, there, english, spanish",
    [
        (Heads(2, 0, 0, ES), Heads(1, 0), "one of two, nobody speaks Spanish", "uno de dos, nadie habla español"),
        (Heads(2, 1), Heads(0, 1), "none of two", "ninguno de dos"),
        (TWO, Heads(2, 0, 1, ES), "no lead", "sin responsable"),
        (Heads(4, 2), Heads(3, 1), "three of four, one of two leads", "tres de cuatro, uno de dos responsables"),
        (TWO, Heads(2, 1, 0, ES), "nobody is trained for minors", "nadie tiene formación con menores"),
        (Heads(2, 1, 2), Heads(2, 1, 1), "one of two trained for minors", "uno de dos con formación en menores"),
        (
            Heads(0, 0, 0, frozenset({"es", "de"})), Heads(1, 0),
            "nobody speaks German or Spanish", "nadie habla alemán o español",
        ),
        (
            TWO, Heads(0, 0),
            "nobody can take a new chat, needed: 2 listeners, 1 lead",
            "nadie puede tomar un chat nuevo, hacen falta: 2 escuchas, 1 responsable",
        ),
        (Heads(12, 0), Heads(11, 0), "11 of 12", "11 de 12"),
    ],
)  # fmt: skip
def test_a_gap_is_said_as_one_would_say_it(
    need: Heads, there: Heads, english: str, spanish: str
) -> None:
    assert gaps.words("en", gap(need, there)) == english
    assert gaps.words("es", gap(need, there)) == spanish


@pytest.mark.parametrize(
    "hours, says",
    [
        (2, "Tue 19 Jan 21–23: one of two, nobody speaks Spanish"),
        (2.5, "Tue 19 Jan 21–23:30: one of two, nobody speaks Spanish"),
        (24, "Tue 19 Jan 21 – Wed 20 Jan 21: one of two, nobody speaks Spanish"),
    ],
)
def test_it_says_when_on_the_wall_of_the_line(hours: float, says: str) -> None:
    found = gap(Heads(2, 0, 0, ES), Heads(1, 0), hours)

    assert gaps.sentence("en", "Europe/Berlin", found) == says


def test_the_week_map_says_what_nobody_there_brings(store, cast, now):
    planning.set_need(
        store, cast.cora, 3, 10, 11, 1, minors=9, languages=["fr"], now=now
    )  # fmt: skip

    board = weekly.week_board(store, cast.cora, now.date(), now)

    (cell,) = board["rows"][3]["hours"][10]
    assert cell["heat"] == "thin"
    assert "nobody speaks French" in cell["words"]
    assert "nobody is trained" not in cell["words"]  # some are, though too few
    (calm,) = board["rows"][3]["hours"][11]
    assert "nobody speaks" not in calm["words"]
