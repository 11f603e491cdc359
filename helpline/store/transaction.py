"""The store: one verb to gather, decide, keep and tell; one to keep what arrives together."""

from __future__ import annotations

import copy
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from sqlalchemy import CursorResult, Engine, Executable, update
from sqlalchemy.exc import OperationalError, TimeoutError
from sqlmodel import Session

from helpline.domain import errors, events
from helpline.domain.triage import Pack
from helpline.store.engines import looking
from helpline.store.tables import Line
from helpline.store.vault import Vault

Result = TypeVar("Result")
Tell = Callable[[Sequence[events.Event]], None]

log = logging.getLogger(__name__)

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

    def run(self, prepared: Executable, **values: Any) -> CursorResult[Any]:
        """A statement made at import, past the session's objects: for what every message needs.

        What was changed on objects before it is written first.
        """
        self.session.flush()
        return self.session.connection().execute(prepared, values)

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
        self._guard: Callable[[Session], None] = lambda _: None
        # A database has one writer; waiting here in order is kinder than its busy loop, and
        # leaves the connections to those who look.
        self._gate = threading.Lock()

    def guarded_by(self, guard: Callable[[Session], None]) -> Store:
        """The same store, where `guard` looks at every transaction first and may refuse it."""
        guarded = copy.copy(self)
        guarded.writer = None  # a shared commit would be another's transaction
        guarded._guard = guard
        return guarded

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Gather, decide, keep; commits at the end of the block, then tells. Never nested.

        Refused: `try_again`, before anything was gathered, when the database has no turn for us.
        """
        with self._through_the_gate():
            with Session(self.engine, expire_on_commit=False) as session:
                _begin(session)
                self._guard(session)
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
            session.connection(execution_options=looking(self.engine))
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


def _begin(session: Session) -> None:
    try:
        session.connection()
    except (OperationalError, TimeoutError) as no_turn:
        log.error("the database gave no turn to write: %s", type(no_turn.__cause__).__name__)
        raise errors.TryAgain from None


def _commit(session: Session) -> None:
    """A connection whose commit failed may still be inside it: it is never used again."""
    try:
        session.commit()
    except BaseException:
        session.invalidate()
        raise
