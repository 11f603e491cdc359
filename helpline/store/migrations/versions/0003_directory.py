"""The directory

Why: organisations, their services and how to reach them as others exchange them, and who here
verified what.
"""

import json
from datetime import UTC, date, datetime, time
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
import sqlmodel
from alembic import op

import helpline.store.tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SPACE = uuid5(NAMESPACE_URL, "urn:open-crisis-triage-helpline:directory")
TEXT = sqlmodel.sql.sqltypes.AutoString()


def upgrade() -> None:
    with op.batch_alter_table("resources", schema=None) as batch_op:
        batch_op.add_column(sa.Column("regions", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("youngest", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("oldest", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("place", TEXT, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("notes", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("description", TEXT, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("verified_on", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("shown", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.alter_column("seen_on", existing_type=sa.Date(), nullable=True)
    _rewrite(_as_rule)
    _make_directory()
    _take_in_what_is_there()


def downgrade() -> None:
    for table in ("directory_entries", "directory_links", "directory_records"):
        op.drop_table(table)
    _rewrite(_as_weekly)
    op.execute("DELETE FROM resources WHERE seen_on IS NULL")
    with op.batch_alter_table("resources", schema=None) as batch_op:
        batch_op.alter_column("seen_on", existing_type=sa.Date(), nullable=False)
        batch_op.drop_column("shown")
        batch_op.drop_column("verified_on")
        batch_op.drop_column("description")
        batch_op.drop_column("notes")
        batch_op.drop_column("place")
        batch_op.drop_column("oldest")
        batch_op.drop_column("youngest")
        batch_op.drop_column("regions")


def _make_directory() -> None:
    op.create_table(
        "directory_records",
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("imported_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id"),
    )
    with op.batch_alter_table("directory_records", schema=None) as batch_op:
        batch_op.create_index("ix_directory_records_origin", ["origin"], unique=False)
    op.create_table(
        "directory_links",
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", "target"),
    )
    with op.batch_alter_table("directory_links", schema=None) as batch_op:
        batch_op.create_index("ix_directory_links_target", ["target"], unique=False)
    op.create_table(
        "directory_entries",
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("service_id", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("lacks", sa.JSON(), nullable=False),
        sa.Column("verified_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("verified_by", TEXT, nullable=True),
        sa.Column("news_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("hidden_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("removed_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("removed_why", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resources.id"]),
        sa.ForeignKeyConstraint(["verified_by"], ["people.id"]),
        sa.PrimaryKeyConstraint("resource_id"),
        sa.UniqueConstraint("service_id"),
    )


def _take_in_what_is_there() -> None:
    """What visitors see today they see tomorrow: verified by the project on the day it was seen."""
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE resources SET verified_on = seen_on"))
    found = connection.execute(sa.text("SELECT id, seen_on FROM resources")).all()
    entries = sa.table(
        "directory_entries",
        *(sa.column(n, TEXT) for n in ("resource_id", "service_id", "origin", "removed_why")),
        sa.column("lacks", sa.JSON()),
        sa.column("verified_at", helpline.store.tables.Utc(timezone=True)),
    )
    for id, seen_on in found:
        day = date.fromisoformat(seen_on) if isinstance(seen_on, str) else seen_on
        row = {
            "resource_id": id,
            "service_id": str(uuid5(SPACE, f"service\n{id}")),
            "origin": "seed",
            "removed_why": "",
            "lacks": [],
            "verified_at": datetime.combine(day, time.min, UTC),
        }
        connection.execute(entries.insert().values(**row))


def _rewrite(read) -> None:
    """The hours of each resource, in the other form. One whose hours have none there goes: without
    hours it would say that it answers day and night."""
    connection = op.get_bind()
    for id, hours in connection.execute(sa.text("SELECT id, hours FROM resources")).all():
        old = json.loads(hours) if isinstance(hours, str) else hours
        if not old:
            continue
        new = [read(each) for each in old]
        if None in new:
            connection.execute(sa.text("DELETE FROM resources WHERE id = :id"), {"id": id})
            continue
        written = sa.text("UPDATE resources SET hours = :hours WHERE id = :id")
        bound = written.bindparams(sa.bindparam("hours", type_=sa.JSON()))
        connection.execute(bound, {"id": id, "hours": new})


def _as_rule(weekly):
    return {
        "zone": weekly["zone"],
        "opens": weekly["from"],
        "closes": weekly["to"],
        "freq": "WEEKLY",
        "interval": 1,
        "byday": [DAYS[day] for day in weekly["days"]],
    }


def _as_weekly(rule):
    plain = {"zone", "opens", "closes", "freq", "interval", "byday"}
    if set(rule) - plain or rule.get("freq") != "WEEKLY" or rule.get("interval", 1) != 1:
        return None
    return {
        "zone": rule["zone"],
        "days": [DAYS.index(day) for day in rule["byday"]],
        "from": rule["opens"],
        "to": rule["closes"],
    }
