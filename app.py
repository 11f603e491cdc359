"""Serves the helpline: `python app.py`. `flask …` commands find their app here too."""

import os
import sys
from typing import TYPE_CHECKING

from helpline import runtime, settings

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> "Flask":
    """The app for commands: nothing is patched and no loop runs."""
    from helpline import bootstrap

    try:
        return bootstrap.create_app(settings.read(os.environ))
    except (settings.MissingSetting, bootstrap.NotProven) as wrong:
        sys.exit(str(wrong))


def main() -> None:
    """Settings first, then the runtime, then everything else: the order is the point."""
    try:
        chosen = settings.read(os.environ)
    except settings.MissingSetting as missing:
        sys.exit(str(missing))
    runtime.prepare(chosen.async_mode)

    from helpline import bootstrap, clock, practice
    from helpline.actions import furnishing

    try:
        bootstrap.be_the_only_server(chosen)
        store = bootstrap.open_store(chosen)
        if chosen.demo:
            practice.seed(store, now=clock.now())
        if not furnishing.is_set_up(store):
            sys.exit("There is no line yet: make it with `flask line setup`, then start again.")
        bootstrap.prove(store)
    except bootstrap.NotProven as wrong:
        sys.exit(str(wrong))
    built = bootstrap.build(chosen, store)
    bootstrap.start(built)
    bootstrap.serve(chosen, built, practice.sign_ins() if chosen.demo else [])


if __name__ == "__main__":
    main()
