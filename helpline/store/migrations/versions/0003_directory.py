"""The directory

Why: organisations, their services and how to reach them as others exchange them, and who here
verified what.
"""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
