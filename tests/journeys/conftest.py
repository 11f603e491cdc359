"""A real browser, a real server: what a person sees is what is tested."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.faces.strangers import Floor
from tests.journeys.people import ListenerPage, VisitorPage, Watched
from tests.server import Server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path).start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """One server for all journeys of a module."""
    started = Server(tmp_path_factory.mktemp("shared")).start()
    floor = Floor(started)
    yield floor
    floor.store.engine.dispose()
    started.stop()


@pytest.fixture
def emptied(shared: Floor) -> Iterator[Server]:
    """The shared server, its line as empty as each journey found it."""
    yield shared.server
    shared.tidy()


@pytest.fixture
def watched() -> Iterator[list[Watched]]:
    """Everybody of this journey; at its end no page may have complained or called elsewhere."""
    everybody: list[Watched] = []
    yield everybody
    for each in everybody:
        assert each.complaints == []
        assert each.off_origin == []


@pytest.fixture
def visit(
    browser: Browser, server: Server, watched: list[Watched]
) -> Iterator[Callable[..., VisitorPage]]:
    """A new visitor with a browser of their own."""
    contexts = []

    def arrive(**options: Any) -> VisitorPage:
        context = browser.new_context(**{"viewport": {"width": 320, "height": 640}, **options})
        contexts.append(context)
        visitor = VisitorPage(context.new_page(), server)
        watched.append(visitor)
        return visitor

    yield arrive
    for context in contexts:
        context.close()


@pytest.fixture
def listen(
    browser: Browser, server: Server, watched: list[Watched]
) -> Iterator[Callable[..., ListenerPage]]:
    """A member of staff who has signed in."""
    contexts = []

    def sign_in(name: str, **options: Any) -> ListenerPage:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        person = ListenerPage(context.new_page(), server, name)
        watched.append(person)
        return person

    yield sign_in
    for context in contexts:
        context.close()
