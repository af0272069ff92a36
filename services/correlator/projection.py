"""The correlator's tables as what they are: a projection of the shared topics, which can be made again."""

from collections.abc import AsyncIterator, Collection
from itertools import islice

from services.core.ids import CaseId
from services.correlator import reading, writing
from services.correlator.batch import Batches
from services.correlator.decoding import Decoder
from services.correlator.digests import digests
from services.correlator.retelling import whole_cases
from services.correlator.telling import link_messages, messages, standing
from services.correlator.weighing import Matchers
from services.runtime.database import Connection, Session
from services.runtime.inlet import Batch
from services.runtime.rebuild import Save
from services.wire.topics import MATCHING_WEIGHTS, SHARED

_CASES_AT_ONCE = 20


class Timelines:
    """What a rebuild makes again; the outbox, the order of versions and what was set aside stay as they are."""

    topics = (*SHARED, MATCHING_WEIGHTS)
    tables = (
        *("entries", "said_again", "subjects", "cases", "claims", "decisions"),
        *("portraits", "blocks", "edges", "conflicts", "weights", "positions"),
    )
    inbox = "entries"

    def __init__(self, decoder: Decoder, matchers: Matchers) -> None:
        self._decoder = decoder
        self._matchers = matchers

    def saving(self, session: Session) -> Save:
        # One for all of them: it remembers what the last batch did to identity, and the next most likely does.
        batches = Batches(session, self._decoder, self._matchers, telling=False)

        async def save(batch: Batch) -> None:
            decoded = {place: self._decoder.decode(records) for place, records in batch.items()}
            async for _ in batches.save(decoded):
                pass

        return save

    def digests(self, connection: Connection) -> AsyncIterator[tuple[CaseId, str]]:
        return digests(connection, self._decoder)

    async def adopted(self, connection: Connection, differing: Collection[CaseId]) -> None:
        """Tell every case that is not as it was, whole, with a version that wins over what was told before."""
        left = iter(sorted(differing))
        while cases := list(islice(left, _CASES_AT_ONCE)):
            version = await writing.renew(connection, cases)
            told = await whole_cases(connection, self._decoder, cases)
            edges, conflicts = await reading.links(
                connection, [one.subject_id for case in told for one in case.assigned]
            )
            links = standing(edges, conflicts, version, max(case.known_at for case in told))
            schemas = self._decoder.schemas
            await writing.leave(connection, [*messages(schemas, told, version), *link_messages(schemas, links)])
