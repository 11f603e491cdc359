"""`python app.py` and its database: one server on a SQLite file, and PostgreSQL asked first."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from helpline import settings
from tests.databases import Databases, Templates
from tests.faces.strangers import some_id
from tests.server import ROOT, Program, visitor


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    made = Program(tmp_path_factory.mktemp("server")).start()
    yield made
    made.kill()


def tried(url: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """A server that is expected not to start."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HELPLINE_")}
    chosen = {
        "DEMO": "1",
        "PORT": "0",
        "DATABASE_URL": url,
        "KEY_DIR": str(folder / "keys"),
    }
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        cwd=folder,
        env=kept | {f"HELPLINE_{key}": value for key, value in chosen.items()} | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def is_refused(ran: subprocess.CompletedProcess[str]) -> str:
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "Traceback" not in ran.stderr
    return ran.stderr


# -- SQLite -----------------------------------------------------------------------------------


@pytest.mark.sockets
def test_a_second_server_on_one_sqlite_file_is_refused_and_the_first_goes_on(
    server: Program, tmp_path: Path
):
    by_another_name = tmp_path / "link.db"
    by_another_name.symlink_to(server.database)

    for name in (server.database, by_another_name):
        said = is_refused(tried(f"sqlite:///{name}", tmp_path))
        assert "Another server already runs on" in said
        assert "PostgreSQL" in said

    vera = visitor(server)
    assert vera.ask("open", client_id=some_id(), text="hello")["ok"]
    vera.close()


@pytest.mark.sockets
def test_commands_write_beside_a_server(server: Program):
    printed = server.flask("people", "add", "new@example.org", "New", "--role", "listener")

    assert len(printed.strip()) >= 16
    assert server.token("new")


@pytest.mark.sockets
def test_the_file_is_free_once_its_server_was_killed(server: Program):
    server.kill()

    assert server.start().url


# -- PostgreSQL -------------------------------------------------------------------------------


@pytest.fixture
def on() -> str:
    return "postgresql"


@pytest.fixture
def with_a_line(
    databases: Databases, templates: Callable[[str], Templates], on: str, tmp_path: Path
) -> Iterator[str]:
    copied = databases.copy(templates(on).settled[0], tmp_path)
    yield copied
    databases.drop(copied)


def test_a_driver_that_stops_everybody_while_it_waits_is_refused(with_a_line: str, tmp_path: Path):
    said = is_refused(tried(with_a_line, tmp_path, PSYCOPG_WAIT_FUNC="wait_c"))

    assert "stops everybody" in said
    assert "PSYCOPG_WAIT_FUNC" in said


@pytest.mark.sockets
@pytest.mark.parametrize("mode", ["eventlet", pytest.param("threading", marks=pytest.mark.full)])
def test_a_line_on_postgresql_takes_words_and_ends_politely(
    fresh_url: str, tmp_path: Path, mode: str
):
    """That they outlive a kill is asked in `promises/test_kill.py`."""
    server = Program(tmp_path, DATABASE_URL=fresh_url, ASYNC=mode).start()
    vera = visitor(server)
    opened = vera.ask("open", client_id=some_id(), text="hello")
    said = vera.ask("say", client_id=some_id(), text="and more")
    back = visitor(server)
    told = back.ask("resume", token=opened["token"], after=0)["messages"]
    for each in (vera, back):
        each.close()

    code = server.stop()

    assert said["ok"]
    assert [each["text"] for each in told if each["seq"] in (1, said["seq"])] == [
        "hello",
        "and more",
    ]
    assert server.log.read_text() == ""
    assert code == 0


def test_a_database_that_is_not_there_is_said_in_a_sentence_without_its_password(tmp_path: Path):
    said = is_refused(tried("postgresql://line:hush@127.0.0.1:1/helpline", tmp_path))

    assert "HELPLINE_DATABASE_URL does not answer" in said
    assert "hush" not in said


@pytest.mark.parametrize("written", ["postgresql", "postgres", "postgresql+psycopg"])
def test_an_address_of_postgresql_gets_the_driver_that_we_have(written: str):
    chosen = settings.read(
        {"HELPLINE_DEMO": "1", "HELPLINE_DATABASE_URL": f"{written}://a:b@db/helpline?sslmode=x"}
    )

    assert chosen.database_url == "postgresql+psycopg://a:b@db/helpline?sslmode=x"


@pytest.mark.parametrize(
    "url",
    ["mysql://a@b/c", "postgresql+psycopg2://a@b/c", "sqlite://", "sqlite:///", "helpline.db"],
)
def test_another_kind_of_database_is_refused_by_the_name_of_its_setting(url: str):
    with pytest.raises(settings.MissingSetting, match="HELPLINE_DATABASE_URL"):
        settings.read({"HELPLINE_DEMO": "1", "HELPLINE_DATABASE_URL": url})
