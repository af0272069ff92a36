"""What records claim of who the child is, and which of them the weights say are likely of one child."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
        -- What the current events of a record claim; as bytes, because Avro's strings may hold a zero.
        CREATE TABLE portraits (
            subject_id bytea PRIMARY KEY,
            traits     bytea NOT NULL
        );

        -- Records that share a key are compared, others are not; a key is the 64-bit digest of a blocking key.
        CREATE TABLE blocks (
            key        bigint NOT NULL,
            subject_id bytea  NOT NULL,
            PRIMARY KEY (key, subject_id)
        );

        -- What the weights say of two records, `one` the smaller, where it is more than that they are apart.
        CREATE TABLE edges (
            one      bytea NOT NULL,
            other    bytea NOT NULL,
            verdict  text  NOT NULL,
            evidence text  NOT NULL,
            PRIMARY KEY (one, other)
        );
        CREATE INDEX edges_by_other ON edges (other);

        -- Pairs that numbers would join, were it not for a person or another number: a person is asked.
        CREATE TABLE conflicts (
            one   bytea NOT NULL,
            other bytea NOT NULL,
            PRIMARY KEY (one, other)
        )
    """)
