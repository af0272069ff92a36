"""What Alembic runs for every service: its migrations in one transaction, in the schema that the connection names."""

from alembic import context
from sqlalchemy import NullPool, create_engine

# Two processes of one service may start at once; the lock ends with the transaction.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('migrations of ' || current_schema(), 0))"


def migrate() -> None:
    given = context.config.attributes
    engine = create_engine("postgresql+psycopg://", creator=lambda: given["connection"], poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, version_table_schema=given["schema"])
        with context.begin_transaction():
            connection.exec_driver_sql(LOCK)
            context.run_migrations()


migrate()
