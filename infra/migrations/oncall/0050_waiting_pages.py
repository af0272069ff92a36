"""Which pages of an alert wait, found without looking at those of others."""

from alembic import op

revision = "0050"
down_revision = "0040"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX attempts_waiting_by_alert ON attempts (alert_id, agency, level) WHERE state = 'written'
    """)
