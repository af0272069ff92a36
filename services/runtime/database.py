"""PostgreSQL: sessions that outlive a broken connection, one transaction a piece of work, plain SQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import LiteralString, TypeVar

import psycopg
import structlog
from psycopg import errors
from psycopg.abc import QueryNoTemplate
from psycopg.conninfo import make_conninfo
from psycopg.pq import PipelineStatus, TransactionStatus
from psycopg.rows import TupleRow

from services.core.errors import Misconfigured
from services.runtime.health import Health, Reason
from services.runtime.id_arrays import adapt_ids
from services.runtime.settings import DatabaseSettings, Secrets

Connection = psycopg.AsyncConnection[TupleRow]
Parameters = Sequence[object] | Mapping[str, object]
Question = tuple[QueryNoTemplate, Parameters | None]
T = TypeVar("T")

STATEMENT_SECONDS = 30
IDLE_IN_TRANSACTION_SECONDS = 10
_CONNECT_SECONDS = 5
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0

_BY_INDEX = {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "plan_cache_mode": "force_generic_plan",
}

# Besides every OperationalError (no answer, shut down, disk full, deadlock, cancelled) these two mean "not now".
_NOT_NOW = (psycopg.OperationalError, errors.IdleInTransactionSessionTimeout, errors.ReadOnlySqlTransaction)


@dataclass(frozen=True, slots=True)
class Database:
    """Where a service's tables are; every name in its SQL is looked up in `schema` alone."""

    conninfo: str = field(repr=False)
    schema: str
    always_by_index: bool = False

    @property
    def by_index(self) -> "Database":
        """The same, for work that only ever looks up a batch: a table that grows fast outruns its own statistics."""
        return replace(self, always_by_index=True)

    @property
    def shadow(self) -> "Database":
        """The schema beside it, in which a rebuild grows."""
        return replace(self, schema=f"{self.schema}_shadow")

    @property
    def options(self) -> str:
        """What the server is told of each session; a frozen client loses what it has locked."""
        told = {
            "search_path": self.schema,
            "timezone": "UTC",
            "statement_timeout": f"{STATEMENT_SECONDS}s",
            "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_SECONDS}s",
            **(_BY_INDEX if self.always_by_index else {}),
        }
        return " ".join(f"-c {name}={value}" for name, value in told.items())


def database(settings: DatabaseSettings, secrets: Secrets) -> Database:
    """Find a service's own schema: it is called as its role.

    Raises:
        Misconfigured: the secrets file holds no database password.
    """
    if secrets.database_password is None:
        raise Misconfigured("The secrets file of this principal holds no database_password.")
    conninfo = make_conninfo(
        host=settings.database_host,
        port=settings.database_port,
        dbname=settings.database_name,
        user=settings.database_user,
        password=secrets.database_password.get_secret_value(),
    )
    return Database(conninfo, settings.database_user)


async def connect(where: Database) -> Connection:
    """Open one connection; what it reads and writes crosses in binary, statements are prepared once.

    Raises:
        psycopg.OperationalError: the server does not answer or does not let us in.
    """
    connection = await psycopg.AsyncConnection.connect(
        where.conninfo, autocommit=True, prepare_threshold=0, connect_timeout=_CONNECT_SECONDS, options=where.options
    )
    adapt_ids(connection)
    return connection


@asynccontextmanager
async def snapshot(where: Database) -> AsyncIterator[Connection]:
    """Open a connection that sees one moment for as long as it is open, and writes nothing.

    Raises:
        psycopg.OperationalError: the server does not answer or does not let us in.
    """
    async with await connect(where) as connection:
        await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
        await connection.set_read_only(True)
        async with connection.transaction():
            # Every event of years is sorted before the first of them is read.
            await connection.execute("SET LOCAL statement_timeout = 0")
            yield connection


async def ask(connection: Connection, *questions: Question) -> list[list[TupleRow]]:
    """Send several statements at once and wait once; gives the rows of each, in order."""
    return await ask_each(connection, questions)


async def ask_each(connection: Connection, questions: Iterable[Question]) -> list[list[TupleRow]]:
    """The same of statements that are made one by one: PostgreSQL is at one while the next is made."""
    async with connection.pipeline():
        cursors = [await connection.execute(text, given, binary=True) for text, given in questions]
    return [await cursor.fetchall() if cursor.description else [] for cursor in cursors]


def columns_of(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    """Rows as unnest takes them: one array a column."""
    return [list(column) for column in zip(*rows, strict=True)]


async def write_rows(connection: Connection, text: LiteralString, rows: Sequence[Sequence[object]]) -> list[TupleRow]:
    """Run a statement that takes its rows as one array a column (unnest), if there are any; gives what it returns."""
    if not rows:
        return []
    cursor = await connection.execute(text, columns_of(rows), binary=True)
    return await cursor.fetchall() if cursor.description else []


async def end_frozen(connection: Connection, seconds: float = IDLE_IN_TRANSACTION_SECONDS) -> int:
    """End this role's sessions that keep a transaction open and have said nothing for so long; gives how many.

    Their worker is frozen. PostgreSQL's own timeout does not see one that stopped in the middle of a pipeline.
    """
    cursor = await connection.execute(
        """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
           WHERE usename = current_user AND pid <> pg_backend_pid() AND wait_event_type = 'Client'
           AND xact_start IS NOT NULL AND state_change < clock_timestamp() - make_interval(secs => %s)""",
        [seconds],
    )
    return int((await cursor.fetchone() or (0,))[0])


def at_rest(connection: Connection) -> bool:
    """Whether a connection can begin something new; one cut off in the middle of a pipeline is neither closed nor free.

    Nothing would ever free it: every statement after that is refused by the client itself.
    """
    idle = connection.info.transaction_status is TransactionStatus.IDLE
    return not connection.closed and idle and connection.info.pipeline_status is PipelineStatus.OFF


class Session:
    """One connection for one piece of work at a time, opened again for as long as it takes."""

    def __init__(self, where: Database, health: Health) -> None:
        self.where = where
        self._health = health
        self._turn = asyncio.Lock()
        self._connection: Connection | None = None

    async def run(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Do `work` in one transaction and commit it.

        When the pipe breaks the light goes red and `work` is done again from its start on a new connection. A commit
        whose answer was lost is done again too, so `work` must recognise what is done already (fence, inbox).
        """

        async def attempt() -> T:
            connection = await self._opened()
            async with connection.transaction():
                return await work(connection)

        async with self._turn:
            return await until_it_answers(attempt, self._health)

    async def close(self) -> None:
        """Close the connection; the next `run` opens another."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _opened(self) -> Connection:
        if self._connection is not None and not at_rest(self._connection):
            await self.close()
        if self._connection is None:
            self._connection = await connect(self.where)
        return self._connection


@asynccontextmanager
async def sessions(where: Database, health: Health, count: int) -> AsyncIterator[tuple[Session, ...]]:
    """Give `count` sessions, one for each kind of work that must not wait for the others, and close them afterwards."""
    opened = tuple(Session(where, health) for _ in range(count))
    try:
        yield opened
    finally:
        for session in opened:
            await session.close()


async def until_it_answers(attempt: Callable[[], Awaitable[T]], health: Health) -> T:
    """Try for as long as PostgreSQL cannot: the light is red meanwhile, and nothing is given up."""
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            answer = await attempt()
        except _NOT_NOW as error:
            health.red(Reason.DATABASE_UNAVAILABLE)
            structlog.get_logger().warning(
                "PostgreSQL does not answer; the work waits where it is and is tried again.", exc_info=error
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        else:
            health.green(Reason.DATABASE_UNAVAILABLE)
            return answer
