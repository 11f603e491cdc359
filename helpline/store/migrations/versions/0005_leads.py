"""Shift leads beside a chat

Why: who watched, whispered and joined, and contact plans that were told to the person.
"""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
