"""Server CPU of a durable, triaged, sealed message to its listener, against a bare relay."""

from __future__ import annotations

import functools
import random
import tempfile
import time as wall
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import count, islice, pairwise
from pathlib import Path
from statistics import median, quantiles

from benchmarks import serving
from benchmarks.serving import Bench, Served
from benchmarks.wires import Wire
from helpline.bootstrap import VECTORS
from helpline.store import packs
from helpline.store.secrets import new_id
from tests.postgres import running as postgres_running

PAIRS = 20
EACH = 10  # messages of a pair in a round
ROUNDS = 5
WARM_ROUNDS = 8  # at most, until a round costs about what the one before did
WARM = 0.9
REST = 5  # seconds
HALF = 0.5  # of the slowest one's saturation, where latency is taken
GOALS = {"on SQLite": 0.8, "on PostgreSQL": 1.1}
BARE = "bare relay"

Say = Callable[[str], None]  # says something and sees it arrive


@dataclass(frozen=True)
class Talk:
    """A server and those who talk over it."""

    served: Served
    pairs: list[Say]


def run() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = next(stack.enter_context(closing(postgres_running())))
        databases = {
            "on SQLite": f"sqlite:///{folder}/bench.db",
            "on PostgreSQL": postgres.database(),
        }
        relay = stack.enter_context(serving.bare())
        talks = {BARE: Talk(relay, [_bare_pair(relay.url, n) for n in range(PAIRS)])}
        for name, database in databases.items():
            talks[name] = _our_talk(stack, Bench(database, folder / name, PAIRS))
        _warm_up(talks)
        _at_half(talks, HALF * min(_saturated(talks).values()))


def _our_talk(stack: ExitStack, bench: Bench) -> Talk:
    visitors, tokens = bench.fill_every_seat(), bench.tokens()
    bench.store.engine.dispose()
    served = stack.enter_context(serving.ours(bench.database, bench.keys))
    return Talk(served, [_our_pair(served.url, each, tokens[nth]) for each, nth in visitors])


def _warm_up(talks: dict[str, Talk]) -> None:
    """What is made at its first use has been made: only then is anything counted."""
    for talk in talks.values():
        before = _cpu_of_a_round(talk)[0]
        for _ in range(WARM_ROUNDS):
            spent = _cpu_of_a_round(talk)[0]
            if spent > WARM * before:
                break
            before = spent


def _saturated(talks: dict[str, Talk]) -> dict[str, float]:
    """Everybody writes as fast as answers come; says what that costs, and gives the messages a
    second that each server carried."""
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in talks}
    for _ in range(ROUNDS):
        for name, talk in talks.items():
            costs[name].append(_cpu_of_a_round(talk))
    cpu = {name: median(spent for spent, _ in each) for name, each in costs.items()}
    rate = {name: median(1 / took for _, took in each) for name, each in costs.items()}
    for name, talk in talks.items():
        goal = f"  (goal {GOALS[name]})" if name in GOALS else ""
        print(
            f"{name:<14}{cpu[name] * 1e6:8.0f} us CPU a message, {rate[name]:6.0f} a second, "
            f"ratio {cpu[name] / cpu[BARE]:6.2f}{goal}, "
            f"at rest {_at_rest(talk.served):5.1%} of a core"
        )
    return rate


def _cpu_of_a_round(talk: Talk) -> tuple[float, float]:
    """Seconds of CPU and of the clock for one message, all that the server does beside included."""
    said = EACH * len(talk.pairs)
    before, began = talk.served.cpu(), wall.perf_counter()
    _all_at_once([functools.partial(_says, say, EACH) for say in talk.pairs])
    return (talk.served.cpu() - before) / said, (wall.perf_counter() - began) / said


def _at_rest(served: Served) -> float:
    before = served.cpu()
    wall.sleep(REST)
    return (served.cpu() - before) / REST


def _at_half(talks: dict[str, Talk], rate: float) -> None:
    """Latency from saying to arriving, at this many messages a second."""
    took: dict[str, list[float]] = {name: [] for name in talks}

    def talk_on(name: str, say: Say, every: float) -> None:
        took[name].extend(_paced(say, every))

    for _ in range(ROUNDS):
        for name, talk in talks.items():
            every = len(talk.pairs) / rate
            _all_at_once([functools.partial(talk_on, name, say, every) for say in talk.pairs])
    cuts = {name: quantiles(each, n=100) for name, each in took.items()}
    for name, cut in cuts.items():
        told = [
            f"p{nth} {cut[nth - 1] * 1e3:7.1f} ms, ratio {cut[nth - 1] / cuts[BARE][nth - 1]:6.2f}"
            for nth in (50, 99)
        ]
        print(f"{name:<14}at {rate:4.0f} a second: {'; '.join(told)}  (goal 2)")


def _says(say: Say, times: int) -> None:
    for text in islice(_texts(), times):
        say(text)


def _paced(say: Say, every: float) -> Iterator[float]:
    wall.sleep(random.random() * every)
    for text in islice(_texts(), EACH):
        began = wall.perf_counter()
        say(text)
        took = wall.perf_counter() - began
        yield took
        wall.sleep(max(0.0, every - took))


def _all_at_once(works: list[Callable[[], object]]) -> None:
    with ThreadPoolExecutor(len(works)) as pool:
        for ended in [pool.submit(work) for work in works]:
            ended.result()


@functools.cache
def _written() -> list[list[str]]:
    """What people write who are not at risk, two sentences at a time, for each language."""
    by_language: dict[str, list[str]] = {}
    for row in packs.load_vectors(VECTORS):
        if row.get("must") == "noflag" and "lang" in row:
            by_language.setdefault(row["lang"], []).append(row["text"])
    return [[f"{a}. {b}"[:200] for a, b in pairwise(each)] for each in by_language.values()]


def _texts() -> Iterator[str]:
    """Somebody's words, in one language from the first to the last."""
    written = random.choice(_written())
    for nth in count(random.randrange(len(written))):
        yield written[nth % len(written)]


def _bare_pair(url: str, number: int) -> Say:
    room, one, other = f"room-{number}", Wire(url), Wire(url)
    for each in (one, other):
        each.ask("join", {"room": room})

    def say(text: str) -> None:
        one.ask("say", {"room": room, "client_id": new_id(), "text": text})
        other.hear("message")

    return say


def _our_pair(url: str, token: str, listener_token: str) -> Say:
    visitor = Wire(url, "/visitor")
    chat = visitor.ask("resume", {"token": token})["chat"]["id"]
    console = Wire(url, "/listener", {"token": listener_token})

    def say(text: str) -> None:
        seq = visitor.ask("say", {"client_id": new_id(), "text": text})["seq"]
        while True:
            heard = console.hear("message")
            if heard["chat"] == chat and heard["seq"] == seq:
                return

    return say
