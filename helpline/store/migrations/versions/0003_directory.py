"""The directory

Why: organisations, their services and how to reach them as others exchange them, and who here
verified what.
"""

import json
from datetime import UTC, date, datetime, time
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
import sqlmodel
from alembic import op

import helpline.store.tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SPACE = uuid5(NAMESPACE_URL, "urn:open-crisis-triage-helpline:directory")
TEXT = sqlmodel.sql.sqltypes.AutoString()
BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")

# Our words come folded and apart (domain/search.py): no database splits, stems or stops them.
OUT = """INSERT INTO resource_words(resource_words, rowid, found_by)
    SELECT 'delete', old.standing, old.found_by WHERE old.standing IS NOT NULL;"""
IN = """INSERT INTO resource_words(rowid, found_by)
    SELECT new.standing, new.found_by WHERE new.standing IS NOT NULL;"""
SEARCH = {
    "sqlite": (
        """CREATE VIRTUAL TABLE resource_words USING fts5(
            found_by, content='resources', content_rowid='standing',
            tokenize='ascii', detail=none, prefix='1 2 3 4 5'
        )""",
        # Bytes of a page: where few of many have all the words, short pages are passed over.
        "INSERT INTO resource_words(resource_words, rank) VALUES ('pgsz', 1000)",
        f"CREATE TRIGGER resource_words_added AFTER INSERT ON resources BEGIN {IN} END",
        f"CREATE TRIGGER resource_words_removed AFTER DELETE ON resources BEGIN {OUT} END",
        f"""CREATE TRIGGER resource_words_changed AFTER UPDATE OF standing, found_by ON resources
            BEGIN {OUT} {IN} END""",
    ),
    "postgresql": (
        "CREATE TABLE resource_words (standing BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
        """CREATE INDEX resource_words_by_word ON resource_words USING gin (words)
            WITH (fastupdate = off)""",
        """CREATE FUNCTION keep_resource_words() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP IN ('UPDATE', 'DELETE') THEN
                    DELETE FROM resource_words WHERE standing = OLD.standing;
                END IF;
                IF TG_OP IN ('UPDATE', 'INSERT') AND NEW.standing IS NOT NULL THEN
                    INSERT INTO resource_words VALUES (
                        NEW.standing, array_to_tsvector(string_to_array(NEW.found_by, ' '))
                    );
                END IF;
                RETURN NULL;
            END $$""",
        """CREATE TRIGGER resource_words_kept
            AFTER INSERT OR DELETE OR UPDATE OF standing, found_by ON resources
            FOR EACH ROW EXECUTE FUNCTION keep_resource_words()""",
        # Many have a common word: they are met soon on a walk in their order. Few have a rare one:
        # all of them, and then their order. Which it is the planner's statistics say of `rough`,
        # with one word for each that was typed, since it guesses too high for several rare ones.
        # Where it is wrong the walk ends early: nothing hangs on it but a moment.
        """CREATE FUNCTION standing_first(
                wanted tsquery, rough tsquery, beyond bigint, age integer, most integer
            ) RETURNS SETOF bigint LANGUAGE plpgsql ROWS 10
            SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
            DECLARE
                plan json;
                walked bigint;
                found bigint[];
            BEGIN
                EXECUTE 'EXPLAIN (FORMAT JSON) SELECT FROM resource_words WHERE words @@ $1'
                    INTO plan USING rough;
                SELECT most * greatest(reltuples, 1) / (plan->0->'Plan'->>'Plan Rows')::real
                    INTO walked FROM pg_class WHERE oid = 'resource_words'::regclass;
                IF walked <= 1500 THEN
                    found := ARRAY(SELECT walk_resources(wanted, beyond, age, most, 2 * walked));
                    IF cardinality(found) = most THEN
                        RETURN QUERY SELECT unnest(found);
                        RETURN;
                    END IF;
                END IF;
                found := ARRAY(
                    SELECT standing FROM resource_words WHERE words @@ wanted LIMIT 800
                );
                IF cardinality(found) = 800 THEN
                    RETURN QUERY SELECT walk_resources(wanted, beyond, age, most, NULL);
                    RETURN;
                END IF;
                RETURN QUERY SELECT resources.standing FROM resources
                    WHERE resources.standing = ANY (found) AND resources.standing > beyond
                    AND resources.shown
                    AND (age IS NULL OR age BETWEEN coalesce(youngest, 0) AND coalesce(oldest, age))
                    ORDER BY resources.standing LIMIT most;
            END $$""",
        """CREATE FUNCTION walk_resources(
                wanted tsquery, beyond bigint, age integer, most integer, steps bigint
            ) RETURNS SETOF bigint LANGUAGE plpgsql ROWS 10
            SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
            SET enable_bitmapscan = off AS $$
            BEGIN
                RETURN QUERY SELECT resources.standing FROM (
                    SELECT standing, words FROM resource_words
                    WHERE standing > beyond ORDER BY standing LIMIT steps
                ) AS walk JOIN resources ON resources.standing = walk.standing
                WHERE walk.words @@ wanted AND resources.shown
                AND (age IS NULL OR age BETWEEN coalesce(youngest, 0) AND coalesce(oldest, age))
                ORDER BY walk.standing LIMIT most;
            END $$""",
    ),
}


