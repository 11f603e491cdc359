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
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"]),
        sa.PrimaryKeyConstraint("code_hash"),
        sa.UniqueConstraint("chat_id"),
    )


def downgrade() -> None:
    op.drop_table("return_codes")
