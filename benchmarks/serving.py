"""The servers that are measured: ours with a line of its own, and the bare relay beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from helpline.actions import entering, furnishing, listening, offering, planning, visiting
from helpline.bootstrap import LEXICON
from helpline.domain.access import Role, Who
from helpline.store import migrations, offers, packs
from helpline.store.engines import open_engine
from helpline.store.secrets import new_id
from helpline.store.transaction import Store
from helpline.store.vault import Vault

ROOT = Path(__file__).parent.parent
WITHIN = 60  # seconds for any answer
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    url: str

    def cpu(self) -> float:
        """Seconds of processor time so far, all threads."""
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text().split()[0]) for each in threads) / 1e9

    def memory(self) -> int:
        """Bytes that it has in memory now."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE


@contextmanager
def bare() -> Iterator[Served]:
    with _started(["-m", "benchmarks.bare_relay"], {}) as served:
        yield served


@contextmanager
def ours(database: str, keys: Path) -> Iterator[Served]:
    settings = {
        "HELPLINE_DATABASE_URL": database,
        "HELPLINE_KEY_DIR": str(keys),
        "HELPLINE_SECRET_KEY": "a-secret-of-the-benchmark-that-guards-nothing",
        "HELPLINE_PORT": "0",
        "HELPLINE_LIMITS": "off",
    }
    with _started(["app.py"], settings) as served:
        yield served


@contextmanager
def _started(words: list[str], settings: dict[str, str]) -> Iterator[Served]:
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("helpline ready "):
                yield Served(process, line.split()[-1])
                return
        raise RuntimeError(f"{words} did not start")
    finally:
        process.kill()
        process.wait()


# -- a line to serve ----------------------------------------------------------------------------


class Bench:
    """A line that is open all day, with so many listeners ready, who have one seat each."""

    def __init__(self, database: str, keys: Path, listeners: int) -> None:
        self.database, self.keys, self.now = database, keys, datetime.now(UTC)
        engine = open_engine(database)
        migrations.upgrade(engine)
        self.store = Store(engine, Vault(keys), packs=packs.load_folder(LEXICON))
        self._set_up()
        cora = self._person("cora", Role.COORDINATOR)
        self.people = [self._person(f"leo{n}", Role.LISTENER) for n in range(listeners)]
        self._book(cora, self.now.date())
        for each in self.people:
            listening.get_ready(self.store, each, now=self.now)

    def _set_up(self) -> None:
        furnishing.set_up_line(
            self.store,
            name="Bench",
            zone="UTC",
            country="IE",
            languages=["en"],
            by_hand="open",
            now=self.now,
        )
        furnishing.set_door_limit(self.store, 0, now=self.now)

    def come(self, count: int) -> list[visiting.Opened]:
        """So many visitors, who wait."""
        hello = [visiting.Opening(new_id(), text="hello") for _ in range(count)]
        return [visiting.open_chat(self.store, each, now=self.now) for each in hello]

    def fill_every_seat(self) -> list[tuple[str, int]]:
        """A visitor for each seat: their tokens, with the number of the listener who has them."""
        opened = {each.chat_id: each.token for each in self.come(len(self.people))}
        visitors: list[tuple[str, int]] = []
        while len(visitors) < len(opened):
            offering.sweep(self.store, now=self.now)
            for number, who in enumerate(self.people):
                with self.store.reading() as tx:
                    asked = offers.pending_of_person(tx, who.id)
                for offer in asked:
                    listening.accept(self.store, who, offer.id, now=self.now)
                    visitors.append((opened[offer.chat_id], number))
        return visitors

    def tokens(self) -> Sequence[str]:
        """Of the listeners, to sign in with."""
        emails = [f"leo{n}@example.org" for n in range(len(self.people))]
        return [entering.make_token(self.store, each, now=self.now) for each in emails]

    def _person(self, name: str, role: Role) -> Who:
        made = entering.add_person(
            self.store,
            email=f"{name}@example.org",
            name=name.title(),
            roles=[str(role)],
            languages=["en"],
            skills=[],
            seats=1,
            password=None,
            now=self.now,
        )
        return Who(made.id, made.name, frozenset(made.roles))

    def _book(self, cora: Who, today: date) -> None:
        since, planned = today - timedelta(days=14), self.now - timedelta(days=14)
        for weekday in range(7):
            pattern = planning.add_pattern(
                self.store, cora, "All day", weekday, time(0), time(0), since, now=planned
            )
            for each in self.people:
                planning.book(self.store, cora, pattern, each.id, "listener", since, now=planned)
