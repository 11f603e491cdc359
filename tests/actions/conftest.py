"""Evenings for the acts: each as the sweeps alone make it, and again with nudges."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from helpline.domain import events
from helpline.store import packs
from helpline.store.engines import open_engine
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from tests.actions.evening import Evening, Nudged, load_directory
from tests.actions.short import Short
from tests.cast import Cast
from tests.databases import BOTH, Templates

# Where many hands reach for one row: asked of both databases in every run.
CONTENDED = (
    "test_closing.py", "test_hand_offs.py", "test_offers.py", "test_one_call_out.py",
    "test_ringing.py", "test_visiting.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What the second database can hardly change is asked of it in the full run only: nudges, which
    make sooner what the sweeps do, and whatever one hand does alone."""
    for item in items:
        chosen = getattr(getattr(item, "callspec", None), "params", {})
        if chosen.get("on") == "postgresql" and (
            chosen.get("pushed_by") == "nudges" or item.path.name not in CONTENDED
        ):
            item.add_marker(pytest.mark.full)


@pytest.fixture(params=BOTH)
def on(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Shared:
    """One database of each kind that all tests here share, one after the other, and its engines:
    SQLAlchemy then compiles each statement once, which is a third of what these tests would take.
    """

    def __init__(self, templates: Templates, folder: Path) -> None:
        self.databases = templates.databases
        self.url = self.databases.copy(templates.empty, folder)
        self.engines: list[Engine] = []

    def engine(self, number: int) -> Engine:
        while len(self.engines) <= number:
            self.engines.append(open_engine(self.url))
        return self.engines[number]

    def close(self) -> None:
        for each in self.engines:
            each.dispose()


@pytest.fixture(scope="session")
def shared(
    templates: Callable[[str], Templates], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Shared]]:
    made: dict[str, Shared] = {}

    def of(kind: str) -> Shared:
        if kind not in made:
            made[kind] = Shared(templates(kind), tmp_path_factory.mktemp("acts"))
        return made[kind]

    yield of
    for each in made.values():
        each.close()


@pytest.fixture
def open_again(
    shared: Callable[[str], Shared],
    on: str,
    database: str,
    tmp_path: Path,
    told: list[events.Event],
    lexicon: tuple[packs.Pack, ...],
) -> Iterator[Callable[[], Store]]:
    """As everywhere: opens this test's database, once more each time."""
    ours, count = shared(on), itertools.count()
    ours.databases.refill(ours.url, database)

    def open_it() -> Store:
        return Store(ours.engine(next(count)), Vault(tmp_path / "keys"), told.extend, lexicon)

    yield open_it
    for number in range(next(count)):
        ours.engines[number].dispose()


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
def short(store: Store, cast: Cast, now: datetime) -> Short:
    """Open by hand at eight in the evening; the cast is booked, and nobody of it is ready."""
    made = Short(store, cast, now)
    made.hold_open()
    return made


@pytest.fixture
def directory(store: Store, cast: Cast, now: datetime) -> list[str]:
    """A small resource directory; the ids in it."""
    return load_directory(store, now)
