"""A real database for every test that asks for one: migrated once, copied for each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from helpline.bootstrap import LEXICON, create_app
from helpline.domain import events
from helpline.faces.house import House
from helpline.settings import Settings
from helpline.store import migrations, packs
from helpline.store.transaction import Store, open_engine
from helpline.store.vault import Vault
from tests import cast as the_cast
from tests.cast import Cast

SLOWEST = ("journeys", "promises", "faces")  # folders, the slowest first
NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)  # a Wednesday evening


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest folders first, so that no worker waits for another at the end."""
    items.sort(
        key=lambda item: min(map(SLOWEST.index, set(SLOWEST) & set(item.path.parts)), default=9)
    )


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def lexicon() -> tuple[packs.Pack, ...]:
    return packs.load_folder(LEXICON)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("database") / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    migrations.upgrade(engine)
    engine.dispose()  # the last connection folds the write-ahead log in
    return path


@pytest.fixture(scope="session")
def settled_database(
    empty_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Cast]:
    """A database in which the cast has settled in: made once, because it takes many commits."""
    folder = tmp_path_factory.mktemp("settled")
    path = folder / "settled.db"
    shutil.copy(empty_database, path)
    engine = open_engine(f"sqlite:///{path}")
    cast = the_cast.settle_in(Store(engine, Vault(folder / "keys")), NOW)
    engine.dispose()
    return path, cast


@pytest.fixture
def told() -> list[events.Event]:
    """What the store announced after its commits."""
    return []


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Path:
    """What this test's database is a copy of: with the cast if the test asks for it."""
    if "cast" not in request.fixturenames:
        path: Path = request.getfixturevalue("empty_database")
        return path
    return request.getfixturevalue("settled_database")[0]  # type: ignore[no-any-return]


@pytest.fixture
def open_again(
    database: Path,
    tmp_path: Path,
    told: list[events.Event],
    lexicon: tuple[packs.Pack, ...],
) -> Iterator[Callable[[], Store]]:
    """Opens this test's database, once more each time: a second process sees the same."""
    path, opened = tmp_path / "helpline.db", []
    shutil.copy(database, path)

    def open_it() -> Store:
        engine = open_engine(f"sqlite:///{path}")
        opened.append(engine)
        return Store(engine, Vault(tmp_path / "keys"), told.extend, lexicon)

    yield open_it
    for engine in opened:
        engine.dispose()


@pytest.fixture
def store(open_again: Callable[[], Store]) -> Store:
    return open_again()


@pytest.fixture
def cast(store: Store, settled_database: tuple[Path, Cast]) -> Cast:
    """The cast as it stands in `store`, which is a copy of the settled database."""
    return settled_database[1]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url="",
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
    return made


@pytest.fixture
def house(app) -> House:  # type: ignore[no-untyped-def]
    return app.extensions["helpline"]


@pytest.fixture
def client(app):  # type: ignore[no-untyped-def]
    return app.test_client()
