"""Evenings for the acts: each as the sweeps alone make it, and again with nudges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from helpline.domain import events
from helpline.store.transaction import Store
from tests.actions.evening import Evening, Nudged, load_directory
from tests.actions.short import Short
from tests.cast import Cast
from tests.databases import BOTH
from tests.shared import open_again, shared  # noqa: F401 - fixtures of this folder

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
