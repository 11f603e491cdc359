"""What is acknowledged is on disk: settings that read back, commits before telling, batches."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import event, select, text
from sqlmodel import create_engine

from helpline import bootstrap
from helpline.domain import errors, events
from helpline.store import engines, journal, migrations, transaction, writer
from helpline.store.engines import AS_SET, AS_SET_ON_POSTGRESQL, open_engine
from helpline.store.tables import Moment
from helpline.store.transaction import Store, Transaction
from helpline.store.vault import Vault
from helpline.store.writer import Writer

AS_PROMISED = {
    "sqlite": {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1},
    "postgresql": {
        "synchronous_commit": "on",
        "fsync": "on",
        "full_page_writes": "on",
        "server_encoding": "UTF8",
    },
}
SPOILED = [
    *(("sqlite", f"PRAGMA {each}") for each in ("journal_mode=delete", "synchronous=1")),
    *(("sqlite", f"PRAGMA {each}") for each in ("secure_delete=0", "foreign_keys=0")),
    ("postgresql", "SET synchronous_commit = off"),
]


def read_back(tx: Transaction) -> dict[str, object]:
    connection = tx.session.connection()
    kind = connection.dialect.name
    ask = {"sqlite": "PRAGMA", "postgresql": "SHOW"}[kind]
    return {
        each: connection.exec_driver_sql(f"{ask} {each}").scalar() for each in AS_PROMISED[kind]
    }


def write_moment(tx: Transaction, kind: str, now) -> str:
    """What a test keeps: one row, and one event that names it."""
    journal.write(tx, kind, now=now)
    tx.announce(events.ChatChanged(kind))
    return kind


def refuse(tx: Transaction, now) -> None:
    write_moment(tx, "refused", now)
    raise errors.ChatClosed


def kept(store: Store) -> list[str]:
    with store.reading() as tx:
        return [row.kind for row in tx.session.scalars(select(Moment).order_by(Moment.id))]


# -- the disk ---------------------------------------------------------------------------------


def test_the_writers_connection_reads_back_what_durability_rests_on(store, on):
    store.writer = Writer(store)
    store.writer.start()

    assert store.keep(read_back) == AS_PROMISED[on]


def test_every_connection_of_the_engine_reads_it_back(store, on):
    with store.transaction() as one, store.reading() as two, store.reading() as three:
        found = [read_back(each) for each in (one, two, three)]

    assert found == [AS_PROMISED[on]] * 3


@pytest.mark.parametrize("on, spoil", SPOILED)
def test_a_database_that_does_not_read_it_back_is_not_served(fresh_url, tmp_path, lexicon, spoil):
    engine = open_engine(fresh_url)
    migrations.upgrade(engine)
    store = Store(engine, Vault(tmp_path / "keys"), packs=lexicon)
    bootstrap.prove(store)

    def put_it_so(connection, _) -> None:
        connection.execute(spoil)
        connection.commit()

    event.listen(engine, "connect", put_it_so)
    engine.dispose()

    with pytest.raises(bootstrap.NotProven):
        bootstrap.prove(store)
    engine.dispose()


def test_what_is_asked_of_the_disk_is_what_was_promised():
    assert {"sqlite": AS_SET, "postgresql": AS_SET_ON_POSTGRESQL} == AS_PROMISED


def test_a_plain_engine_would_not_be_enough(tmp_path):
    plain = create_engine(f"sqlite:///{tmp_path / 'plain.db'}")

    assert not engines.is_as_set(plain)
    plain.dispose()


@pytest.mark.parametrize("missing", ["migrations", "keys", "packs"])
def test_a_house_that_is_not_whole_is_not_served(missing, fresh_url, tmp_path, lexicon):
    engine = open_engine(fresh_url)
    if missing != "migrations":
        migrations.upgrade(engine)
    vault = Vault(tmp_path / "keys")
    if missing == "keys":
        (tmp_path / "keys").rmdir()
    store = Store(engine, vault, packs=() if missing == "packs" else lexicon)

    with pytest.raises((bootstrap.NotProven, OSError)):
        bootstrap.prove(store)
    engine.dispose()


# -- telling ----------------------------------------------------------------------------------


def test_what_is_told_is_already_on_disk(store, open_again, now):
    beside, seen = open_again(), []
    store.tell = lambda happened: seen.append(kept(beside))

    with store.transaction() as tx:
        write_moment(tx, "arrived", now)
        assert seen == []

    assert seen == [["arrived"]]


def test_a_commit_that_fails_tells_nothing(store, told, now, broken_commits):
    broken_commits.append(RuntimeError("the disk is full"))

    with pytest.raises(RuntimeError, match="disk is full"), store.transaction() as tx:
        write_moment(tx, "arrived", now)

    assert told == []
    assert kept(store) == []


def test_what_is_refused_halfway_leaves_nothing_behind(store, told, now):
    with pytest.raises(errors.ChatClosed):
        store.keep(refuse, now)

    assert told == []
    assert kept(store) == []


def test_a_transaction_inside_another_is_refused(store, now, monkeypatch):
    monkeypatch.setattr(transaction, "GATE_OPENS_WITHIN", 0.05)

    with store.transaction(), pytest.raises(RuntimeError, match="inside another"):
        store.transaction().__enter__()

    with store.transaction() as tx:
        write_moment(tx, "after", now)
    assert kept(store) == ["after"]


# -- keep -------------------------------------------------------------------------------------


class Together:
    """Pieces that are all waiting when the writer starts, so that they share a commit."""

    def __init__(self, store: Store) -> None:
        self._writer = Writer(store)
        self._threads: list[threading.Thread] = []
        self.answers: dict[str, object] = {}

    def keep(self, name: str, work, *facts: object) -> None:
        def ask() -> None:
            try:
                self.answers[name] = self._writer.keep(work, facts)
            except Exception as refused:
                self.answers[name] = type(refused)

        self._threads.append(threading.Thread(target=ask))
        self._threads[-1].start()
        while self._writer._waiting < len(self._threads):
            pass

    def write(self) -> dict[str, object]:
        self._writer.start()
        for each in self._threads:
            each.join(10)
        return self.answers


@pytest.fixture
def together(store: Store) -> Together:
    return Together(store)


@pytest.fixture
def commits(store: Store) -> Iterator[list[str]]:
    seen: list[str] = []
    note = lambda connection: seen.append("commit")  # noqa: E731
    event.listen(store.engine, "commit", note)
    yield seen
    event.remove(store.engine, "commit", note)


@pytest.fixture
def broken_commits(store: Store) -> Iterator[list[Exception]]:
    """The next commits fail with these, in order."""
    faults: list[Exception] = []

    def fail(connection: object) -> None:
        if faults:
            raise faults.pop(0)

    event.listen(store.engine, "commit", fail)
    yield faults
    event.remove(store.engine, "commit", fail)


def test_what_arrives_together_shares_one_commit(store, together, commits, now):
    for name in ("one", "two", "three"):
        together.keep(name, write_moment, name, now)

    answers = together.write()

    assert answers == {"one": "one", "two": "two", "three": "three"}
    assert kept(store) == ["one", "two", "three"]
    assert commits == ["commit"]


def test_more_than_a_batch_takes_more_commits(store, together, commits, now, monkeypatch):
    monkeypatch.setattr(writer, "BATCH", 2)
    for name in ("one", "two", "three"):
        together.keep(name, write_moment, name, now)

    together.write()

    assert kept(store) == ["one", "two", "three"]
    assert commits == ["commit"] * 2


def test_a_refusal_in_a_batch_does_not_undo_its_neighbours(store, together, told, now):
    together.keep("one", write_moment, "one", now)
    together.keep("refused", refuse, now)
    together.keep("two", write_moment, "two", now)

    answers = together.write()

    assert answers == {"one": "one", "refused": errors.ChatClosed, "two": "two"}
    assert kept(store) == ["one", "two"]
    assert told == [events.ChatChanged("one"), events.ChatChanged("two")]


def test_a_commit_that_fails_replays_its_pieces_one_by_one(
    store, together, told, commits, broken_commits, now
):
    broken_commits.append(RuntimeError("the disk said no, once"))
    for name in ("one", "two"):
        together.keep(name, write_moment, name, now)

    answers = together.write()

    assert answers == {"one": "one", "two": "two"}
    assert kept(store) == ["one", "two"]
    assert told == [events.ChatChanged("one"), events.ChatChanged("two")]


def test_nobodys_words_hang_on_a_piece_that_no_commit_takes(store, together, told, now):
    def poison(connection: object) -> None:
        if spoiled:
            spoiled.clear()
            raise RuntimeError("the disk takes everything but this")

    spoiled: list[bool] = []

    def write_poison(tx: Transaction) -> None:
        write_moment(tx, "poison", now)
        spoiled.append(True)

    event.listen(store.engine, "commit", poison)
    together.keep("one", write_moment, "one", now)
    together.keep("poison", write_poison)
    together.keep("two", write_moment, "two", now)

    answers = together.write()

    event.remove(store.engine, "commit", poison)
    assert answers == {"one": "one", "poison": RuntimeError, "two": "two"}
    assert kept(store) == ["one", "two"]
    assert told == [events.ChatChanged("one"), events.ChatChanged("two")]


def test_a_full_waiting_room_says_try_again_and_grows_no_more(store, together, now, monkeypatch):
    monkeypatch.setattr(writer, "WAITING_ROOM", 1)
    together.keep("first", write_moment, "first", now)

    with pytest.raises(errors.TryAgain):
        together._writer.keep(write_moment, ("second", now))

    together.write()
    assert kept(store) == ["first"]
    assert together._writer.keep(write_moment, ("third", now)) == "third"


def test_a_look_stops_no_writer(store, open_again, now):
    beside = open_again()
    with beside.reading() as tx:
        tx.session.execute(text("SELECT * FROM journal"))

        with store.transaction() as other:
            write_moment(other, "meanwhile", now)

    assert kept(store) == ["meanwhile"]
