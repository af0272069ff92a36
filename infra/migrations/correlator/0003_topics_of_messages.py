"""Messages that wait to be told are for several topics."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE outbox ADD COLUMN topic text NOT NULL DEFAULT 'case-updates.v1'")
