"""One writes at a time and whoever looks sees one moment, on both databases and in every process."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from helpline.domain import errors
from helpline.store import engines, journal
from helpline.store.engines import open_engine
from helpline.store.tables import Moment
from helpline.store.writer import Writer

ON_POSTGRESQL = pytest.mark.parametrize("on", ["postgresql"])
A_MOMENT = 0.2  # seconds in which somebody who may go on would have


@pytest.fixture
def impatient(monkeypatch):
    """Whoever opens the database from now on waits shortly for a turn."""
    monkeypatch.setattr(engines, "SQLITE_WAITS", 100)
    monkeypatch.setitem(engines.SESSION, "lock_timeout", "100ms")


def kinds(tx) -> list[str]:
    return [row.kind for row in tx.session.scalars(select(Moment).order_by(Moment.id))]


# -- writing ----------------------------------------------------------------------------------


def test_who_writes_waits_for_who_writes_elsewhere_and_sees_what_they_kept(store, open_again, now):
    beside, seen = open_again(), []

    def write_beside() -> None:
        with beside.transaction() as tx:
            seen.append(kinds(tx))
            journal.write(tx, "second", now=now)

    other = threading.Thread(target=write_beside)
    with store.transaction() as tx:
        other.start()
        other.join(A_MOMENT)
        assert seen == []
        journal.write(tx, "first", now=now)
    other.join(10)

    assert seen == [["first"]]
    with store.reading() as tx:
        assert kinds(tx) == ["first", "second"]


def test_who_gets_no_turn_is_told_to_try_again_and_nothing_was_tried(
    store, impatient, open_again, now
):
    beside = open_again()
    tried = []

    with store.transaction(), pytest.raises(errors.TryAgain):
        with beside.transaction():
            tried.append("something")

    assert tried == []


def test_a_batch_that_gets_no_turn_waits_for_one_only_once(
    store, impatient, open_again, now, monkeypatch
):
    beside = open_again()
    writer = Writer(beside)
    begun, answers = [], []
    really = beside.transaction
    monkeypatch.setattr(beside, "transaction", lambda: begun.append(1) or really())

    def keep() -> None:
        try:
            writer.keep(journal.write, ())
        except errors.Refused as refused:
            answers.append(refused.code)

    asking = [threading.Thread(target=keep) for _ in range(3)]
    for each in asking:
        each.start()
    while writer._waiting < 3:
        pass
    with store.transaction():
        writer.start()
        for each in asking:
            each.join(10)

    assert answers == ["try_again"] * 3
    assert len(begun) == 1


# -- looking ----------------------------------------------------------------------------------


def test_who_looks_sees_one_moment_whatever_others_keep_meanwhile(store, open_again, now):
    beside = open_again()

    with beside.reading() as tx:
        before = kinds(tx)
        with store.transaction() as other:
            journal.write(other, "meanwhile", now=now)
        after = kinds(tx)

    assert before == after == []
    with beside.reading() as tx:
        assert kinds(tx) == ["meanwhile"]


@ON_POSTGRESQL
def test_who_only_looks_cannot_keep_anything(store, now):
    with pytest.raises(DBAPIError, match="read-only"), store.reading() as tx:
        journal.write(tx, "sneaked in", now=now)


def test_a_look_leaves_no_trace_on_the_connection_that_writes_next(store, now):
    for _ in range(3):
        with store.reading() as tx:
            kinds(tx)
        with store.transaction() as tx:
            journal.write(tx, "kept", now=now)

    with store.reading() as tx:
        assert kinds(tx) == ["kept"] * 3


# -- what PostgreSQL is told ------------------------------------------------------------------


@ON_POSTGRESQL
def test_a_session_ends_what_would_hold_up_everybody(store):
    with store.reading() as tx:
        found = {
            name: tx.session.scalar(text(f"SHOW {name}"))
            for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        }
        zone = tx.session.scalar(text("SHOW timezone"))

    assert found == {
        "lock_timeout": "10s",
        "statement_timeout": "15s",
        "idle_in_transaction_session_timeout": "20s",
    }
    assert zone == "UTC"


@ON_POSTGRESQL
def test_a_connection_that_was_cut_is_replaced(store, now):
    with store.transaction() as tx:
        journal.write(tx, "before", now=now)
    cutter = open_engine(store.engine.url.render_as_string(False))
    with cutter.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    cutter.dispose()

    with store.transaction() as tx:
        journal.write(tx, "after", now=now)

    with store.reading() as tx:
        assert kinds(tx) == ["before", "after"]
