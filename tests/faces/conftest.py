"""One practice server for all strangers of this folder, and a line that each finds empty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from helpline.actions import entering
from tests.faces.strangers import Floor
from tests.server import Server
from tests.shared import open_again, shared  # noqa: F401 - fixtures of this folder


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("practice")).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def everybody(practice: Server) -> Iterator[Floor]:
    floor = Floor(practice)
    yield floor
    floor.store.engine.dispose()


@pytest.fixture
def floor(everybody: Floor) -> Iterator[Floor]:
    """Who takes part in this test; the server's log stays without a fault."""
    before = everybody.server.log.stat().st_size
    yield everybody
    everybody.tidy()
    with everybody.server.log.open() as log:
        log.seek(before)
        assert log.read() == ""


@pytest.fixture(scope="session")
def off_shift(everybody: Floor) -> str:
    """Somebody who listens here and is booked on no shift."""
    entering.add_person(
        everybody.store,
        email="nia@example.org",
        name="Nia",
        roles=["listener"],
        languages=["en"],
        skills=[],
        seats=1,
        password=None,
        now=datetime.now(UTC),
    )
    return "nia"
