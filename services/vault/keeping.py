"""Keeps a batch in one transaction: fence, sealed contents, what is judged from, and what could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from services.core.audit import Action, Entry
from services.core.errors import UnreadableBytes
from services.runtime.audit import Trail, offsets
from services.runtime.database import Connection, Session
from services.runtime.fence import admit
from services.runtime.inlet import Batch
from services.runtime.metrics import Metrics
from services.vault.copying import Copier
from services.vault.erasure import said_again
from services.vault.facts_copy import child_of
from services.vault.handlers import Arrival, decide
from services.vault.keys import Keyring
from services.vault.opening import Reader
from services.vault.radar import Radar
from services.vault.rotation import hold
from services.vault.store import DeadLetter, count_dead_letters, held, keep, set_aside
from services.wire.topics import SEALED_FACTS

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a batch, in numbers; `taken`: the records that were not kept before, as the audit names them."""

    new_versions: int
    dead_letters: int
    missing_offsets: int
    erased_said_again: int = 0
    taken: Sequence[str] = field(default=(), compare=False)


class Keeper:
    """Keeps batch after batch, and counts what its owner must know."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a batch needs
        self, session: Session, reader: Reader, copier: Copier, radar: Radar, kek: Keyring, metrics: Metrics
    ) -> None:
        self._session = session
        self._trail = Trail(session.where)
        self._reader = reader
        self._copier = copier
        self._radar = radar
        self._kek = kek
        self._metrics = metrics

    async def count_dead_letters(self) -> None:
        """Let the metric begin with what earlier runs could not open."""
        self._metrics.dead_letters.set(await self._session.run(count_dead_letters))

    async def keep(self, batch: Batch) -> None:
        """Return when everything in `batch` is committed."""
        kept = await self._session.run(lambda connection: self._recorded(connection, batch))
        self._metrics.sealed_versions.inc(kept.new_versions)
        self._metrics.missing_offsets.inc(kept.missing_offsets)
        self._metrics.dead_letters.inc(kept.dead_letters)
        self._metrics.erased_said_again.inc(kept.erased_said_again)
        if kept.dead_letters:
            log.error("Records that cannot be read or verified are kept as dead letters.", count=kept.dead_letters)
        if kept.erased_said_again:
            log.warning("Contents that were erased are said again; they were not kept.", count=kept.erased_said_again)
        if kept.missing_offsets:
            log.error("Kafka passed over records that were never read.", count=kept.missing_offsets)

    async def _recorded(self, connection: Connection, batch: Batch) -> Kept:
        kept = await keep_batch(connection, batch, self._reader, self._copier, self._radar, self._kek)
        if kept.taken:
            entry = Entry(Action.FACTS_KEPT, about=tuple(kept.taken), count=kept.new_versions)
            await self._trail.append(connection, entry)
        return kept


async def keep_batch(  # noqa: PLR0913, PLR0917 - the same
    connection: Connection, batch: Batch, reader: Reader, copier: Copier, radar: Radar, kek: Keyring
) -> Kept:
    """Keep what was not kept before; for use inside one transaction."""
    admitted, holes = await admit(connection, batch)
    await hold(connection, kek)
    sealed = {place: records for place, records in admitted.items() if records and records[0].topic == SEALED_FACTS}
    arrived, letters = _opened(reader, sealed)
    letters += await copier.copy(connection, {place: said for place, said in admitted.items() if place not in sealed})
    outcome = decide(await held(connection, {arrival.part for arrival in arrived}), arrived)
    again = await said_again(connection, arrived)
    await keep(connection, kek, outcome)
    await radar.compare(connection, outcome.contents)
    await set_aside(connection, kek, letters)
    missing = sum(hole.next_seen - hole.first_missing for hole in holes)
    return Kept(outcome.new_versions, len(letters), missing, again, offsets(admitted))


def _opened(reader: Reader, admitted: Batch) -> tuple[list[Arrival], list[DeadLetter]]:
    arrived, letters = [], []
    for place, records in admitted.items():
        for record in records:
            try:
                arrived.append(reader.read(record.value))
            except UnreadableBytes as error:
                letters.append(DeadLetter(place, record.offset, error.reason, record.value, child_of(record.key)))
    return arrived, letters
