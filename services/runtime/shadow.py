"""The schema beside a service's own, in which its tables are made again until they take the place of the live ones."""

from collections.abc import Iterable

from psycopg import sql

from services.runtime.database import Connection, Database

# Who waits for a lock holds up everybody behind: better to step back soon and try again.
_LOCK_SECONDS = 3
_HOLD_SECONDS = 60


async def empty(connection: Connection) -> None:
    """Drop every table, sequence and function of the schema that the connection looks in; the schema itself stays."""
    # A table takes the sequences of its own columns and its triggers along, so it comes first.
    cursor = await connection.execute(
        """SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, nspname, relname
           FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
           WHERE nspname = current_schema() AND relkind IN ('r', 'S')
           UNION ALL
           SELECT 'FUNCTION', nspname, proname FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
           WHERE nspname = current_schema()
           ORDER BY kind DESC"""
    )
    for kind, schema, name in await cursor.fetchall():
        drop = sql.SQL("DROP {} IF EXISTS {} CASCADE").format(sql.SQL(kind), sql.Identifier(schema, name))
        await connection.execute(drop)


async def stand_still(connection: Connection) -> None:
    """Let no batch pass the fence until this transaction ends; those that have passed it are waited for."""
    await connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
    await connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{_HOLD_SECONDS}s'")
    await connection.execute("LOCK TABLE positions IN ACCESS EXCLUSIVE MODE")


async def is_there(connection: Connection, where: Database) -> bool:
    """Whether the shadow has tables; once they have taken their place it has none."""
    cursor = await connection.execute("SELECT to_regclass(%s)", [f"{where.shadow.schema}.positions"])
    return await cursor.fetchone() != (None,)


async def take_place(connection: Connection, where: Database, tables: Iterable[str]) -> None:
    """Put the shadow's tables in the place of the live ones, within one transaction."""
    for table in tables:
        live, shadow = sql.Identifier(where.schema, table), sql.Identifier(where.shadow.schema, table)
        await connection.execute(sql.SQL("DROP TABLE {}").format(live))
        await connection.execute(sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(shadow, sql.Identifier(where.schema)))
