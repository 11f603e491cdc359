"""The tables of today and what the migrations make of an empty database are the same."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel, create_engine

from helpline.store import migrations, schema, tables
from helpline.store.engines import open_engine

assert schema.TABLES


@pytest.fixture
def new_engine(fresh_url):
    """A database in which nothing is."""
    engine = open_engine(fresh_url)
    yield engine
    engine.dispose()


@pytest.fixture
def migrated(new_engine):
    migrations.upgrade(new_engine)
    return new_engine


@pytest.fixture
def differences(databases, tmp_path):
    """What Alembic would still have to change, and what it does not look at: the SQL itself."""

    def between(engine: sa.Engine, metadata: sa.MetaData) -> list[str]:
        with engine.connect() as connection:
            opts = {"compare_type": True, "include_name": not_the_search}
            context = MigrationContext.configure(connection, opts=opts)
            found = [str(each) for each in compare_metadata(context, metadata)]
            as_migrated = spelled_out(connection)
        folder = tmp_path / "declared"
        folder.mkdir()
        url = databases.new(folder)
        fresh = create_engine(url)
        metadata.create_all(fresh)
        with fresh.connect() as connection:
            as_declared = spelled_out(connection)
        fresh.dispose()
        databases.drop(url)
        return found + sorted(as_migrated ^ as_declared)

    return between


def not_the_search(name: str | None, kind: str, parents: object) -> bool:
    """The index of words is each database's own, made by a migration alone; searching tests it."""
    return kind != "table" or not str(name).startswith("resource_words")


def spelled_out(connection: sa.Connection) -> set[str]:
    """Each index with its WHERE, and each constraint of each table, as the database has them."""
    if connection.dialect.name == "postgresql":
        return spelled_out_by_postgresql(connection)
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


def spelled_out_by_postgresql(connection: sa.Connection) -> set[str]:
    indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    constraints = """
        SELECT conrelid::regclass || ': ' || conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """
    found = {
        row[0] for query in (indexes, constraints) for row in connection.exec_driver_sql(query)
    }
    own = ("alembic_version", "resource_words")
    return {each for each in found if not any(name in each for name in own)}


def test_tables_and_migrations_are_the_same(migrated, differences):
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
def test_what_no_migration_brought_is_seen(migrated, differences, more, seen):
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
def test_what_a_migration_forgot_is_seen(migrated, differences, change):
    with migrated.begin() as connection:
        connection.exec_driver_sql(change)

    assert differences(migrated, SQLModel.metadata)


def test_an_index_that_lost_its_condition_is_seen(migrated, differences):
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


def test_a_database_is_current_only_once_it_has_seen_every_step(new_engine):
    assert not migrations.is_current(new_engine)
    migrations.upgrade(new_engine)
    assert migrations.is_current(new_engine)

    with new_engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'elsewhere'")
    assert not migrations.is_current(new_engine)


def test_a_step_that_fails_leaves_the_database_as_it_was(new_engine):
    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "CREATE TABLE offers" in statement:
            raise RuntimeError("in the middle of a step")

    sa.event.listen(new_engine, "before_cursor_execute", fail)
    with pytest.raises(RuntimeError):
        migrations.upgrade(new_engine)

    assert sa.inspect(new_engine).get_table_names() in ([], ["alembic_version"])
    assert not migrations.is_current(new_engine)
