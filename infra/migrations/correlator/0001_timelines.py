"""Who is who, each record's timeline, each case's state, and what is still to be told."""

from alembic import op

from services.runtime.fence import TABLES

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(TABLES)
    op.execute("""
        -- One order for every assignment and every state of a case: of two versions the higher holds.
        CREATE SEQUENCE versions;

        -- The inbox and the timelines in one: an event is here once, with its bytes as they stand on its topic.
        CREATE TABLE entries (
            event_id   bytea       PRIMARY KEY,
            subject_id bytea       NOT NULL,
            fact_id    bytea       NOT NULL,
            -- When it was last said: its recorded_at, or that of a later repetition.
            said_at    timestamptz NOT NULL,
            known_at   timestamptz NOT NULL,
            frame      bytea       NOT NULL
        );
        CREATE INDEX entries_by_fact ON entries (subject_id, fact_id);

        CREATE TABLE said_again (
            event_id    bytea       NOT NULL,
            recorded_at timestamptz NOT NULL,
            known_at    timestamptz NOT NULL,
            PRIMARY KEY (event_id, recorded_at)
        );

        -- Which case a record belongs to; a record is here from its first event on.
        CREATE TABLE subjects (
            subject_id         bytea       PRIMARY KEY,
            case_id            bytea       NOT NULL,
            assignment_version bigint      NOT NULL,
            known_at           timestamptz NOT NULL
        );
        CREATE INDEX subjects_by_case ON subjects (case_id);

        CREATE TABLE cases (
            case_id bytea  PRIMARY KEY,
            version bigint NOT NULL,
            state   text   NOT NULL
        ) WITH (fillfactor = 80);

        -- What the current events of a record claim or dispute; as bytes, because Avro's strings may hold a zero.
        CREATE TABLE claims (
            scheme     text    NOT NULL,
            value      bytea   NOT NULL,
            subject_id bytea   NOT NULL,
            disputed   boolean NOT NULL,
            PRIMARY KEY (scheme, value, subject_id, disputed)
        );
        CREATE INDEX claims_by_subject ON claims (subject_id);

        -- What people decide about two records, `one` the smaller; `said_by` is the record whose event says it.
        CREATE TABLE decisions (
            event_id   bytea       PRIMARY KEY,
            one        bytea       NOT NULL,
            other      bytea       NOT NULL,
            verdict    text        NOT NULL,
            decided_at timestamptz NOT NULL,
            said_by    bytea       NOT NULL
        );
        CREATE INDEX decisions_by_one ON decisions (one);
        CREATE INDEX decisions_by_other ON decisions (other);

        CREATE TABLE outbox (
            seq     bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
            key     bytea       NOT NULL,
            value   bytea       NOT NULL,
            made_at timestamptz NOT NULL DEFAULT now()
        );

        -- Events that could not be read; each still stands in Kafka at its place.
        CREATE TABLE dead_letters (
            topic_id  uuid        NOT NULL,
            partition int         NOT NULL,
            "offset"  bigint      NOT NULL,
            reason    text        NOT NULL,
            kept_at   timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (topic_id, partition, "offset")
        )
    """)
