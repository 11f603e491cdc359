"""Pages and reports

Why: what the organisation tells its visitors in its own words, and the counts of its reports.
"""

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
