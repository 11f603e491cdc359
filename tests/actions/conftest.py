"""Evenings for the acts: each as the sweeps alone make it, and again with nudges."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from helpline.domain import events
from helpline.store import packs
from helpline.store.transaction import Store, open_engine
from helpline.store.vault import Vault
from tests.actions.evening import Evening, Nudged, load_directory
from tests.cast import Cast


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Engine]]:
    """Engines that all tests here share, one database file after the other: SQLAlchemy then
    compiles each statement once, which is a third of what these tests would take.
    """
    url = f"sqlite:///{tmp_path_factory.mktemp('acts') / 'helpline.db'}"
    opened: list[Engine] = []

    def engine(number: int) -> Engine:
        while len(opened) <= number:
            opened.append(open_engine(url))
        return opened[number]

    yield engine
    for each in opened:
        each.dispose()


@pytest.fixture
def open_again(
    engines: Callable[[int], Engine],
    database: Path,
    tmp_path: Path,
    told: list[events.Event],
    lexicon: tuple[packs.Pack, ...],
) -> Iterator[Callable[[], Store]]:
    """As everywhere: opens this test's database, once more each time."""
    path = Path(engines(0).url.database or "")
    shutil.copy(database, path)
    count = itertools.count()

    def open_it() -> Store:
        return Store(engines(next(count)), Vault(tmp_path / "keys"), told.extend, lexicon)

    yield open_it
    for number in range(next(count)):
        engines(number).dispose()
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


@pytest.fixture(params=["sweeps", "nudges"])
def pushed_by(request: pytest.FixtureRequest) -> str:
    """What moves the line on: the sweeps alone, or events that nudge them besides."""
    return str(request.param)


@pytest.fixture
def evening(
    store: Store, cast: Cast, now: datetime, told: list[events.Event], pushed_by: str
) -> Evening:
    made = Evening(store, cast, now)
    if pushed_by == "nudges":
        nudged = Nudged(made)

        def tell(happened: Sequence[events.Event]) -> None:
            told.extend(happened)
            nudged.hear(happened)

        store.tell = tell
    return made


@pytest.fixture
def quiet_evening(store: Store, cast: Cast, now: datetime) -> Evening:
    """An evening in which nothing moves but by the sweeps that the test itself runs."""
    return Evening(store, cast, now)


@pytest.fixture
def directory(store: Store, cast: Cast, now: datetime) -> list[str]:
    """A small resource directory; the ids in it."""
    return load_directory(store, now)
