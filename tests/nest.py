"""Where servers rise from: one process that has read everything, and forks (see `rising.py`)."""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
import sys
from pathlib import Path

RISING = Path(__file__).with_name("rising.py")
ROOT = Path(__file__).parent.parent


class Nest:
    def __init__(self) -> None:
        ours = {key: value for key, value in os.environ.items() if not key.startswith("HELPLINE_")}
        self._process = subprocess.Popen(
            [sys.executable, str(RISING)],
            cwd=ROOT,
            env=ours | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            text=True,
        )

    def rise(self, environ: dict[str, str], out: Path, log: Path) -> None:
        """The next server, with these variables, printing to these files."""
        chosen = {key: value for key, value in environ.items() if key.startswith("HELPLINE_")}
        assert self._process.stdin is not None
        print(
            json.dumps({"environ": chosen, "out": str(out), "log": str(log)}),
            file=self._process.stdin,
            flush=True,
        )

    def close(self) -> None:
        """It goes, and whoever rose from it too."""
        self._process.kill()
        self._process.wait()


@functools.cache
def nest() -> Nest:
    """One for this whole process."""
    made = Nest()
    atexit.register(made.close)
    return made
