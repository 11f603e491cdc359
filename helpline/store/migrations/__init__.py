"""Brings a database to the tables of today, one reasoned step after another."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

HERE = Path(__file__).parent


def upgrade(engine: Engine) -> None:
    """Runs every step that this database has not seen, in one turn: who starts at the same
    moment waits. A step may take its time."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        heads = set(ScriptDirectory.from_config(_config()).get_heads())
        return set(MigrationContext.configure(connection).get_current_heads()) == heads


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config
