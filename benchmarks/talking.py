"""Server CPU of a durable, triaged, sealed message to its listener, against a bare relay."""

from __future__ import annotations

import functools
import os
import random
import subprocess
import sys
import tempfile
import time as wall
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, islice, pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.wires import Wire
from helpline.actions import entering, furnishing, listening, offering, planning, visiting
from helpline.bootstrap import LEXICON, VECTORS
from helpline.domain.access import Role, Who
from helpline.store import migrations, offers, packs
from helpline.store.engines import open_engine
from helpline.store.secrets import new_id
from helpline.store.transaction import Store
from helpline.store.vault import Vault

ROOT = Path(__file__).parent.parent
LISTENERS, SEATS = 20, 2
PAIRS = LISTENERS * SEATS
EACH = 25  # messages of a pair in a round
ROUNDS = 5
TICKS = os.sysconf("SC_CLK_TCK")
HALF = 0.5  # of the slower one's saturation, where latency is taken


def run() -> None:
    with tempfile.TemporaryDirectory() as folder, _both(Path(folder)) as (ours, bare):
        cpu, rate = _saturated(ours, bare)
        for name in ("bare relay", "helpline"):
            print(
                f"{name:<12}{median(cpu[name]) * 1e6:8.0f} us CPU a message "
                f"{median(rate[name]):8.0f} messages a second"
            )
        print(f"ratio       {median(cpu['helpline']) / median(cpu['bare relay']):8.2f}  (goal 0.8)")
        _at_half(ours, bare, HALF * min(median(each) for each in rate.values()))


@dataclass(frozen=True)
class Served:
    """A running server and its pairs, each with one way to say something and see it arrive."""

    process: subprocess.Popen[str]
    pairs: list[Callable[[str], None]]

    def cpu(self) -> float:
        """Seconds of processor time so far, all threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


def _saturated(ours: Served, bare: Served) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Everybody writes as fast as answers come: CPU seconds a message and messages a second."""
    cpu: dict[str, list[float]] = {"bare relay": [], "helpline": []}
    rate: dict[str, list[float]] = {"bare relay": [], "helpline": []}
    for nth in range(ROUNDS + 1):
        for name, served in (("bare relay", bare), ("helpline", ours)):
            before, began = served.cpu(), wall.perf_counter()
            _all_at_once([lambda say=say: _says(say, EACH) for say in served.pairs])
            if nth:  # the first round warms up
                said = EACH * len(served.pairs)
                cpu[name].append((served.cpu() - before) / said)
                rate[name].append(said / (wall.perf_counter() - began))
    return cpu, rate


def _at_half(ours: Served, bare: Served, rate: float) -> None:
    """Latency from saying to arriving, at this many messages a second."""
    took: dict[str, list[float]] = {"bare relay": [], "helpline": []}
    for _ in range(ROUNDS):
        for name, served in (("bare relay", bare), ("helpline", ours)):
            _all_at_once(
                [
                    lambda say=say, name=name, served=served: took[name].extend(
                        _paced(say, len(served.pairs) / rate)
                    )
                    for say in served.pairs
                ]
            )
    cuts = {name: quantiles(each, n=100) for name, each in took.items()}
    for nth in (50, 99):
        a, b = (cuts[name][nth - 1] for name in ("bare relay", "helpline"))
        print(
            f"p{nth} at {rate:4.0f}/s: bare {a * 1e3:7.1f} ms, helpline {b * 1e3:7.1f} ms, "
            f"ratio {b / a:5.2f}  (goal 2)"
        )


def _says(say: Callable[[str], None], times: int) -> None:
    for text in islice(_texts(), times):
        say(text)


