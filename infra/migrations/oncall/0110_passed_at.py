"""Which record was the last that was passed of each partition: Kafka may lose it, and put another at its offset."""

from alembic import op

from services.runtime.fence import PASSED_AT

revision = "0110"
down_revision = "0100"


def upgrade() -> None:
    op.execute(PASSED_AT)
