"""What the promises are tested on: real servers in copies of one practice week."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from tests.databases import Templates
from tests.week import Week, on_sqlite


@pytest.fixture(scope="session")
def weeks(
    templates: Callable[[str], Templates], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Week]:
    """The practice week, on either kind of database."""

    @functools.cache
    def on(kind: str) -> Week:
        if kind == "sqlite":
            return on_sqlite()
        return Week(templates(kind).databases, tmp_path_factory.mktemp("week"))

    return on


@pytest.fixture(scope="session")
def week(weeks: Callable[[str], Week]) -> Week:
    return weeks("sqlite")
