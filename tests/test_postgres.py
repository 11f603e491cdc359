"""The tests' own PostgreSQL: it starts from the wheel too, leaves nothing, and is never skipped."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest

from tests import postgres as own
from tests.postgres import NoPostgres, Postgres, plain


def owner_of(process_id: int) -> int:
    return Path(f"/proc/{process_id}").stat().st_uid


def test_it_runs_from_the_wheel_as_somebody_without_rights_and_leaves_nothing():
    server = own.start(own.from_the_wheel())
    url, folder, process = server.database(), server.folder, server._process
    with psycopg.connect(plain(url)) as connection:
        assert connection.info.server_version >= own.OLDEST * 10_000
    assert owner_of(process.pid) == (os.getuid() or own.NOBODY)

    server.stop()

    assert process.returncode == 0
    assert not folder.exists()


def test_a_server_that_is_named_is_used_and_left_as_it_was(postgres: Postgres, monkeypatch):
    named = plain(postgres.database())
    monkeypatch.setenv("HELPLINE_TEST_POSTGRES_URL", named)
    before = databases_at(named)

    running = own.running()
    guest = next(running)
    made = plain(guest.database())
    assert guest.folder is None
    assert databases_at(named) - before == {made.rsplit("/", 1)[1]}
    running.close()

    assert databases_at(named) == before
    postgres.drop(named)


def databases_at(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}


def test_where_there_is_none_the_tests_fail_and_say_what_to_install(monkeypatch):
    monkeypatch.setattr(own.shutil, "which", lambda _: None)
    monkeypatch.setattr(own, "SYSTEMS", Path("/nowhere"))
    monkeypatch.setattr(own.importlib.util, "find_spec", lambda _: None)

    with pytest.raises(NoPostgres, match="apt-get install postgresql"):
        own.start()
