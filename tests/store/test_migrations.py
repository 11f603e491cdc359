"""The tables of today and what the migrations make of an empty database are the same."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel, create_engine

from helpline.store import migrations, tables
from helpline.store.engines import open_engine

assert tables.Line.metadata is SQLModel.metadata


@pytest.fixture
def migrated(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'migrated.db'}")
    migrations.upgrade(engine)
    yield engine
    engine.dispose()


def differences(engine: sa.Engine, metadata: sa.MetaData) -> list[str]:
    """What Alembic would still have to change, and what it does not look at: the SQL itself."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [str(each) for each in compare_metadata(context, metadata)]
        as_migrated = spelled_out(connection)
    fresh = create_engine("sqlite://")
    metadata.create_all(fresh)
    with fresh.connect() as connection:
        as_declared = spelled_out(connection)
    fresh.dispose()
    return found + sorted(as_migrated ^ as_declared)


def spelled_out(connection: sa.Connection) -> set[str]:
    """Each index with its WHERE, and each constraint of each table, as the database has them."""
    query = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    found = set()
    for kind, name, made in connection.exec_driver_sql(query):
        plain = re.sub(r"[\s\"]+", " ", made)
        if kind == "index":
            found.add(plain)
        elif name != "alembic_version":
            found |= {
                f"{name}: {each}" for each in re.findall(r"CONSTRAINT \w+ \w+ \([^)]*\)", plain)
            }
            found |= {
                f"{name}: {each}"
                for each in re.findall(r"FOREIGN KEY ?\([^)]*\) REFERENCES [^)]*\)", plain)
            }
    return found


def test_tables_and_migrations_are_the_same(migrated):
    assert differences(migrated, SQLModel.metadata) == []


def grown(*, column: bool = False, index: bool = False) -> sa.MetaData:
    """The tables of today and something more."""
    metadata = sa.MetaData()
    for table in SQLModel.metadata.sorted_tables:
        table.to_metadata(metadata)
    if column:
        metadata.tables["chats"].append_column(sa.Column("weather", sa.String))
    if index:
        sa.Index("chats_by_country", metadata.tables["chats"].c.country)
    return metadata


@pytest.mark.parametrize("more, seen", [("column", "weather"), ("index", "chats_by_country")])
def test_what_no_migration_brought_is_seen(migrated, more, seen):
    found = differences(migrated, grown(**{more: True}))

    assert [each for each in found if seen in each]


@pytest.mark.parametrize(
    "change",
    [
        "DROP INDEX one_holder_per_chat",
        "ALTER TABLE chats DROP COLUMN outcome",
        "ALTER TABLE chats ADD COLUMN weather TEXT",
        "DROP TABLE quick_replies",
    ],
)
def test_what_a_migration_forgot_is_seen(migrated, change):
    with migrated.begin() as connection:
        connection.exec_driver_sql(change)

    assert differences(migrated, SQLModel.metadata)


def test_an_index_that_lost_its_condition_is_seen(migrated):
    with migrated.begin() as connection:
        connection.exec_driver_sql("DROP INDEX one_holder_per_chat")
        connection.exec_driver_sql("CREATE UNIQUE INDEX one_holder_per_chat ON holdings (chat_id)")

    found = differences(migrated, SQLModel.metadata)

    assert [each for each in found if "until IS NULL" in each]


def test_migrating_twice_is_harmless(migrated):
    with migrated.begin() as connection:
        before = spelled_out(connection)

    migrations.upgrade(migrated)

    assert migrations.is_current(migrated)
    with migrated.begin() as connection:
        assert spelled_out(connection) == before


def test_what_is_in_the_database_stays_when_it_is_migrated_again(store, cast, now):
    with store.reading() as tx:
        before = tx.session.scalars(sa.select(tables.Person.name)).all()

    migrations.upgrade(store.engine)

    with store.reading() as tx:
        assert tx.session.scalars(sa.select(tables.Person.name)).all() == before


def test_a_database_is_current_only_once_it_has_seen_every_step(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'new.db'}")

    assert not migrations.is_current(engine)
    migrations.upgrade(engine)
    assert migrations.is_current(engine)

    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'elsewhere'")
    assert not migrations.is_current(engine)
    engine.dispose()


def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'new.db'}")

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "CREATE TABLE offers" in statement:
            raise RuntimeError("in the middle of a step")

    sa.event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(RuntimeError):
        migrations.upgrade(engine)

    assert sa.inspect(engine).get_table_names() in ([], ["alembic_version"])
    assert not migrations.is_current(engine)
    engine.dispose()
