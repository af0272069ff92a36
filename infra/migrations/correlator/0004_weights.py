"""Which versions of the weights were adopted; the one last adopted holds."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE weights (
            version    text        NOT NULL,
            sha256     text        NOT NULL,
            adopted_at timestamptz NOT NULL,
            PRIMARY KEY (adopted_at, version, sha256)
        )
    """)
