"""What waited at the vault and no longer does."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("ALTER TABLE waiting ADD COLUMN answered_at timestamptz")
