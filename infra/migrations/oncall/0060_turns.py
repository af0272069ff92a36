"""Which call's turn it is, found in the order in which they are taken: of thousands that are due a hundred are read."""

from alembic import op

revision = "0060"
down_revision = "0050"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX calls_by_turn ON calls ((round <> 1 OR step <> 0), next_at) WHERE next_at IS NOT NULL;
        DROP INDEX calls_due
    """)
