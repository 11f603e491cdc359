"""Directory data in the form of HSDS 3.0: ours, and the specification's own where it stands."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "hsds"
ROOT = HERE.parents[1]
SPECIFICATION = Path(os.environ.get("HELPLINE_HSDS_DIR") or ROOT.parent / "shared" / "hsds")

with_specification = pytest.mark.skipif(
    not SPECIFICATION.is_dir(), reason="the specification is not here; set HELPLINE_HSDS_DIR"
)

LANTERN = json.loads((HERE / "lantern.json").read_text("utf-8"))
SERVICE = LANTERN["id"]


def lantern(**changed: Any) -> dict[str, Any]:
    """Our example, a service with all that belongs to it; None takes a field away."""
    made = {**copy.deepcopy(LANTERN), **changed}
    return {name: value for name, value in made.items() if value is not None}


def files(folder: Path = HERE / "lantern") -> dict[str, str]:
    return {each.name: each.read_text("utf-8") for each in sorted(folder.glob("*.csv"))}
