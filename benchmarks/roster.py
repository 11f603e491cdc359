"""Suggested rosters: what the solver meets beside the plain way, and what the server feels of it.

60 volunteers, 168 hours, 252 shifts; each in a process of its own, as live."""

from __future__ import annotations

import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

from benchmarks.serving import ROOT, Bench, Served, ours
from helpline.domain import erlang, rostering, simulation
from helpline.domain.simulation import Scenario
from helpline.domain.urgency import Level
from helpline.rosterer import WORKERS
from tests.domain.instances import instance

POINTS = 0.05  # of coverage that the solver is to meet above the plain way
SLOWER_AT_MOST = 1.5  # the middle answer of the server while a roster is thought out
ASKED_EVERY = 0.05  # seconds
WINDOW = 8  # seconds
ERLANG_POINTS = 0.02


def run(seconds: int = 30, seeds: int = 3, windows: int = 6) -> bool:
    erlang_holds = _foretells()
    found = [
        _solve(seed, demand, seconds) for demand in (0.8, 1.0, 1.2) for seed in range(1, seeds + 1)
    ]
    least = min(better - plain for plain, better in found)
    gain = mean(better - plain for plain, better in found)
    print(f"{gain:+.1%} of the need on the mean, {least:+.1%} at the least (goal {POINTS:+.0%})")
    middle, slowest = _beside(windows)
    print(
        f"an answer of the server while one is thought out: {middle:.2f} times as long in the "
        f"middle (goal {SLOWER_AT_MOST}), {slowest:.2f} times for 19 of 20"
    )
    return erlang_holds and least >= POINTS and middle <= SLOWER_AT_MOST


def _foretells() -> bool:
    """Erlang-A against our simulator: who gives up, 8 listeners of two seats."""
    share, minutes = simulation.MIX[Level.CRITICAL]
    talks = erlang.Talks(undivided=share * minutes / 44.8)
    worst = 0.0
    for load in (0.6, 0.8, 1.0, 1.2):
        scenario = Scenario(load=load, days=40)
        simulated = simulation.simulate(scenario).gone_share
        model = erlang.service(scenario.arrivals_per_hour, 8, talks).gone
        worst = max(worst, abs(model - simulated))
        print(f"load {load}: Erlang-A {model:6.1%} give up, the simulator {simulated:6.1%}")
    return worst <= ERLANG_POINTS


def _solve(seed: int, demand: float, seconds: int) -> tuple[float, float]:
    """Coverage by the plain way and by the solver."""
    before = _cpu()
    with _thinking(seed, demand, seconds) as process:
        said, _ = process.communicate()
    spent = _cpu() - before
    lines = [json.loads(each) for each in said.splitlines()]
    plain, last = lines[0], lines[-1]
    question = instance(seed=seed, demand=demand)
    needed = rostering.worth(rostering.problem(question), ()).needed / 60
    print(
        f"need {needed:4.0f} h, seed {seed}: plain {_words(plain)}; solver {_words(last)}", end=""
    )
    print(f", bound {last['bound']:.0f}; {spent:.0f} s of CPU", flush=True)
    return plain["coverage"], last["coverage"]


def _cpu() -> float:
    """Of the processes that are over: on a crowded machine a second is less than one."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _words(line: dict[str, Any]) -> str:
    return (
        f"{line['coverage']:.1%}, {line['hours_without_lead']:.0f} h without a lead, "
        f"cost {line['cost']}"
    )


@contextmanager
def _thinking(seed: int, demand: float, seconds: int) -> Iterator[subprocess.Popen[bytes]]:
    """The process as `rosterer` starts it."""
    with tempfile.TemporaryFile() as asked:
        pickle.dump(instance(seed=seed, demand=demand), asked)
        asked.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-m", "helpline.solving", str(seconds), str(WORKERS)],
            stdin=asked,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={"PATH": "", "PYTHONPATH": os.fspath(ROOT)},
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _beside(windows: int) -> tuple[float, float]:
    """The page of a visitor, asked for in turns with and without a roster being thought out."""
    alone: list[float] = []
    beside: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = Bench(f"sqlite:///{folder / 'helpline.db'}", folder / "keys", 2)
        with ours(made.database, folder / "keys") as served:
            _ask(served, 15)  # warm
            for _ in range(windows):
                alone += _ask(served, WINDOW)
                with _thinking(1, 1.0, WINDOW + 60):
                    time.sleep(4)  # the question is read, the plain way is done
                    beside += _ask(served, WINDOW)
    middles = [quantiles(each, n=20) for each in (alone, beside)]
    for words, each in zip(("alone", "beside"), middles, strict=True):
        print(
            f"{words}: half within {each[9] * 1e3:.1f} ms, 19 of 20 within {each[18] * 1e3:.1f} ms"
        )
    return middles[1][9] / middles[0][9], middles[1][18] / middles[0][18]


def _ask(served: Served, seconds: float) -> list[float]:
    taken = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        start = time.perf_counter()
        with urllib.request.urlopen(served.url, timeout=30) as answer:
            answer.read()
        taken.append(time.perf_counter() - start)
        time.sleep(ASKED_EVERY)
    return taken
