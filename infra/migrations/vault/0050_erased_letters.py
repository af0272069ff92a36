"""What could not be read of a record is erased with the record."""

from alembic import op

revision = "0050"
down_revision = "0040"


def upgrade() -> None:
    op.execute("""
        -- Of a dead letter only the words go: that something of a record could not be read stays a doubt about it.
        ALTER TABLE dead_letters
            ALTER COLUMN wrapped_key DROP NOT NULL,
            ALTER COLUMN ciphertext  DROP NOT NULL,
            ADD COLUMN erasure uuid REFERENCES erasures,
            ADD CHECK ((wrapped_key IS NULL) = (erasure IS NOT NULL)),
            ADD CHECK ((ciphertext IS NULL) = (erasure IS NOT NULL))
    """)
