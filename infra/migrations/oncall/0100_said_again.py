"""What the correlator says was said again may come before the event itself, for partitions overtake each other."""

from alembic import op

revision = "0100"
down_revision = "0090"


def upgrade() -> None:
    op.execute("""
        -- When each event was last said again, as far as the correlator told it.
        CREATE TABLE said_again (
            event_id    bytea       PRIMARY KEY,
            recorded_at timestamptz NOT NULL
        )
    """)
