"""What is assumed: how many come, who is there, how long they talk, and by which rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..care import Care
from ..urgency import Level

DAY = 24 * 60  # minutes

# Shares and mean minutes of work by level: published chats are long, and few are acute.
MIX: Mapping[Level, tuple[float, float]] = {
    Level.CRITICAL: (0.08, 60.0),
    Level.HIGH: (0.22, 50.0),
    Level.ELEVATED: (0.45, 45.0),
    Level.ROUTINE: (0.25, 35.0),
}
EVEN = (1.0,) * 24


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is assumed. `load` is the share of all seats that would be in use if nobody gave up."""

    load: float = 1.0
    listeners: int = 8
    seats: int = 2
    days: int = 30
    by_hour: Sequence[float] = EVEN  # how arrivals spread over the day, any 24 weights
    staff_by_hour: Sequence[int] | None = None  # instead of `listeners`, the same number all day
    mix: Mapping[Level, tuple[float, float]] = field(default_factory=lambda: dict(MIX))
    spread: float | None = 0.7  # of the log-normal lengths, over their mean; None: exponential
    patience: float | None = 20.0  # mean minutes until somebody waiting leaves; None: never
    together: float = 0.7  # speed of each of two chats held at once
    wrap_up: float = 5.0
    surge: bool = False
    opted_in: float = 1.0  # share of listeners who take a surge seat
    accepts_after: float | None = None  # mean seconds until an offer is answered; None: at once
    accepts: float = 1.0  # share of offers that are accepted and not passed on
    critical_fills: bool = True  # a critical chat takes all seats of its listener
    surge_beside_at_risk: bool = False  # a surge seat beside a high or critical chat too
    care: Care | None = None  # the pause and the cap; None: neither
    shift_hours: int = 4  # after which critical chats are counted anew
    door_limit: int = 0  # minutes; beyond it only high and critical come in; 0: no limit
    first_come: bool = False  # the comparison: no order by level, one offer at a time
    seed: int = 1

    @property
    def most_staff(self) -> int:
        return max(self.staff_by_hour) if self.staff_by_hour else self.listeners

    def staff_at(self, minute: float) -> int:
        if not self.staff_by_hour:
            return self.listeners
        return self.staff_by_hour[int(minute // 60) % 24]

    @property
    def arrivals_per_hour(self) -> float:
        """Such that `load` comes out, on the average of a day."""
        work = sum(share * minutes for share, minutes in self.mix.values())
        speed = self.together if self.seats > 1 else 1.0
        staffed = sum(map(self.staff_at, range(0, DAY, 60))) / 24
        return self.load * staffed * self.seats * 60 / (work / speed + self.wrap_up)


def compared(base: Scenario) -> dict[str, Scenario]:
    """The policies that are worth setting side by side, the same people under each."""
    surge = replace(base, surge=True)
    slow = {
        f"... one offer in four passed on, the others taken after {seconds} s on the mean": replace(
            surge, accepts_after=float(seconds), accepts=0.75
        )
        for seconds in (5, 15, 30)
    }
    return {
        "first come, first served": replace(base, first_come=True, care=None),
        "by level, surge off": base,
        "by level, surge on": surge,
        "... one listener in three opted in": replace(surge, opted_in=1 / 3),
        **slow,
    }
