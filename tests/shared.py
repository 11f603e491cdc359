"""Databases in turn: what most tests run on, because a new engine for each would take too long."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from helpline.domain import events
from helpline.store import packs
from helpline.store.engines import open_engine
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from tests.databases import Templates


class Shared:
    """One database of each kind that all tests of a folder share, one after the other, and its engines:
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
            made[kind] = Shared(templates(kind), tmp_path_factory.mktemp("shared"))
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
