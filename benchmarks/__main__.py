"""Runs every measurement, or those named: `python -m benchmarks writing routing`.

The long ones run only when named, and take settings: `crash kills=20`, `routers chats=500`,
`zones first=Europe`.
They end with a verdict, and the process with an error when a promise was broken.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from benchmarks import (
    coverage,
    crash,
    holding,
    outage,
    processes,
    roster,
    routers,
    routing,
    search,
    shifts,
    talking,
    triage,
    writing,
    zones,
)

ALL: dict[str, Callable[[], None]] = {
    "writing": writing.run,
    "talking": talking.run,
    "holding": holding.run,
    "routing": routing.run,
    "coverage": coverage.run,
    "triage": triage.run,
    "processes": processes.run,
    "outage": outage.run,
    "search": search.run,
}
LONG: dict[str, Callable[..., bool]] = {
    "crash": crash.run,
    "routers": routers.run,
    "shifts": shifts.run,
    "zones": zones.run,
    "roster": roster.run,
}


def main(said: list[str]) -> int:
    names = [each for each in said if "=" not in each]
    settings: dict[str, Any] = {
        name: int(value) if value.isdecimal() else value
        for name, value in (each.split("=") for each in said if "=" in each)
    }
    kept = True
    for name in names or list(ALL):
        run = LONG.get(name) or ALL[name]
        print(f"== {name}: {sys.modules[run.__module__].__doc__}", flush=True)
        kept = (run(**settings) if name in LONG else run() is None) and kept
        print()
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
