"""The way back

Why: return codes, messages left while the line is closed, and agreed times to look in again.
"""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
