"""The server is killed 500 times, on both databases, while ten people write: no word is lost."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

from tests.databases import BOTH, Databases, Postgresql, Sqlite
from tests.postgres import running
from tests.promises import writing
from tests.promises.practice import rising
from tests.promises.writing import Evidence, violations
from tests.week import Week

KILLS = 500  # over both databases
MESSAGES = 100_000  # acknowledged, likewise
IN_ONE = 25  # kills of one house; then it is looked at, and another one begins
PATIENCE = 600  # seconds without a word acknowledged: a crowded machine is no verdict
HEAD = "database     kills   acknowledged   lost   twice   moved   holes   other   minutes"
# What the checker says, by the column it is counted in.
COLUMNS = {
    "is lost": "lost",
    " times": "twice",
    "is at": "moved",
    "not in the order": "moved",
    "has holes": "holes",
}


def run(
    kills: int = KILLS, messages: int = MESSAGES, first: int = 1, databases: str = ",".join(BOTH)
) -> bool:
    """False when a promise was broken. Goes house by house, each with a seed of its own, so that a
    run may go on where another stopped: `first` is the number of the first house."""
    per_kill = -(-messages // kills)
    sums = {name: [0.0] * 8 for name in databases.split(",")}
    in_one = min(IN_ONE, -(-kills // len(sums)))  # so that a short run too looks at both
    houses = -(-kills // in_one)
    print(HEAD, flush=True)
    with ExitStack() as stack:
        weeks = {name: _week(name, stack) for name in sums}
        for number in range(first, first + houses):
            name = list(sums)[number % len(sums)]
            here = min(in_one, kills - in_one * (number - first))
            _add(sums[name], _one_house(weeks[name], here, per_kill, seed=number), here)
            _show(f"{name} #{number}", sums[name])
    whole = [sum(column) for column in zip(*sums.values(), strict=True)]
    _show("together", whole)
    kept = sum(whole[2:7]) == 0
    enough = whole[0] >= kills and whole[1] >= messages
    print("KEPT: every acknowledged word is there once, in its place" if kept else "BROKEN")
    if not enough:
        print(f"(fewer than the {kills} kills and {messages} messages that were asked for)")
    return kept and enough


def _week(name: str, stack: ExitStack) -> Week:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    databases: Databases = Sqlite(folder)
    if name == "postgresql":
        databases = Postgresql(next(stack.enter_context(closing(running()))), folder)
    return Week(databases, folder)


def _one_house(week: Week, kills: int, between: int, *, seed: int) -> tuple[Evidence, float]:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, rising(week, Path(folder) / "h") as house:
        seen = writing.write_through_kills(
            house, kills, between=between, seed=seed, patience=PATIENCE
        )
    return seen, (time.monotonic() - began) / 60


def _add(sums: list[float], house: tuple[Evidence, float], kills: int) -> None:
    seen, minutes = house
    found = violations(seen)
    names = ["lost", "twice", "moved", "holes", "other"]
    counted = dict.fromkeys(names, 0)
    for each in found:
        print(f"    {each}", flush=True)
        counted[next((name for says, name in COLUMNS.items() if says in each), "other")] += 1
    row = [kills, seen.acknowledged, *(counted[name] for name in names), minutes]
    sums[:] = [before + more for before, more in zip(sums, row, strict=True)]


def _show(name: str, row: list[float]) -> None:
    kills, acknowledged, lost, twice, moved, holes, other, minutes = row
    print(
        f"{name:12} {kills:5.0f} {acknowledged:14.0f} {lost:6.0f} {twice:7.0f} {moved:7.0f} "
        f"{holes:7.0f} {other:7.0f} {minutes:9.1f}",
        flush=True,
    )
