"""Pairs of timings, taken in turn so that both see the same machine."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import process_time

ROUNDS = 5


def side_by_side(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Median CPU seconds of each over five rounds, A B A B …, after one round to warm up."""
    first()
    second()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for taken, work in zip(times, (first, second), strict=True):
            start = process_time()
            work()
            taken.append(process_time() - start)
    return median(times[0]), median(times[1])
