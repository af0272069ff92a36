"""The case feed's tables as what they are: a projection of case-updates.v1 and patterns.v1, to be made again."""

from collections.abc import AsyncIterator, Collection

from services.casefeed.projecting import project_batch
from services.casefeed.reading import digests
from services.casefeed.telling import tell, untold
from services.core.ids import CaseId
from services.runtime.database import Connection, Session
from services.runtime.inlet import Batch
from services.runtime.rebuild import Save
from services.wire.avro import Schemas
from services.wire.topics import CASE_UPDATES, LINK_CANDIDATES, PATTERNS, VAULT_DECISIONS


class Cases:
    """What a rebuild makes again; the feed stays as it is: it is what watchers were told, and their place in it."""

    topics = (CASE_UPDATES, PATTERNS, VAULT_DECISIONS, LINK_CANDIDATES)
    tables = (
        *("entries", "said_again", "assignments", "allocations", "enquirers", "cases", "patterns", "waiting"),
        *("proposals", "dead_letters", "positions"),
    )
    inbox = "entries"

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas

    def saving(self, session: Session) -> Save:
        async def save(batch: Batch) -> None:
            await session.run(lambda connection: project_batch(connection, batch, self._schemas, telling=False))

        return save

    def digests(self, connection: Connection) -> AsyncIterator[tuple[CaseId, str]]:
        return digests(connection, self._schemas)

    async def adopted(self, connection: Connection, _: Collection[CaseId]) -> None:
        """Tell watchers of every event that they were never told of."""
        while entries := await untold(connection):
            await tell(connection, entries)
