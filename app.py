"""Serves the helpline: `python app.py`."""

import os
import sys

from helpline import runtime, settings


def main() -> None:
    """Settings first, then the runtime, then everything else: the order is the point."""
    try:
        chosen = settings.read(os.environ)
    except settings.MissingSetting as missing:
        sys.exit(str(missing))
    runtime.prepare(chosen.async_mode)

    from helpline import bootstrap, practice

    store = bootstrap.open_store(chosen)
    if chosen.demo:
        practice.seed(store)
    try:
        bootstrap.prove(store)
    except bootstrap.NotProven as wrong:
        sys.exit(str(wrong))
    built = bootstrap.build(chosen, store)
    bootstrap.start(built)
    bootstrap.serve(chosen, built)


if __name__ == "__main__":
    main()
