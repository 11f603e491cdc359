"""Alembic's entry: the connection is handed in, nothing is read from a file."""

from alembic import context
from sqlmodel import SQLModel

from helpline.store import schema

assert schema.TABLES

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
