"""What a second process costs: server CPU of a durable message that another page hears."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from benchmarks.timing import ROUNDS
from tests.postgres import running as postgres_running
from tests.promises.pair import Pages, Pair, practice_week
from tests.promises.practice import House
from tests.redis_server import Redis

CHATS = 20
A_SECOND = 20  # messages
FOR = 5  # seconds a round
TICKS = os.sysconf("SC_CLK_TCK")
A_MINUTE = 6  # messages that two people who talk write together


def run() -> None:
    with ExitStack() as stack:
        alone = stack.enter_context(_line(REDIS_URL=""))
        hints = stack.enter_context(closing(Redis().start()))
        beside = stack.enter_context(_line(REDIS_URL=hints.url))
        runs = {
            "one process, without Redis": ([alone.a], Pages(alone, alone.a, alone.a, CHATS)),
            "one of two, both pages there": ([beside.a], Pages(beside, beside.a, beside.a, CHATS)),
            "two, the pages at either": (
                [beside.a, beside.b],
                Pages(beside, beside.a, beside.b, CHATS),
            ),
        }
        costs: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name, (servers, pages) in runs.items():
                costs[name].append(_cost(servers, pages))
    first = sorted(costs["one process, without Redis"])[ROUNDS // 2]
    for name, found in costs.items():
        middle = sorted(found)[ROUNDS // 2]
        talks = 1e6 / middle * 60 / A_MINUTE
        print(
            f"{name:30} {middle:6.0f} us CPU a message ({min(found):.0f}-{max(found):.0f}), "
            f"ratio {middle / first:.2f}, {talks:5.0f} conversations would fill one core"
        )


@contextmanager
def _line(**environ: str) -> Iterator[Pair]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = stack.enter_context(closing(postgres_running()))
        pair = Pair(practice_week(next(postgres), folder), folder, **environ)
        yield stack.enter_context(closing(pair.start()))


def _cost(servers: Sequence[House], pages: Pages) -> float:
    """Microseconds of all these servers for each message, what they do at rest left out."""
    began = sum(map(_cpu, servers))
    time.sleep(FOR)
    at_rest = sum(map(_cpu, servers)) - began
    said = pages.write(A_SECOND, FOR)
    spent = sum(map(_cpu, servers)) - began - 2 * at_rest
    return spent / said * 1e6


def _cpu(server: House) -> float:
    """Seconds of CPU that it has had so far."""
    words = Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / TICKS
