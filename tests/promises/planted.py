"""Faults for a server to be served with, so that tests can watch their promises go red.

`HELPLINE_PLANTED` names one, and only `rising.py`, which lives among the tests, reads that.
"""

from __future__ import annotations

import importlib
import logging
import os
import re
import sqlite3
from collections.abc import Callable
from typing import Any

from helpline import runtime


def ack_before_commit() -> None:
    """Who writes is told "kept" while the disk has yet to answer, as on a busy machine."""
    from helpline.store import writer

    def write(self: writer.Writer, pieces: list[Any]) -> None:
        with self._store.transaction() as tx:
            for piece in pieces:
                writer._try(tx, piece)
            for piece in pieces:
                if piece.work.__name__ == "_say":
                    piece.done.set()
            runtime.sleep(0.3)

    writer.Writer._write = write  # type: ignore[method-assign, assignment]


def no_dedup_key() -> None:
    """Nobody looks whether a client id was there before, and the database allows it twice."""
    from helpline.store import chats

    chats.said_with = lambda tx, chat_id, client_id: None
    drop_unique(os.environ["HELPLINE_DATABASE_URL"], "messages", "one_message_per_client_id")


def drop_unique(url: str, table: str, constraint: str) -> None:
    """SQLite cannot drop a constraint: the table is written anew without it."""
    if url.startswith("postgresql"):
        import psycopg

        with psycopg.connect(url.replace("+psycopg", "")) as opened:
            opened.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {constraint}")
        return
    database = url.removeprefix("sqlite:///")
    connection = sqlite3.connect(database, isolation_level=None)
    question = "SELECT sql FROM sqlite_master WHERE type = ? AND tbl_name = ? AND sql IS NOT NULL"
    (made,) = connection.execute(question, ("table", table)).fetchone()
    indexes = [row[0] for row in connection.execute(question, ("index", table))]
    without = re.sub(rf",\s*CONSTRAINT {constraint} UNIQUE \([^)]*\)", "", made)
    if without == made:  # a second start
        assert constraint not in made
        return
    for step in (
        f"ALTER TABLE {table} RENAME TO {table}_before",
        without,
        f"INSERT INTO {table} SELECT * FROM {table}_before",
        f"DROP TABLE {table}_before",
        *indexes,
    ):
        connection.execute(step)
    connection.close()


def faults_hold_words() -> None:
    """Where a message says so, the house breaks there, in an exception that quotes it."""
    from sqlalchemy import event
    from sqlmodel import Session

    from helpline.boards import listener
    from helpline.domain import triage
    from helpline.store import chats

    assess = importlib.import_module("helpline.domain.triage.assess")

    def breaks(real: Callable[..., Any], trigger: str) -> Callable[..., Any]:
        def broken(*args: Any, **kwargs: Any) -> Any:
            for each in (*args, *kwargs.values()):
                words = each if isinstance(each, str) else getattr(each, "text", "")
                if trigger in words:
                    raise ValueError(words)
            return real(*args, **kwargs)

        return broken

    heard: list[str] = []

    def read(text: str, *args: Any, **kwargs: Any) -> Any:
        heard[:] = [text]
        return really_read(text, *args, **kwargs)

    def sum_up(*args: Any) -> Any:
        if "break-sum" in heard[0]:
            raise ValueError(heard[0])
        return really_sum_up(*args)

    def add(tx: Any, *args: Any, **kwargs: Any) -> Any:
        words = kwargs.get("text") or ""
        if "break-commit" in words:
            tx.session.info["break"] = words
        return really_add(tx, *args, **kwargs)

    def commit(session: Any) -> None:
        words = session.info.pop("break", None)
        if words:
            raise ValueError(words)

    assess._assess = breaks(assess._assess, "break-triage")
    really_read, triage.assess = triage.assess, read
    really_sum_up, triage.over_conversation = triage.over_conversation, sum_up
    really_add, chats.add_message = breaks(chats.add_message, "break-store"), add
    listener.message = breaks(listener.message, "break-telling")
    event.listen(Session, "before_commit", commit)


def logs_words() -> None:
    """As above, and faults are logged with what they say."""
    from helpline import bootstrap
    from helpline.faces import refusals

    faults_hold_words()
    refusals._without_words = lambda fault: fault
    bootstrap.Places.formatException = logging.Formatter.formatException


def short_deadlines() -> None:
    """No fault: what is closed after seconds or a minute is closed sooner, for a test that waits."""
    from datetime import timedelta

    from helpline import bootstrap
    from helpline.faces import gate
    from helpline.faces.visitor import socket

    bootstrap.BEAT_EVERY = 1
    gate.CONNECT_WITHIN = timedelta(seconds=2)
    socket.UNBOUND_FOR = timedelta(seconds=4)


def short_pings() -> None:
    """No fault: a line that does not answer is found out sooner."""
    from helpline import bootstrap

    bootstrap.BEAT_EVERY = bootstrap.PING_EVERY = bootstrap.PONG_WITHIN = 2


def canaries_at_once() -> None:
    """No fault: a canary goes every two seconds, and not every five minutes."""
    from datetime import timedelta

    from helpline import bootstrap
    from helpline.domain import canary

    canary.every = lambda policies: timedelta(seconds=2)
    bootstrap.CANARY_LOOKS_EVERY = 1


def deaf_canaries() -> None:
    """The same, and what is pushed reaches nobody."""
    from helpline import live

    canaries_at_once()
    live.AUDIENCE.clear()


FAULTS = {
    each.__name__: each
    for each in (
        ack_before_commit,
        no_dedup_key,
        faults_hold_words,
        logs_words,
        short_deadlines,
        short_pings,
        canaries_at_once,
        deaf_canaries,
    )
}
