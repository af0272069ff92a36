"""Which pages found nobody on duty: they leave as soon as somebody is, and are not looked for before."""

from alembic import op

revision = "0070"
down_revision = "0060"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX attempts_stranded ON attempts (agency, level) WHERE state = 'written' AND recipient IS NULL;
        CREATE INDEX attempts_unsent ON attempts (lease_until) WHERE state = 'written' AND recipient IS NOT NULL;
        DROP INDEX attempts_waiting
    """)