def upgrade() -> None:
    with op.batch_alter_table("resources", schema=None) as batch_op:
        batch_op.add_column(sa.Column("regions", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("youngest", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("oldest", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("place", TEXT, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("notes", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("description", TEXT, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("verified_on", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("shown", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        batch_op.alter_column("seen_on", existing_type=sa.Date(), nullable=True)
        batch_op.add_column(sa.Column("standing", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("found_by", TEXT, nullable=False, server_default=""))
        batch_op.create_index("resources_by_standing", ["standing"], unique=True)
    _rewrite(_as_rule)
    _make_search()
    _make_directory()
    _take_in_what_is_there()


def downgrade() -> None:
    for table in ("card_days", "directory_entries", "directory_links", "directory_records"):
        op.drop_table(table)
    _drop_search()
    _rewrite(_as_weekly)
    op.execute("DELETE FROM resources WHERE seen_on IS NULL")
    with op.batch_alter_table("resources", schema=None) as batch_op:
        batch_op.alter_column("seen_on", existing_type=sa.Date(), nullable=False)
        batch_op.drop_index("resources_by_standing")
        batch_op.drop_column("found_by")
        batch_op.drop_column("standing")
        batch_op.drop_column("shown")
        batch_op.drop_column("verified_on")
        batch_op.drop_column("description")
        batch_op.drop_column("notes")
        batch_op.drop_column("place")
        batch_op.drop_column("oldest")
        batch_op.drop_column("youngest")
        batch_op.drop_column("regions")


def _make_search() -> None:
    """Kept by triggers, so that whoever writes a resource writes what it is found by in the same
    transaction. A later step that rebuilds `resources` on SQLite must make its triggers again."""
    op.create_table(
        "resource_keys",
        sa.Column("key", BYTEWISE, nullable=False),
        sa.Column("word", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", "word"),
    )
    for each in SEARCH[op.get_bind().dialect.name]:
        op.execute(sa.text(each))


def _drop_search() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER resource_words_kept ON resources")
        for each in ("keep_resource_words", "standing_first", "walk_resources"):
            op.execute(f"DROP FUNCTION {each}")
    else:
        for each in ("added", "changed", "removed"):
            op.execute(f"DROP TRIGGER resource_words_{each}")
    op.execute("DROP TABLE resource_words")
    op.drop_table("resource_keys")


def _make_directory() -> None:
    op.create_table(
        "directory_records",
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("imported_at", helpline.store.tables.Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id"),
    )
    with op.batch_alter_table("directory_records", schema=None) as batch_op:
        batch_op.create_index("ix_directory_records_origin", ["origin"], unique=False)
    op.create_table(
        "directory_links",
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", "target"),
    )
    with op.batch_alter_table("directory_links", schema=None) as batch_op:
        batch_op.create_index("ix_directory_links_target", ["target"], unique=False)
    op.create_table(
        "directory_entries",
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("service_id", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("lacks", sa.JSON(), nullable=False),
        sa.Column("verified_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("verified_by", TEXT, nullable=True),
        sa.Column("news_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("hidden_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("removed_at", helpline.store.tables.Utc(timezone=True), nullable=True),
        sa.Column("removed_why", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resources.id"]),
        sa.ForeignKeyConstraint(["verified_by"], ["people.id"]),
        sa.PrimaryKeyConstraint("resource_id"),
        sa.UniqueConstraint("service_id"),
    )
    op.create_table(
        "card_days",
        sa.Column("resource_id", TEXT, nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("resource_id", "on_date"),
    )


def _take_in_what_is_there() -> None:
    """What visitors see today they see tomorrow: verified by the project on the day it was seen."""
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE resources SET verified_on = seen_on"))
    found = connection.execute(sa.text("SELECT id, seen_on FROM resources")).all()
    entries = sa.table(
        "directory_entries",
        *(sa.column(n, TEXT) for n in ("resource_id", "service_id", "origin", "removed_why")),
        sa.column("lacks", sa.JSON()),
        sa.column("verified_at", helpline.store.tables.Utc(timezone=True)),
    )
    for id, seen_on in found:
        day = date.fromisoformat(seen_on) if isinstance(seen_on, str) else seen_on
        row = {
            "resource_id": id,
            "service_id": str(uuid5(SPACE, f"service\n{id}")),
            "origin": "seed",
            "removed_why": "",
            "lacks": [],
            "verified_at": datetime.combine(day, time.min, UTC),
        }
        connection.execute(entries.insert().values(**row))


def _rewrite(read) -> None:
    """The hours of each resource, in the other form. One whose hours have none there goes: without
    hours it would say that it answers day and night."""
    connection = op.get_bind()
    for id, hours in connection.execute(sa.text("SELECT id, hours FROM resources")).all():
        old = json.loads(hours) if isinstance(hours, str) else hours
        if not old:
            continue
        new = [read(each) for each in old]
        if None in new:
            connection.execute(sa.text("DELETE FROM resources WHERE id = :id"), {"id": id})
            continue
        written = sa.text("UPDATE resources SET hours = :hours WHERE id = :id")
        bound = written.bindparams(sa.bindparam("hours", type_=sa.JSON()))
        connection.execute(bound, {"id": id, "hours": new})


def _as_rule(weekly):
    return {
        "zone": weekly["zone"],
        "opens": weekly["from"],
        "closes": weekly["to"],
        "freq": "WEEKLY",
        "interval": 1,
        "byday": [DAYS[day] for day in weekly["days"]],
    }


def _as_weekly(rule):
    plain = {"zone", "opens", "closes", "freq", "interval", "byday"}
    if set(rule) - plain or rule.get("freq") != "WEEKLY" or rule.get("interval", 1) != 1:
        return None
    return {
        "zone": rule["zone"],
        "days": [DAYS.index(day) for day in rule["byday"]],
        "from": rule["opens"],
        "to": rule["closes"],
    }
