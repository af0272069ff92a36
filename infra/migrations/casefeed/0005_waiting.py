"""What waits for a coordinator at the vault."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE waiting (
            decision_id bytea       NOT NULL,
            waits_for   text        NOT NULL,
            subject_id  bytea       NOT NULL,
            purpose     text        NOT NULL,
            sector      text        NOT NULL,
            asked_at    timestamptz NOT NULL,
            due_at      timestamptz NOT NULL,
            known_at    timestamptz NOT NULL,
            PRIMARY KEY (decision_id, waits_for)
        );
        CREATE INDEX waiting_by_due ON waiting (due_at)
    """)
