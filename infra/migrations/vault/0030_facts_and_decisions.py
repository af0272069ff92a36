"""The vault's own copy of what it judges from, and every decision with each of its steps."""

from alembic import op

from services.runtime.signin import sessions

revision = "0030"
down_revision = "0020"


def upgrade() -> None:
    op.execute("""
        -- Signed facts, with all that is needed to verify them again; a wording said again has a row a recording.
        CREATE TABLE facts (
            event_id    bytea       NOT NULL,
            recorded_at timestamptz NOT NULL,
            sector      text        NOT NULL,
            fact_id     bytea       NOT NULL,
            subject_id  bytea       NOT NULL,
            other       bytea,
            enquirer    text,
            known_at    timestamptz NOT NULL,
            topic       text        NOT NULL,
            key         bytea       NOT NULL,
            value       bytea       NOT NULL,
            signature   bytea       NOT NULL,
            PRIMARY KEY (event_id, recorded_at, sector)
        );
        CREATE INDEX facts_by_fact ON facts (fact_id);
        CREATE INDEX facts_by_subject ON facts (subject_id);
        CREATE INDEX facts_by_other ON facts (other) WHERE other IS NOT NULL;
        CREATE INDEX facts_by_enquirer ON facts (enquirer) WHERE enquirer IS NOT NULL;

        -- Which case a record belongs to: the highest version that was told.
        CREATE TABLE assignments (
            subject_id bytea  PRIMARY KEY,
            version    bigint NOT NULL,
            case_id    bytea  NOT NULL
        );
        CREATE INDEX assignments_by_case ON assignments (case_id);

        -- What could not be read is a doubt about its child until somebody has looked; without a child, about all.
        ALTER TABLE dead_letters ADD COLUMN subject_id bytea, ADD COLUMN settled_at timestamptz;
        CREATE INDEX dead_letters_unsettled ON dead_letters (subject_id) WHERE settled_at IS NULL;
        ALTER TABLE holes ADD COLUMN settled_at timestamptz;

        -- What was asked never changes.
        CREATE TABLE decisions (
            decision_id bytea       PRIMARY KEY,
            kind        text        NOT NULL,
            purpose     text        NOT NULL,
            asked_by    text        NOT NULL,
            asked_at    timestamptz NOT NULL,
            subject_id  bytea       NOT NULL,
            enquirer    text,
            child       jsonb       NOT NULL
        );
        CREATE INDEX decisions_by_person ON decisions (asked_by, asked_at);

        -- Nor does what happened: a decision is the fold of its steps.
        CREATE TABLE decision_steps (
            decision_id bytea       NOT NULL REFERENCES decisions,
            number      int         NOT NULL,
            act         text        NOT NULL,
            at          timestamptz NOT NULL,
            by          text,
            until       timestamptz,
            reasons     text[]      NOT NULL,
            PRIMARY KEY (decision_id, number)
        );

        -- What others are told, each thing of a decision once, and when Kafka had it; a pattern is of no decision.
        CREATE TABLE outbox (
            seq         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            decision_id bytea       REFERENCES decisions,
            what        text        NOT NULL,
            made_at     timestamptz NOT NULL DEFAULT now(),
            told_at     timestamptz,
            topic       text        NOT NULL,
            key         bytea       NOT NULL,
            value       bytea       NOT NULL,
            UNIQUE (decision_id, what)
        );
        CREATE INDEX outbox_untold ON outbox (seq) WHERE told_at IS NULL
    """)
    op.execute(sessions.TABLES)
