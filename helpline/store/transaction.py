"""The store: one verb to gather, decide, keep and tell; one to keep what arrives together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine, event, update
from sqlmodel import Session, create_engine

from helpline.domain import events
from helpline.domain.triage import Pack
from helpline.store.tables import Line
from helpline.store.vault import Vault

Result = TypeVar("Result")
Tell = Callable[[Sequence[events.Event]], None]

# What SQLite must read back: an acknowledged word survives a power cut (2 is FULL), a deleted
# byte is overwritten, a reference is never to nothing.
AS_SET = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
GATE_OPENS_WITHIN = 30  # seconds; longer means that a transaction was opened inside another


class Transaction:
    """One unit of work: the session, the vault for words, and what to tell after the commit."""

    def __init__(
        self, session: Session, vault: Vault, packs: Sequence[Pack], known: dict[str, Any]
    ) -> None:
        self.session = session
        self.vault = vault
        self.seeds = packs  # what came with the software; see `published.current`
        self.known = known  # what this process remembers of rows that carry a version
        self.announced: list[events.Event] = []

    def announce(self, *happened: events.Event) -> None:
        self.announced.extend(happened)


class Writer(Protocol):
    def keep(self, work: Callable[..., Any], facts: tuple[Any, ...]) -> Any: ...


class Store:
    """`tell` receives what was announced, once it is on disk. It must not block."""

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        tell: Tell = lambda _: None,
        packs: Sequence[Pack] = (),
    ) -> None:
        self.engine = engine
        self.vault = vault
        self.packs = packs
        self.known: dict[str, Any] = {}
        self.tell = tell
        self.writer: Writer | None = None
        # SQLite has one writer; waiting here in order is kinder than its busy loop.
        self._gate = threading.Lock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Gather, decide, keep; commits at the end of the block, then tells. Never nested."""
        with self._through_the_gate():
            with Session(self.engine, expire_on_commit=False) as session:
                tx = Transaction(session, self.vault, self.packs, self.known)
                yield tx
                session.flush()
                _raise_versions(tx)
                _commit(session)
        if tx.announced:
            self.tell(tx.announced)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A look that keeps nothing and stops no writer."""
        with Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"reading": True})
            yield Transaction(session, self.vault, self.packs, self.known)

    def keep(self, work: Callable[..., Result], *facts: Any) -> Result:
        """Runs work(tx, *facts) in a commit shared with what arrives together; durable on return.

        `work` touches nothing but tx, because it may be run again after a failed commit.
        """
        if self.writer is not None:
            kept: Result = self.writer.keep(work, facts)
            return kept
        with self.transaction() as tx:
            return work(tx, *facts)

    @contextmanager
    def _through_the_gate(self) -> Iterator[None]:
        if self._gate is None:
            yield
            return
        if not self._gate.acquire(timeout=GATE_OPENS_WITHIN):
            raise RuntimeError("a transaction was opened inside another")
        try:
            yield
        finally:
            self._gate.release()


def _raise_versions(tx: Transaction) -> None:
    """Whoever shows a board, or remembers the plan, sees that it moved."""
    moved = any(isinstance(each, events.MOVES_BOARDS) for each in tx.announced)
    if moved:
        planned = any(isinstance(each, events.RosterChanged) for each in tx.announced)
        published = any(isinstance(each, events.PackPublished) for each in tx.announced)
        tx.session.execute(
            update(Line).values(
                version=Line.version + 1,
                roster_version=Line.roster_version + int(planned),
                packs_version=Line.packs_version + int(published),
            )
        )


def _commit(session: Session) -> None:
    """A connection whose commit failed may still be inside it: it is never used again."""
    try:
        session.commit()
    except BaseException:
        session.invalidate()
        raise


def open_engine(url: str) -> Engine:
    """An engine that commits to disk before it answers, and never prints bound values."""
    engine = create_engine(url, hide_parameters=True, echo=False, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def is_as_set(engine: Engine) -> bool:
    """Whether what durability and erasure rest on reads back as it was set."""
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        found = {each: connection.exec_driver_sql(f"PRAGMA {each}").scalar() for each in AS_SET}
    return found == AS_SET


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    for pragma, value in (AS_SET | {"busy_timeout": 5000}).items():
        cursor.execute(f"PRAGMA {pragma}={value}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    """A writer takes the lock at once, so that no decision rests on a read that grew old."""
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
