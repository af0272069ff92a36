"""What speaks for two records being of one child."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("""
        -- `one` is the smaller; of several versions the highest holds.
        CREATE TABLE proposals (
            one         bytea       NOT NULL,
            other       bytea       NOT NULL,
            proposed_by text        NOT NULL,
            verdict     text        NOT NULL,
            evidence    jsonb       NOT NULL,
            version     bigint      NOT NULL,
            known_at    timestamptz NOT NULL,
            PRIMARY KEY (one, other, proposed_by)
        );
        CREATE INDEX proposals_by_other ON proposals (other);
        CREATE INDEX proposals_by_time ON proposals (known_at) WHERE verdict <> 'apart'
    """)
