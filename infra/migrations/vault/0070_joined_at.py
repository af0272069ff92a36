"""When each record became one with its case: whoever assessed a release before that did not weigh it."""

from alembic import op

revision = "0070"
down_revision = "0060"


def upgrade() -> None:
    op.execute("""
        -- Nothing for what was assigned before this version.
        ALTER TABLE assignments ADD COLUMN known_at timestamptz
    """)
