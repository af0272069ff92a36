"""Alerts and what they come from: what was said of children who are missing, who is paged, and what came of it."""

from alembic import op

from services.runtime.fence import TABLES
from services.runtime.signin.sessions import TABLES as PEOPLE

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(PEOPLE)
    op.execute("""
        -- What was said, as it stood on its topic; `signed`: we verified ourselves which agency said it.
        CREATE TABLE said (
            event_id    bytea       PRIMARY KEY,
            subject_id  bytea       NOT NULL,
            type        text        NOT NULL,
            recorded_at timestamptz NOT NULL,
            known_at    timestamptz NOT NULL,
            signed      boolean     NOT NULL,
            frame       bytea       NOT NULL
        );
        CREATE INDEX said_by_subject ON said (subject_id);

        -- Which case a record belongs to: the highest version holds.
        CREATE TABLE assignments (
            subject_id bytea  PRIMARY KEY,
            version    bigint NOT NULL,
            case_id    bytea  NOT NULL
        );
        CREATE INDEX assignments_by_case ON assignments (case_id);

        -- What could not be read and is no missing report; each still stands in Kafka at its place.
        CREATE TABLE dead_letters (
            topic_id  uuid        NOT NULL,
            partition int         NOT NULL,
            "offset"  bigint      NOT NULL,
            reason    text        NOT NULL,
            kept_at   timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (topic_id, partition, "offset")
        );

        -- An alert's id is its episode's fact_id. `why` is why it pages or does not, decided once.
        CREATE TABLE alerts (
            alert_id          bytea       PRIMARY KEY,
            subject_id        bytea,
            kind              text        NOT NULL,
            state             text        NOT NULL,
            why               text        NOT NULL,
            severity          text        NOT NULL,
            reasons           text[]      NOT NULL,
            published_at      timestamptz NOT NULL,
            opened_at         timestamptz NOT NULL,
            first_answered_at timestamptz,
            owner             bytea,
            owner_agency      text,
            ended_at          timestamptz,
            ending            text
        );
        CREATE INDEX alerts_by_state ON alerts (state, opened_at DESC);
        CREATE INDEX alerts_by_subject ON alerts (subject_id);

        -- One row an agency that must answer. `chain` is the escalation as it was when the alert opened: seconds after
        -- the beginning of a round, and the level that is paged. `next_at`: when somebody is paged next.
        CREATE TABLE calls (
            alert_id      bytea       NOT NULL REFERENCES alerts,
            agency        text        NOT NULL,
            status        text        NOT NULL,
            chain         jsonb       NOT NULL,
            round         int         NOT NULL,
            began_at      timestamptz NOT NULL,
            step          int         NOT NULL,
            next_at       timestamptz,
            answer        text,
            answered_by   bytea,
            answered_at   timestamptz,
            PRIMARY KEY (alert_id, agency)
        );
        CREATE INDEX calls_due ON calls (next_at) WHERE next_at IS NOT NULL;

        -- Written before it is sent; whoever finds one whose lease is over sends it again under the same key.
        CREATE TABLE attempts (
            key         bytea       PRIMARY KEY,
            alert_id    bytea       NOT NULL REFERENCES alerts,
            agency      text        NOT NULL,
            kind        text        NOT NULL,
            severity    text        NOT NULL,
            round       int         NOT NULL,
            step        int         NOT NULL,
            level       int         NOT NULL,
            recipient   bytea,
            reference   text        NOT NULL,
            due_at      timestamptz NOT NULL,
            written_at  timestamptz NOT NULL,
            lease_until timestamptz NOT NULL,
            tries       int         NOT NULL,
            state       text        NOT NULL,
            sent_at     timestamptz
        );
        CREATE INDEX attempts_waiting ON attempts (lease_until) WHERE state = 'written';
        CREATE INDEX attempts_by_alert ON attempts (alert_id);

        -- Everything that happened, for others; `told_at`: Kafka has it.
        CREATE TABLE happenings (
            number   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            alert_id bytea       NOT NULL,
            at       timestamptz NOT NULL,
            frame    bytea       NOT NULL,
            told_at  timestamptz
        );
        CREATE INDEX happenings_untold ON happenings (number) WHERE told_at IS NULL
    """)
