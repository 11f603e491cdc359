"""The directory

Why: organisations, their services and how to reach them as others exchange them, and who here
verified what.
"""

import json

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
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


def downgrade() -> None:
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
