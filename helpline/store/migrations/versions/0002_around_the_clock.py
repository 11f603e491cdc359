"""Around the clock

Why: a roster in layers with rotations, shifts as they happen, the ladder and its notices, what
volunteers say and ask for themselves, and a look ahead at demand.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import helpline.store.tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "date_needs",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("from_hour", sa.Integer(), nullable=False),
        sa.Column("to_hour", sa.Integer(), nullable=False),
        sa.Column("listeners", sa.Integer(), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("minors", sa.Integer(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("date_needs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_date_needs_on_date"), ["on_date"], unique=False)

    op.create_table(
        "demand",
        sa.Column("hour_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("arrived", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("gave_up", sa.Integer(), nullable=False),
        sa.Column("talk_minutes", sa.Float(), nullable=False),
        sa.Column("open_minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour_at"),
    )
    op.create_table(
        "special_days",
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("on_date"),
    )
    op.create_table(
        "attendances",
        sa.Column("pattern_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("expected_from", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("confirmed_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("checked_in_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("no_show_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["pattern_id"],
            ["shift_patterns.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("pattern_id", "on_date", "person_id"),
    )
    op.create_table(
        "availabilities",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("from_hour", sa.Integer(), nullable=False),
        sa.Column("to_hour", sa.Integer(), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("availabilities", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_availabilities_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "blackouts",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("blackouts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blackouts_person_id"), ["person_id"], unique=False)

    op.create_table(
        "hand_overs",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("by_itself", sa.Boolean(), nullable=False),
        sa.Column("watch_for_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("incidents_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("read_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("read_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("hand_overs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_overs_made_at"), ["made_at"], unique=False)

    op.create_table(
        "notices",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("made_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("due_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("valid_until", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("claimed_until", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("via", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sent_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("given_up_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "notices_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
        )

    op.create_table(
        "known_places",
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("pattern_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("starts_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("ends_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("person_id", "pattern_id", "on_date"),
    )
    op.create_table(
        "qualifications",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("checked_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "name", name="one_of_each_per_person"),
    )
    op.create_table(
        "roster_proposals",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("method", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("roster_version", sa.Integer(), nullable=False),
        sa.Column("made_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("beat_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("ended_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("decided_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "rotations",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("pattern_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("shifts_each", sa.Integer(), nullable=False),
        sa.Column("served", sa.Integer(), nullable=False),
        sa.Column("first_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=True),
        sa.Column("made_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pattern_id"],
            ["shift_patterns.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("rotations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rotations_pattern_id"), ["pattern_id"], unique=False)

    op.create_table(
        "rungs",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("pattern_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("rung", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("climbed_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("acknowledged_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("acknowledged_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("over_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["pattern_id"],
            ["shift_patterns.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("pattern_id", "on_date", "rung", "epoch", name="each_rung_once"),
    )
    with op.batch_alter_table("rungs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rungs_climbed_at"), ["climbed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_rungs_on_date"), ["on_date"], unique=False)

    op.create_table(
        "shift_feeds",
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("revoked_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    with op.batch_alter_table("shift_feeds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_feeds_person_id"), ["person_id"], unique=False)

    op.create_table(
        "shift_requests",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("by_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("pattern_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("until_date", sa.Date(), nullable=True),
        sa.Column("to_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("return_pattern_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("return_date", sa.Date(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("answered_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("decided_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["pattern_id"],
            ["shift_patterns.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("shift_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_requests_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shift_requests_on_date"), ["on_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_shift_requests_to_id"), ["to_id"], unique=False)

    op.create_table(
        "shifts",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("pattern_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("starts_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("ends_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("opened_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("closed_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["pattern_id"],
            ["shift_patterns.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("pattern_id", "on_date", name="one_row_per_shift"),
    )
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shifts_ends_at"), ["ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_shifts_starts_at"), ["starts_at"], unique=False)

    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("minors", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("languages", sa.JSON(), nullable=False, server_default="[]"))

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("quiet_from", sqlmodel.sql.sqltypes.AutoString(), nullable=True)
        )
        batch_op.add_column(
            sa.Column("quiet_until", sqlmodel.sql.sqltypes.AutoString(), nullable=True)
        )
        batch_op.add_column(sa.Column("weekly_hours", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("in_training", sa.Boolean(), nullable=False, server_default=sa.false())
        )

    with op.batch_alter_table("presences", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("fit_at", helpline.store.tables.Utc(timezone=True), nullable=True)
        )

    with op.batch_alter_table("shift_overrides", schema=None) as batch_op:
        batch_op.add_column(sa.Column("until_date", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("in_place_of", sqlmodel.sql.sqltypes.AutoString(), nullable=True)
        )
        batch_op.add_column(
            sa.Column("request_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True)
        )
        batch_op.alter_column("pattern_id", existing_type=sa.VARCHAR(), nullable=True)

    with op.batch_alter_table("shift_patterns", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("goes_on_from", sqlmodel.sql.sqltypes.AutoString(), nullable=True)
        )
        batch_op.add_column(sa.Column("nth", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("off_on_holidays", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    with op.batch_alter_table("shift_patterns", schema=None) as batch_op:
        batch_op.drop_column("off_on_holidays")
        batch_op.drop_column("nth")
        batch_op.drop_column("goes_on_from")

    with op.batch_alter_table("shift_overrides", schema=None) as batch_op:
        batch_op.alter_column("pattern_id", existing_type=sa.VARCHAR(), nullable=False)
        batch_op.drop_column("request_id")
        batch_op.drop_column("in_place_of")
        batch_op.drop_column("until_date")

    with op.batch_alter_table("presences", schema=None) as batch_op:
        batch_op.drop_column("fit_at")

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("in_training")
        batch_op.drop_column("weekly_hours")
        batch_op.drop_column("quiet_until")
        batch_op.drop_column("quiet_from")

    with op.batch_alter_table("needs", schema=None) as batch_op:
        batch_op.drop_column("languages")
        batch_op.drop_column("minors")

    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shifts_starts_at"))
        batch_op.drop_index(batch_op.f("ix_shifts_ends_at"))

    op.drop_table("shifts")
    with op.batch_alter_table("shift_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shift_requests_to_id"))
        batch_op.drop_index(batch_op.f("ix_shift_requests_on_date"))
        batch_op.drop_index(batch_op.f("ix_shift_requests_by_id"))

    op.drop_table("shift_requests")
    with op.batch_alter_table("shift_feeds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shift_feeds_person_id"))

    op.drop_table("shift_feeds")
    with op.batch_alter_table("rungs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rungs_on_date"))
        batch_op.drop_index(batch_op.f("ix_rungs_climbed_at"))

    op.drop_table("rungs")
    with op.batch_alter_table("rotations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rotations_pattern_id"))

    op.drop_table("rotations")
    op.drop_table("roster_proposals")
    op.drop_table("qualifications")
    op.drop_table("known_places")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index(
            "notices_due",
            sqlite_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND given_up_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_notices_person_id"))

    op.drop_table("notices")
    with op.batch_alter_table("hand_overs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hand_overs_made_at"))

    op.drop_table("hand_overs")
    with op.batch_alter_table("blackouts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blackouts_person_id"))

    op.drop_table("blackouts")
    with op.batch_alter_table("availabilities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_availabilities_person_id"))

    op.drop_table("availabilities")
    op.drop_table("attendances")
    op.drop_table("special_days")
    op.drop_table("demand")
    with op.batch_alter_table("date_needs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_date_needs_on_date"))

    op.drop_table("date_needs")
