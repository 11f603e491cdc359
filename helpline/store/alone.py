"""One server process per SQLite file: a lock that ends with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

_held: list[int] = []


class AnotherServer(Exception):
    """Somebody else serves this file already."""


def hold(database: Path) -> None:
    """Takes the file for this process, until it ends. Commands do not ask: they write shortly.

    The lock is on a file beside the database. One on the database itself would disturb SQLite's
    own. Raises AnotherServer.
    """
    place = database.resolve()
    lock = os.open(place.with_name(place.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise AnotherServer from None
    _held.append(lock)
