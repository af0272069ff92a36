"""The calls on every agency that the police decided, so that each can be taken back."""

from alembic import op

revision = "0040"
down_revision = "0030"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE broadcasts (
            identifier bytea       PRIMARY KEY,
            alert_id   bytea       NOT NULL REFERENCES alerts,
            severity   text        NOT NULL,
            drill      boolean     NOT NULL,
            decided_at timestamptz NOT NULL,
            decided_by bytea       NOT NULL,
            takes_back bytea       UNIQUE REFERENCES broadcasts
        );
        CREATE INDEX broadcasts_by_alert ON broadcasts (alert_id, decided_at DESC)
    """)
