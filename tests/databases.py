"""The two databases that tests run on: each made once, empty and with the cast in it, and copied."""

from __future__ import annotations

import contextlib
import functools
import shutil
from datetime import datetime
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import text
from sqlmodel import SQLModel

from helpline.store import migrations
from helpline.store.engines import open_engine
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from tests import cast as the_cast
from tests.cast import Cast
from tests.postgres import Postgres, plain

BOTH = ["sqlite", "postgresql"]
COUNT_ON = """
    SELECT setval(pg_get_serial_sequence('journal', 'id'), coalesce(max(id), 0) + 1, false)
    FROM journal
"""


class Databases(Protocol):
    """`new` and `copy` give the address of a database that is this test's alone."""

    folder: Path

    def new(self, folder: Path) -> str: ...
    def copy(self, url: str, folder: Path) -> str: ...
    def refill(self, url: str, like: str) -> None: ...
    def drop(self, url: str) -> None: ...
    def laid_down(self, url: str) -> dict[str, bytes]: ...


class Sqlite:
    """Files, one in each folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new(self, folder: Path) -> str:
        return f"sqlite:///{folder / 'helpline.db'}"

    def copy(self, url: str, folder: Path) -> str:
        copied = self.new(folder)
        shutil.copy(_path(url), _path(copied))
        return copied

    def refill(self, url: str, like: str) -> None:
        """What is at `url`, which nobody has open, is then as `like`."""
        self.drop(url)
        shutil.copy(_path(like), _path(url))

    def drop(self, url: str) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{_path(url)}{end}").unlink(missing_ok=True)

    def laid_down(self, url: str) -> dict[str, bytes]:
        """What lies outside the folder of the test: nothing."""
        return {}


class Postgresql:
    """Databases on one server; the folder of a test holds its keys only."""

    def __init__(self, server: Postgres, folder: Path) -> None:
        self.server, self.folder = server, folder

    def new(self, folder: Path) -> str:
        return self.server.database()

    def copy(self, url: str, folder: Path) -> str:
        return self.server.database(like=url)

    def refill(self, url: str, like: str) -> None:
        """Row by row: sooner than another copy. The tables must be those of `like`."""
        tables = SQLModel.metadata.sorted_tables
        with psycopg.connect(plain(url)) as connection, connection.cursor() as cursor:
            for table in reversed(tables):
                cursor.execute(f"DELETE FROM {table.name}")
            for name, rows in _rows(like):
                with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                    copy.write(rows)
            cursor.execute(COUNT_ON)

    def drop(self, url: str) -> None:
        self.server.drop(url)

    def laid_down(self, url: str) -> dict[str, bytes]:
        """Every row, and where we may look every file of the server: its log and write-ahead log
        are read like any other."""
        folder = self.server.folder
        files = [each for each in folder.rglob("*") if each.is_file()] if folder else []
        found = {"rows": everything_at(url)}
        for each in files:
            with contextlib.suppress(FileNotFoundError):  # the server tidies while we look
                found[str(each)] = each.read_bytes()
        return found


@functools.cache
def _rows(url: str) -> list[tuple[str, bytes]]:
    """Every row of a database that does not change any more, as PostgreSQL itself writes it."""
    held = []
    with psycopg.connect(plain(url)) as connection, connection.cursor() as cursor:
        for table in SQLModel.metadata.sorted_tables:
            with cursor.copy(f"COPY {table.name} TO STDOUT") as copy:
                rows = b"".join(bytes(each) for each in copy)
            if rows:
                held.append((str(table.name), rows))
    return held


class Templates:
    """What tests copy: made when first asked for, because it takes many commits."""

    def __init__(self, databases: Databases, now: datetime) -> None:
        self.databases, self._now = databases, now

    @functools.cached_property
    def empty(self) -> str:
        url = self.databases.new(_folder(self.databases.folder / "empty"))
        engine = open_engine(url)
        migrations.upgrade(engine)
        engine.dispose()  # the last connection folds SQLite's write-ahead log in
        return url

    @functools.cached_property
    def settled(self) -> tuple[str, Cast]:
        """With the cast in it."""
        folder = _folder(self.databases.folder / "settled")
        url = self.databases.copy(self.empty, folder)
        engine = open_engine(url)
        cast = the_cast.settle_in(Store(engine, Vault(folder / "keys")), self._now)
        engine.dispose()
        return url, cast


def everything_at(url: str) -> bytes:
    """Every row of every table, for whoever may not look into the server's files."""
    engine = open_engine(url)
    with engine.connect() as connection:
        rows = [
            row
            for table in SQLModel.metadata.sorted_tables
            for row in connection.execute(text(f"SELECT * FROM {table.name}"))
        ]
    engine.dispose()
    return b"\n".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for row in rows
        for value in row
    )


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _path(url: str) -> str:
    return url.removeprefix("sqlite:///")
