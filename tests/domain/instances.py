"""Lines that nobody has, to try rosters on: as many shifts, people and needs as one likes."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from helpline.domain import roster, walltime
from helpline.domain.access import Role
from helpline.domain.coverage import Need
from helpline.domain.eligibility import Candidate, Crew, Hours, Level, Rules
from helpline.domain.roster import Brings, Pattern, Plan
from helpline.domain.rostering import Question
from helpline.domain.shifts import Stint

ZONE = "Europe/Dublin"
MONDAY = date(2027, 1, 11)
LENGTHS = (3, 4, 6)


def instance(
    *,
    seed: int = 1,
    people: int = 60,
    demand: float = 1.0,
    weeks: int = 1,
    every: int = 2,
) -> Question:
    """A week of 168 hours: shifts of 3, 4 and 6 hours that start every two; people who can come in
    a few windows of the week, 6 to 16 hours of it, 22 % of them leads, half trained for minors, a
    quarter with a second language; evenings need most. `demand` scales the need."""
    chance = random.Random(seed)
    patterns = [
        Pattern(
            f"p{weekday}-{hour:02}-{length}",
            "",
            weekday,
            time(hour),
            time((hour + length) % 24),
            date(2026, 1, 1),
        )
        for weekday in range(7)
        for hour in range(0, 24, every)
        for length in LENGTHS
    ]
    crew = [_somebody(chance, number) for number in range(people)]
    brings = {
        each.id: Brings(
            frozenset({"en", "es"} if chance.random() < 0.25 else {"en"}),
            minors="minors" in each.skills,
        )
        for each in crew
    }
    by_hour = [2, 2, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 4, 4, 5, 5, 5, 4, 3]
    needs = [
        Need(
            weekday,
            hour,
            hour + 1,
            max(1, round(heads * demand * (1.1 if weekday >= 5 else 1))),
            leads=1,
            minors=1,
            languages=("es",) if 16 <= hour < 22 else (),
        )
        for weekday in range(7)
        for hour, heads in enumerate(by_hour)
    ]
    start = walltime.first_instant(ZONE, datetime.combine(MONDAY, time()))
    end = walltime.first_instant(ZONE, datetime.combine(MONDAY + weeks * 7 * roster.DAY, time()))
    return Question(
        Plan(ZONE, patterns, people=brings),
        needs,
        Crew(ZONE, Rules(rest=timedelta(hours=10)), {each.id: each for each in crew}),
        start,
        end,
        start - timedelta(days=3),
    )


def _somebody(chance: random.Random, number: int) -> Candidate:
    """Windows of four to eight hours on two to five days; before and between they would rather
    not come. Everybody has served before."""
    windows: dict[int, tuple[int, int]] = {}
    for weekday in chance.sample(range(7), chance.randint(2, 5)):
        since = chance.choice([0, 6, 8, 12, 14, 16, 18, 18])
        windows[weekday] = since, min(24, since + chance.randint(4, 8))
    hours = []
    for weekday in range(7):
        since, until = windows.get(weekday, (24, 24))
        glad = Level.GLADLY if chance.random() < 0.5 else Level.CAN
        hours += [
            Hours(weekday, a, b, level)
            for a, b, level in (
                (0, since, Level.RATHER_NOT), (since, until, glad), (until, 24, Level.RATHER_NOT)
            )
            if a < b
        ]  # fmt: skip
    roles = {Role.LISTENER, Role.LEAD} if chance.random() < 0.22 else {Role.LISTENER}
    before = walltime.first_instant(ZONE, datetime.combine(MONDAY, time())) - timedelta(days=20)
    return Candidate(
        f"v{number:02}",
        frozenset(map(str, roles)),
        frozenset({"minors"} if chance.random() < 0.5 else ()),
        week=timedelta(hours=chance.choice([6, 8, 10, 12, 16])),
        hours=tuple(hours),
        stints=(Stint(before, before + timedelta(hours=4)),),
    )
