"""The two databases underneath, made to keep the same promises.

Whatever commits is on disk before it answers; whoever writes is alone until the commit, in this
process and in every other, so that no decision rests on a read that grew old; whoever only looks
sees one moment and stops nobody.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import create_engine

# What SQLite must read back: an acknowledged word survives a power cut (2 is FULL), a deleted
# byte is overwritten, a reference is never to nothing.
AS_SET = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
# What PostgreSQL must: the same of a power cut, and that every word of every script has a place.
AS_SET_ON_POSTGRESQL = {
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "server_encoding": "UTF8",
}
POSTGRESQL_FROM = 150_000  # 15: the oldest that is tested

SQLITE_WAITS = 5_000  # milliseconds for another process that writes
# Each session of ours on PostgreSQL. A statement that takes longer is a fault, and so is a
# transaction that nobody goes on with: it would hold up every writer.
SESSION = {
    "synchronous_commit": "on",
    "timezone": "UTC",
    "lock_timeout": "10s",
    "statement_timeout": "15s",
    "idle_in_transaction_session_timeout": "20s",
}
CONNECTED_WITHIN = 5  # seconds
# One writes at a time and looks are short: a handful of connections serves hundreds of green
# threads, and a crowd waits here instead of at the database.
POOL = {"pool_size": 5, "max_overflow": 5, "pool_timeout": 10, "pool_recycle": 1_800}
WRITERS_TURN = 4_357_546_991  # our number among PostgreSQL's advisory locks; any number would do


def open_engine(url: str) -> Engine:
    """An engine that commits to disk before it answers, and never prints bound values."""
    plain = {"hide_parameters": True, "echo": False, "pool_pre_ping": True}
    if url.startswith("sqlite"):
        engine = create_engine(url, **plain)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    session = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    engine = create_engine(
        url,
        connect_args={
            "options": session,
            "connect_timeout": CONNECTED_WITHIN,
            "application_name": "helpline",
        },
        **plain,
        **POOL,
    )
    event.listen(engine, "begin", _begin_postgresql)
    return engine


class OutOfReach(Exception):
    """There is no database at this address; the message is the driver's own."""


def reach(engine: Engine) -> None:
    """Connects once. Raises OutOfReach."""
    try:
        engine.connect().close()
    except OperationalError as why:
        raise OutOfReach(str(why.orig).strip()) from None


def looking(engine: Engine) -> dict[str, Any]:
    """The options of a connection that only looks: one moment, and no turn to wait for."""
    if engine.dialect.name == "sqlite":
        return {"reading": True}
    return {"reading": True, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def is_as_set(engine: Engine) -> bool:
    """Whether what durability and erasure rest on reads back as it was set."""
    sqlite = engine.dialect.name == "sqlite"
    wanted: dict[str, Any] = AS_SET if sqlite else AS_SET_ON_POSTGRESQL
    ask = "PRAGMA {}" if sqlite else "SHOW {}"
    with engine.connect() as connection:
        found = {name: connection.exec_driver_sql(ask.format(name)).scalar() for name in wanted}
        if not sqlite:
            version = connection.exec_driver_sql("SHOW server_version_num").scalar_one()
            return found == wanted and int(version) >= POSTGRESQL_FROM
    return found == wanted


def has_one_server(engine: Engine) -> bool:
    """SQLite takes one server process (`store.alone`); PostgreSQL any number."""
    return engine.dialect.name == "sqlite"


def clock_of(engine: Engine) -> datetime | None:
    """What the database's clock says now, aware UTC. SQLite has none but this machine's."""
    if engine.dialect.name == "sqlite":
        return None
    with engine.connect().execution_options(**looking(engine)) as connection:
        said: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return said.astimezone(UTC)


def ask_slowly(engine: Engine, seconds: float) -> None:
    """A question whose answer takes PostgreSQL so long: whoever asks sees whether others wait."""
    with engine.connect().execution_options(**looking(engine)) as connection:
        connection.exec_driver_sql("SELECT pg_sleep(%s)", (seconds,))


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma, value in (AS_SET | {"busy_timeout": SQLITE_WAITS}).items():
        cursor.execute(f"PRAGMA {pragma}={value}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    """A writer takes the lock at once."""
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Any) -> None:
    """The same on PostgreSQL, which would let writers run side by side: each waits for its turn,
    and every statement after it sees what the one before has committed."""
    if not connection.get_execution_options().get("reading"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_TURN})")