def _paced(say: Callable[[str], None], every: float) -> Iterator[float]:
    wall.sleep(random.random() * every)
    for text in islice(_texts(), EACH // 2):
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


# -- the two servers ----------------------------------------------------------------------------


@contextmanager
def _both(folder: Path) -> Iterator[tuple[Served, Served]]:
    database = f"sqlite:///{folder}/bench.db"
    visitors, listeners = _line(database, folder / "keys")
    settings = {
        "HELPLINE_DATABASE_URL": database,
        "HELPLINE_KEY_DIR": str(folder / "keys"),
        "HELPLINE_SECRET_KEY": "a-secret-of-the-benchmark-that-guards-nothing",
        "HELPLINE_PORT": "0",
        "HELPLINE_LIMITS": "off",
    }
    bare, bare_url = _started(["-m", "benchmarks.bare_relay"], {})
    ours, our_url = _started(["app.py"], settings)
    try:
        yield (
            Served(ours, _our_pairs(our_url, visitors, listeners)),
            Served(bare, [_bare_pair(bare_url, f"room-{n}") for n in range(PAIRS)]),
        )
    finally:
        for each in (bare, ours):
            each.kill()
            each.wait()


def _started(words: list[str], settings: dict[str, str]) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("helpline ready "):
            return process, line.split()[-1]
    raise RuntimeError(f"{words} did not start")


def _bare_pair(url: str, room: str) -> Callable[[str], None]:
    one, other = Wire(url), Wire(url)
    for each in (one, other):
        each.ask("join", {"room": room})

    def say(text: str) -> None:
        one.ask("say", {"room": room, "client_id": new_id(), "text": text})
        other.hear("message")

    return say


def _our_pairs(
    url: str, visitors: list[tuple[str, str]], listeners: list[str]
) -> list[Callable[[str], None]]:
    """Visitors with (token, who holds the chat), and one console for each listener's two chats."""
    return [_our_pair(url, token, listeners[int(holder)]) for token, holder in visitors]


def _our_pair(url: str, token: str, listener_token: str) -> Callable[[str], None]:
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


def _line(database: str, keys: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """A line with every seat taken: the visitors' tokens with their listener's number, and the
    listeners' tokens."""
    now = datetime.now(UTC)
    engine = open_engine(database)
    migrations.upgrade(engine)
    store = Store(engine, Vault(keys), packs=packs.load_folder(LEXICON))
    furnishing.set_up_line(
        store, name="Bench", zone="UTC", country="IE", languages=["en"], by_hand="open", now=now
    )
    cora = _person(store, "cora", Role.COORDINATOR, now)
    people = [_person(store, f"leo{n}", Role.LISTENER, now) for n in range(LISTENERS)]
    _book(store, cora, people, now.date(), now)
    opened: dict[str, str] = {}
    for each in people:
        listening.get_ready(store, each, now=now)
    for _ in range(PAIRS):
        chat = visiting.open_chat(store, visiting.Opening(new_id(), text="hello"), now=now)
        opened[chat.chat_id] = chat.token
    visitors = []
    while len(visitors) < PAIRS:
        offering.sweep(store, now=now)
        for number, who in enumerate(people):
            with store.reading() as tx:
                asked = offers.pending_of_person(tx, who.id)
            for offer in asked:
                listening.accept(store, who, offer.id, now=now)
                visitors.append((opened[offer.chat_id], str(number)))
    tokens = [entering.make_token(store, f"leo{n}@example.org", now=now) for n in range(LISTENERS)]
    engine.dispose()
    return visitors, tokens


def _person(store: Store, name: str, role: Role, now: datetime) -> Who:
    made = entering.add_person(
        store,
        email=f"{name}@example.org",
        name=name.title(),
        roles=[str(role)],
        languages=["en"],
        skills=[],
        seats=SEATS,
        password=None,
        now=now,
    )
    return Who(made.id, made.name, frozenset(made.roles))


def _book(store: Store, cora: Who, people: list[Who], today: date, now: datetime) -> None:
    since, planned = today - timedelta(days=14), now - timedelta(days=14)
    for weekday in range(7):
        pattern: Any = planning.add_pattern(
            store, cora, "All day", weekday, time(0), time(0), since, now=planned
        )
        for each in people:
            planning.book(store, cora, pattern, each.id, "listener", since, now=planned)
