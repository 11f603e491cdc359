"""Where tests put their files: in memory if there is room. Nothing of theirs has to outlive anything,
and thousands of small commits would wait for the disk."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

ROOM = 1024**3  # bytes in memory that the databases of a run fit into


def where() -> str | None:
    """A folder in memory; None when there is none, or too little of it."""
    memory = Path("/dev/shm")
    with suppress(OSError):
        if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM:
            return str(memory)
    return None
