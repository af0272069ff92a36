"""Who can be on duty, who is, and who handed it over."""

from alembic import op

revision = "0030"
down_revision = "0020"


def upgrade() -> None:
    op.execute("""
        -- A person is on the staff of one agency.
        CREATE TABLE members (
            person bytea PRIMARY KEY,
            agency text  NOT NULL,
            name   text  NOT NULL,
            role   text  NOT NULL,
            UNIQUE (agency, name)
        );

        -- Each version counts until the next; none of them ever changes.
        CREATE TABLE rota_versions (
            agency       text        NOT NULL,
            number       int         NOT NULL,
            published_at timestamptz NOT NULL,
            published_by bytea       NOT NULL,
            cause        text        NOT NULL,
            rota         jsonb       NOT NULL,
            PRIMARY KEY (agency, number)
        );
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'A version of a rota that was published never changes.'; END
        $$;
        CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON rota_versions
            FOR EACH ROW EXECUTE FUNCTION refuse_change();

        CREATE TABLE handovers (
            handover_id bytea       PRIMARY KEY,
            agency      text        NOT NULL,
            giver       bytea       NOT NULL,
            receiver    bytea       NOT NULL,
            until       timestamptz NOT NULL,
            offered_at  timestamptz NOT NULL,
            state       text        NOT NULL
        );
        CREATE INDEX handovers_by_agency ON handovers (agency, offered_at)
    """)
