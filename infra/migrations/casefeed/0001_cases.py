"""What the case feed shows: a projection of case-updates.v1."""

from alembic import op

from services.runtime.fence import TABLES

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(TABLES)
    op.execute("""
        -- An event belongs to its subject for ever; `frame` is the event as it stood on its topic.
        CREATE TABLE entries (
            event_id    bytea       PRIMARY KEY,
            subject_id  bytea       NOT NULL,
            type        text        NOT NULL,
            sector      text        NOT NULL,
            occurred_at timestamptz,
            precision   text        NOT NULL,
            known_at    timestamptz NOT NULL,
            frame       bytea       NOT NULL
        );
        CREATE INDEX entries_by_subject ON entries (subject_id);

        CREATE TABLE said_again (
            event_id    bytea       NOT NULL,
            recorded_at timestamptz NOT NULL,
            known_at    timestamptz NOT NULL,
            PRIMARY KEY (event_id, recorded_at)
        );

        -- Which case a record belongs to: of the versions known at a time, the highest holds.
        CREATE TABLE assignments (
            subject_id bytea       NOT NULL,
            version    bigint      NOT NULL,
            case_id    bytea       NOT NULL,
            known_at   timestamptz NOT NULL,
            PRIMARY KEY (subject_id, version)
        );
        CREATE INDEX assignments_by_case ON assignments (case_id);

        CREATE TABLE cases (
            case_id  bytea       PRIMARY KEY,
            version  bigint      NOT NULL,
            known_at timestamptz NOT NULL,
            status   text        NOT NULL,
            -- When the latest entry happened; the year 1 when nobody said.
            last_at  timestamptz NOT NULL,
            state    jsonb       NOT NULL
        );
        CREATE INDEX cases_by_time ON cases (last_at DESC, case_id);

        -- What watchers were told, in the order of commits and without a gap. A rebuild leaves it as it is.
        CREATE TABLE feed (
            sequence    bigint      PRIMARY KEY,
            event_id    bytea       NOT NULL UNIQUE,
            case_id     bytea       NOT NULL,
            status      text        NOT NULL,
            type        text        NOT NULL,
            sector      text        NOT NULL,
            occurred_at timestamptz,
            precision   text        NOT NULL,
            known_at    timestamptz NOT NULL
        );
        CREATE INDEX feed_by_time ON feed (known_at);
        CREATE TABLE feed_head (sequence bigint NOT NULL);
        INSERT INTO feed_head VALUES (0);

        -- Updates that could not be read; each still stands in Kafka at its place.
        CREATE TABLE dead_letters (
            topic_id  uuid        NOT NULL,
            partition int         NOT NULL,
            "offset"  bigint      NOT NULL,
            reason    text        NOT NULL,
            kept_at   timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (topic_id, partition, "offset")
        )
    """)
