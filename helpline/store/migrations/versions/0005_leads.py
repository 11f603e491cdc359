"""Shift leads beside a chat

Why: who watched, whispered and joined, and contact plans that were told to the person.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import helpline.store.tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
OPEN = sa.text("ended_at IS NULL")


def at(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, helpline.store.tables.Utc(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "read_alongs",
        sa.Column("id", TEXT(), nullable=False),
        sa.Column("chat_id", TEXT(), nullable=False),
        sa.Column("person_id", TEXT(), nullable=False),
        sa.Column("why", TEXT(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        at("since"),
        at("until"),
        at("joined_at", nullable=True),
        at("ended_at", nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("read_alongs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_read_alongs_chat_id"), ["chat_id"], unique=False)
        batch_op.create_index(
            "beside_once",
            ["chat_id", "person_id"],
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )
        batch_op.create_index(
            "beside_now", ["person_id"], unique=False, sqlite_where=OPEN, postgresql_where=OPEN
        )

    op.create_table(
        "contact_plans",
        sa.Column("id", TEXT(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", TEXT(), nullable=False),
        at("made_at"),
        sa.Column("told_by", TEXT(), nullable=True),
        at("told_at", nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("contact_plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_plans_review_on"), ["review_on"], unique=False)

    op.create_table(
        "plans_of_chats",
        sa.Column("chat_id", TEXT(), nullable=False),
        sa.Column("plan_id", TEXT(), nullable=False),
        sa.Column("from_id", TEXT(), nullable=True),
        at("at"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"]),
        sa.ForeignKeyConstraint(["plan_id"], ["contact_plans.id"]),
        sa.PrimaryKeyConstraint("chat_id"),
    )
    with op.batch_alter_table("plans_of_chats", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plans_of_chats_plan_id"), ["plan_id"], unique=False)

    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.add_column(sa.Column("beside", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.drop_column("beside")
    op.drop_table("plans_of_chats")
    op.drop_table("contact_plans")
    op.drop_table("read_alongs")
