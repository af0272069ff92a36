"""Patterns that the vault has found: which records, and in which way."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE patterns (
            pattern_id bytea   PRIMARY KEY,
            kind       text    NOT NULL,
            subjects   bytea[] NOT NULL
        )
    """)
