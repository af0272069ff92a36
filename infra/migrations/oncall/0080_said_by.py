"""Which agency an event names as its own: under one event id each agency's words stand by themselves."""

from alembic import op

revision = "0080"
down_revision = "0070"


def upgrade() -> None:
    op.execute("""
        -- Of what was said before it is not known, and not needed: it counts as it did.
        ALTER TABLE said ADD COLUMN sector text NOT NULL DEFAULT '';
        ALTER TABLE said DROP CONSTRAINT said_pkey, ADD PRIMARY KEY (event_id, sector);

        -- What had not left of an alert that closed would keep the light red, and page for it once somebody is there.
        UPDATE attempts SET state = 'void' FROM alerts
        WHERE attempts.alert_id = alerts.alert_id AND attempts.state = 'written' AND alerts.state = 'closed'
        -- But whoever was paged is told that a report was withdrawn.
        AND attempts.kind <> 'withdrawn'
    """)
