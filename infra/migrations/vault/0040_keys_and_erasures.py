"""Which key-encryption key the store is under, and what was erased."""

from alembic import op

revision = "0040"
down_revision = "0030"


def upgrade() -> None:
    op.execute("""
        -- One row. A vault whose current key is another one locks nothing: it would be the only one to open it.
        CREATE TABLE key_encryption_key (
            only_one boolean     PRIMARY KEY DEFAULT true CHECK (only_one),
            kek_id   text        NOT NULL,
            since    timestamptz NOT NULL DEFAULT now()
        );

        -- What somebody had erased and why; the columns of its scope are null where it was wider.
        CREATE TABLE erasures (
            erasure    uuid        PRIMARY KEY,
            subject_id bytea,
            fact_id    bytea,
            field      text,
            reason     text        NOT NULL,
            erased_at  timestamptz NOT NULL DEFAULT now()
        );

        -- An erased content keeps its digest, so that the same words said again are known and not kept again.
        ALTER TABLE contents
            ALTER COLUMN wrapped_key DROP NOT NULL,
            ALTER COLUMN ciphertext  DROP NOT NULL,
            ADD COLUMN erasure uuid REFERENCES erasures,
            ADD CHECK ((wrapped_key IS NULL) = (erasure IS NOT NULL)),
            ADD CHECK ((ciphertext IS NULL) = (erasure IS NOT NULL))
    """)
