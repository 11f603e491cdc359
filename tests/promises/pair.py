"""Two servers of one line: one PostgreSQL, one Redis, one folder of keys, and people at either."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import text as sql

from helpline import clock
from helpline.store import sweeper
from helpline.store.tables import Sweeper
from tests.databases import Postgresql
from tests.postgres import Postgres
from tests.promises.practice import House, client_id
from tests.server import Client, Server
from tests.week import Week

Payload = dict[str, Any]


class Beside(House):
    """Another process of the same line."""

    def __init__(self, first: House, folder: Path, **environ: str) -> None:
        shared = {"DATABASE_URL": first.url_of_database, "KEY_DIR": str(first.folder / "keys")}
        Server.__init__(self, folder, PLANTED="", **(shared | environ))
        self.store = first.store


class Pair:
    """`a` was there first and sweeps; `b` came second."""

    def __init__(self, week: Week, folder: Path, **environ: str) -> None:
        (folder / "a").mkdir()
        (folder / "b").mkdir()
        self.a = House(week, folder / "a", **environ)
        self.b = Beside(self.a, folder / "b", **environ)
        self.store = self.a.store
        self._connected: list[Client] = []

    def start(self) -> Pair:
        self.a.start()
        self.b.start()
        return self

    def close(self) -> None:
        self._send_home()
        self.b.kill()
        self.a.kill()
        self.a.close()

    # -- people ------------------------------------------------------------------------------------

    def visitor(self, at: Server) -> Client:
        return self._add(Client(at, "/visitor"))

    def staff(self, name: str, at: Server, namespace: str = "/listener") -> Client:
        return self._add(Client(at, namespace, {"token": self.a.token(name)}))

    def ready(self, name: str, at: Server) -> Client:
        listener = self.staff(name, at)
        assert listener.ask("ready")["ok"]
        return listener

    def opened(self, at: Server, text: str = "hello") -> tuple[Client, Payload]:
        visitor = self.visitor(at)
        answer = visitor.ask("open", client_id=client_id(), text=text)
        assert answer["ok"], answer
        return visitor, answer

    def talk(self, visitor_at: Server, listener_at: Server) -> tuple[Client, str, str, Client]:
        """(visitor, its token, the chat, Leo): the two talk."""
        leo = self.ready("leo", listener_at)
        vera, opened = self.opened(visitor_at)
        chat = opened["chat"]["id"]
        offer = leo.wait_for("offer", lambda data: data["chat"] == chat, within=30)
        assert leo.ask("accept", offer=offer["id"])["ok"]
        vera.wait_for("chat", lambda data: data["listener"])
        return vera, opened["token"], chat, leo

    def tidy(self) -> None:
        """Everybody goes home, and the line is empty."""
        self._send_home()
        now = clock.now()
        with self.store.transaction() as tx:
            for statement in (
                "UPDATE offers SET state = 'withdrawn' WHERE state = 'pending'",
                "UPDATE holdings SET until = :now WHERE until IS NULL",
                "UPDATE chats SET state = 'closed', ended_at = :now, visitor_here = false, "
                "holder_id = NULL WHERE state NOT IN ('closed', 'left')",
                "UPDATE presences SET ready = false, paused = false, missed = 0, "
                "lease_until = NULL, resting_until = NULL",
                "UPDATE alerts SET over_at = :now WHERE over_at IS NULL",
                "UPDATE call_outs SET over_at = :now WHERE over_at IS NULL",
                "UPDATE line SET full_since = NULL, told_at_door = 0, version = version + 1",
            ):
                values = {"now": now} if ":now" in statement else {}
                tx.session.execute(sql(statement), values)

    def _send_home(self) -> None:
        for each in self._connected:
            with suppress(Exception):
                each.close()
        self._connected = []

    def fence(self) -> int:
        with self.store.reading() as tx:
            return sweeper._fence(tx.session)

    def sweeper(self) -> tuple[House, House]:
        """The one that sweeps now, and the other."""
        with self.store.reading() as tx:
            row = tx.session.get(Sweeper, 1)
            assert row is not None
            sweeps = row.process.split(":")[0]
        is_a = sweeps == str(self.a.pid)
        return (self.a, self.b) if is_a else (self.b, self.a)

    def _add(self, client: Client) -> Client:
        self._connected.append(client)
        return client


@contextmanager
def held(server: House) -> Iterator[None]:
    """The process stands still, as on a machine that was suspended, and wakes up afterwards."""
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


def seqs(client: Client, chat: str) -> list[int]:
    """The messages of this chat as they arrived."""
    return [
        data["seq"]
        for kind, data in list(client.heard)
        if kind == "message" and data["chat"] == chat
    ]


def eventually(test: Callable[[], bool], within: float = 10) -> float:
    """How many seconds it took."""
    began = time.monotonic()
    while not test():
        assert time.monotonic() - began < within, "it did not come about"
        time.sleep(0.05)
    return time.monotonic() - began


def practice_week(postgres: Postgres, folder: Path) -> Week:
    """A practice week of one's own, for measurements."""
    (folder / "week").mkdir()
    return Week(Postgresql(postgres, folder), folder / "week")


class Pages:
    """Chats with a page at either server: what one page says, the other hears."""

    def __init__(self, pair: Pair, here: Server, there: Server, chats: int) -> None:
        self._began = time.monotonic()
        self._tabs: list[tuple[str, Client, Client]] = []
        self._said: dict[tuple[str, int], float] = {}
        self._heard: dict[tuple[str, int], float] = {}
        self._order: dict[str, list[int]] = {}
        for number in range(chats):
            first, opened = pair.opened(here if number % 2 else there)
            second = pair.visitor(there if number % 2 else here)
            chat = opened["chat"]["id"]
            assert second.ask("resume", token=opened["token"], after=0)["ok"]
            second.io.on("message", self._hear, namespace="/visitor")
            self._tabs.append((chat, first, second))

    def now(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began

    def write(self, a_second: float, seconds: float) -> int:
        """Says so much for so long, in turn; how many messages."""
        began, said = time.monotonic(), 0
        while (late := time.monotonic() - began) < seconds:
            if said / a_second > late:
                time.sleep(said / a_second - late)
            chat, first, _ = self._tabs[said % len(self._tabs)]
            at = self.now()
            answer = first.ask("say", client_id=client_id(), text=f"number {said}")
            self._said[chat, answer["seq"]] = at
            said += 1
        return said

    def delays(self) -> list[tuple[float, float]]:
        """(when it was said, after how long it was heard), in seconds."""
        return [(at, self._heard[key] - at) for key, at in self._said.items() if key in self._heard]

    def missing(self) -> int:
        return len(self._said.keys() - self._heard.keys())

    def disordered(self) -> int:
        return sum(order != sorted(set(order)) for order in self._order.values())

    def are_equal(self) -> bool:
        return self.missing() == 0

    def _hear(self, data: Payload) -> None:
        self._heard.setdefault((data["chat"], data["seq"]), self.now())
        self._order.setdefault(data["chat"], []).append(data["seq"])
