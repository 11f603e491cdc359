"""Runs `keep`: what arrives together shares one commit, and is acknowledged after it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from helpline import runtime
from helpline.domain import errors
from helpline.store.transaction import Store, Transaction

BATCH = 50  # more would march everybody in step
WAITING_ROOM = 2_000  # beyond this we say "try again" instead of growing

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Piece:
    work: Callable[..., Any]
    facts: tuple[Any, ...]
    done: runtime.Event = field(default_factory=runtime.event)
    result: Any = None
    error: BaseException | None = None


class Writer:
    """One loop per process. `start` it once; `keep` waits for the commit."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._arrived = runtime.queue()
        self._waiting = 0

    def start(self) -> None:
        runtime.spawn(self._loop)

    def keep(self, work: Callable[..., Any], facts: tuple[Any, ...]) -> Any:
        if self._waiting >= WAITING_ROOM:
            raise errors.TryAgain
        piece = _Piece(work, facts)
        self._waiting += 1
        try:
            self._arrived.put(piece)
            piece.done.wait()
        finally:
            self._waiting -= 1
        if piece.error is not None:
            raise piece.error
        return piece.result

    def _loop(self) -> None:
        while True:
            pieces = [self._arrived.get()]
            runtime.sleep(0)
            while len(pieces) < BATCH:
                try:
                    pieces.append(self._arrived.get_nowait())
                except runtime.Empty:
                    break
            self._write(pieces)
            for piece in pieces:
                piece.done.set()

    def _write(self, pieces: Sequence[_Piece]) -> None:
        try:
            with self._store.transaction() as tx:
                for piece in pieces:
                    _try(tx, piece)
        except (
            errors.TryAgain
        ) as no_turn:  # nothing was tried: one by one it would only take longer
            for piece in pieces:
                piece.error = no_turn
        except (
            Exception
        ) as broken:  # the commit itself failed: nobody's words may hang on another's
            if len(pieces) == 1:
                log.exception("a commit failed")
                pieces[0].error = pieces[0].error or broken
                return
            for piece in pieces:
                piece.result = piece.error = None
                self._write([piece])


def _try(tx: Transaction, piece: _Piece) -> None:
    """A savepoint each: one refusal must not undo its neighbours."""
    told_before = len(tx.announced)
    savepoint = tx.session.begin_nested()
    try:
        piece.result = piece.work(tx, *piece.facts)
        savepoint.commit()
    except Exception as refused:
        savepoint.rollback()
        del tx.announced[told_before:]
        piece.error = refused
