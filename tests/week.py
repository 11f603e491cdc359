"""The practice week: seeded once for many servers, because each would spend seconds on it."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from helpline import bootstrap, clock, practice, settings
from helpline.domain import triage
from tests import memory
from tests.databases import Databases, Sqlite
from tests.lexicon import read_once


class Week:
    """A line with its week in this folder, copied for each server."""

    def __init__(self, databases: Databases, folder: Path) -> None:
        self.databases, self.folder = databases, folder
        self.url = databases.new(folder)
        environ = {
            "HELPLINE_DEMO": "1",
            "HELPLINE_DATABASE_URL": self.url,
            "HELPLINE_KEY_DIR": str(folder / "keys"),
        }
        store = bootstrap.open_store(settings.read(environ), read_once())
        triage.assess("ready?", store.packs)  # read once, and in no transaction that is waited for
        practice.seed(store, now=clock.now())
        store.engine.dispose()

    def copy(self, folder: Path) -> str:
        """The address of the copy, whose keys are in this folder."""
        shutil.copytree(self.folder / "keys", folder / "keys")
        return self.databases.copy(self.url, folder)


@functools.cache
def on_sqlite() -> Week:
    """One for this whole process."""
    folder = tempfile.TemporaryDirectory(prefix="helpline-week-", dir=memory.where())
    made = Week(Sqlite(Path(folder.name)), Path(folder.name))
    atexit.register(folder.cleanup)
    return made
