"""A canary goes the way of a visitor's chat through a real server, and costs nobody a moment."""

from __future__ import annotations

import time

import pytest
import requests
from sqlalchemy import text

from tests.promises.practice import serving

pytestmark = [pytest.mark.sockets, pytest.mark.slow]

WITHIN = 40  # seconds


def through(house, within: float = WITHIN) -> str | None:
    """When the last one came through, as readiness says it."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        said = requests.get(f"{house.url}/readyz", timeout=10).json()["canary"]
        if said is not None:
            return str(said)
        time.sleep(0.2)
    return None


def test_a_canary_goes_the_whole_way_and_nobody_is_asked(week, tmp_path):
    with serving(week, tmp_path / "house", fault="canaries_at_once") as house:
        leo = house.staff("leo")
        assert leo.ask("ready")["ok"]

        assert through(house) is not None

        asked_about = {data["chat"] for kind, data in leo.heard if kind == "offer"}
        leo.close()
        with house.store.reading() as tx:  # what came through is there no more
            assert asked_about <= set(tx.session.scalars(text("SELECT id FROM chats")))


@pytest.mark.full
def test_one_whose_push_nobody_hears_does_not_come_through(week, tmp_path):
    with serving(week, tmp_path / "house", fault="deaf_canaries") as house:
        assert through(house, within=20) is None

        with house.store.reading() as tx:
            assert tx.session.scalar(text("SELECT sent_at > since FROM canary"))
