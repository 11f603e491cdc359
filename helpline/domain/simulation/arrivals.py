"""Who comes: a Poisson stream, thinned to the hours of the day, with work and patience."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

from .. import routing
from .people import Chat
from .scenario import Scenario

START = datetime(2026, 1, 5, tzinfo=UTC)
LANGUAGE = "en"


def arrivals(scenario: Scenario, end: float) -> Iterator[Chat]:
    """The same people under every policy: their chances are a stream of their own."""
    chance = random.Random(f"arriving {scenario.seed}")
    weights = [each * 24 / sum(scenario.by_hour) for each in scenario.by_hour]
    peak = max(weights)
    per_minute = scenario.arrivals_per_hour * peak / 60
    levels, shares = list(scenario.mix), [share for share, _ in scenario.mix.values()]
    minute = 0.0
    for number in count():
        minute += chance.expovariate(per_minute)
        if minute >= end:
            return
        level = chance.choices(levels, shares)[0]
        work = _length(chance, scenario.mix[level][1], scenario.spread)
        patience = _patience(chance, scenario.patience)
        if chance.random() * peak > weights[int(minute // 60) % 24]:
            continue
        arrived_at = START + timedelta(minutes=minute)
        candidate = routing.Candidate(f"c{number}", level, LANGUAGE, arrived_at)
        yield Chat(candidate.id, level, minute, work, patience, candidate)


def _length(chance: random.Random, mean: float, spread: float | None) -> float:
    if spread is None:
        return chance.expovariate(1 / mean)
    sigma = math.sqrt(math.log(1 + spread**2))
    return chance.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)


def _patience(chance: random.Random, mean: float | None) -> float:
    return math.inf if mean is None else chance.expovariate(1 / mean)
