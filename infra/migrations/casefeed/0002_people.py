"""Who is signed in, and which worker was given which record's case."""

from alembic import op

from services.runtime.signin.sessions import TABLES

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(TABLES)
    op.execute("""
        -- Of the events of a fact, the one last said holds (see said_again).
        CREATE TABLE allocations (
            event_id    bytea       PRIMARY KEY,
            fact_id     bytea       NOT NULL,
            subject_id  bytea       NOT NULL,
            worker      bytea       NOT NULL,
            since       timestamptz,
            until       date,
            recorded_at timestamptz NOT NULL
        );
        CREATE INDEX allocations_by_worker ON allocations (worker);
        CREATE INDEX allocations_by_fact ON allocations (fact_id)
    """)
