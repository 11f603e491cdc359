"""Hand-offs beyond people

Why: warm hand-offs to a resource, the record of an emergency call, and concerns about a child.
"""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
