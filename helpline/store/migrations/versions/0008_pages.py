"""The organisation's own pages

Why: what the organisation tells its visitors in its own words, version by version.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import helpline.store.tables

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "info_texts",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("part", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("info_texts", schema=None) as batch_op:
        batch_op.create_index("info_texts_of_part", ["part", "language", "number"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("info_texts", schema=None) as batch_op:
        batch_op.drop_index("info_texts_of_part")

    op.drop_table("info_texts")
