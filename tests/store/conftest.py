"""The store keeps its promises on both databases."""

from __future__ import annotations

import pytest

from tests.databases import BOTH


@pytest.fixture(params=BOTH)
def on(request: pytest.FixtureRequest) -> str:
    return str(request.param)
