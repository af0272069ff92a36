"""What people said of who is who, to find the links that wait for a second person."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX entries_that_decide ON entries (subject_id)
        WHERE type IN ('RecordsLinked', 'RecordsUnlinked', 'LinkRefused')
    """)
