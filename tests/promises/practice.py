"""A practice server whose database and keys a test may read beside it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from helpline import clock
from helpline.actions import entering
from helpline.store.engines import open_engine
from helpline.store.secrets import new_token
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from tests.server import READY_WITHIN, ROOT, Client, Server
from tests.week import Week

PLANTED = Path(__file__).with_name("planted.py")
RISING = Path(__file__).with_name("rising.py")
GONE_WITHIN = 10  # seconds


class House(Server):
    """A server in a copy of the practice week. `fault` names one of `planted.FAULTS`."""

    def __init__(self, week: Week, folder: Path, *, fault: str = "", **environ: str) -> None:
        self.week, self.url_of_database = week, week.copy(folder)
        super().__init__(folder, PLANTED=fault, DATABASE_URL=self.url_of_database, **environ)
        if fault:
            self.program = PLANTED
        self.printed = ""
        self.store = Store(open_engine(self.url_of_database), Vault(folder / "keys"))

    def token(self, name: str) -> str:
        """As `flask people token`, without the wait for a process."""
        return entering.make_token(self.store, f"{name}@example.org", now=clock.now())

    def staff(self, name: str, namespace: str = "/listener") -> Client:
        return Client(self, namespace, {"token": self.token(name)})

    def visitor(self) -> Client:
        return Client(self, "/visitor")

    def person_id(self, name: str) -> str:
        with self.store.reading() as tx:
            return entering.people.by_email(tx, f"{name}@example.org").id  # type: ignore[union-attr]

    def _end(self, how: Any) -> int:
        """As a server ends; what it printed in the meantime is kept."""
        ended: subprocess.Popen[str] | None = self._process
        if ended is None:
            return 0
        ended.send_signal(how)
        ended.wait(timeout=30)
        assert ended.stdout is not None
        self.printed += ended.stdout.read()
        return super()._end(how)

    def close(self) -> None:
        self.stop()
        self.store.engine.dispose()
        self.week.databases.drop(self.url_of_database)


class Nest:
    """Where houses rise from: one process that has read everything, and forks (see `rising.py`)."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def rise(self, environ: dict[str, str], out: Path, log: Path) -> None:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, str(RISING)], cwd=ROOT, stdin=subprocess.PIPE, text=True
            )
        assert self._process.stdin is not None
        print(
            json.dumps({"environ": environ, "out": str(out), "log": str(log)}),
            file=self._process.stdin,
            flush=True,
        )

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class Rising(House):
    """A house that may be killed often: it is back within a second."""

    def __init__(
        self, nest: Nest, week: Week, folder: Path, *, fault: str = "", **environ: str
    ) -> None:
        super().__init__(week, folder, fault=fault, **environ)
        self.rises_from(nest)

    def rises_from(self, nest: Nest) -> None:
        self.nest, self._out, self.pid = nest, self.folder / "out", 0

    def _launch(self) -> None:
        self._out.write_text("")
        self.nest.rise(self.environ, self._out, self.log)

    def _lines(self) -> Iterator[str]:
        until, read = time.monotonic() + READY_WITHIN, 0
        while time.monotonic() < until:
            printed = self._out.read_text().split("\n")[:-1]
            for line in printed[read:]:
                if line.startswith("pid "):
                    self.pid = int(line.split()[1])
                yield line
            read = len(printed)
            time.sleep(0.01)

    def _end(self, how: signal.Signals) -> int:
        ended, self.pid = self.pid, 0
        if not ended:
            return 0
        with contextlib.suppress(ProcessLookupError):
            os.kill(ended, how)
        until = time.monotonic() + GONE_WITHIN
        while Path(f"/proc/{ended}").exists():
            assert time.monotonic() < until, "it is still there"
            time.sleep(0.005)
        return 0


@contextmanager
def rising(nest: Nest, week: Week, folder: Path, *, fault: str = "") -> Iterator[Rising]:
    house = Rising(nest, week, folder, fault=fault)
    try:
        yield house.start()  # type: ignore[misc]
    finally:
        house.kill()
        house.close()


@contextmanager
def serving(week: Path, folder: Path, *, fault: str = "", **environ: str) -> Iterator[House]:
    house = House(week, folder, fault=fault, **environ)
    try:
        yield house.start()  # type: ignore[misc]
    finally:
        house.close()


def client_id() -> str:
    return new_token()[:32].replace("_", "x")
