"""A service's audit, in a schema that is not its own: its role may add and read, and never change or take away.

It is made by whoever runs the database, in <service>_audit, and belongs to them.
"""

from datetime import datetime
from uuid import uuid4

from alembic import op
from sqlalchemy import text

from services.core.audit import genesis

revision = "0001"
down_revision = None

SUFFIX = "_audit"


def upgrade() -> None:
    database = op.get_bind()
    schema: str = database.scalar(text("SELECT current_schema()"))
    service = schema.removesuffix(SUFFIX)
    op.execute("""
        -- Whose chain this is, and which: drawn at random, so that it cannot be begun again as if it were the same.
        CREATE TABLE chain (service text NOT NULL, chain_id text NOT NULL);

        -- One row a batch of entries; what its bytes are made of stands in services/core/audit.py.
        CREATE TABLE links (
            number      bigint      PRIMARY KEY CHECK (number >= 0),
            at          timestamptz NOT NULL CHECK (isfinite(at)),
            first_entry bigint      NOT NULL,
            entries     int         NOT NULL,
            digest      bytea       NOT NULL,
            previous    bytea       NOT NULL,
            hash        bytea       NOT NULL
        );
        CREATE INDEX links_by_time ON links (at);

        CREATE TABLE entries (
            number     bigint NOT NULL PRIMARY KEY,
            link       bigint NOT NULL REFERENCES links,
            action     text   NOT NULL,
            outcome    text   NOT NULL,
            who        text   NOT NULL,
            role       text,
            about      text[] NOT NULL,
            reasons    text[] NOT NULL,
            count      bigint NOT NULL,
            commitment bytea  NOT NULL,
            digest     bytea  NOT NULL
        );
        CREATE INDEX entries_by_link ON entries (link);
        CREATE INDEX entries_by_who ON entries (who, number);
        CREATE INDEX entries_by_about ON entries USING gin (about);

        -- What an entry's commitment was made with. Once it is gone, the commitment stands for nothing.
        CREATE TABLE salts (
            entry bigint PRIMARY KEY REFERENCES entries,
            salt  bytea  NOT NULL
        );
    """)
    op.execute(f"""
        GRANT USAGE ON SCHEMA {schema} TO {service};
        GRANT SELECT ON chain TO {service};
        GRANT SELECT, INSERT ON links, entries TO {service};
        GRANT SELECT, INSERT, DELETE ON salts TO {service};
    """)
    begin(service, database.scalar(text("SELECT clock_timestamp()")))


def begin(service: str, now: datetime) -> None:
    chain = uuid4().hex
    first = genesis(service, chain, now)
    database = op.get_bind()
    database.execute(text("INSERT INTO chain VALUES (:service, :chain)"), {"service": service, "chain": chain})
    database.execute(
        text("INSERT INTO links VALUES (:number, :at, :first_entry, :entries, :digest, :previous, :hash)"),
        {
            "number": first.number,
            "at": first.at,
            "first_entry": first.first_entry,
            "entries": first.entries,
            "digest": first.digest,
            "previous": first.previous,
            "hash": first.hash,
        },
    )
