"""Who was reached by which way, found without a look at every page that ever left."""

from alembic import op

revision = "0090"
down_revision = "0080"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE receipts ADD COLUMN went_to bytea;
        UPDATE receipts SET went_to = carried.recipient FROM carried WHERE carried.key = receipts.key;
        CREATE INDEX receipts_by_whom ON receipts (went_to, way, rung, at)
    """)
