"""What is asked of the latest alone is found without a look at the years before."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX entries_referred ON entries (known_at DESC, event_id) WHERE type = 'ReferralMade';
        CREATE INDEX entries_by_occurrence ON entries (occurred_at)
    """)
