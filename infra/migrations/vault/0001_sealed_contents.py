"""What the vault keeps: contents under keys of their own, and when each was said."""

from alembic import op

from services.runtime.fence import TABLES

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(TABLES)
    op.execute("""
        -- One row a different content of a sealed field of a fact; destroying wrapped_key erases it.
        CREATE TABLE contents (
            fact_id     bytea NOT NULL,
            field       text  NOT NULL,
            digest      bytea NOT NULL,
            subject_id  bytea NOT NULL,
            kek_id      text  NOT NULL,
            wrapped_key bytea NOT NULL,
            ciphertext  bytea NOT NULL,
            PRIMARY KEY (fact_id, field, digest)
        );
        CREATE INDEX contents_by_subject ON contents (subject_id);

        -- Each time that a content was said: a set, so that the order of arrival cannot matter.
        CREATE TABLE sayings (
            fact_id     bytea       NOT NULL,
            field       text        NOT NULL,
            recorded_at timestamptz NOT NULL,
            digest      bytea       NOT NULL,
            PRIMARY KEY (fact_id, field, recorded_at, digest),
            FOREIGN KEY (fact_id, field, digest) REFERENCES contents
        );

        -- What could not be opened, whole, under a key of its own; the reason is a code.
        CREATE TABLE dead_letters (
            topic_id    uuid        NOT NULL,
            partition   int         NOT NULL,
            "offset"    bigint      NOT NULL,
            reason      text        NOT NULL,
            kek_id      text        NOT NULL,
            wrapped_key bytea       NOT NULL,
            ciphertext  bytea       NOT NULL,
            kept_at     timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (topic_id, partition, "offset")
        )
    """)
