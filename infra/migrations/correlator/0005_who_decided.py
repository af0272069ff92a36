"""Who decided that two records are of one child, where they showed who they are."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("ALTER TABLE decisions ADD COLUMN decided_by text")
