"""What the promises are tested on: real servers in copies of one practice week."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.promises import practice


@pytest.fixture(scope="session")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("week")
    practice.furnish(folder)
    return folder
