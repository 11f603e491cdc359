"""The way back

Why: return codes, messages left while the line is closed, and agreed times to look in again.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import helpline.store.tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "return_codes",
        sa.Column("code_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("chat_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("used_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("used_with", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"]),
        sa.PrimaryKeyConstraint("code_hash"),
        sa.UniqueConstraint("chat_id"),
    )
    op.create_table(
        "comebacks",
        sa.Column("chat_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("thread_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("wants_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("of_minor", sa.Boolean(), nullable=False),
        sa.Column("made_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"]),
        sa.ForeignKeyConstraint(["wants_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("chat_id"),
    )
    with op.batch_alter_table("comebacks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_comebacks_thread_id"), ["thread_id"], unique=False)

    op.create_table(
        "left_messages",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("client_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("code_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("left_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("open_since", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("taken_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("taken_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("answered_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("erase_asked_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["taken_by"], ["people.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client_id"),
        sa.UniqueConstraint("code_hash"),
    )
    with op.batch_alter_table("left_messages", schema=None) as batch_op:
        batch_op.create_index("left_messages_unanswered", ["answered_at"], unique=False)

    op.create_table(
        "left_answers",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("left_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["left_id"], ["left_messages.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("left_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_left_answers_left_id"), ["left_id"], unique=False)

    op.create_table(
        "follow_ups",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("chat_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("by_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("ends_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("offered_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("answered_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("over_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("written_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("came_as", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"]),
        sa.ForeignKeyConstraint(["came_as"], ["chats.id"]),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"]),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("chat_id"),
    )
    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        batch_op.create_index("follow_ups_by_state", ["state", "starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_follow_ups_came_as"), ["came_as"], unique=False)

    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("follow_up", sqlmodel.sql.sqltypes.AutoString(), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.drop_column("follow_up")
    op.drop_table("follow_ups")
    op.drop_table("left_answers")
    op.drop_table("left_messages")
    op.drop_table("comebacks")
    op.drop_table("return_codes")
