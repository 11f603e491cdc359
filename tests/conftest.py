"""A real database for every test that asks for one, of either kind: migrated once, copied for each."""

from __future__ import annotations

import functools
import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from helpline.bootstrap import create_app
from helpline.domain import events
from helpline.faces.house import House
from helpline.settings import Settings
from helpline.store import packs
from helpline.store.engines import open_engine
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from tests import memory
from tests.browser import browser  # noqa: F401 - a fixture for every folder
from tests.cast import Cast
from tests.compiled import PAGES
from tests.databases import Databases, Postgresql, Sqlite, Templates
from tests.lexicon import read_once
from tests.postgres import Postgres, running

# Folders, the slowest first; "tests" are the files beside this one, which start programs.
SLOWEST = ("journeys", "promises", "tests", "faces", "triage", "store", "actions", "boards")
NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)  # a Wednesday evening


def pytest_configure() -> None:
    """Before pytest chooses where the folders of tests stand."""
    if place := memory.where():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", place)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest folders first, so that no worker waits for another at the end."""
    order = {name: place for place, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: order.get(item.path.parent.name, len(order)))


def pytest_collection_finish() -> None:
    """What was imported and read lasts as long as we do: nobody looks through it for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def lexicon() -> tuple[packs.Pack, ...]:
    return read_once()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of this run, or of this worker: started when a test first needs it."""
    yield from running()


@pytest.fixture(scope="session")
def templates(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Templates]:
    """The databases to copy, of either kind."""

    @functools.cache
    def of(kind: str) -> Templates:
        folder = tmp_path_factory.mktemp(kind)
        if kind == "sqlite":
            return Templates(Sqlite(folder), NOW)
        return Templates(Postgresql(request.getfixturevalue("postgres"), folder), NOW)

    return of


@pytest.fixture
def on() -> str:
    """The kind of database; folders that are tested on both override this."""
    return "sqlite"


@pytest.fixture
def databases(templates: Callable[[str], Templates], on: str) -> Databases:
    return templates(on).databases


@pytest.fixture
def fresh_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """The address of a database in which nothing is yet, not even tables."""
    url = databases.new(tmp_path)
    yield url
    databases.drop(url)


@pytest.fixture
def told() -> list[events.Event]:
    """What the store announced after its commits."""
    return []


@pytest.fixture
def database(request: pytest.FixtureRequest, templates: Callable[[str], Templates], on: str) -> str:
    """What this test's database is a copy of: with the cast if the test asks for it."""
    made = templates(on)
    return made.settled[0] if "cast" in request.fixturenames else made.empty


@pytest.fixture
def open_again(
    databases: Databases,
    database: str,
    tmp_path: Path,
    told: list[events.Event],
    lexicon: tuple[packs.Pack, ...],
) -> Iterator[Callable[[], Store]]:
    """Opens this test's database, once more each time: a second process sees the same."""
    url, opened = databases.copy(database, tmp_path), []

    def open_it() -> Store:
        engine = open_engine(url)
        opened.append(engine)
        return Store(engine, Vault(tmp_path / "keys"), told.extend, lexicon)

    yield open_it
    for engine in opened:
        engine.dispose()
    databases.drop(url)


@pytest.fixture
def store(open_again: Callable[[], Store]) -> Store:
    return open_again()


@pytest.fixture
def cast(store: Store, templates: Callable[[str], Templates], on: str) -> Cast:
    """The cast as it stands in `store`, which is a copy of the settled database."""
    return templates(on).settled[1]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url="",
        redis_url="",
        secret_key="a secret that is only for tests and nothing else",
        key_dir=tmp_path / "keys",
        host="127.0.0.1",
        port=0,
        async_mode="threading",
        embed_origins=("https://friends.example",),
        public_origin="",
        limits=False,
        proxy_hops=0,
        demo=False,
        page_urls="",
        metrics_token="",
        secure_cookies=False,
    )


@pytest.fixture
def app(store: Store, cast: Cast, settings: Settings):  # type: ignore[no-untyped-def]
    made = create_app(settings, store)
    made.config["TESTING"] = True
    made.jinja_env.bytecode_cache = PAGES
    return made


@pytest.fixture
def house(app) -> House:  # type: ignore[no-untyped-def]
    return app.extensions["helpline"]


@pytest.fixture
def client(app):  # type: ignore[no-untyped-def]
    return app.test_client()
