"""What happened: waits, goodbyes, and whether what was shown came true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt

from ..urgency import Level
from .scenario import Scenario

LATE_AFTER = 1.0  # minutes


@dataclass(slots=True)
class Outcome:
    """What happened to the chats of one level: waits of the answered in minutes, how many gave
    up, and how many the door told that the wait is too long, who count in nothing else here.

    Late is who waited longer than `LATE_AFTER`, or left before anyone came.
    """

    waits: list[float] = field(default_factory=list)
    gone: int = 0
    told: int = 0

    @property
    def arrived(self) -> int:
        return len(self.waits) + self.gone

    @property
    def late_share(self) -> float:
        late = sum(wait > LATE_AFTER for wait in self.waits) + self.gone
        return late / self.arrived if self.arrived else 0.0

    @property
    def gone_share(self) -> float:
        return self.gone / self.arrived if self.arrived else 0.0

    @property
    def mean_wait(self) -> float:
        return sum(self.waits) / len(self.waits) if self.waits else 0.0

    def within(self, share: float) -> float:
        """The wait that this share of the answered stayed below."""
        if not self.waits:
            return 0.0
        return sorted(self.waits)[min(len(self.waits) - 1, int(share * len(self.waits)))]


@dataclass(frozen=True, slots=True)
class Shown:
    """The range that somebody was shown on arriving, how long they waited, and whether they
    were answered in the end."""

    low: int
    high: int
    waited: float
    answered: bool

    @property
    def came_true(self) -> bool | None:
        """None when they left before it could show."""
        if self.answered:
            return self.low <= self.waited <= self.high
        return None if self.waited <= self.high else False


@dataclass(slots=True)
class Report:
    """Everything that a run found. `surges` are chats taken on a surge seat,
    `last_resorts` by people who should have been spared."""

    scenario: Scenario
    levels: dict[Level, Outcome]
    surges: int = 0
    last_resorts: int = 0
    shown: list[Shown] = field(default_factory=list)

    @property
    def gone_share(self) -> float:
        arrived = sum(each.arrived for each in self.levels.values())
        return sum(each.gone for each in self.levels.values()) / arrived if arrived else 0.0


def together(reports: Sequence[Report]) -> Report:
    """Several runs of one scenario, of different seeds, as if they were one long run."""
    return Report(
        reports[0].scenario,
        {
            level: Outcome(
                [wait for each in reports for wait in each.levels[level].waits],
                sum(each.levels[level].gone for each in reports),
                sum(each.levels[level].told for each in reports),
            )
            for level in Level
        },
        sum(each.surges for each in reports),
        sum(each.last_resorts for each in reports),
        [shown for each in reports for shown in each.shown],
    )


def late(reports: Sequence[Report], level: Level) -> tuple[float, float]:
    """The share of these who were late in several runs, and its standard error."""
    found = [each.levels[level].late_share for each in reports]
    mean = sum(found) / len(found)
    if len(found) < 2:
        return mean, 0.0
    spread = sum((each - mean) ** 2 for each in found) / (len(found) - 1)
    return mean, sqrt(spread / len(found))


def as_text(name: str, reports: Sequence[Report]) -> str:
    """One policy in a few lines: per level how many came, were late, left, and how long it took."""
    whole = together(reports)
    known = [each.came_true for each in whole.shown if each.came_true is not None]
    held = sum(known) / len(known) if known else 1.0
    rows = [name]
    for level, outcome in sorted(whole.levels.items(), reverse=True):
        share, error = late(reports, level)
        rows.append(
            f"  {level.word:9} {outcome.arrived:6d} came  {share:6.1%} late (± {error:.1%})"
            f"  {outcome.gone_share:6.1%} left  half within {outcome.within(0.5):4.1f} min"
            f"  19 of 20 within {outcome.within(0.95):5.1f} min"
        )
    days = whole.scenario.days * len(reports)
    rows.append(
        f"  {whole.gone_share:.1%} of all left; {whole.surges / days:.1f} surge seats and"
        f" {whole.last_resorts / days:.1f} last resorts a day; the wait shown held for {held:.0%}"
    )
    return "\n".join(rows)
