"""Hand-offs beyond people

Why: the visitor may say no, warm hand-offs to a resource, the record of an emergency call, and
concerns about a child or an adult at risk.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import helpline.store.tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
OPEN = sa.text("ended_at IS NULL")
UNSIGNED = sa.text("signed_at IS NULL")


def _at(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, helpline.store.tables.Utc(timezone=True), nullable=nullable)


def upgrade() -> None:
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("visitor_says", TEXT(), nullable=True))

    op.create_table(
        "hand_offs",
        sa.Column("id", TEXT(), nullable=False),
        sa.Column("chat_id", TEXT(), nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("from_id", TEXT(), nullable=False),
        sa.Column("resource_id", TEXT(), nullable=True),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        _at("at"),
        _at("expires_at"),
        _at("reminded_at", nullable=True),
        _at("ended_at", nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"]),
        sa.ForeignKeyConstraint(["from_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("hand_offs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_offs_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_hand_offs_chat_id"), ["chat_id"], unique=False)
        batch_op.create_index(
            "one_open_hand_off_of_a_kind",
            ["chat_id", "kind"],
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )

    op.create_table(
        "emergencies",
        sa.Column("id", TEXT(), nullable=False),
        sa.Column("chat_id", TEXT(), nullable=False),
        sa.Column("begun_by", TEXT(), nullable=False),
        _at("begun_at"),
        sa.Column("country", TEXT(), nullable=False),
        sa.Column("way", TEXT(), nullable=True),
        sa.Column("place_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("result", TEXT(), nullable=True),
        _at("ended_at", nullable=True),
        sa.Column("signed_by", TEXT(), nullable=True),
        _at("signed_at", nullable=True),
        sa.Column("signed_alone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["begun_by"], ["people.id"]),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("emergencies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_emergencies_chat_id"), ["chat_id"], unique=False)
        batch_op.create_index(
            "one_running_emergency_per_chat",
            ["chat_id"],
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        )
        batch_op.create_index(
            "emergencies_to_sign_off",
            ["begun_at"],
            unique=False,
            sqlite_where=UNSIGNED,
            postgresql_where=UNSIGNED,
        )

    op.create_table(
        "emergency_steps",
        sa.Column("emergency_id", TEXT(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", TEXT(), nullable=False),
        sa.Column("by_id", TEXT(), nullable=False),
        _at("at"),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"]),
        sa.ForeignKeyConstraint(["emergency_id"], ["emergencies.id"]),
        sa.PrimaryKeyConstraint("emergency_id", "number"),
    )
    op.create_table(
        "concerns",
        sa.Column("id", TEXT(), nullable=False),
        sa.Column("chat_id", TEXT(), nullable=False),
        sa.Column("raised_by", TEXT(), nullable=False),
        _at("raised_at"),
        sa.Column("about", TEXT(), nullable=False),
        sa.Column("concern_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("their_words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("told_sealed", sa.LargeBinary(), nullable=True),
        _at("told_at", nullable=True),
        sa.Column("lead_id", TEXT(), nullable=False),
        _at("due_at"),
        sa.Column("signed_by", TEXT(), nullable=True),
        _at("signed_at", nullable=True),
        sa.Column("signed_alone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"]),
        sa.ForeignKeyConstraint(["lead_id"], ["people.id"]),
        sa.ForeignKeyConstraint(["raised_by"], ["people.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("concerns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_concerns_chat_id"), ["chat_id"], unique=False)
        batch_op.create_index(
            "concerns_to_sign_off",
            ["due_at"],
            unique=False,
            sqlite_where=UNSIGNED,
            postgresql_where=UNSIGNED,
        )


def downgrade() -> None:
    for table in ("concerns", "emergency_steps", "emergencies", "hand_offs"):
        op.drop_table(table)
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_column("visitor_says")
