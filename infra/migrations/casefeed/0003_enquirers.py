"""Which events are said of which adult who asks for a child."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE enquirers (
            event_id   bytea PRIMARY KEY,
            subject_id bytea NOT NULL,
            enquirer   text  NOT NULL
        );
        CREATE INDEX enquirers_by_handle ON enquirers (enquirer text_pattern_ops);
        -- Adults of whom was spoken before this table was there are found by `lantern rebuild`.
        CREATE INDEX entries_by_type ON entries (type) WHERE type = 'KinshipClaimed'
    """)
