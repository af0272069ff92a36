"""Whoever's session ended watches no longer: every process that serves the feed hears of it at once."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION tell_of_ended_session() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('casefeed', 'ended');
            RETURN NULL;
        END $$;
        CREATE TRIGGER ended AFTER DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION tell_of_ended_session()
    """)
