"""Runs every measurement, or those named: `python -m benchmarks writing routing`."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import outage, processes, routing, talking, triage, writing

ALL: dict[str, Callable[[], None]] = {
    "writing": writing.run,
    "talking": talking.run,
    "routing": routing.run,
    "triage": triage.run,
    "processes": processes.run,
    "outage": outage.run,
}


def main(names: list[str]) -> None:
    for name in names or list(ALL):
        print(f"== {name}: {sys.modules[ALL[name].__module__].__doc__}")
        ALL[name]()
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
