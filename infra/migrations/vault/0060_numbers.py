"""What proposes links inside the vault: keyed tokens of sealed numbers, and which pairs were proposed."""

from alembic import op

revision = "0060"
down_revision = "0050"


def upgrade() -> None:
    op.execute("""
        -- A token is a keyed digest of a sealed number; it stands in no other table and on no topic.
        CREATE TABLE number_signs (
            token      bytea NOT NULL,
            kind       text  NOT NULL,
            subject_id bytea NOT NULL,
            fact_id    bytea NOT NULL,
            PRIMARY KEY (token, subject_id, fact_id)
        );
        CREATE INDEX number_signs_by_fact ON number_signs (fact_id);
        CREATE INDEX number_signs_by_subject ON number_signs (subject_id) WHERE kind = 'body';

        -- A pair is proposed once: what a person decided of it stays decided.
        CREATE TABLE number_links (
            one   bytea NOT NULL,
            other bytea NOT NULL,
            PRIMARY KEY (one, other)
        )
    """)
