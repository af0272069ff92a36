"""How colleagues are reached, by which way each page went, and what became of it."""

from alembic import op

revision = "0020"
down_revision = "0001"


def upgrade() -> None:
    op.execute("""
        -- Addresses are sealed under the service's own key: a domain can tell an organisation.
        CREATE TABLE contacts (
            person bytea       PRIMARY KEY,
            ways   text[]      NOT NULL,
            sealed bytea       NOT NULL,
            set_at timestamptz NOT NULL
        );

        CREATE TABLE carried (
            key       bytea       PRIMARY KEY,
            recipient bytea       NOT NULL,
            severity  text        NOT NULL,
            kind      text        NOT NULL,
            reference text        NOT NULL,
            drill     boolean     NOT NULL,
            first_at  timestamptz NOT NULL
        );

        -- Written before it is sent; `tries` counts repeats under the same key; `settled`: nothing more is to be done.
        CREATE TABLE sends (
            key       bytea       NOT NULL REFERENCES carried,
            way       text        NOT NULL,
            tries     int         NOT NULL,
            promised  boolean     NOT NULL,
            begun_at  timestamptz NOT NULL,
            settled   boolean     NOT NULL,
            PRIMARY KEY (key, way)
        );
        CREATE INDEX sends_unsettled ON sends (begun_at) WHERE NOT settled;

        CREATE TABLE receipts (
            key    bytea       NOT NULL,
            way    text        NOT NULL,
            try    int         NOT NULL,
            rung   text        NOT NULL,
            at     timestamptz NOT NULL,
            reason text,
            PRIMARY KEY (key, way, try, rung)
        );
        CREATE INDEX receipts_by_way ON receipts (way, at DESC)
    """)
