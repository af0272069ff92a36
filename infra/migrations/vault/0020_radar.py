"""What the radar compares: keyed tokens, and what each pattern is called."""

from alembic import op

revision = "0020"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
        -- A token is a keyed digest of what an adult said of themselves; it stands in no other table and on no topic.
        CREATE TABLE radar_signs (
            token      bytea NOT NULL,
            kind       text  NOT NULL,
            subject_id bytea NOT NULL,
            fact_id    bytea NOT NULL,
            PRIMARY KEY (token, subject_id, fact_id)
        );
        CREATE INDEX radar_signs_by_fact ON radar_signs (fact_id);

        -- A pattern is called by chance, so that its name says nothing of what matched.
        CREATE TABLE radar_patterns (
            token      bytea PRIMARY KEY,
            pattern_id bytea NOT NULL UNIQUE
        )
    """)
